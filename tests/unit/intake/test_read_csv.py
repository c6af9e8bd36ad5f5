"""Delimited text: every row has its cells, and its number in the file."""

import pytest

from tsunagu.catalog.formats import Encoding
from tsunagu.intake.detect import decode_text
from tsunagu.intake.read_csv import load_csv, read_header
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
