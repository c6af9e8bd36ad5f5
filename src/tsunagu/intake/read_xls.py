"""Reads a workbook of the older kind (.xls) in a process of its own; `read_excel` starts this file by its path.

The library makes room for everything between a sheet's first and last cell, and a broken file says that they lie
anywhere. What would end the whole program ends only this process, whose memory and time are limited.

In: the file, on standard input. Out: of each sheet its rows and merged ranges, pickled. Exit code 2: a password.
"""

import pickle
import resource
import sys
from io import BytesIO

from python_calamine import CalamineWorkbook, PasswordError

LOCKED = 2
MEMORY_BYTES = 1 << 30
SECONDS = 60


def main() -> None:
    """Read standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        sys.exit(LOCKED)
    sheets = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        sheets[name] = sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or []
    pickle.dump(sheets, sys.stdout.buffer)


if __name__ == "__main__":
    main()
