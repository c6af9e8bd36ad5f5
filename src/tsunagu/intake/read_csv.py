"""Delimited text into the engine, strictly: every row has the header's number of cells or the file is refused."""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from tsunagu.intake.detect import DecodedText
from tsunagu.intake.digit_runs import may_hold_numbers
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import CsvShapeError, Engine

RAW_TABLE = "intake_raw"
RAW_FILE = f"{RAW_TABLE}_file"
"""The rows with all their columns, read or not."""
_WATCHED_BYTES = 1 << 24
"""A smaller file is sooner read a second time than the condition of all columns is planned."""
_LONGEST_CELL = 1 << 24
_CHUNK_BYTES = 1 << 22
PART_BYTES = 96 << 20
"""A larger file goes through the engine in parts of about this size, so that memory does not grow with it."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the rows are written, the positions of the columns that go into the table, and the rows to mark in it."""

    delimiter: str
    width: int
    kept: Sequence[int]
    marked: str = "true"


@dataclass(frozen=True, slots=True)
class LoadedPart:
    """Rows that are in `intake_raw` now.

    `codes`: problem codes of the file as a whole. `is_marked`: whether the condition asked for holds in any row; also
    where nobody looked.
    """

    codes: tuple[str, ...]
    is_marked: bool = True


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of whole rows of a text, as a file. `skip_lines` of it are above the data.

    `starts_at` is the byte of the text at which it begins.
    """

    path: Path
    skip_lines: int
    _: KW_ONLY
    has_blank_lines: bool
    starts_at: int = 0


@dataclass(frozen=True, slots=True)
class _ShapeFault:
    line: int
    is_quote: bool


def read_header(path: Path, delimiter: str, header_row: int, header_rows: int = 1) -> tuple[list[str], int]:
    """The headings from that row on, and how many lines end with them. No such row: no headings."""
    rows: list[list[str]] = []
    with path.open(encoding="utf-8", newline="\n") as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for number, cells in enumerate(reader, start=1):
                if number >= header_row:
                    rows.append(read_quoted_line(cells, delimiter))
                if len(rows) == header_rows:
                    return join_headings(rows), reader.line_num
        except csv.Error:
            return [], 0
    return [], 0


def join_headings(rows: Sequence[Sequence[str]]) -> list[str]:
    """Headings of several rows as one: `保護者` above `氏名` is `保護者_氏名`.

    A blank cell in any row but the last continues the heading to its left, if something stands below it.
    """
    width = max(len(row) for row in rows)
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(rows):
        above = ""
        for place, cell in enumerate([*row, *[""] * (width - len(row))]):
            is_continued = number + 1 < len(rows) and not cell.strip() and _has_below(rows, number, place)
            above = above if is_continued else cell
            if above.strip() and parts[place][-1:] != [above]:
                parts[place].append(above)
    return ["_".join(part) for part in parts] if len(rows) > 1 else list(rows[0])


def _has_below(rows: Sequence[Sequence[str]], number: int, place: int) -> bool:
    return any(place < len(row) and row[place].strip() for row in rows[number + 1 :])


def read_quoted_line(cells: list[str], delimiter: str) -> list[str]:
    """The cells inside a line that stands as a whole in quotes, its own quotes doubled; else the line's cells."""
    if len(cells) != 1 or delimiter not in cells[0]:
        return cells
    return next(csv.reader([cells[0]], delimiter=delimiter, strict=True), cells)


def load_csv(
    engine: Engine, text: DecodedText, *, delimiter: str, header_row: int, width: int, header_rows: int = 1
) -> tuple[str, ...]:
    """Fill `intake_raw` (`c0` …, all text, blank = null) with the rows below the headings.

    Returns:
        Problem codes of the file as a whole: `quoted_twice` when every line had to be read a second time.

    Raises:
        FileRefusedError: a row with another number of cells, or a quote that is not closed.
    """
    skip_lines = read_header(text.path, delimiter, header_row, header_rows)[1]
    whole = _Part(text.path, skip_lines, has_blank_lines=text.has_blank_lines)
    return _load_part(engine, text, whole, _Shape(delimiter, width, range(width)))


