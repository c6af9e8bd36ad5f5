"""No name, address, telephone number or full date of birth leaves the identity side.

The canary decodes every cell and every statistic of the facts and runs zones, and reads HEAD, the journal,
temporary files, the documents, the report, the list of problems and all that the commands said. A leak planted
in each of these places must turn it red.
"""

import re
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tsunagu.linkage import versions
from tsunagu.store.commit import open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.identity import LINK, LINK_FREQUENCY, RECORD
from tsunagu.vocabulary.tables import ColumnType

TEXTS = ("name", "kana", "address", "phone", "guardian_name")
SHORTEST = 4
"""Shorter texts are also ordinary words."""


@pytest.fixture(scope="module")
def secrets(world):
    """What must not be found: as the files wrote it, as we folded it, and as the truth knows it."""
    columns = [name for name in RECORD.column_names if name.removesuffix("_folded") in TEXTS]
    assert len(columns) > 5
    found = set()
    with open_reader(world.home, "canary") as reader:
        reader.attach(RECORD)
        for column in columns:
            # Names of a declared table's columns.
            rows = reader.engine.list_rows(f"SELECT DISTINCT {column} FROM identity.record")  # noqa: S608
            found |= {value for (value,) in rows if value is not None}
    truth = pq.read_table(world.city / "truth" / "person.parquet", columns=["name", "kana"])
    found |= set(truth["name"].to_pylist()) | set(truth["kana"].to_pylist())
    found -= {None}
    found |= {text.replace("　", "") for text in found} | {text.replace("　", " ") for text in found}
    return frozenset(text for text in found if len(text) >= SHORTEST)


@pytest.fixture(scope="module")
def file_names(world):
    return frozenset(path.name for path in (world.city / "deliveries").rglob("*.*"))


def find_secrets(text, secrets):
    """Secrets that occur in a text; only those whose first signs occur are searched for."""
    grams = {text[start : start + SHORTEST] for start in range(len(text) - SHORTEST + 1)}
    return {secret for secret in secrets if secret[:SHORTEST] in grams and secret in text}


def list_cells(path):
    """Every distinct text of a Parquet file, and every text of its statistics and metadata."""
    file = pq.ParquetFile(path)
    for name, column in zip(file.schema_arrow.names, file.read(use_threads=False).columns, strict=True):
        yield name
        if pa.types.is_string(column.type):
            yield from (value for value in column.unique().to_pylist() if value is not None)
    for group in range(file.metadata.num_row_groups):
        for position in range(file.metadata.num_columns):
            statistics = file.metadata.row_group(group).column(position).statistics
            if statistics is not None and statistics.has_min_max:
                yield f"{statistics.min}\n{statistics.max}"
    for key, value in (file.metadata.metadata or {}).items():
        yield (key + b" " + value).decode("utf-8", errors="replace")


def search_home(home, secrets):
    """Secrets in any cell, statistic, document, journal line or leftover outside identity and landing."""
    texts = {str(path.relative_to(home.var)) for path in home.var.rglob("*")}
    for place in (home.var / "facts", home.var / "runs", home.journal, home.temporary, home.pins, home.var):
        for path in place.glob("*") if place == home.var else place.rglob("*"):
            if path.suffix == ".parquet":
                texts |= set(list_cells(path))
            elif path.is_file():
                texts.add(path.read_text(encoding="utf-8", errors="replace"))
    return find_secrets("\n".join(sorted(texts)), secrets)


def search_shown(world, secrets):
    """Secrets in what officers are shown."""
    report = world.report.read_text(encoding="utf-8")
    problems = world.problems.read_text(encoding="utf-8-sig")
    return find_secrets(f"{world.said}\n{report}\n{problems}", secrets)


def test_the_canary_knows_the_city(secrets):
    assert len(secrets) > 1000


def test_nothing_leaks(world, secrets):
    assert search_home(world.home, secrets) == set()


def test_nothing_is_left_in_temporary_folders(world):
    assert list(world.home.temporary.iterdir()) == []
    assert list(world.home.pins.iterdir()) == []


def test_file_names_stay_in_landing(world, file_names):
    assert search_home(world.home, file_names) == set()


