"""A city that lives on keeps its earlier files; a city of several blocks is bounded and its keys are one person's."""

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tsunagu.fiction import CityBuildError, CitySummary, arrays, build, build_city, continue_city

CITY = {"children": 260, "seed": 11, "start": date(2024, 1, 1)}
MONTHS, MORE = 9, 4


def read_files(city: CitySummary) -> dict[str, bytes]:
    paths = (path for path in city.deliveries.rglob("*") if path.is_file())
    return {path.relative_to(city.deliveries).as_posix(): path.read_bytes() for path in paths}


def read_truth(city: CitySummary, name: str) -> list[dict]:
    return pq.read_table(city.truth / f"{name}.parquet").to_pylist()


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> CitySummary:
    return build_city(tmp_path_factory.mktemp("short") / "city", months=MONTHS, feeds="all", **CITY)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> CitySummary:
    return build_city(tmp_path_factory.mktemp("long") / "city", months=MONTHS + MORE, feeds="all", **CITY)


def list_differences(short: CitySummary, long: CitySummary) -> list[str]:
    """Files of the shorter city that the longer one does not hold byte for byte."""
    ours, theirs = read_files(short), read_files(long)
    until = str(short.last_reference_date)
    early = {name for name in theirs if name[:10] <= until}
    return sorted(set(ours) ^ early) + sorted(
        name for name in early & set(ours) if ours[name] != theirs[name]
    )


def test_the_longer_city_begins_with_the_shorter_one(short: CitySummary, long: CitySummary) -> None:
    assert list_differences(short, long) == []


def test_the_check_notices_draws_in_one_stream(
    short: CitySummary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "Dice", lambda *key: np.random.default_rng(list(key)))
    cities = [build_city(tmp_path / str(months), months=months, **CITY) for months in (MONTHS, MONTHS + MORE)]
    assert list_differences(*cities) != []


def test_living_on_writes_what_the_longer_city_would_have(short, long, tmp_path: Path) -> None:
    shutil.copytree(short.path, tmp_path / "city")
    stepped = continue_city(tmp_path / "city", months=MORE)
    assert stepped.last_reference_date == long.last_reference_date
    assert read_files(stepped) == read_files(long)
    for path in long.truth.iterdir():
        assert path.read_bytes() == (stepped.truth / path.name).read_bytes(), path.name
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


def test_an_interrupted_step_is_simply_done_again(
    short, long, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(short.path, tmp_path / "city")

    def move_half(source: Path, target: Path) -> None:
        days = sorted(source.iterdir())
        days[0].rename(target / days[0].name)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(build, "_add_deliveries", move_half)
        with pytest.raises(KeyboardInterrupt):
            continue_city(tmp_path / "city", months=MORE)
    assert read_files(continue_city(tmp_path / "city", months=MORE)) == read_files(long)


def test_a_person_keeps_the_same_id(short: CitySummary, long: CitySummary) -> None:
    def read_ids(city: CitySummary) -> dict[tuple[str, str], int]:
        rows = read_truth(city, "source_person")
        return {(row["system"], row["source_key"]): row["person_id"] for row in rows}

    before, after = read_ids(short), read_ids(long)
    assert {key: after[key] for key in before} == before


def test_a_folder_without_a_city_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CityBuildError, match="見つかりません"):
        continue_city(tmp_path)


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> list[CitySummary]:
    """The same seed with one whole block, and with two and a bit."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(build, "BLOCK_CHILDREN", 120)
        folder = tmp_path_factory.mktemp("blocks")
        sizes = {"seed": 4, "start": date(2024, 6, 1), "months": 8, "feeds": "all"}
        return [build_city(folder / str(size), children=size, **sizes) for size in (120, 270)]


def test_a_block_depends_on_nothing_but_the_seed_and_its_number(blocks: list[CitySummary]) -> None:
    one, three = (read_files(city) for city in blocks)
    grown = 0
    for name in [name for name in one if name.endswith(".csv")]:
        assert three[name].startswith(one[name]), name
        grown += len(three[name]) > len(one[name])
    assert grown > 50
    assert 2 < blocks[1].residents / blocks[0].residents < 2.6


def test_no_two_people_share_a_key(blocks: list[CitySummary]) -> None:
    persons = [row["person_id"] for row in read_truth(blocks[1], "person")]
    assert len(set(persons)) == len(persons)
    keys = [(row["system"], row["source_key"]) for row in read_truth(blocks[1], "source_person")]
    assert len(set(keys)) == len(keys)
    assert len({row["source_key"] for row in read_truth(blocks[1], "source_person")}) > 500


def test_headers_stand_once(blocks: list[CitySummary]) -> None:
    for name, content in read_files(blocks[1]).items():
        if name.endswith(".csv"):
            header = content.split(b"\n")[0].removeprefix(b"\xef\xbb\xbf")
            assert content.count(header) == 1, name
