"""Takes spoiled files in, in one process whose memory is measured. Run as a program of its own.

    python hostile_driver.py FOLDER FILES SEED [--mutant]

FOLDER gets a home and valid files of every kind. Prints one JSON line: outcomes, violations, seconds, MB.
"""

import argparse
import csv
import io
import json
import random
import re
import resource
import sys
import time
import warnings
from collections import Counter
from datetime import date
from pathlib import Path

import hostile_files as spoiling
import hostile_originals as originals

from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.loading import find_shipped_definitions
from tsunagu.intake import FileStatus, batch, intake_files, read_excel, write_problems
from tsunagu.store.commit import find_damaged_segments
from tsunagu.store.head import load_head
from tsunagu.store.home import open_home
from tsunagu.store.keys import create_keys

RECEIVED = "2026-01-15"
SETTINGS = 'code: "999999"\nname: サンプル市\nactive_purposes: [poverty_support, school_screening, abuse_prevention]\n'
PERSONAL = {
    f"identity.{part}" for part in ("name", "kana", "other_name", "guardian_name", "address", "phone")
}
LIVE_CELLS = ("=", "+", "-", "@", "\t", "\r")
JAPANESE = re.compile("[\u3041-\u30ff]")


def list_personal(feed):
    """What the sample says of people: no message may ever quote it."""
    sample = find_shipped_definitions() / "feeds" / feed.id / "sample.csv"
    if not sample.is_file():
        return set()
    rows = list(csv.reader(io.StringIO(sample.read_text(encoding="utf-8"))))
    header_row = feed.format.header_row
    personal = [column for column in feed.columns if PERSONAL & set(column.to)]
    wanted = {name for column in personal for name in (column.header, *column.aliases)}
    places = [place for place, name in enumerate(rows[header_row - 1]) if name in wanted]
    cells = {row[place] for row in rows[header_row:] for place in places if place < len(row)}
    return {cell for cell in cells if len(cell) > 2}


class Trial:
    """One home that spoiled files are taken into."""

    def __init__(self, folder):
        home = folder / "home"
        home.mkdir()
        (home / "municipality.yaml").write_text(SETTINGS, encoding="utf-8")
        self.home, self.folder = open_home(home), folder
        create_keys(self.home)
        self.catalog = originals.add_rare_kinds(open_catalog(home, on=date(2026, 4, 1)))
        self.originals = originals.write_originals(self.catalog, folder / "originals")
        self.secrets = {cell for feed in self.catalog.feeds.values() for cell in list_personal(feed)}
        self.secrets |= {spoiling.CANARY, *(name for _, name, *_ in originals.PEOPLE)}
        self.outcomes, self.codes, self.violations, self.ways = Counter(), Counter(), [], {}
        self.slowest, self.clock = [0.0, ""], time.process_time()
        self.before, self.done = self._read_head(), set()

    def _read_head(self):
        return self.home.head_file.read_bytes() if self.home.head_file.exists() else b""

    def spoil_files(self, count, dice):
        """Each kind of file comes up as often as any other, however many samples it has."""
        kinds = {}
        for original in self.originals:
            kinds.setdefault((original.suffix, original.name.startswith("16_")), []).append(original)
        files = []
        for number in range(count):
            kind = dice.choice([(".csv", False)] * 5 + [*kinds])
            original = dice.choice(kinds[kind])
            way, name, content = spoiling.spoil(dice, original.name, original.read_bytes())
            path = self.folder / "inbox" / str(number) / RECEIVED / name
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
            self.ways[path] = way
            files.append(path)
        return files

    def take_in(self, files):
        """All of them; a file that ends the call is a violation, and the others go on without it."""
        waiting = list(files)
        while waiting:
            try:
                intake_files(self.home, self.catalog, waiting, report=self.look)
            except Exception as error:  # noqa: BLE001 - whatever it is, it should have been a refusal
                culprit = next(
                    path for path in batch.sort_files(iter(waiting), None) if path not in self.done
                )
                self.blame(culprit, f"{type(error).__name__}: {error}"[:300])
                self.done.add(culprit)
            waiting = [path for path in waiting if path not in self.done]

    def blame(self, file, what):
        self.violations.append([self.ways[file], str(file), what])

    def look(self, outcome):
        """What an outcome must keep: no half state, a refusal in three sentences, no value."""
        file, refusal, after = outcome.file, outcome.refusal, self._read_head()
        self.outcomes[outcome.status.value] += 1
        if (after != self.before) != (outcome.status is FileStatus.ACCEPTED):
            self.blame(file, f"{outcome.status} and HEAD do not agree")
        said = outcome.message
        if refusal is not None:
            self.codes[refusal.code] += 1
            said += f" {refusal}"
            if not all(JAPANESE.search(part or "") for part in (refusal.what, refusal.why, refusal.todo)):
                self.blame(file, "a refusal without its three sentences")
        for secret in self.secrets:
            if secret in said:
                self.blame(file, f"said {secret!r}")
        self.before = after
        self.done.add(file)
        now = time.process_time()
        self.slowest = max(self.slowest, [round(now - self.clock, 1), f"{self.ways[file]} {file.name[:60]}"])
        self.clock = now

    def look_at_the_end(self):
        """The store whole, nothing beside it, and no value in the list of problems or the journal."""
        if find_damaged_segments(self.home, load_head(self.home)):
            self.violations.append(["end", "", "damaged segments"])
        if list(self.home.temporary.iterdir()):
            self.violations.append(["end", "", "leftovers"])
        listed = self.folder / "problems.csv"
        write_problems(self.home, self.catalog, listed)
        rows = list(csv.reader(io.StringIO(listed.read_text(encoding="utf-8-sig"))))
        live = [cell for row in rows for cell in row if cell.startswith(LIVE_CELLS)]
        self.violations += [["end", "", f"formula {cell!r}"] for cell in live]
        # The files' own names are the officer's; everything else is ours.
        text = "\n".join(cell for row in rows for place, cell in enumerate(row) if place != 1)
        text += (self.home.journal / "journal.jsonl").read_text(encoding="utf-8")
        self.violations += [["end", "", f"wrote {secret!r}"] for secret in self.secrets if secret in text]


def take_guards_away():
    """The mutant: a broken workbook is no longer caught, and a refused ZIP is committed nevertheless."""
    read_excel.CalamineError = ZeroDivisionError
    note_refusal = batch._journal_refusal

    def commit_first(writer, findings, error):
        if error.code == "unexpected_members":
            writer.commit()
        note_refusal(writer, findings, error)

    batch._journal_refusal = commit_first


def get_peak_kb(whose):
    return resource.getrusage(whose).ru_maxrss


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--mutant", action="store_true")
    arguments = parser.parse_args()
    # Two members of one name are what we want.
    warnings.filterwarnings("ignore", message="Duplicate name")
    if arguments.mutant:
        take_guards_away()
    trial, began = Trial(arguments.folder), time.process_time()
    files = trial.spoil_files(arguments.files, random.Random(arguments.seed))
    trial.clock = time.process_time()
    trial.take_in(files)
    trial.look_at_the_end()
    found = {
        "outcomes": trial.outcomes,
        "codes": trial.codes,
        "ways": Counter(trial.ways.values()),
        "violations": trial.violations,
        "slowest": trial.slowest,
        "cpu_seconds": round(time.process_time() - began, 1),
        "peak_mb": max(map(get_peak_kb, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))) // 1024,
    }
    sys.stdout.write(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