def test_the_report_the_commands_and_the_problems_name_nobody(world, secrets):
    assert world.problems.read_text(encoding="utf-8-sig").count("\n") > 2
    assert search_shown(world, secrets) == set()


def test_learning_names_nobody(world, world_copy, secrets, command):
    """Neither what it says, nor what it keeps of the values it counted: those are hashed with the key."""
    said = command("link", "learn", "--as-of", "2025-12-31", home=world_copy.path)
    assert said.exit_code == 0, said.text
    kept = [path for path in (world_copy.var / "identity").glob("link_[vpf]*/*.parquet")]
    assert len(kept) == 6
    cells = {cell for path in kept for cell in list_cells(path)}
    assert find_secrets("\n".join([said.text, *sorted(cells)]), secrets) == set()


@pytest.mark.slow
def test_values_kept_without_the_hash_are_found(world_copy, secrets, command, monkeypatch):
    """The mutant: frequencies under the values themselves."""
    column = replace(LINK_FREQUENCY.columns[1], type=ColumnType.VARCHAR)
    bare = replace(LINK_FREQUENCY, columns=(LINK_FREQUENCY.columns[0], column, LINK_FREQUENCY.columns[2]))
    monkeypatch.setattr(versions, "LINK_FREQUENCY", bare)
    statement = read_sql("tsunagu.linkage", "weighing_frequencies")
    hashed = "keyed_id('frequency', kind || '|' || text)"
    assert hashed in statement
    monkeypatch.setattr(
        "tsunagu.store.engine.read_sql",
        lambda package, name: (
            statement.replace(hashed, "text") if name == "weighing_frequencies" else read_sql(package, name)
        ),
    )
    monkeypatch.setattr("tsunagu.pipeline.link_learn._look_ahead", lambda *_: None)
    monkeypatch.setattr("tsunagu.cli.linking.describe_changes", lambda *_: [])
    assert command("link", "learn", "--as-of", "2025-12-31", home=world_copy.path).exit_code == 0
    cells = {
        cell for path in (world_copy.var / "identity/link_frequency").iterdir() for cell in list_cells(path)
    }
    assert find_secrets("\n".join(sorted(cells)), secrets)


def plant_cell(home, secret):
    path = next((home.var / "facts" / "closure").glob("*.parquet"))
    table = pq.read_table(path)
    items = [secret, *table["item"].to_pylist()[1:]]
    position = table.column_names.index("item")
    # Without statistics, so that only the cells can tell.
    pq.write_table(table.set_column(position, "item", pa.array(items)), path, write_statistics=False)


def plant_statistic(home, secret):
    """A file whose cells are harmless, and whose footer says otherwise."""
    path = home.var / "runs" / "planted.parquet"
    harmless = "x" * len(secret.encode())
    pq.write_table(pa.table({"text": [harmless]}), path, compression="zstd")
    content = path.read_bytes()
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    path.write_bytes(content[:footer] + content[footer:].replace(harmless.encode(), secret.encode()))
    assert pq.read_table(path)["text"].to_pylist() == [harmless]


def plant_metadata(home, secret):
    path = next((home.var / "facts" / "closure").glob("*.parquet"))
    pq.write_table(pq.read_table(path).replace_schema_metadata({"note": secret}), path)


def plant_text(place):
    def plant(home, secret):
        path = place(home)
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + secret, encoding="utf-8")

    return plant


