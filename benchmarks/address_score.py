"""Measure how well addresses, names and kana fold: `python benchmarks/address_score.py`.

Agreement: the Digital Agency's address cases (650 expected results) and geolonia's (7,191), read from
`../shared/realdata/address`; each expected part is folded by the same functions as ours and compared.
Speed: every fold beside jaconv's width conversion and normalisation of the same texts.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

import jaconv

from tsunagu.japanese import (
    Address,
    AddressBook,
    build_address_book,
    fold_address,
    fold_kana,
    fold_name,
    parse_address,
)

DATA = ROOT.parent / "shared" / "realdata" / "address"
_STREET_WORDS = re.compile("通|上る|下る|東入|西入")
PARTS = ("prefecture", "city", "town", "block", "building", "place", "site")


@dataclass(frozen=True)
class Case:
    """One address with the parts its data set expects; `is_split` says the block stands apart in the data."""

    source: str
    text: str
    prefecture: str
    city: str
    town: str
    block: str
    rest: str
    is_split: bool = True


def list_geolonia_cases() -> Iterator[Case]:
    path = DATA / "geolonia_normalize_cases" / "addresses.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            head = (row["都道府県"], row["市区町村"], row["町字"])
            yield Case("geolonia", row["住所"], *head, row["番地号"], row["その他"], bool(row["番地号"]))


def list_digital_agency_cases() -> Iterator[Case]:
    for path in sorted((DATA / "abr_geocoder_cases").glob("*/*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            result = {key: value or "" for key, value in case["result"].items() if key != "others"}
            house = (result["blk_num"], result["rsdt_num"], result["rsdt_num2"])
            lot = (result["prc_num1"], result["prc_num2"], result["prc_num3"])
            numbers = "-".join(str(n) for n in (house if house[0] else lot) if n)
            rest = " ".join(other for other in case["result"]["others"] if other)
            yield Case(
                path.parent.name.split("-")[0],
                case["query"]["input"],
                result["pref"],
                result["county"] + result["city"] + result["ward"],
                _arrange_town(result),
                numbers,
                rest,
                is_split=bool(numbers),
            )


def _arrange_town(result: dict[str, str]) -> str:
    """Put the parts of a town in the order they are written; a Kyoto street comes before its town."""
    is_street = result["city"] == "京都市" and _STREET_WORDS.search(result["koaza"])
    parts = (result["koaza"], result["oaza_cho"], result["chome"])
    return "".join(parts if is_street else (*parts[1:], parts[0]))


def compare_case(case: Case, book: AddressBook | None) -> dict[str, tuple[str, str]]:
    """Return (expected, ours) for every part, both folded."""
    ours = parse_address(case.text, book=book)
    joint = "" if not case.rest or case.rest[:1] in "-ー" or not case.block else " "
    expected = parse_address(f"{case.prefecture}{case.city}{case.town}{case.block}{joint}{case.rest}")
    town = parse_address(f"{case.prefecture}{case.city}{case.town}0") if case.town else None
    head = parse_address(f"{case.prefecture}{case.city}")
    both = {
        "prefecture": (head and head.prefecture, ours and ours.prefecture),
        "city": (head and head.city, ours and ours.city),
        "town": (town and town.town, ours and ours.town),
        "place": (expected and _find_place(expected), ours and _find_place(ours)),
        "site": (expected and expected.site, ours and ours.site),
    }
    if case.is_split:
        # The Digital Agency's block ends where its register ends; numbers it does not know are in the rest.
        numbers = parse_address(case.block) if case.source == "geolonia" else expected
        both["block"] = (numbers and numbers.block, ours and ours.block)
        both["building"] = (expected and expected.building, ours and ours.building)
    return {part: (wanted or "", got or "") for part, (wanted, got) in both.items()}


def _find_place(address: Address) -> str:
    """The site below the municipality, which shows the town and numbers of texts that name no municipality."""
    return replace(address, prefecture=None, city=None).site


def load_book(home: str | None = None) -> AddressBook:
    """Make a book of all municipalities, with the towns of the seven whose lists are in the folder."""
    towns: dict[str, list[str]] = {}
    folder = DATA / "geolonia_towns"
    for prefecture, cities in json.loads((folder / "ja.json").read_text(encoding="utf-8")).items():
        for city in cities:
            path = folder / prefecture / f"{city}.json"
            names = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
            towns[prefecture + city] = [town["town"] for town in names]
    return build_address_book(towns, home=home)


def load_books() -> dict[str, AddressBook]:
    """Books by source: schools and fire stations of one city are listed without it, so it is their home."""
    homes = {"kyoto": load_book("京都府京都市"), "sapporo": load_book("北海道札幌市")}
    return defaultdict(load_book, homes)


def score(
    cases: list[Case], books: dict[str, AddressBook] | None
) -> tuple[dict[str, float], list[tuple[Case, str, str, str]]]:
    """Return the share of agreement of each part, and every disagreement."""
    agreed, compared = Counter[str](), Counter[str]()
    failures = []
    for case in cases:
        for part, (wanted, got) in compare_case(case, books[case.source] if books else None).items():
            compared[part] += 1
            agreed[part] += wanted == got
            if wanted != got:
                failures.append((case, part, wanted, got))
    return {part: agreed[part] / compared[part] for part in PARTS if compared[part]}, failures


def list_cases() -> dict[str, list[Case]]:
    return {"geolonia": list(list_geolonia_cases()), "digital agency": list(list_digital_agency_cases())}


def measure_kept_apart(cases: list[Case]) -> float:
    """Return how many of the different expected addresses are still different after folding.

    The guard on the other side: a fold that threw everything together would agree with everything.
    """
    written = {f"{case.prefecture}{case.city}{case.town}0" for case in cases if case.town}
    folded = {address.site for text in written if (address := parse_address(text))}
    return len(folded) / len(written)


def print_scores(show: int) -> None:
    print(f"{'cases':16} {'book':4} {'n':>6} " + " ".join(f"{part:>10}" for part in PARTS))
    for name, cases in list_cases().items():
        for books in (None, load_books()):
            shares, failures = score(cases, books)
            figures = " ".join(f"{shares[part]:10.2%}" for part in PARTS)
            print(f"{name:16} {'yes' if books else 'no':4} {len(cases):6} {figures}")
            print_classes(cases, books)
            print_failures(failures, show)
        print(f"{name:16} different towns still different after folding: {measure_kept_apart(cases):.2%}")


def classify(both: dict[str, tuple[str, str]]) -> str:
    """Name the class of a case's disagreement; `both` holds (expected, ours) by part."""
    town, our_town = both["town"]
    if both["prefecture"][0] != both["prefecture"][1] or both["city"][0] != both["city"][1]:
        return "the text does not name the municipality"
    if both["place"][0] == both["place"][1] and town != our_town:
        return "a number before a hyphen: part of the town or of the block"
    if our_town.startswith(town):
        return "the data set's town ends earlier"
    if town.startswith(our_town):
        return "the data set's town is written out further"
    return "another reading of the town" if town != our_town else "block or building"


