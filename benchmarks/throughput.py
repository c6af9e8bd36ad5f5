"""Rows per second of intake beside bare readers, on the same files in one run: DuckDB's `read_csv`, and pandas.

    python benchmarks/throughput.py [--peers PYTHON] [--marks ROWS] [--residents ROWS]

Two loads: daily marks of attendance (20,000,000 rows in 36 monthly files, CP932), and one resident register
(3,770,000 rows of 122 columns, UTF-8: the register of a small fictional city over and over, with other numbers).
The peers only read the text into columns; intake also checks, keys, folds, compares, encrypts and stores it. Each
reader is a process of its own; pandas is that of `--peers` (`tools/setup.sh peers`). Nothing is kept.
"""

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from stages import TSUNAGU, describe_machine, make_home

MARKS_HEADING = "学校コード,対象年月,学籍番号,氏名,日付,出欠区分,理由"
MARKS = ("欠席", "遅刻", "早退", "出席停止")
REASONS = ("病気", "けが", "家庭の事情", "不登校", "その他", "")
NAMES = ("佐藤　陽葵", "鈴木　蓮", "高橋　湊", "田中　凛", "伊藤　葵", "渡辺　樹", "山本　結衣", "中村　蒼")
FILES, PUPILS_PER_SCHOOL, DAYS_PER_MONTH = 36, 400, 28
SEED_CHILDREN = 10_000
NUMBERS_APART = 20_000_000

# The engine reads no CP932: decoding first is part of what any reader of these files has to do.
READ_WITH_DUCKDB = """
import pathlib, sys, duckdb
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    source = path
    if sys.argv[2] == "cp932":
        source = path.parent.parent / "decoded.csv"
        source.write_text(path.read_text(encoding="cp932"), encoding="utf-8")
    duckdb.execute(f"CREATE OR REPLACE TABLE t AS SELECT * FROM read_csv('{source}', all_varchar = true)")
"""
READ_WITH_PANDAS = """
import pathlib, sys, pandas
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    pandas.read_csv(path, encoding=sys.argv[2], dtype=str)
"""


def write_marks(folder: Path, rows: int) -> None:
    rng = np.random.default_rng(5)
    for number in range(FILES):
        month = datetime.date(2023 + (3 + number) // 12, (3 + number) % 12 + 1, 1)
        handed_over = (month + datetime.timedelta(days=36)).replace(day=5)
        path = folder / f"出欠明細_{month:%Y%m}_{handed_over:%Y%m%d}.csv"
        with path.open("w", encoding="cp932", newline="\r\n") as file:
            file.write(MARKS_HEADING + "\n")
            file.writelines(make_marks(month, rows // FILES, rng))


def make_marks(month: datetime.date, rows: int, rng: np.random.Generator) -> Iterator[str]:
    """Each pupil of each school on every day of a month, no mark twice."""
    chosen = (rng.integers(0, len(words), rows) for words in (MARKS, REASONS, NAMES))
    for row, (mark, reason, name) in enumerate(zip(*chosen, strict=True)):
        pupil, day = divmod(row, DAYS_PER_MONTH)
        school = 9000 + pupil // PUPILS_PER_SCHOOL
        yield (
            f"{school},{month:%Y%m},{pupil},{NAMES[name]},{month:%Y/%m}/{day + 1:02},{MARKS[mark]},{REASONS[reason]}\n"
        )


def write_register(folder: Path, rows: int) -> None:
    """The register of a fictional city again and again, each time with other people's numbers and lots."""
    with tempfile.TemporaryDirectory() as city:
        options = ["--out", city, "--children", str(SEED_CHILDREN), "--feeds", "main"]
        subprocess.run([*TSUNAGU, "fiction", *options], check=True, stdout=subprocess.DEVNULL)
        (source,) = Path(city).rglob("住民記録_全件_*.csv")
        heading, *lines = source.read_text(encoding="utf-8-sig").splitlines()
    places = [heading.split(",").index(header) for header in ("宛名番号", "世帯番号", "住所_番地号表記")]
    with (folder / source.name).open("w", encoding="utf-8-sig", newline="\n") as file:
        file.write(heading + "\n")
        for number in range(rows):
            time_around, place = divmod(number, len(lines))
            file.write(renumber(lines[place].split(","), places, time_around) + "\n")


def renumber(cells: list[str], places: list[int], time_around: int) -> str:
    person, household, lot = places
    for place in (person, household):
        cells[place] = cells[place] and str(int(cells[place]) + time_around * NUMBERS_APART)
    # 17番3号 of the first time around is 18番3号 of the second.
    block, sign, rest = cells[lot].partition("番")
    cells[lot] = f"{int(block) + time_around}{sign}{rest}" if block.isdigit() else cells[lot]
    return ",".join(cells)


def measure(command: list[str]) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak MB of a process."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        sys.exit(f"{command}: {error.decode()}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure_load(title: str, rows: int, folder: Path, encoding: str, peers: str | None) -> None:
    home = make_home(folder.parent / f"home-{encoding}")
    readers = {"duckdb read_csv": [sys.executable, "-c", READ_WITH_DUCKDB, str(folder), encoding]}
    if peers:
        readers["pandas read_csv"] = [peers, "-c", READ_WITH_PANDAS, str(folder), encoding]
    readers["tsunagu intake"] = [*TSUNAGU, "intake", str(folder), "--home", str(home)]
    for name, command in readers.items():
        seconds, cpu, peak = measure(command)
        print(
            f"| {title} | {name} | {seconds:.1f} | {cpu:.1f} | {seconds / rows * 1e6:.1f} | {peak:,.0f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers")
    parser.add_argument("--marks", type=int, default=20_000_000)
    parser.add_argument("--residents", type=int, default=3_770_000)
    options = parser.parse_args()
    print(f"{describe_machine()}\n")
    print("| load | reader | seconds | CPU seconds | µs a row | peak MB |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as name:
        loads = [
            (options.marks, "marks", "cp932", write_marks),
            (options.residents, "residents", "utf-8", write_register),
        ]
        for rows, title, encoding, write in loads:
            if rows:
                folder = Path(name) / title
                folder.mkdir()
                write(folder, rows)
                measure_load(f"{rows:,} {title}", rows, folder, encoding, options.peers)


if __name__ == "__main__":
    main()
