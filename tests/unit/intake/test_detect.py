"""Encodings are decided by decoding everything strictly; nothing is guessed or replaced."""

import codecs

import pytest

from tsunagu.catalog.formats import Encoding
from tsunagu.intake import detect
from tsunagu.intake.detect import decode_text
from tsunagu.intake.refusals import FileRefusedError

JAPANESE = "氏名,住所\r\n髙﨑 花子,中央一丁目～①\r\n"
PLAIN = "氏名,住所\r\n高橋花子,中央一丁目\r\n"

# name · bytes · encoding found
MATRIX = [
    ("UTF-8", JAPANESE.encode(), Encoding.UTF_8),
    ("UTF-8 with BOM", codecs.BOM_UTF8 + JAPANESE.encode(), Encoding.UTF_8),
    ("CP932 with extensions", JAPANESE.encode("cp932"), Encoding.CP932),
    ("EUC-JP", PLAIN.encode("euc_jp"), Encoding.EUC_JP),
    ("UTF-16 little-endian", codecs.BOM_UTF16_LE + JAPANESE.encode("utf-16-le"), Encoding.UTF_16),
    ("UTF-16 big-endian", codecs.BOM_UTF16_BE + JAPANESE.encode("utf-16-be"), Encoding.UTF_16),
    ("ASCII", b"a,b\r\n1,2\r\n", Encoding.UTF_8),
    ("old line ends", PLAIN.replace("\r\n", "\r").encode(), Encoding.UTF_8),
    ("half-width kana", "カナ\r\nﾀｶﾊｼ\r\n".encode("cp932"), Encoding.CP932),
    ("JIS X 0213 only", "氏名\n𠮷田\n".encode(), Encoding.UTF_8),
]


@pytest.mark.parametrize(("name", "content", "encoding"), MATRIX, ids=[row[0] for row in MATRIX])
def test_each_encoding_is_found_and_read_as_it_was_written(tmp_path, name, content, encoding):
    found = {text.encoding: text for text in decode_text(content, tmp_path)}
    assert encoding in found
    codec = {Encoding.UTF_8: "utf-8-sig", Encoding.UTF_16: "utf-16"}.get(encoding, encoding.value)
    expected = content.decode(codec).replace("\r\n", "\n").replace("\r", "\n")
    assert found[encoding].path.read_text(encoding="utf-8") == expected


def test_a_text_that_fits_two_encodings_comes_back_in_both(tmp_path):
    # One kanji in EUC-JP, two half-width kana in CP932, one Latin letter in UTF-8.
    content = "表".encode("euc_jp")
    assert content.decode("cp932")
    assert [text.encoding for text in decode_text(content, tmp_path)] == list(Encoding)[:3]


@pytest.mark.parametrize(
    ("content", "position"),
    [(b"abc\xff\xfe\xfa", 4), ("あ".encode() + b"\xe3\x81", None), (codecs.BOM_UTF8 + b"ab\x80", 6)],
)
def test_what_is_no_text_is_refused_at_a_place(tmp_path, content, position):
    with pytest.raises(FileRefusedError) as refused:
        decode_text(content, tmp_path)
    assert refused.value.code == "undecodable"
    if position is not None:
        assert f"先頭から {position} バイト目" in refused.value.what


def test_a_byte_far_inside_is_found_across_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(detect, "CHUNK_BYTES", 7)
    content = "あ".encode() * 20 + b"\xff" + "い".encode() * 5
    with pytest.raises(FileRefusedError, match="先頭から 61 バイト目"):
        decode_text(content + b"\x00\x81", tmp_path)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_chunks_leave_no_trace(tmp_path, monkeypatch, size):
    monkeypatch.setattr(detect, "CHUNK_BYTES", size)
    for content, codec in ((JAPANESE.encode(), "utf-8"), (JAPANESE.encode("cp932"), "cp932")):
        texts = {text.encoding.value: text for text in decode_text(content, tmp_path)}
        assert texts[codec].path.read_text(encoding="utf-8") == JAPANESE.replace("\r\n", "\n")


def test_lost_letters_are_counted(tmp_path):
    (text,) = decode_text("甲〓\ue000\uf8ff\U000f0000一\U00020bb7".encode(), tmp_path)
    assert text.gaiji_characters == 4


def test_private_letters_of_cp932_are_counted(tmp_path):
    content = "氏名\r\n".encode("cp932") + b"\xf0\x40\xf0\x41\r\n"
    found = {text.encoding: text for text in decode_text(content, tmp_path)}
    assert found[Encoding.CP932].gaiji_characters == 2


def test_a_nul_byte_is_refused_with_its_line(tmp_path, monkeypatch):
    monkeypatch.setattr(detect, "CHUNK_BYTES", 4)
    with pytest.raises(FileRefusedError, match="3 行目") as refused:
        decode_text(b"a,b\n1,2\n3,\x004\n", tmp_path)
    assert refused.value.code == "nul_byte"


def test_utf_16_without_a_mark_is_not_guessed(tmp_path):
    with pytest.raises(FileRefusedError) as refused:
        decode_text("a,b\n1,2\n".encode("utf-16-le"), tmp_path)
    assert refused.value.code == "nul_byte"


@pytest.mark.parametrize(
    ("content", "has_blank"),
    [
        (b"a\n1\n", False),
        (b"a\n1\n\n\n", False),
        (b"a\n\n1\n", True),
        (b"\na\n1\n", True),
        (b"a\r\n\r\n1\r\n", True),
    ],
)
def test_blank_lines_inside_are_noticed(tmp_path, content, has_blank):
    (text,) = decode_text(content, tmp_path)
    assert text.has_blank_lines is has_blank


def test_the_same_list_in_two_encodings_reads_the_same(tmp_path, realdata):
    folder = realdata / "address" / "localgov_codes"
    readings = []
    for path in sorted(folder.glob("20200104_*.csv")):
        for text in decode_text(path.read_bytes(), tmp_path):
            readings.append((text.encoding, text.path.read_text(encoding="utf-8")))
    assert {encoding for encoding, _ in readings} >= {Encoding.UTF_8, Encoding.CP932}
    by_encoding = dict(readings)
    assert by_encoding[Encoding.UTF_8] == by_encoding[Encoding.CP932]
