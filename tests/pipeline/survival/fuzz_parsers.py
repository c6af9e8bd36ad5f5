"""Each parser by itself, with spoiled and random bytes, for a limited time: `make fuzz`. Run as a program of its own.

    python fuzz_parsers.py [--seconds SECONDS] [--seed SEED] [PARSER...]

A parser reads its input or refuses it; anything else is a crash, printed with its input as base64.
"""

import argparse
import base64
import random
import sys
import tempfile
import time
import warnings
import zlib
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import hostile_files as spoiling
import hostile_originals as originals

from tsunagu.catalog.checking import check_definitions
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.source import open_source
from tsunagu.japanese import parse_date
from tsunagu.japanese.addresses import fold_address
from tsunagu.store.engine import Engine

KINDS = {"csv": "csv", "excel": "excel", "json": "json", "fixed_width": "fixed_width", "zip": "zip"}
SUFFIXES = {
    "csv": (".csv",),
    "excel": (".xlsx", ".xls"),
    "json": (".json",),
    "fixed_width": (".txt",),
    "zip": (".zip",),
}
WORDS = [
    "令和",
    "平成",
    "昭和",
    "R",
    "H",
    "元",
    "年",
    "月",
    "日",
    "-",
    ".",
    "/",
    "不明",
    "頃",
    "閏",
    "丁目",
    "番地",
    "号",
    "字",
]
TEXT_SEEDS = [
    "令和6年4月1日",
    "H30.12.3",
    "昭和64年1月7日",
    "20240401",
    "東京都架空市一丁目2番3号",
    "字甲12番地の3",
]


# What is spoiled already cannot always be opened to be spoiled again in a way of its kind.
UNSPOILABLE = (
    *(ValueError, KeyError, IndexError, EOFError, OSError, NotImplementedError, RuntimeError),
    *(zlib.error, spoiling.zipfile.BadZipFile),
)


class Fuzzer:
    """Corpora and one function a parser."""

    def __init__(self, folder):
        home = folder / "home"
        home.mkdir()
        (home / "municipality.yaml").write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
        catalog = check_definitions(find_shipped_definitions(), home, on=date(2026, 4, 1))
        self.catalog, self.folder = originals.add_rare_kinds(catalog), folder
        self.files = originals.write_originals(self.catalog, folder / "originals")
        self.engine = Engine(spill=folder, readable=[folder])
        self.parsers = [*KINDS, "japanese"]

    def try_once(self, parser, dice):
        """One input; returns the crash, if it is one, and the input."""
        content = self._make_text(dice) if parser == "japanese" else b""
        try:
            if parser == "japanese":
                read_japanese(content)
            else:
                name, content = self._make_file(parser, dice)
                self._read(parser, name, content)
        except FileRefusedError:
            return None, content
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return error, content
        return None, content

    def _make_file(self, parser, dice):
        original = dice.choice([file for file in self.files if file.suffix in SUFFIXES[parser]])
        content = original.read_bytes()
        for _ in range(dice.choice([1, 1, 2])):
            if not content or dice.random() < 0.1:
                content += dice.randbytes(dice.randrange(1, 300))
            else:
                try:
                    content = dice.choice(spoiling.choose_ways(content))(dice, content)
                except UNSPOILABLE:
                    content = spoiling.flip_bytes(dice, content)
        return original.name, content

    def _read(self, parser, name, content):
        feeds = [feed for feed in self.catalog.feeds.values() if feed.format.kind.value == KINDS[parser]]
        source = open_source(content, name, feeds, self.folder)
        for _ in source.load(self.engine, range(source.layout.width), "true"):
            pass

    def _make_text(self, dice):
        letters = list(dice.choice(TEXT_SEEDS))
        for _ in range(dice.randrange(1, 6)):
            piece = dice.choice(
                [*WORDS, *spoiling.NUMBERS, *spoiling.DATES, *spoiling.ODD, str(dice.randrange(10**6))]
            )
            letters.insert(dice.randrange(len(letters) + 1), piece)
        return "".join(letters).encode("utf-8", "surrogatepass")


def read_japanese(content):
    text = content.decode("utf-8", "surrogatepass")
    parsed = parse_date(text)
    assert parsed is None or parsed.earliest <= parsed.latest
    assert fold_address(text) == fold_address(text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("parsers", nargs="*")
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--seed", type=int, default=None)
    chosen = arguments.parse_args()
    warnings.filterwarnings("ignore", message="Duplicate name")
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10**9)
    crashes = 0
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(Path(folder))
        for parser in chosen.parsers or fuzzer.parsers:
            dice, end, tries = random.Random(f"{parser}{seed}"), time.monotonic() + chosen.seconds, 0
            while time.monotonic() < end:
                crash, content = fuzzer.try_once(parser, dice)
                tries += 1
                if crash is not None:
                    crashes += 1
                    sys.stdout.write(f"{parser}: {crash!r:.300}\n{base64.b64encode(content).decode()}\n")
                    break
            sys.stdout.write(f"{parser}: {tries:,} (seed {seed})\n")
            sys.stdout.flush()
    sys.exit(bool(crashes))


if __name__ == "__main__":
    main()