PLACES = {
    "cell": plant_cell,
    "statistic": plant_statistic,
    "metadata": plant_metadata,
    "document": plant_text(lambda home: next((home.var / "runs" / "manifest").glob("*.json"))),
    "journal": plant_text(lambda home: home.journal / "journal.jsonl"),
    "head": plant_text(lambda home: home.head_file),
    "spill": plant_text(lambda home: home.temporary / "dead-spill" / "duckdb_temp_storage.tmp"),
    "pin": plant_text(lambda home: home.pins / "reader.json"),
    "file name": lambda home, secret: (home.var / "runs" / f"{secret[:20]}.json").touch(),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_leak_planted_in_the_home_is_found(world_copy, secrets, place):
    secret = next(text for text in sorted(secrets, reverse=True) if len(text) < 20 and "/" not in text)
    PLACES[place](world_copy, secret)
    assert secret in search_home(world_copy, secrets)


@pytest.mark.parametrize("place", ["said", "report", "problems"])
def test_a_leak_planted_in_what_is_shown_is_found(world, secrets, place, tmp_path):
    secret = sorted(secrets)[17]
    if place == "said":
        spoiled = replace(world, said=world.said + secret)
    else:
        path = tmp_path / place
        path.write_text(getattr(world, place).read_text(encoding="utf-8-sig") + secret, encoding="utf-8")
        spoiled = replace(world, **{place: path})
    assert search_shown(spoiled, secrets) == {secret}


def list_birthdays(reader):
    """Columns of the facts and runs zones in which a person's own date of birth stands, with how often."""
    engine = reader.engine
    reader.attach(RECORD)
    reader.attach(LINK)
    engine.run(
        "CREATE OR REPLACE TEMP TABLE birthday AS SELECT DISTINCT person_id, subject_id, birth_date"
        " FROM identity.link JOIN (SELECT person_id, birth_date FROM identity.link"
        " JOIN identity.record USING (subject_id) WHERE birth_date IS NOT NULL) USING (person_id)"
        # Who is born on the first cannot be told from who is born in the month.
        " WHERE day(birth_date) > 1"
    )
    for name, segments in reader.head.tables.items():
        paths = [str(reader.home.var / s.path) for s in segments if s.path.endswith(".parquet")]
        if name.split(".")[0] not in ("facts", "runs") or not paths:
            continue
        engine.run("CREATE OR REPLACE TEMP TABLE looked AS SELECT * FROM read_parquet($paths)", paths=paths)
        columns = {row[0]: row[1] for row in engine.list_rows("DESCRIBE looked")}
        key = next((key for key in ("person_id", "subject_id") if key in columns), None)
        for column in (column for column, kind in columns.items() if kind == "DATE" and key):
            count, people = engine.get_row(
                # Names of columns of our own tables.
                f"SELECT count(DISTINCT CASE WHEN l.{column} = b.birth_date THEN l.{key} END),"  # noqa: S608
                f" count(DISTINCT l.{key}) FROM looked AS l JOIN birthday AS b ON b.{key} = l.{key}"
            )
            yield f"{name}.{column}", count, people


def test_facts_hold_no_full_date_of_birth(world):
    """By chance something else may fall on a birthday, but never for one person in fifty."""
    with open_reader(world.home, "canary") as reader:
        found = list(list_birthdays(reader))
    assert len(found) > 20
    assert [column for column, count, people in found if count > 1 + people / 50] == []


def test_a_date_of_birth_in_the_facts_is_found(world_copy):
    """The mutant: the person table with the day instead of the month."""
    with open_reader(world_copy, "canary") as reader:
        reader.attach(RECORD)
        reader.attach(LINK)
        births = dict(
            reader.engine.list_rows(
                "SELECT person_id, max(birth_date) FROM identity.link JOIN identity.record USING (subject_id)"
                " GROUP BY person_id"
            )
        )
        (segment,) = reader.head.list_segments("facts.person")
    path = world_copy.var / segment.path
    table = pq.read_table(path)
    days = pa.array([births.get(person) for person in table["person_id"].to_pylist()], pa.date32())
    pq.write_table(table.set_column(table.column_names.index("birth_month"), "birth_month", days), path)
    with open_reader(world_copy, "canary") as reader:
        found = {column: count / people for column, count, people in list_birthdays(reader) if people}
    assert found["facts.person.birth_month"] > 0.9


def test_no_twelve_digit_number_with_a_valid_check_digit_in_what_we_show(world):
    shown = world.report.read_text(encoding="utf-8") + world.said
    numbers = set(re.findall(r"(?<![0-9])[0-9]{12}(?![0-9])", shown))
    assert not {number for number in numbers if is_my_number(number)}
    assert is_my_number("123456789018")


def is_my_number(number):
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
    return int(number[11]) == (0 if rest <= 1 else 11 - rest)
