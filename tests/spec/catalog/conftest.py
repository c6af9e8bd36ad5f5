"""A small world of definitions, correct as it stands; tests break one thing at a time."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import find_problems
from tsunagu.catalog.problems import DefinitionProblem

ON = date(2026, 6, 1)

WORLD = {
    "purposes.yaml": """\
- id: helping
  title: {ja: 早期の支援}
  description: 困りごとに早く気づく。
  coordinator: こども課
  review_on: 2027-03-31
- id: learning
  title: {ja: 学びの支え}
  description: 学びのつまずきに気づく。
  coordinator: 学校教育課
  review_on: 2027-03-31
""",
    "codes/mark.yaml": """\
id: mark
title: {ja: 出欠区分}
codes:
  - {id: absent, title: {ja: 欠席}, written: [欠席, 欠]}
  - {id: late, title: {ja: 遅刻}, written: [遅刻]}
""",
    "codes/yes_no.yaml": """\
id: yes_no
title: {ja: あり・なし}
codes:
  - {id: "yes", title: {ja: あり}, written: [あり, 有]}
  - {id: "no", title: {ja: なし}, written: [なし, 無]}
""",
    "items/education.yaml": """\
- id: absence
  title: {ja: 欠席}
  department: education
  kind: event
  holder: 学校教育課
  sighting: true
  seen_if: is_seen
  values:
    mark: {title: {ja: 区分}, type: code, codes: mark}
    days: {title: {ja: 日数}, type: integer}
    is_seen: {title: {ja: 確認}, type: flag}
  uses:
    - purpose: helping
      legal_basis: 要確認（例）
      relevance: 困りごとの表れであることがあるため。
      recipients: [coordinator, school]
      evidence: none
      retain_years: 5
      review_on: 2027-03-31
""",
    "feeds/education/absences/manifest.yaml": """\
title: {ja: 欠席一覧}
owner: 学校教育課
cadence: monthly
delivery: delta
file_names: ["欠席一覧_*.csv"]
format: {kind: csv}
known_from: file_name
subject: {system: school, column: 学籍番号}
record_key: [学籍番号, 日付]
coverage: {period: month, stale_after_days: 40}
""",
    "feeds/education/absences/columns.yaml": """\
columns:
  - {header: 学籍番号, required: true}
  - {header: 日付, to: [absence.occurred_on], type: date}
  - {header: 区分, to: [absence.mark], type: code, codes: mark}
  - {header: 日数, to: [absence.days], type: integer}
  - {header: 確認, to: [absence.is_seen], type: flag, codes: yes_no}
""",
    "feeds/education/absences/sample.csv": "学籍番号,日付,区分,日数,確認\n1,2026/04/01,欠席,1,無\n",
    "indicators/education.yaml": """\
- id: absences
  title: {ja: 欠席の回数}
  sentence: {ja: "欠席が{value}回あります。"}
  kind: count
  item: absence
  window: {days: 90}
  empty: zero
- id: siblings_absent
  title: {ja: きょうだいの欠席}
  sentence: {ja: "{value}人のきょうだいが欠席しています。"}
  kind: household
  relatives_indicator: absences
  over: siblings
  counts_when: {at_least: 1}
  empty: zero
- id: days_unseen
  title: {ja: 確認からの日数}
  sentence: {ja: "{value}日確認されていません。"}
  kind: days_since
  sightings: [absence]
  window: {days: 900}
  empty: nothing
""",
    "packs/help.yaml": """\
id: help
version: 1
title: {ja: 支援のきまり}
purpose: helping
description: 欠席から気づく。
valid_from: 2026-04-01
difficulties:
  - {id: hardship, title: {ja: 困りごと}, items: [absent_often]}
domains:
  - {id: attendance, title: {ja: 出席}}
items:
  - id: absent_often
    title: {ja: 欠席が多い}
    domain: attendance
    owner: automatic
    filled_by: data
    steps:
      - {indicator: absences, at_least: 10, points: 1}
levels:
  - {level: watch, total_at_least: 1}
listed_levels: [urgent, high, medium, watch]
expires_days: 180
examples:
  - {id: often, title: 欠席が多い子, values: {absences: "12"}, level: watch, points: 1, reasons: [absent_often]}
""",
    "silence.yaml": """\
id: silence_watch
version: 1
title: {ja: 姿の確認}
indicator: days_unseen
overdue_birth_days: 30
bands:
  - {title: {ja: 全員}, listed_after_days: 60, urgent_after_days: 120}
""",
}

FICTIONAL = """\
code: "999999"
name: サンプル市
active_purposes: [helping]
"""
REAL = FICTIONAL.replace("999999", "131016")

Change = tuple[str, str, str]
"""File, text to find, text to put in its place; an empty text to find makes the file anew."""


class World:
    """Writes the small world to disk, changed as asked, and checks it."""

    def __init__(self, folder: Path) -> None:
        self.shipped = folder / "shipped"
        self.home = folder / "home"
        for name, text in WORLD.items():
            self.write(self.shipped / name, text)
        self.write(self.home / "municipality.yaml", FICTIONAL)

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, *changes: Change) -> None:
        for name, old, new in changes:
            path = self.shipped / name
            if old:
                text = path.read_text(encoding="utf-8")
                assert old in text, f"{name} has no {old!r}"
                new = text.replace(old, new, 1)
            self.write(path, new)

    def write_home(self, **files: str) -> None:
        for name, text in files.items():
            place = "municipality.yaml" if name == "municipality" else f"definitions/{name}.yaml"
            self.write(self.home / place, text)

    def find_problems(self, on: date = ON) -> list[DefinitionProblem]:
        return find_problems(self.shipped, self.home, on=on)[1]

    def open(self, on: date = ON) -> Catalog:
        catalog, problems = find_problems(self.shipped, self.home, on=on)
        assert problems == []
        return catalog


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def make_adoptions() -> Callable[..., str]:
    return _make_adoptions


def _make_adoptions(
    *names: str, review_on: str = "2027-03-31", fingerprints: dict[str, str] | None = None
) -> str:
    """`adoptions.yaml` for entries written `kind id`."""
    lines = []
    for name in names:
        kind, _, identifier = name.partition(" ")
        lines.append(
            f'- {{kind: {kind}, id: "{identifier}", adopted_by: 課長, adopted_on: 2026-04-01, review_on: {review_on}'
            + (f', fingerprint: "{fingerprints[name]}"' if fingerprints else "")
            + "}\n"
        )
    return "".join(lines)