def load_parts(
    engine: Engine,
    text: DecodedText,
    kept: Sequence[int],
    marked: str,
    *,
    delimiter: str,
    header_row: int,
    width: int,
    header_rows: int = 1,
) -> Iterator[LoadedPart]:
    """As `load_csv`, but only the `kept` columns, and a large file comes in parts, the next one with each step.

    All columns of the part are in `intake_raw_file`, which reads the text again; `marked` is a condition over all
    columns that is looked at on the way, and holds for no row without a cell of twelve digits.

    Raises:
        FileRefusedError: also when only some of the parts had to be read a second time.
    """
    skip_lines = read_header(text.path, delimiter, header_row, header_rows)[1]
    is_large = text.path.stat().st_size > _WATCHED_BYTES
    first = None
    for part in _split(text, skip_lines):
        mark = _choose_mark(part, marked, delimiter) if is_large else "true"
        shape = _Shape(delimiter, width, kept, mark)
        codes = _load_part(engine, text, part, shape)
        first = codes if first is None else first
        if codes != first:
            raise _refuse_shape(_ShapeFault(_count_lines_before(text, part) + 1, is_quote=False))
        is_marked = engine.get_value(f"SELECT coalesce(bool_or(is_marked), false) FROM {RAW_TABLE}")  # noqa: S608 - a constant
        yield LoadedPart(codes, is_marked)


def _choose_mark(part: _Part, marked: str, delimiter: str) -> str:
    """The condition asks for twelve digits: where the bytes have none, no cell need be asked."""
    return marked if may_hold_numbers(part.path, delimiter) else "false"


def _split(text: DecodedText, skip_lines: int) -> Iterator[_Part]:
    """The file itself, or copies of about `PART_BYTES` of it one after the other, cut at the ends of rows."""
    size = text.path.stat().st_size
    if size <= PART_BYTES:
        yield _Part(text.path, skip_lines, has_blank_lines=text.has_blank_lines)
        return
    target = text.path.with_suffix(".part.csv")
    with text.path.open("rb") as file:
        while (start := file.tell()) < size:
            with target.open("wb") as copy:
                _copy_part(file, copy)
            skipped = 0 if start else skip_lines
            yield _Part(target, skipped, has_blank_lines=text.has_blank_lines, starts_at=start)


def _copy_part(file: IO[bytes], target: IO[bytes]) -> None:
    copied = quotes = 0
    while chunk := file.read(_CHUNK_BYTES):
        copied += len(chunk)
        end = _find_row_end(chunk, quotes) if copied >= PART_BYTES else 0
        target.write(chunk[:end] if end else chunk)
        if end:
            file.seek(end - len(chunk), os.SEEK_CUR)
            return
        quotes += chunk.count(b'"') if b'"' in chunk else 0


def _find_row_end(chunk: bytes, quotes: int) -> int:
    """Where the last row that ends in this chunk is over; 0 when none does. `quotes` stood before the chunk."""
    octets = np.frombuffer(chunk, dtype=np.uint8)
    is_quoted = (np.cumsum(octets == ord('"'), dtype=np.int32) + quotes) % 2
    ends = np.flatnonzero((octets == ord("\n")) & (is_quoted == 0))
    return int(ends[-1]) + 1 if len(ends) else 0


def _load_part(engine: Engine, text: DecodedText, part: _Part, shape: _Shape) -> tuple[str, ...]:
    path, skip_lines = part.path, part.skip_lines
    try:
        _load_rows(engine, path, shape, skip_lines, has_blank_lines=part.has_blank_lines)
    except (CsvShapeError, csv.Error):
        unwrapped = _unwrap_lines(path, shape.delimiter, skip_lines, shape.width)
        if unwrapped is None:
            fault = _find_shape_fault(path, shape.delimiter, skip_lines, shape.width)
            before = _count_lines_before(text, part)
            raise _refuse_shape(fault and replace(fault, line=fault.line + before)) from None
        _load_rows(engine, unwrapped, shape, 0, has_blank_lines=False)
        return ("quoted_twice",)
    return ()


def _count_lines_before(text: DecodedText, part: _Part) -> int:
    with text.path.open("rb") as file:
        return sum(
            file.read(min(_CHUNK_BYTES, part.starts_at - at)).count(b"\n")
            for at in range(0, part.starts_at, _CHUNK_BYTES)
        )


