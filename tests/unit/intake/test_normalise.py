"""Cell texts to values: each spelling once."""

from datetime import date

import pyarrow as pa
import pytest

from tsunagu.catalog.purposes import CodeList
from tsunagu.intake import normalise
from tsunagu.intake.normalise import TextReader

CODES = CodeList.model_validate(
    {
        "id": "mark",
        "title": {"ja": "印"},
        "codes": [
            {"id": "absent", "title": {"ja": "欠席"}, "written": ["欠席", "Ａ1"]},
            {"id": "none", "title": {"ja": "無し"}, "written": [""]},
        ],
    }
)

# kind | text | value | note
READINGS = """
text     | ＡＢ　Ｃ      | AB C       |
text     | ｶﾅ            | カナ       |
integer  | 1,234         | 1234       |
integer  | １２          | 12         |
integer  | 3.0           | 3          |
integer  | -5            | -5         |
integer  | 3.5           |            | bad_integer
integer  | 1,23          |            | bad_integer
integer  | 五            |            | bad_integer
number   | 36.6          | 36.6       |
number   | １２．５      | 12.5       |
number   | 36,6          |            | bad_number
number   | 1e5           |            | bad_number
number   | nan           |            | bad_number
yen      | ￥1,234       | 1234       |
yen      | 1,234円       | 1234       |
yen      | ▲５００       | -500       |
yen      | 千円          |            | bad_yen
date     | 2024/4/1      | 2024-04-01 |
date     | R6.4.1        | 2024-04-01 |
date     | 令和６年４月１日 | 2024-04-01 |
date     | 2024-04-01 09:30:00 | 2024-04-01 |
date     | 令和6年4月    | 2024-04-01 | assumed
date     | 平成30年頃    | 2018-01-01 | assumed
date     | 00000000      |            | unknown
date     | 2024-02-30    |            | bad_date
year_month | 202404      | 2024-04-01 |
year_month | 令和6年4月  | 2024-04-01 |
year_month | 2024        |            | bad_month
code_mark | 欠席         | absent     |
code_mark | A1           | absent     |
code_mark | 欠席日       |            | unknown_code
"""


@pytest.mark.parametrize("line", READINGS.strip().splitlines())
def test_a_text_is_read_as_its_kind(line):
    kind, text, value, note = (cell.strip() for cell in line.split("|"))
    parsed = TextReader({"mark": CODES}).read(kind, pa.array([text, None], pa.string()))
    read = parsed.values.to_pylist()
    assert read[1] is None
    assert ("" if read[0] is None else str(read[0])) == value
    assert (parsed.notes.to_pylist()[0] if parsed.notes is not None else None) == (note or None)


def test_the_latest_day_goes_with_a_partial_date():
    parsed = TextReader({}).read("date", pa.array(["令和6年2月", "2024-02-03", None]))
    assert parsed.latest.to_pylist() == [date(2024, 2, 29), date(2024, 2, 3), None]


def test_each_text_is_read_once(monkeypatch):
    read = []
    honest = normalise._FOLDS["name"]
    monkeypatch.setitem(normalise._FOLDS, "name", lambda text: read.append(text) or honest(text))
    reader = TextReader({})
    reader.fold("name", pa.array(["甲", "乙", "甲"]))
    reader.fold("name", pa.array(["乙", "丙"]))
    assert read == ["甲", "乙", "丙"]


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(normalise, "MOST_REMEMBERED", 2)
    reader = TextReader({})
    for text in "甲乙丙丁":
        assert reader.fold("name", pa.array([text])).to_pylist() == [text]
    assert len(reader._known["name"]) <= 3


def test_a_blank_may_stand_for_a_code():
    assert normalise.get_blank_code(CODES) == "none"
