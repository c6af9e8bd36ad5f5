"""Which encoding a text file is in, decided by decoding all of it strictly. Nothing is guessed or replaced.

A file is decoded in chunks into a UTF-8 file with LF line ends, which the engine then reads.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tsunagu.catalog.formats import Encoding
from tsunagu.intake.refusals import FileRefusedError

CHUNK_BYTES = 1 << 20
GETA = "〓"
"""What many systems print for a character they cannot write."""
_GETA_BYTES = GETA.encode()

_BOMS = (
    (codecs.BOM_UTF8, Encoding.UTF_8, "utf-8"),
    (codecs.BOM_UTF16_LE, Encoding.UTF_16, "utf-16-le"),
    (codecs.BOM_UTF16_BE, Encoding.UTF_16, "utf-16-be"),
)
_LONGEST_BOM = 3
_LEGACY = ((Encoding.CP932, "cp932"), (Encoding.EUC_JP, "euc_jp"))
_LEGACY_CODECS = frozenset(codec for _, codec in _LEGACY)
_LONGEST_LETTER_BYTES = 4
# Bytes that Python's cp932 accepts although no Windows file has them, and C1 controls.
NO_TEXT = re.compile("[\x80-\x9f\uf8f0-\uf8f3]")
_WIDE_LETTER = re.compile("[\u3000-\uffff\U00010000-\U0010ffff]")
_BLANK_LINE = re.compile(rb"\n\n+[^\n]")


Octets = npt.NDArray[np.uint8]
_Chunk = tuple[int, bytes, bool]
"""Where it begins, its bytes, and whether it is the last."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """One strict reading of a file: UTF-8 with LF line ends at `path`.

    `gaiji_characters` counts private-use characters and 〓: letters the sending system lost. `is_doubtful`: there
    are letters beyond ASCII, but none of Japanese, as when another encoding happens to be well-formed UTF-8.
    """

    encoding: Encoding
    path: Path
    gaiji_characters: int
    has_blank_lines: bool
    is_doubtful: bool = False


class _UndecodableError(Exception):
    def __init__(self, position_bytes: int) -> None:
        self.position_bytes = position_bytes
        super().__init__(position_bytes)


def decode_text(content: bytes, folder: Path) -> list[DecodedText]:
    """Every reading under which the whole file is well-formed text.

    Usually one: Japanese in UTF-8 is nothing else. Short texts can be well-formed in several encodings; then all
    come back, and the headings decide. Pure ASCII is UTF-8.

    Raises:
        FileRefusedError: no reading, or NUL bytes.
    """
    return decode_stream(lambda: BytesIO(content), folder / "decoded")


def decode_stream(open_content: Callable[[], IO[bytes]], target: Path) -> list[DecodedText]:
    """As `decode_text`, for content that is never in memory as a whole. `target` begins the names of the results."""
    with open_content() as file:
        start = file.read(_LONGEST_BOM)
    for bom, encoding, codec in _BOMS:
        if start.startswith(bom):
            return _decode_all(open_content, ((encoding, codec),), target, skip_bytes=len(bom))
    readings = ((Encoding.UTF_8, "utf-8"), *_LEGACY)
    return _decode_all(open_content, readings, target, skip_bytes=0)


def _decode_all(
    open_content: Callable[[], IO[bytes]],
    readings: tuple[tuple[Encoding, str], ...],
    target: Path,
    *,
    skip_bytes: int,
) -> list[DecodedText]:
    found = []
    furthest = 0
    for encoding, codec in readings:
        path = target.with_name(f"{target.name}-{encoding.value}.csv")
        try:
            with open_content() as file:
                found.append(_decode(file, encoding, codec, path, skip_bytes))
        except _UndecodableError as error:
            furthest = max(furthest, error.position_bytes)
        else:
            if encoding is Encoding.UTF_8 and not found[-1].is_doubtful:
                break
    if not found:
        raise refuse_undecodable(furthest)
    return found


def refuse_undecodable(position_bytes: int) -> FileRefusedError:
    """The refusal of a text that is in no encoding we know; the position counts from 0."""
    return FileRefusedError(
        "undecodable",
        f"文字コードが分かりません（先頭から {position_bytes + 1:,} バイト目が文字として読めません）。",
        why="推測で読むと、名前や住所が別の文字に化けたまま残るおそれがあります。",
        todo="UTF-8 か Shift_JIS（CP932）で出力し直してもらってください。途中で切れていないかも確かめてください。",
    )


def _decode(file: IO[bytes], encoding: Encoding, codec: str, path: Path, skip_bytes: int) -> DecodedText:
    file.read(skip_bytes)
    transcode = _pass_utf8 if encoding is Encoding.UTF_8 else _transcode
    with path.open("wb") as target:
        writer = _TextWriter(target)
        for content, is_last in transcode(_iterate_chunks(file, skip_bytes), codec):
            writer.write(content, is_last=is_last)
    return DecodedText(
        encoding, path, writer.gaiji_characters, writer.has_blank_lines, writer.has_only_narrow_letters
    )


def _transcode(chunks: Iterator[_Chunk], codec: str) -> Iterator[tuple[bytes, bool]]:
    """The chunks as UTF-8, each with whether it is the last."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    for start, chunk, is_last in chunks:
        try:
            text = decoder.decode(chunk, is_last)
        except UnicodeDecodeError as error:
            carried = len(error.object) - len(chunk)
            before = error.object[: error.start].decode(codec)
            raise _UndecodableError(start - carried + _find_no_text(before, codec)) from None
        if codec in _LEGACY_CODECS and NO_TEXT.search(text):
            raise _UndecodableError(start + _find_no_text(text, codec))
        yield text.encode(), is_last