def _load_rows(engine: Engine, path: Path, shape: _Shape, skip_lines: int, *, has_blank_lines: bool) -> None:
    delimiter, width = shape.delimiter, shape.width
    if has_blank_lines:
        path, skip_lines = _fill_blank_lines(path, delimiter, skip_lines, width), 0
    columns = [f"c{position}" for position in range(width)]
    kept = [columns[position] for position in shape.kept]
    engine.load_csv(
        RAW_TABLE, path, columns, kept=kept, marked=shape.marked, delimiter=delimiter, skip_lines=skip_lines
    )
    rows = engine.get_value(f"SELECT count(*) FROM {RAW_TABLE}")  # noqa: S608 - a constant
    if _count_delimiters(path, delimiter, skip_lines) != rows * (width - 1):
        # The engine overlooks one blank cell too many, behind which the others may have shifted.
        _check_every_row(path, delimiter, skip_lines, width)


def _unwrap_lines(path: Path, delimiter: str, skip_lines: int, width: int) -> Path | None:
    """A copy in which lines that stand as a whole in quotes are read once more; None if any line is another."""
    target = path.with_suffix(".unwrapped.csv")
    with target.open("w", encoding="utf-8", newline="\n") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        try:
            for _, cells in _iterate_rows(path, delimiter, skip_lines):
                row = read_quoted_line(cells, delimiter) if cells else [""] * width
                if len(row) != width or len(cells) > 1:
                    return None
                writer.writerow(row)
        except csv.Error:
            return None
    return target


def _count_delimiters(path: Path, delimiter: str, skip_lines: int) -> int:
    """Delimiters outside quotes. A quote inside an unquoted cell spoils the count; then every row is looked at."""
    found, is_quoted = 0, 0
    with path.open("rb") as file:
        for _ in range(skip_lines):
            file.readline()
        while chunk := file.read(_CHUNK_BYTES):
            octets = np.frombuffer(chunk, dtype=np.uint8)
            is_delimiter = octets == ord(delimiter)
            if b'"' not in chunk and not is_quoted:
                found += int(np.count_nonzero(is_delimiter))
                continue
            quotes = np.cumsum(octets == ord('"'), dtype=np.int32) + is_quoted
            found += int(np.count_nonzero(is_delimiter & (quotes % 2 == 0)))
            is_quoted = int(quotes[-1]) % 2
    return found


def _check_every_row(path: Path, delimiter: str, skip_lines: int, width: int) -> None:
    if _find_shape_fault(path, delimiter, skip_lines, width) is not None:
        raise CsvShapeError


def _fill_blank_lines(path: Path, delimiter: str, skip_lines: int, width: int) -> Path:
    """A copy below the header in which a blank line is a row of blank cells, so that row numbers stay right."""
    target = path.with_suffix(".filled.csv")
    with target.open("w", encoding="utf-8", newline="\n") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        for _, cells in _iterate_rows(path, delimiter, skip_lines):
            if cells and len(cells) != width:
                raise CsvShapeError
            writer.writerow(cells or [""] * width)
    return target


def _iterate_rows(path: Path, delimiter: str, skip_lines: int) -> Iterator[tuple[int, list[str]]]:
    """Rows below the first `skip_lines` lines, each with the line it begins on."""
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8", newline="\n") as file:
        for _ in range(skip_lines):
            file.readline()
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        begins = skip_lines + 1
        for cells in reader:
            yield begins, cells
            begins = skip_lines + reader.line_num + 1


def _find_shape_fault(path: Path, delimiter: str, skip_lines: int, width: int) -> _ShapeFault | None:
    line = skip_lines
    try:
        for line, cells in _iterate_rows(path, delimiter, skip_lines):
            if cells and len(cells) != width:
                return _ShapeFault(line, is_quote=False)
    except csv.Error:
        return _ShapeFault(line + 1, is_quote=True)
    return None


def _refuse_shape(fault: _ShapeFault | None) -> FileRefusedError:
    why = "途中で切れたファイルや、区切りのずれたファイルを読むと、別の人の値が入れ替わります。"
    if fault is not None and fault.is_quote:
        return FileRefusedError(
            "unclosed_quote",
            f'{fault.line:,} 行目から先の引用符（"）が閉じていません。',
            why=why,
            todo="ファイルが最後まであるかを確かめ、もう一度出力してもらってください。",
        )
    place = f"{fault.line:,} 行目の" if fault else ""
    return FileRefusedError(
        "wrong_cell_count",
        f"{place}列の数が、見出しの列の数と合いません。",
        why=why,
        todo="その行の値に区切り文字が混じっていないか、最後の行が途中で切れていないかを確かめてください。",
    )
