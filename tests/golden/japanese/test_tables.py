"""Every row of the tables beside this file: what was typed, what it folds to, and why."""

from pathlib import Path

import pytest

from tsunagu.japanese import fold_address, fold_kana, fold_kana_loose, fold_name, fold_phone, parse_date


def read_table(name: str) -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]


def show(folded: str | None) -> str:
    return "-" if folded is None else folded


def write_date(text: str) -> tuple[str, str]:
    found = parse_date(text)
    if found is None:
        return "-", ""
    parts = [f"{found.year:04}", *(f"{part:02}" for part in (found.month, found.day) if part)]
    return "-".join(parts), found.note or ""


@pytest.mark.parametrize(("text", "folded", "why"), read_table("names.tsv"))
def test_names(text: str, folded: str, why: str) -> None:
    assert show(fold_name(text)) == folded, why


@pytest.mark.parametrize(("text", "folded", "loose", "why"), read_table("kana.tsv"))
def test_kana(text: str, folded: str, loose: str, why: str) -> None:
    assert (show(fold_kana(text)), show(fold_kana_loose(text))) == (folded, loose), why


@pytest.mark.parametrize(("text", "area_code", "folded", "why"), read_table("phones.tsv"))
def test_phones(text: str, area_code: str, folded: str, why: str) -> None:
    assert show(fold_phone(text, area_code=area_code or None)) == folded, why


@pytest.mark.parametrize(("text", "written", "note", "why"), read_table("dates.tsv"))
def test_dates(text: str, written: str, note: str, why: str) -> None:
    assert write_date(text) == (written, note), why


@pytest.mark.parametrize(("text", "key", "why"), read_table("addresses.tsv"))
def test_addresses(text: str, key: str, why: str) -> None:
    assert show(fold_address(text)) == key, why