def _pass_utf8(chunks: Iterator[_Chunk], _: str) -> Iterator[tuple[bytes, bool]]:
    """The chunks as they are, cut between letters; four times as fast as decoding and encoding them."""
    carried = b""
    for start, chunk, is_last in chunks:
        content = carried + chunk
        end = len(content) if is_last else len(content) - _count_begun(content)
        if not _is_utf8(content[:end]):
            try:
                content[:end].decode()
            except UnicodeDecodeError as error:
                raise _UndecodableError(start - len(carried) + error.start) from None
        yield content[:end], is_last
        carried = content[end:]


def _count_begun(content: bytes) -> int:
    """Bytes at the end that begin a letter which is not over."""
    for count in range(1, min(len(content), _LONGEST_LETTER_BYTES) + 1):
        byte = content[-count]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return count if count < needed else 0
        if byte < 0x80:
            return 0
    return 0


def _is_utf8(content: bytes) -> bool:
    ends = pa.py_buffer(np.array([0, len(content)], np.int32))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(content)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _iterate_chunks(file: IO[bytes], start: int) -> Iterator[_Chunk]:
    """Chunks with the place where each begins and whether it is the last; one at least."""
    chunk = file.read(CHUNK_BYTES)
    while following := file.read(CHUNK_BYTES):
        yield start, chunk, False
        start, chunk = start + len(chunk), following
    yield start, chunk, True


def _find_no_text(text: str, codec: str) -> int:
    """Bytes before the first character that no text has; all of them when there is none."""
    match = NO_TEXT.search(text) if codec != "utf-8" else None
    return len(text[: match.start() if match else None].encode(codec))


class _TextWriter:
    """Writes decoded chunks with LF line ends, and counts what has to be reported."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._held = b""
        self._tail = b"\n"
        self._lines = 0
        self.gaiji_characters = 0
        self.has_blank_lines = False
        self._has_wide_letters = False
        self._has_letters = False

    @property
    def has_only_narrow_letters(self) -> bool:
        """Whether there are letters beyond ASCII, but none of Japanese."""
        return self._has_letters and not self._has_wide_letters

    def write(self, content: bytes, *, is_last: bool) -> None:
        if not self._has_wide_letters and not content.isascii():
            self._has_letters = True
            self._has_wide_letters = _WIDE_LETTER.search(content.decode()) is not None
        content = self._held + content
        # A carriage return at the end of a chunk may be half of a line end.
        self._held = b"\r" if content.endswith(b"\r") and not is_last else b""
        if b"\r" in content:
            content = content.removesuffix(self._held).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\0" in content:
            raise refuse_nul(self._lines + content.count(b"\n", 0, content.index(b"\0")) + 1)
        ends = np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == ord("\n"))
        # Two line ends in a row may also be all that follows the last line.
        if not self.has_blank_lines and (np.any(np.diff(ends) == 1) or self._tail.endswith(b"\n")):
            self.has_blank_lines = _BLANK_LINE.search(self._tail + content) is not None
        self._lines += len(ends)
        self._tail = (self._tail + content[-2:])[-2:]
        self.gaiji_characters += _count_lost_letters(content)
        self._target.write(content)


def count_gaiji(text: str) -> int:
    """Letters the sending system lost: private-use characters and 〓."""
    return _count_lost_letters(text.encode())


def _count_lost_letters(encoded: bytes) -> int:
    """Bytes are looked at in columns: a search for several letters, or Python's own count, takes five times as long."""
    octets = np.frombuffer(encoded, dtype=np.uint8)
    return _count_geta(octets) + _count_private_use(encoded, octets)


def _count_geta(octets: Octets) -> int:
    first, second, third = _GETA_BYTES
    ends = np.flatnonzero(octets == third)
    return int(np.count_nonzero((octets[ends - 1] == second) & (octets[ends - 2] == first)))


def _count_private_use(encoded: bytes, octets: Octets) -> int:
    """U+E000 to U+F8FF begin with the byte EE, or with EF and a second byte below A4; planes 15, 16 with F3, F4."""
    found = sum(int(np.count_nonzero(octets == first)) for first in (0xEE, 0xF4) if bytes([first]) in encoded)
    if b"\xef" in encoded:
        found += int(np.count_nonzero((octets[:-1] == 0xEF) & (octets[1:] < 0xA4)))
    if b"\xf3" in encoded:
        found += int(np.count_nonzero((octets[:-1] == 0xF3) & (octets[1:] >= 0xB0)))
    return found


def refuse_nul(line: int) -> FileRefusedError:
    """The refusal of a file with NUL in it."""
    return FileRefusedError(
        "nul_byte",
        f"{line:,} 行目に、文字ではないデータ（NUL）が入っています。",
        why="壊れたファイルか、BOM の無い UTF-16 か、CSV ではないファイルです。読むと続きが欠けます。",
        todo="もう一度出力し直してもらってください。Excel ファイルなら拡張子を .xlsx のまま渡してください。",
    )
