"""An engine for the readers."""

import struct
from datetime import date

import pytest

from tsunagu.store.engine import Engine


@pytest.fixture
def engine(tmp_path):
    with Engine(spill=tmp_path, readable=[tmp_path]) as engine:
        yield engine


@pytest.fixture
def make_xls():
    """Workbooks of the older kind (BIFF8 in a compound file), written by hand: no library for it is installed."""
    return _make_xls


_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_DAY_ZERO = date(1899, 12, 30)


def _make_xls(sheet, rows):
    stream = _write_workbook(sheet, rows)
    stream += bytes(max(4096, -(-len(stream) // _SECTOR) * _SECTOR) - len(stream))
    sectors = len(stream) // _SECTOR
    # Sector 0 is the allocation table, 1 the directory, the rest the workbook.
    table = [_FAT, _END, *range(3, 2 + sectors), _END]
    fat = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    directory = _write_entry("Root Entry", 5, 1, _END, 0) + _write_entry("Workbook", 2, _FREE, 2, len(stream))
    return header + fat + directory.ljust(_SECTOR, b"\0") + stream


def _write_entry(name, kind, child, start, size):
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def _write_record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def _write_text(text, length_format):
    return struct.pack(f"<{length_format}B", len(text), 1) + text.encode("utf-16-le")


def _write_workbook(name, rows):
    start = _write_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    start += _write_record(0x0042, struct.pack("<H", 1200))
    start += b"".join(_write_record(0x00E0, struct.pack("<HH16x", 0, form)) for form in (0, 14))
    length = len(start) + len(_write_record(0x0085, bytes(6) + _write_text(name, "B"))) + 4
    bound = _write_record(0x0085, struct.pack("<IBB", length, 0, 0) + _write_text(name, "B"))
    sheet = _write_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += _write_record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    for row, cells in enumerate(rows):
        sheet += b"".join(_write_cell(row, column, cell) for column, cell in enumerate(cells))
    return start + bound + _write_record(0x000A, b"") + sheet + _write_record(0x000A, b"")


def _write_cell(row, column, cell):
    if isinstance(cell, str):
        return _write_record(0x0204, struct.pack("<HHH", row, column, 0) + _write_text(cell, "H"))
    is_day = isinstance(cell, date)
    number = float((cell - _DAY_ZERO).days) if is_day else cell
    return _write_record(0x0203, struct.pack("<HHHd", row, column, int(is_day), number))
