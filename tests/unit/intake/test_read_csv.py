"""Delimited text: every row has its cells, and its number in the file."""

import pytest

from tsunagu.catalog.formats import Encoding
from tsunagu.intake import read_csv
from tsunagu.intake.detect import decode_text
from tsunagu.intake.read_csv import load_csv, load_parts, read_header
from tsunagu.intake.refusals import FileRefusedError


def load(engine, folder, content, *, delimiter=",", header_row=1, width=2):
    (text,) = decode_text(content.encode(), folder)
    assert text.encoding is Encoding.UTF_8
    load_csv(engine, text, delimiter=delimiter, header_row=header_row, width=width)
    columns = ", ".join(f"c{position}" for position in range(width))
    return engine.list_rows(f"SELECT rowid, {columns} FROM intake_raw ORDER BY rowid")  # noqa: S608 - our own names


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,2\n", [(0, "1", "2")]),
        ("a,b\r\n1,2\r\n3,4", [(0, "1", "2"), (1, "3", "4")]),
        ('a,b\n"1,5","い""ろ"\n', [(0, "1,5", 'い"ろ')]),
        ('a,b\n"1\n2",3\n4,5\n', [(0, "1\n2", "3"), (1, "4", "5")]),
        ("a,b\n1,\n,2\n", [(0, "1", None), (1, None, "2")]),
        ("a,b\n1,2\n\n3,4\n", [(0, "1", "2"), (1, None, None), (2, "3", "4")]),
        ("a,b\n001,1e5\n", [(0, "001", "1e5")]),
        ("a,b\nNULL,NaN\n", [(0, "NULL", "NaN")]),
    ],
)
def test_cells_come_as_they_are(engine, tmp_path, content, rows):
    assert load(engine, tmp_path, content) == rows


def test_titles_above_the_heading_are_left_out(engine, tmp_path):
    content = '"一覧\n表"\n\na,b\n1,2\n'
    (text,) = decode_text(content.encode(), tmp_path)
    assert read_header(text.path, ",", 3) == (["a", "b"], 4)
    assert load(engine, tmp_path, content, header_row=3) == [(0, "1", "2")]


def test_tabs_are_delimiters_too(engine, tmp_path):
    assert load(engine, tmp_path, "a\tb\n1,5\t2\n", delimiter="\t") == [(0, "1,5", "2")]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("a,b\n1,2\n3\n", "wrong_cell_count", 3),
        ("a,b\n1,2\n3,4,5\n", "wrong_cell_count", 3),
        ("a,b\n1,2\n3,4,\n", "wrong_cell_count", 3),
        ('a,b\n"1\n2",3\n3,4,\n', "wrong_cell_count", 4),
        ("a,b\n\n1,2,3\n", "wrong_cell_count", 3),
        ('a,b\n1,2\n3,"4\n5,6\n', "unclosed_quote", 3),
        ('a,b\n1,2\n3,"4"x\n', "unclosed_quote", 3),
    ],
)
def test_a_row_out_of_shape_refuses_the_file_with_its_line(engine, tmp_path, content, code, line):
    with pytest.raises(FileRefusedError, match=f"{line} 行目") as refused:
        load(engine, tmp_path, content)
    assert refused.value.code == code


def test_a_quote_inside_a_plain_cell_is_a_letter(engine, tmp_path):
    assert load(engine, tmp_path, 'a,b\n5" ,2\n3,4\n') == [(0, '5" ', "2"), (1, "3", "4")]


def test_rows_stay_in_order_in_a_large_file(engine, tmp_path):
    content = "a,b\n" + "".join(f"{number},x\n" for number in range(200_000))
    load(engine, tmp_path, content)
    assert engine.get_value("SELECT count(*) FROM intake_raw WHERE CAST(c0 AS BIGINT) <> rowid") == 0


class TestParts:
    """A large file comes in parts; here every part has a few bytes."""

    @pytest.fixture(autouse=True)
    def small_parts(self, monkeypatch):
        monkeypatch.setattr(read_csv, "PART_BYTES", 12)
        monkeypatch.setattr(read_csv, "_CHUNK_BYTES", 8)

    def load_parts(self, engine, folder, content):
        (text,) = decode_text(content.encode(), folder)
        found = []
        for part in load_parts(engine, text, [0], "true", delimiter=",", header_row=1, width=2):
            rows = engine.list_rows("SELECT c0 FROM intake_raw ORDER BY rowid")
            # The column that is not kept is still there to be looked at.
            others = engine.list_rows("SELECT c1 FROM intake_raw_file")
            found.append((part.codes, [(a, b) for (a,), (b,) in zip(rows, others, strict=True)]))
        return found

    @pytest.mark.parametrize(
        "content",
        [
            "a,b\n" + "".join(f"{number},x{number}\n" for number in range(30)),
            'a,b\n"1\n2\n3\n4\n5\n6\n7\n8",x\n9,"y\ny"\n10,"z,""\n"\n11,w\n12,v',
            "a,b\n1,2\n\n3,4\n5,6\n\n7,8\n9,10\n11,12\n",
        ],
    )
    def test_together_they_are_the_file(self, engine, tmp_path, content):
        parts = self.load_parts(engine, tmp_path, content)
        assert len(parts) > 1
        whole = [row[1:] for row in load(engine, tmp_path, content)]
        assert [row for _, rows in parts for row in rows] == whole

    @pytest.mark.parametrize(
        ("content", "line"),
        [
            ("a,b\n1,2\n3,4\n5,6\n7,8\n9\n", 6),
            ('a,b\n"1\n2",3\n4,5\n6,7\n8,9,10\n', 6),
            ('a,b\n1,2\n3,4\n5,6\n7,8\n9,"\n', 6),
        ],
    )
    def test_a_fault_has_its_line_of_the_file(self, engine, tmp_path, content, line):
        with pytest.raises(FileRefusedError, match=f"{line} 行目"):
            self.load_parts(engine, tmp_path, content)

    def test_quoted_twice_from_beginning_to_end_or_not_at_all(self, engine, tmp_path):
        twice = "a,b\n" + "".join(f'"{number},""x"""\n' for number in range(9))
        parts = self.load_parts(engine, tmp_path, twice)
        assert {codes for codes, _ in parts} == {("quoted_twice",)}
        assert [row for _, rows in parts for row in rows] == [(str(number), "x") for number in range(9)]
        with pytest.raises(FileRefusedError, match="行目"):
            self.load_parts(engine, tmp_path, twice + "10,x\n" * 9)
