"""ZIP archives, looked at before anything is unpacked: bombs, tricks with names, locked or nested content."""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from tsunagu.intake.read_excel import refuse_workbook
from tsunagu.intake.refusals import FileRefusedError

MOST_ENTRIES = 1_000
LARGEST_UNPACKED_BYTES = 2 << 30
LARGEST_WORKBOOK_BYTES = 512 << 20
MOST_RATIO = 250
RATIO_FROM_BYTES = 4 << 20
"""Small members may shrink as far as they like."""
MOST_CELLS = 10_000_000
"""Cells of one sheet between the first and the last: a reader lays out the whole rectangle."""

_ENCRYPTED = 0x1
_METHODS = (0, 8)
"""Stored and deflated."""
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_CHUNK_BYTES = 1 << 20
_NESTED = (".zip", ".7z", ".rar", ".gz", ".tar", ".lzh", ".bz2", ".xz")
_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
_OTHER_BOOKS = ("xl/workbook.bin", "content.xml")
"""Binary and OpenDocument sheets lay themselves out in ways that nobody here has looked at."""
# Any attribute that says a place, whatever stands around it: a sheet may lie under any name, and be written oddly.
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,9})(\d{1,20})["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"<(?:\w+:)?c\b")
_LONGEST_TAG_BYTES = 1 << 20
_OVERLAP_BYTES = 64


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose directory has been checked. Members go by the last part of their names."""

    content: bytes
    file: ZipFile
    members: dict[str, ZipInfo]

    @property
    def is_workbook(self) -> bool:
        """Whether it is an Excel file of the newer kind."""
        return _CONTENT_TYPES in self.file.NameToInfo

    def open_member(self, name: str) -> IO[bytes]:
        """A member's content as a stream, never longer than the directory says."""
        return self.file.open(self.members[name])


def open_archive(content: bytes) -> Archive:
    """Read and check the directory; nothing is unpacked.

    Raises:
        FileRefusedError: no archive, or one that must not be unpacked.
    """
    try:
        file = ZipFile(BytesIO(content))
    except (BadZipFile, LargeZipFile, ValueError, OSError, struct.error, NotImplementedError):
        raise refuse_unreadable() from None
    entries = [entry for entry in file.infolist() if not entry.is_dir()]
    _check_size(entries, len(content))
    for entry in entries:
        _check_entry(entry)
    archive = Archive(content, file, {PurePosixPath(entry.filename).name: entry for entry in entries})
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise _refuse_members("同じ名前のファイルが二つ入っています")
    return archive


def check_delivery(archive: Archive) -> None:
    """The members of a delivery have plain names, lie side by side, and none is an archive itself.

    Raises:
        FileRefusedError: they do not.
    """
    entries = [entry for entry in archive.file.infolist() if not entry.is_dir()]
    if any(_is_odd_name(entry.orig_filename) for entry in entries):
        raise _refuse_members("フォルダーの外を指すなど、使えない名前のファイルが入っています")
    if len({PurePosixPath(entry.filename).parent for entry in entries}) > 1:
        raise _refuse_members("いくつものフォルダーに分かれています")
    if any(entry.filename.lower().endswith(_NESTED) for entry in entries):
        raise _refuse_members("ZIP の中に、さらに圧縮されたファイルが入っています")


def check_workbook(archive: Archive) -> None:
    """Unpack every member once, counting: the reader of workbooks does not look at what the directory says.

    It opens other kinds of workbook as well if they only look like one; those are not for us.

    Raises:
        FileRefusedError: more comes out than was said, or a sheet's cells lie too far apart.
    """
    entries = archive.file.infolist()
    names = {entry.filename.lower() for entry in entries}
    if _WORKBOOK not in names or not names.isdisjoint(_OTHER_BOOKS):
        raise refuse_workbook()
    if sum(entry.file_size for entry in entries) > LARGEST_WORKBOOK_BYTES:
        raise refuse_bomb()
    for entry in entries:
        _measure_member(archive.content, entry)


def _check_size(entries: list[ZipInfo], packed_bytes: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    is_dense = unpacked > RATIO_FROM_BYTES and unpacked > MOST_RATIO * packed_bytes
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED_BYTES or is_dense:
        raise refuse_bomb()


def _check_entry(entry: ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise FileRefusedError(
            "locked_zip",
            "パスワードの掛かった ZIP ファイルです。",
            why="中身を確かめられないので、取り込めません。",
            todo="パスワードを外したファイルを、庁内の決まりに沿った方法で受け取ってください。",
        )
    if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise refuse_bomb()
    if entry.compress_type not in _METHODS:
        raise _refuse_members("読めない方法で圧縮されています")


def _is_odd_name(name: str) -> bool:
    is_outside = name.startswith("/") or ".." in PurePosixPath(name).parts
    return is_outside or "\\" in name or ":" in name or not name.isprintable()


def _measure_member(content: bytes, entry: ZipInfo) -> None:
    extent, total = _Extent(), 0
    packed = _get_packed(content, entry)
    for piece in _unpack(packed) if entry.compress_type else [packed]:
        total += len(piece)
        if total > entry.file_size:
            raise refuse_bomb()
        extent.read(bytes(piece))


def _unpack(packed: bytes | memoryview) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(packed, _CHUNK_BYTES)
            packed = unpacker.unconsumed_tail
            if not piece and not packed and not unpacker.eof:
                raise refuse_unreadable()
            yield piece
    except zlib.error:
        raise refuse_unreadable() from None


def _get_packed(content: bytes, entry: ZipInfo) -> memoryview:
    header = content[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise refuse_unreadable()
    _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
    start = entry.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes
    return memoryview(content)[start : start + entry.compress_size]


class _Extent:
    """How far a sheet's cells reach, found while its text goes by."""

    def __init__(self) -> None:
        self._tail = b""
        self._rows = 0
        self._columns = 0
        self._row_tags = 0
        self._cells_of_row = 0

    def read(self, piece: bytes) -> None:
        """Look at the next piece of the sheet's text."""
        text = self._tail + piece
        # A tag that is not whole yet waits for the next piece.
        cut = text.rfind(b"<")
        if cut < len(text) - _LONGEST_TAG_BYTES:
            cut = len(text)
        self._tail = text[cut:] or text[-_OVERLAP_BYTES:]
        self._find_places(text)
        self._count_tags(text[:cut])
        if self._rows * self._columns > MOST_CELLS:
            raise _refuse_extent()

    def _find_places(self, text: bytes) -> None:
        places = _PLACE.findall(text)
        self._rows = max(self._rows, *(int(row) for _, row in places), 0)
        self._columns = max(
            self._columns, *(_count_columns(name) for name in {name for name, _ in places}), 0
        )

    def _count_tags(self, text: bytes) -> None:
        """Cells and rows that do not say their place follow the one before."""
        first, *others = (len(_CELL.findall(row)) for row in _ROW.split(text))
        self._row_tags += len(others)
        self._columns = max(self._columns, self._cells_of_row + first, *others, 0)
        self._cells_of_row = others[-1] if others else self._cells_of_row + first
        self._rows = max(self._rows, self._row_tags)


def _count_columns(name: bytes) -> int:
    count = 0
    for letter in name.upper():
        count = count * 26 + letter - ord("A") + 1
    return count


def _refuse_extent() -> FileRefusedError:
    return FileRefusedError(
        "sheet_too_large",
        "Excel のシートの、最初の値から最後の値までの範囲が広すぎます。",
        why="離れた場所に一つだけ値があると、間の空欄もすべて読むことになり、メモリーを使い尽くします。",
        todo="表の外にある値や書式を消すか、CSV で出力してもらってください。",
    )


def refuse_unreadable() -> FileRefusedError:
    """The refusal of an archive that is broken."""
    return FileRefusedError(
        "unreadable_zip",
        "ZIP ファイルとして読めません。",
        why="途中で切れているか、壊れています。一部だけを取り込むことはしません。",
        todo="送り元で開けるかを確かめ、もう一度作ったものを渡してもらってください。",
    )


def refuse_bomb() -> FileRefusedError:
    """The refusal of an archive that would unpack to far more than a delivery ever is."""
    return FileRefusedError(
        "zip_bomb",
        "展開すると大きくなりすぎるファイルです（中のファイルの数、展開後の大きさ、または縮み方が普通ではありません）。",
        why="機械のディスクやメモリーを使い尽くすために作られたファイルのおそれがあります。展開していません。",
        todo="送り元に、本当に送ったファイルかを確かめてください。本物で大きすぎるなら、分けて出力してもらってください。",
    )


def _refuse_members(what: str) -> FileRefusedError:
    return FileRefusedError(
        "unexpected_members",
        f"ZIP の中身が様式と違います: {what}。",
        why="何のファイルか決められないまま展開すると、別の表や別の場所のファイルを読んでしまいます。",
        todo="様式のファイルだけを、一つの ZIP に入れ直してもらってください。",
    )
