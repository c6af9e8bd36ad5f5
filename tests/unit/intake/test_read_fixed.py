"""Fixed width: byte positions in the file's own encoding, every letter whole, every record of one length."""

import pytest

from tsunagu.catalog.formats import FileFormat
from tsunagu.catalog.words import WordError
from tsunagu.intake.read_fixed import decode_records, load_records, open_records
from tsunagu.intake.refusals import FileRefusedError

FIELDS = [
    {"header": "番号", "start_byte": 1, "length_bytes": 4},
    {"header": "氏名", "start_byte": 5, "length_bytes": 8},
    {"header": "生年月日", "start_byte": 15, "length_bytes": 8},
]


class FakeFeed:
    def __init__(self, **changes):
        record = {"record_bytes": 22, "fields": FIELDS, **changes}
        self.format = FileFormat.model_validate(
            {"kind": "fixed_width", "encodings": ["cp932"], "record": record}
        )


def make_record(number, name, birth):
    return number.encode() + name.encode("cp932").ljust(8) + b"  " + birth.encode()


RECORDS = [make_record("0001", "青葉　空", "20160512"), make_record("0002", "ﾀｶﾊｼ", " " * 8)]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("rest", [b"", b"\x1a"])
def test_records_become_rows(engine, end, rest):
    content = end.join(RECORDS) + end + rest
    load_records(engine, decode_records(open_records(content, FakeFeed())))
    assert engine.list_rows("SELECT rowid, c0, c1, c2 FROM intake_raw ORDER BY rowid") == [
        (0, "0001", "青葉　空", "20160512"),
        (1, "0002", "ﾀｶﾊｼ    ", None),
    ]


def test_records_need_no_line_ends_and_may_begin_with_others(engine):
    head = b"H".ljust(22)
    records = open_records(head + b"".join(RECORDS), FakeFeed(has_line_ends=False, skip_records=1))
    assert [*decode_records(records)["番号"]] == ["0001", "0002"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (RECORDS[0] + b"\n" + RECORDS[1][:-1] + b"\n", "2 件目"),
        (RECORDS[0] + b"\n" + RECORDS[1] + b" \n", "2 件目"),
        (RECORDS[0] + b"\n\n" + RECORDS[1] + b"\n", "2 件目"),
        ("0001青葉　空  20160512\n".encode(), "1 件目"),
    ],
)
def test_a_record_of_another_length_is_refused(content, place):
    with pytest.raises(FileRefusedError) as refused:
        open_records(content, FakeFeed())
    assert refused.value.code == "wrong_record_length"
    assert refused.value.what.startswith(place)


def test_line_ends_where_none_belong_are_refused():
    with pytest.raises(FileRefusedError) as refused:
        open_records((RECORDS[0] + b"\n") * 22, FakeFeed(has_line_ends=False))
    assert refused.value.what.startswith("2 件目")


@pytest.mark.parametrize(
    ("record", "place"),
    [
        (b"000" + "青葉空一".encode("cp932") + b" " * 3 + b"20160512", "項目「番号」"),
        (b"0001" + b" " + "青葉空一".encode("cp932") + b" " + b"20160512", "項目「氏名」"),
        (b"0001" + b" " * 9 + "青".encode("cp932") + b"0160512", "項目の間の余白"),
        (b"0001" + b"\x00" * 8 + b"  20160512", "項目「氏名」"),
        (b"0001" + b"\xff" * 8 + b"  20160512", "項目「氏名」"),
    ],
)
def test_a_letter_is_never_cut(record, place):
    with pytest.raises(FileRefusedError) as refused:
        decode_records(open_records(RECORDS[0] + b"\n" + record + b"\n", FakeFeed()))
    assert refused.value.code == "cut_letter"
    assert refused.value.what.startswith(f"2 件目のレコードの{place}")


@pytest.mark.parametrize(
    "fields",
    [
        [FIELDS[0], {**FIELDS[1], "start_byte": 4}],
        [{**FIELDS[2], "start_byte": 16}],
    ],
)
def test_fields_neither_overlap_nor_reach_beyond_the_record(fields):
    with pytest.raises(ValueError, match="重なるか") as found:
        FakeFeed(fields=fields)
    assert isinstance(found.value.errors()[0]["ctx"]["error"], WordError)
