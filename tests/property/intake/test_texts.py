"""Random texts survive every encoding, every chunk size and every reader."""

import codecs
import csv
import io
from datetime import date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.catalog.formats import Encoding
from tsunagu.intake import detect
from tsunagu.intake.detect import decode_text
from tsunagu.intake.normalise import TextReader
from tsunagu.intake.read_csv import load_csv
from tsunagu.store.engine import Engine

KANA = "あいうアイウ漢字高橋花子一二三丁目ー々〆①ABC123 -.,"
letters = st.text(alphabet=KANA, min_size=1, max_size=200)
QUICK = settings(max_examples=60, deadline=None, derandomize=True)


@QUICK
@given(
    text=letters, size=st.integers(1, 40), encoding=st.sampled_from(["utf-8", "cp932", "euc_jp", "utf-16"])
)
def test_every_encoding_round_trips(tmp_path_factory, text, size, encoding):
    content = text.replace("①", "1" if encoding == "euc_jp" else "①").encode(encoding)
    folder = tmp_path_factory.getbasetemp()
    kept, detect.CHUNK_BYTES = detect.CHUNK_BYTES, size
    try:
        found = {reading.encoding: reading for reading in decode_text(content, folder)}
        mine = Encoding.UTF_8 if text.isascii() and encoding != "utf-16" else Encoding(encoding)
        read = found[mine].path.read_text(encoding="utf-8")
    finally:
        detect.CHUNK_BYTES = kept
    assert read == content.decode(encoding).removeprefix(codecs.BOM_UTF8.decode())


cells = st.text(alphabet=KANA + '"\n', min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=20), always=st.booleans())
def test_the_engine_reads_what_a_csv_writer_wrote(tmp_path_factory, rows, always):
    folder = tmp_path_factory.mktemp("csv")
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerows([["a", "b", "c"], *rows])
    with Engine(spill=folder, readable=[folder]) as engine:
        text = decode_text(buffer.getvalue().encode(), folder)[0]
        load_csv(engine, text, delimiter=",", header_row=1, width=3)
        assert engine.list_rows("SELECT c0, c1, c2 FROM intake_raw ORDER BY rowid") == [
            tuple(row) for row in rows
        ]


@QUICK
@given(days=st.lists(st.none() | st.dates(min_value=date(1900, 1, 1))))
def test_iso_dates_read_back(days):
    texts = pa.array([None if day is None else day.isoformat() for day in days], pa.string())
    assert TextReader({}).read("date", texts).values.to_pylist() == days


@QUICK
@given(numbers=st.lists(st.none() | st.integers(-(10**14), 10**14)))
def test_integers_read_back_with_commas(numbers):
    texts = pa.array([None if number is None else f"{number:,}" for number in numbers], pa.string())
    assert TextReader({}).read("integer", texts).values.to_pylist() == numbers
