"""Fixed-width records into the engine, by byte positions: a field never begins or ends inside a letter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.formats import Encoding, FileFormat, RecordField, RecordShape
from tsunagu.intake.detect import NO_TEXT, count_gaiji
from tsunagu.intake.read_csv import RAW_TABLE
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.store.engine import Engine

_ARROW_NAME = "intake_records"
_END_OF_FILE = b"\x1a"
"""What older systems write behind the last record."""
_CODECS = {Encoding.CP932: "cp932", Encoding.EUC_JP: "euc_jp", Encoding.UTF_8: "utf-8"}


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one length, as a grid of bytes with one line end in each row."""

    shape: RecordShape
    encoding: Encoding
    octets: npt.NDArray[np.uint8]


def open_records(content: bytes, feed: Feed) -> Records:
    """Cut a file into the records its feed declares.

    Raises:
        FileRefusedError: a record of another length.
    """
    shape = get_shape(feed.format)
    content = content.rstrip(_END_OF_FILE)
    if shape.has_line_ends:
        content = content.replace(b"\r\n", b"\n")
        content += b"" if content.endswith(b"\n") else b"\n"
        stride = shape.record_bytes + 1
    else:
        stride = shape.record_bytes
    octets = np.frombuffer(content, dtype=np.uint8)
    whole = octets[: len(octets) // stride * stride].reshape(-1, stride)
    if len(octets) % stride or not _has_line_ends(whole, shape):
        raise _refuse_length(_find_wrong_record(content, shape), shape)
    return Records(shape, _choose_encoding(feed.format), whole[shape.skip_records :, : shape.record_bytes])


def get_shape(file_format: FileFormat) -> RecordShape:
    """The declared shape; a feed of this kind always has one."""
    assert file_format.record is not None
    return file_format.record


def decode_records(records: Records) -> dict[str, list[str]]:
    """The text of every declared field, in the order declared.

    Raises:
        FileRefusedError: a field begins or ends inside a letter, or holds no text.
    """
    texts = {stretch.header: _decode_stretch(records, stretch) for stretch in _list_stretches(records.shape)}
    return {field.header: texts[field.header] for field in records.shape.fields}


def count_lost_letters(texts: Mapping[str, Sequence[str]]) -> int:
    """Letters that the sending system could not write."""
    return sum(count_gaiji("".join(column)) for column in texts.values())


def load_records(engine: Engine, texts: Mapping[str, Sequence[str]]) -> None:
    """Fill `intake_raw` with one column a field; blank cells are null."""
    columns = [pa.array(_blank_to_null(column), pa.string()) for column in texts.values()]
    table = pa.table(columns, names=[f"c{position}" for position in range(len(columns))])
    engine.register(_ARROW_NAME, table)
    engine.run(f"CREATE OR REPLACE TEMP TABLE {RAW_TABLE} AS SELECT * FROM {_ARROW_NAME}")  # noqa: S608 - constants


def _has_line_ends(grid: npt.NDArray[np.uint8], shape: RecordShape) -> bool:
    """Whether line ends stand behind the records and nowhere else."""
    is_end = grid == ord("\n")
    if not shape.has_line_ends:
        return not is_end.any()
    return bool(is_end[:, -1].all() and is_end.sum() == len(grid))


def _choose_encoding(file_format: FileFormat) -> Encoding:
    """Byte positions hold in one encoding only: the first that is declared and has no state or width of its own."""
    return next((code for code in file_format.encodings if code in _CODECS), Encoding.CP932)


def _list_stretches(shape: RecordShape) -> Iterator[RecordField]:
    """The fields and the gaps between them: when every stretch is text by itself, no letter was cut."""
    reached = 0
    for field in sorted(shape.fields, key=lambda field: field.start_byte):
        if field.start_byte > reached + 1:
            yield _make_gap(reached + 1, field.start_byte - 1)
        yield field
        reached = field.end_byte
    if reached < shape.record_bytes:
        yield _make_gap(reached + 1, shape.record_bytes)


def _make_gap(start_byte: int, end_byte: int) -> RecordField:
    length = end_byte - start_byte + 1
    return RecordField(header=f"@{start_byte}", start_byte=start_byte, length_bytes=length)


def _decode_stretch(records: Records, stretch: RecordField) -> list[str]:
    block = records.octets[:, stretch.start_byte - 1 : stretch.end_byte]
    lines = np.empty((len(block), stretch.length_bytes + 1), dtype=np.uint8)
    lines[:, :-1], lines[:, -1] = block, ord("\n")
    codec = _CODECS[records.encoding]
    try:
        texts = lines.tobytes().decode(codec).split("\n")[:-1]
    except UnicodeDecodeError as error:
        record = error.start // (stretch.length_bytes + 1)
        raise _refuse_cut_letter(record + records.shape.skip_records + 1, stretch) from None
    wrong = next((place for place, text in enumerate(texts) if "\0" in text or NO_TEXT.search(text)), None)
    if wrong is not None:
        raise _refuse_cut_letter(wrong + records.shape.skip_records + 1, stretch)
    return texts


def _blank_to_null(texts: Sequence[str]) -> list[str | None]:
    return [text if text and not text.isspace() else None for text in texts]


def _find_wrong_record(content: bytes, shape: RecordShape) -> int:
    if not shape.has_line_ends:
        line_end = content.find(b"\n")
        return (len(content) if line_end < 0 else line_end) // shape.record_bytes + 1
    lines = content.split(b"\n")[:-1]
    return next(
        (number for number, line in enumerate(lines, start=1) if len(line) != shape.record_bytes), len(lines)
    )


def _refuse_length(record: int, shape: RecordShape) -> FileRefusedError:
    return FileRefusedError(
        "wrong_record_length",
        f"{record:,} 件目のレコードが、決められた長さ（{shape.record_bytes:,} バイト）と違います。",
        why="長さの違うレコードから先は、どのバイトがどの項目のものか分からず、別の項目の値として読んでしまいます。",
        todo="途中で切れていないか、文字コードが変換されていないかを確かめ、もう一度出力してもらってください。",
    )


def _refuse_cut_letter(record: int, stretch: RecordField) -> FileRefusedError:
    place = "項目の間の余白" if stretch.header.startswith("@") else f"項目「{stretch.header}」"
    return FileRefusedError(
        "cut_letter",
        f"{record:,} 件目のレコードの{place}（{stretch.start_byte:,} バイト目から）が文字として読めません。",
        why="項目の位置がずれているか、文字コードが違います。読むと、文字が化けたまま残ります。",
        todo="定義のバイト位置と文字コードを、様式書と見比べてください。合っていれば、送り元に出力し直してもらってください。",
    )
