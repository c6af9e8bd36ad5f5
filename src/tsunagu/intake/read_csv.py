"""Delimited text into the engine, strictly: every row has the header's number of cells or the file is refused."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tsunagu.intake.detect import DecodedText
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import CsvShapeError, Engine

RAW_TABLE = "intake_raw"
_LONGEST_CELL = 1 << 24
_CHUNK_BYTES = 1 << 22


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
    try:
        _load_rows(engine, text.path, delimiter, skip_lines, width, has_blank_lines=text.has_blank_lines)
    except (CsvShapeError, csv.Error):
        unwrapped = _unwrap_lines(text.path, delimiter, skip_lines, width)
        if unwrapped is None:
            raise _refuse_shape(_find_shape_fault(text.path, delimiter, skip_lines, width)) from None
        _load_rows(engine, unwrapped, delimiter, 0, width, has_blank_lines=False)
        return ("quoted_twice",)
    return ()


def _load_rows(
    engine: Engine, path: Path, delimiter: str, skip_lines: int, width: int, *, has_blank_lines: bool
) -> None:
    columns = [f"c{position}" for position in range(width)]
    if has_blank_lines:
        path, skip_lines = _fill_blank_lines(path, delimiter, skip_lines, width), 0
    engine.load_csv(RAW_TABLE, path, columns, delimiter=delimiter, skip_lines=skip_lines)
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
            if b'"' not in chunk and not is_quoted:
                found += chunk.count(delimiter.encode())
                continue
            octets = np.frombuffer(chunk, dtype=np.uint8)
            quotes = np.cumsum(octets == ord('"'), dtype=np.int32) + is_quoted
            found += int(np.count_nonzero((octets == ord(delimiter)) & (quotes % 2 == 0)))
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
