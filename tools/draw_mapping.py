"""Draws the pictures of docs/how-to/add-a-feed.ja.md anew: the workbook of a fictional file, as a spreadsheet shows it.

python tools/draw_mapping.py

Needs LibreOffice (`soffice`), poppler (`pdftoppm`) and a Noto Sans CJK font on the machine; nothing else needs them.
"""

import os
import struct
import subprocess
import sys
import tempfile
import zlib
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "spec" / "intake" / "drafting"))

from layouts import list_layouts, write_layout

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.workbooks.registers import export_registers
from tsunagu.intake.drafting.draft import look_at
from tsunagu.intake.drafting.mapping_book import write_mapping

IMAGES = ROOT / "docs" / "images"
LAYOUT = "乳幼児健診受診者台帳（A列が空き、題が三行）"
PICTURES = {
    ("mapping.xlsx", "列"): "mapping-columns.png",
    ("mapping.xlsx", "書き方"): "mapping-spellings.png",
    ("mapping.xlsx", "ファイル"): "mapping-file.png",
    ("registers.xlsx", "使いみち"): "registers-uses.png",
}
# The font that the workbook asks for comes with Excel; here its like stands in.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>游ゴシック</string></test>
<edit name="family" mode="assign" binding="same"><string>Noto Sans CJK JP</string></edit></match></fontconfig>
"""
MOST_BYTES, MOST_ROWS, BORDER = 150_000, 22, 8
MOST_COLOURS = 48


def main() -> None:
    """Draw every picture."""
    catalog = open_catalog(on=date(2026, 4, 1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        layout = next(one for one in list_layouts("heldout.yaml") if one.name == LAYOUT)
        write_mapping(look_at(catalog, write_layout(layout, folder)), catalog, folder / "mapping.xlsx")
        export_registers(catalog, folder / "registers.xlsx")
        (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
        for (book, sheet), picture in PICTURES.items():
            draw(folder, book, sheet, IMAGES / picture)


def draw(folder: Path, book: str, sheet: str, picture: Path) -> None:
    """One sheet's first rows as a picture no larger than a page of the documentation wants."""
    cut = folder / f"{picture.stem}.xlsx"
    keep_sheet(folder / book, sheet, cut)
    run(folder, "soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(cut))
    stem = folder / picture.stem
    run(folder, "pdftoppm", "-r", "130", "-singlefile", f"{stem}.pdf", str(stem))
    picture.write_bytes(write_png(trim(read_ppm(stem.with_suffix(".ppm")))))
    assert picture.stat().st_size <= MOST_BYTES, f"{picture.name}: {picture.stat().st_size:,} bytes"


def keep_sheet(source: Path, name: str, target: Path) -> None:
    """A copy that shows, and prints, only the first rows of one sheet."""
    book = openpyxl.load_workbook(source)
    for page in book.worksheets:
        if page.title != name:
            page.sheet_state = "hidden"
    page = book[name]
    book.active = book.worksheets.index(page)
    page.print_area = f"A1:{page.cell(1, page.max_column).column_letter}{min(page.max_row, MOST_ROWS)}"
    page.page_margins.left = page.page_margins.right = page.page_margins.top = 0.1
    book.save(target)


def read_ppm(path: Path) -> np.ndarray:
    """Colours (height, width, 3)."""
    _, size, _, body = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(body, np.uint8).reshape(height, width, 3).astype(np.int32)


def trim(pixels: np.ndarray) -> np.ndarray:
    """Without the white around it, but for a border."""
    rows, columns = (np.flatnonzero((pixels < 255).any(axis=axes)) for axes in ((1, 2), (0, 2)))
    inner = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(inner, ((BORDER, BORDER), (BORDER, BORDER), (0, 0)), constant_values=255)


def write_png(pixels: np.ndarray) -> bytes:
    """A PNG with a palette of few colours, the most frequent ones; the others become the nearest of them."""
    packed = pixels @ np.array([65536, 256, 1])
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    split = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
    table = split[np.argsort(-counts)][:MOST_COLOURS]
    nearest = np.abs(split[:, None, :] - table[None, :, :]).sum(axis=2).argmin(axis=1)
    indexed = nearest[places].reshape(packed.shape).astype(np.uint8)
    height, width = indexed.shape
    lines = np.hstack([np.zeros((height, 1), np.uint8), indexed]).tobytes()
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", table.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b)) for n, b in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def run(folder: Path, *command: str) -> None:
    """Run a command that leaves nothing behind outside the folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }
    subprocess.run(command, check=True, capture_output=True, env=environment)


if __name__ == "__main__":
    main()
