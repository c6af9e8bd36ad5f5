"""No name, address, telephone number or full date of birth leaves the identity side.

The canary decodes every cell and every statistic of the facts and runs zones, and reads the journal, the
documents, the report and all that the commands said. A leak planted in each place must turn it red.
"""

import re
from datetime import date

import pyarrow.parquet as pq
import pytest

from tsunagu.store.commit import open_reader, open_writer
from tsunagu.store.facts import CLOSURE
from tsunagu.store.identity import RECORD


@pytest.fixture(scope="module")
def secrets(world):
    """What must not be found: as the files wrote it, as we folded it, and as the truth knows it."""
    with open_reader(world.home, "canary") as reader:
        reader.attach(RECORD)
        columns = ("name", "name_folded", "kana", "kana_folded", "address", "address_folded", "phone_folded")
        found = set()
        for column in columns:
            rows = reader.engine.list_rows(
                # A fixed list of column names.
                f"SELECT DISTINCT {column} FROM identity.record WHERE {column} IS NOT NULL"  # noqa: S608
            )
            found |= {value for (value,) in rows}
        births = reader.engine.list_rows(
            "SELECT DISTINCT birth_date FROM identity.record WHERE birth_date IS NOT NULL"
        )
    truth = pq.read_table(world.city / "truth" / "person.parquet", columns=["name", "kana"])
    found |= set(truth["name"].to_pylist()) | set(truth["kana"].to_pylist())
    # Shorter texts are also ordinary words.
    names = {secret for secret in found if len(secret) >= 4}
    names |= {secret.replace("　", "") for secret in names} | {secret.replace("　", " ") for secret in names}
    return names, {birth for (birth,) in births}


def find_secrets(text, names):
    """Secrets that occur in a text; only those whose first four signs occur are searched for."""
    grams = {text[start : start + 4] for start in range(len(text) - 3)}
    return {name for name in names if name[:4] in grams and name in text}


def iterate_cells(path):
    """Every distinct text of a Parquet file, and every text of its statistics and metadata."""
    file = pq.ParquetFile(path)
    table = file.read()
    for column in table.columns:
        if str(column.type) in ("string", "large_string"):
            yield from (value for value in column.unique().to_pylist() if value is not None)
    for group in range(file.metadata.num_row_groups):
        for position in range(file.metadata.num_columns):
            statistics = file.metadata.row_group(group).column(position).statistics
            if statistics is not None and statistics.has_min_max:
                yield str(statistics.min)
                yield str(statistics.max)
    yield str(file.metadata.metadata)


def search_pseudonymous_side(home, names):
    """Secrets in any cell, statistic, document or journal line outside the identity and landing zones."""
    texts = set()
    for zone in ("facts", "runs"):
        for path in (home.var / zone).rglob("*"):
            if path.suffix == ".parquet":
                texts |= set(iterate_cells(path))
            elif path.is_file():
                texts.add(path.read_text(encoding="utf-8"))
    for folder in (home.journal, home.temporary, home.pins):
        texts |= {
            path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*") if path.is_file()
        }
    texts.add(home.head_file.read_text(encoding="utf-8"))
    return find_secrets("\n".join(sorted(texts)), names)


def test_nothing_leaks(world, secrets):
    names, _ = secrets
    assert len(names) > 1000, "the canary must know the city"
    assert search_pseudonymous_side(world.home, names) == set()


def test_the_report_and_the_commands_name_nobody(world, secrets):
    names, _ = secrets
    said = world.said + world.report.read_text(encoding="utf-8")
    assert find_secrets(said, names) == set()


def test_the_problem_list_holds_no_value(world, secrets):
    names, _ = secrets
    text = (world.report.parent / "problems.csv").read_text(encoding="utf-8-sig")
    assert text.count("\n") > 3
    assert find_secrets(text, names) == set()


def test_facts_hold_no_full_date_of_birth(world, secrets):
    """Months only: the person table's dates are first days of months, and no fact column is a birth date."""
    with open_reader(world.home, "canary") as reader:
        segments = [s for s in reader.head.list_segments("facts.person")]
    table = pq.read_table(world.home.var / segments[-1].path)
    days = {value.day for name in ("birth_month", "due_month") for value in table[name].to_pylist() if value}
    assert days == {1}


@pytest.mark.parametrize("place", ["cell", "statistic", "journal", "document"])
def test_a_planted_leak_turns_the_canary_red(world, secrets, place, tmp_path):
    names, _ = secrets
    secret = sorted(names)[17]
    planted = plant(world.home, secret, place)
    try:
        assert search_pseudonymous_side(world.home, names) >= {secret}
    finally:
        planted()
    assert search_pseudonymous_side(world.home, names) == set()


def plant(home, secret, place):
    """Hide a secret in one place; returns how to take it out again."""
    if place in ("cell", "statistic"):
        head = home.head_file.read_text(encoding="utf-8")
        with open_writer(home, "plant") as writer:
            writer.append(
                CLOSURE,
                "SELECT $secret AS item, 1 AS record_id, $day AS version_known_from, $day AS known_to,"
                " 'f' AS feed, 'x' AS file_id",
                tags={"planted": place},
                secret=secret,
                day=date(2020, 1, 1),
            )
            writer.commit()

        def undo():
            home.head_file.write_text(head, encoding="utf-8")
            with open_writer(home, "unplant"):
                pass

        return undo
    path = home.journal / "journal.jsonl" if place == "journal" else home.var / "runs" / "planted.json"
    before = path.read_bytes() if path.exists() else None
    path.write_bytes((before or b"") + secret.encode())

    def restore():
        path.write_bytes(before) if before is not None else path.unlink()

    return restore


def test_no_twelve_digit_number_with_a_valid_check_digit_in_what_we_show(world):
    shown = world.report.read_text(encoding="utf-8") + world.said
    numbers = set(re.findall(r"(?<![0-9])[0-9]{12}(?![0-9])", shown))
    assert not {number for number in numbers if is_my_number(number)}


def is_my_number(number):
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
    return int(number[11]) == (0 if rest <= 1 else 11 - rest)