def print_classes(cases: list[Case], books: dict[str, AddressBook] | None) -> None:
    examples = defaultdict(list)
    for case in cases:
        both = compare_case(case, books[case.source] if books else None)
        if any(wanted != got for wanted, got in both.values()):
            examples[classify(both)].append(case.text)
    for name, texts in sorted(examples.items(), key=lambda item: -len(item[1])):
        print(f"    {len(texts):4} {name}, e.g. {texts[0]}")


def print_failures(failures: list[tuple[Case, str, str, str]], show: int) -> None:
    by_part = defaultdict(list)
    for case, part, wanted, got in failures:
        by_part[part].append((case, wanted, got))
    for part in PARTS:
        for case, wanted, got in by_part[part][:show]:
            print(f"    {part:10} {case.text} | expected {wanted or '-'} | ours {got or '-'}")


def measure(texts: list[str], *folds: Callable[[str], object]) -> list[float]:
    """Return texts a second of each fold, best of seven; the folds take turns so that a busy machine hits all."""
    best = [float("inf")] * len(folds)
    for _ in range(7):
        for place, fold in enumerate(folds):
            start = time.perf_counter()
            for text in texts:
                fold(text)
            best[place] = min(best[place], time.perf_counter() - start)
    return [len(texts) / seconds for seconds in best]


def print_speed() -> None:
    addresses = [case.text for case in list_geolonia_cases()]
    families = ["髙橋", "渡邉", "齋藤", "山﨑", "佐々木", "鎌ヶ谷", "吉田", "田中", "小林", "五十嵐"]
    given = ["太郎", "さくら", "悠真", "美結", "ケイ", "恵美子", "櫻子", "大和", "壱成", "莉乃"]
    names = [f"{a}　{b}{c}" for a in families for b in given for c in ("", "々", "子", "之", "介")] * 20
    readings = [
        "ﾀｶﾊｼ",
        "ワタナベ",
        "サイトウ",
        "ヤマザキ",
        "オオノ",
        "イガラシ",
        "きむら",
        "ｺﾞﾄｳ",
        "シヨウジ",
        "ユウキ",
    ]
    kana = [f"{a} {b}" for a in readings for b in readings] * 100
    print(f"\n{'fold':14} {'a second':>10} {'jaconv':>10} {'ratio':>6}")
    for label, texts, fold in (
        ("fold_name", names, fold_name),
        ("fold_kana", kana, fold_kana),
        ("fold_address", addresses, fold_address),
    ):
        ours, peer = measure(texts, fold, lambda text: jaconv.normalize(jaconv.h2z(text), "NFKC"))
        print(f"{label:14} {ours:10,.0f} {peer:10,.0f} {ours / peer:6.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=0, help="disagreements to print for each part")
    show = parser.parse_args().show
    if DATA.exists():
        print_scores(show)
        print_speed()
    else:
        print(f"no address cases at {DATA}: nothing measured")


if __name__ == "__main__":
    main()
