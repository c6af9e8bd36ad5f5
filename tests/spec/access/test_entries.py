"""What a run listed and what people wrote: role × how the child stands to whoever asks × table, read and added to.

Read: l listed, r its result, d decision, b said of a reason, p put off, c contact made, t taken back, g who was put in
charge, i who is in charge, s a version for a meeting. Added: the same in capitals; G puts another in charge, O oneself. Asked in raw SQL under the
application's login.
"""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from importlib import import_module
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tsunagu.catalog.roles import Right
from tsunagu.catalog.words import Role
from tsunagu.database.logins import Login

from .conftest import (
    DAY,
    PURPOSE,
    REQUEST,
    Child,
    Term,
    look,
    make_listed,
    past_policies,
    replaced,
    set_context,
)

OTHER_PURPOSE = "abuse_prevention"
SCOPES = {
    Role.CASEWORKER: ("team", "T1"),
    Role.SUPERVISOR: ("team", "T1"),
    Role.SCHOOL_SOCIAL_WORKER: ("school", "S1"),
    Role.SCHOOL: ("school", "S1"),
}
# `expired` was on the list until yesterday, `foreign` is on another purpose's; `late` is assigned, and what was listed of
# it has expired; `ended` was assigned until yesterday; `followed` has a next date, `closed` had one and is
# no longer seen for it; `sealed` is everything at once, and a relative of whoever asks.
STANDS = (
    "stranger", "infant", "pupil", "listed", "expired", "foreign", "assigned", "late", "team", "agenda", "shared",
    "ended", "followed", "closed", "sealed",
)  # fmt: skip
READ = """
                      stranger infant pupil    listed     expired foreign assigned   late    team       agenda shared ended followed   closed sealed
coordinator           ctgi     ctgi   ctgi     lrdbpctgis ctgi    ctgi    ctgi       ctgi    ctgi       ctgi   ctgi   ctgi  lrdbpctgis ctgi   -
caseworker            gi       gi     gi       gi         gi      gi      lrdbpctgis dbpctgi lrdbpctgis gi     gi     gi    gi         gi     -
public_health_nurse   -        gi     -        -          -       -       lrdbpctgi  dbpctgi -          -      -      -     -          -      -
school_social_worker  -        -      lrdbptgi -          -       -       lrdbpctgi  dbpctgi -          -      -      -     -          -      -
school                -        -      -        -          -       -       -          -       -          -      gi     -     -          -      -
council_member        -        -      -        -          -       -       -          -       -          gits   -      -     -          -      -
child_guidance_center -        -      -        -          -       -       -          -       -          -      ctgis  -     -          -      -
supervisor            -        -      -        -          -       -       -          -       lrdbpctgis -      -      -     -          -      -
data_holder           -        -      -        -          -       -       -          -       -          -      -      -     -          -      -
analyst               -        -      -        -          -       -       -          -       -          -      -      -     -          -      -
auditor               -        -      -        -          -       -       -          -       -          -      -      -     -          -      -
"""
ADDED = """
                      stranger infant pupil listed   expired foreign assigned late   team     agenda shared ended followed closed sealed
coordinator           GO       GO     GO    DBPCTGOS GO      GO      GO       GO     GO       GO     GO     GO    DBPCTGOS GO     -
caseworker            -        -      -     -        -       -       DBPCTS   DBPCTS DBPCTOS  -      -      -     -        -      -
public_health_nurse   -        -      -     -        -       -       DBPCT    DBPCT  -        -      -      -     -        -      -
school_social_worker  -        -      -     -        -       -       DBPCT    DBPCT  -        -      -      -     -        -      -
school                -        -      -     -        -       -       -        -      -        -      -      -     -        -      -
council_member        -        -      -     -        -       -       -        -      -        -      -      -     -        -      -
child_guidance_center -        -      -     -        -       -       -        -      -        -      -      -     -        -      -
supervisor            -        -      -     -        -       -       -        -      DBPCTGOS -      -      -     -        -      -
data_holder           -        -      -     -        -       -       -        -      -        -      -      -     -        -      -
analyst               -        -      -     -        -       -       -        -      -        -      -      -     -        -      -
auditor               -        -      -     -        -       -       -        -      -        -      -      -     -        -      -
"""
TABLES = {
    "l": "cases_listed",
    "r": "cases_result",
    "d": "cases_decision",
    "b": "cases_feedback",
    "p": "cases_deferral",
    "c": "cases_contact_made",
    "t": "cases_taking_back",
    "g": "cases_assigning",
    "i": "cases_assignment",
    "s": "cases_shared",
}
WRITTEN = {table for letter, table in TABLES.items() if letter not in "lri"}
# What each kind of entry says besides whose it is; `$2` is somebody else than whoever writes.
SAID = {
    "D": ("outcome, reason, decided_on, next_action_on, run_id", "'no_support', '話を聞いた', '2026-06-01', NULL, ''"),
    "B": ("pack, indicator, verdict, source, note", "'p', 'i', 'correct', '', ''"),
    "P": ("until, reason", "'2026-06-08', '不在のため'"),
    "C": ("occurred_on, way, saw_child, note", "'2026-06-01', 'telephone', false, ''"),
    "T": ("about", "gen_random_uuid()"),
    "G": ("assignee_id, team_id, is_end, from_on, reason", "$2, '', false, '2026-06-01', ''"),
    "O": ("assignee_id, team_id, is_end, from_on, reason", "{writer}, '', false, '2026-06-01', ''"),
    "S": (
        "meeting, reason, sections, content, is_protected, shared_on, expires_on",
        "'個別会議', '相談する', '{{}}', '{{}}', false, '2026-05-31', '2026-06-08'",
    ),
}  # fmt: skip
WRITER = "current_setting('tsunagu.staff_id')::bigint"
THEIR_PURPOSE = "current_setting('tsunagu.purpose')"
CHILDREN = {stands: number for number, stands in enumerate(STANDS, 1)}
CELLS = len(Role) * len(STANDS) * (len(TABLES) + len(SAID))


def write_insert(letter: str, writer: str = WRITER, purpose: str = THEIR_PURPOSE) -> str:
    columns, values = SAID[letter]
    table = TABLES["g" if letter == "O" else letter.lower()]
    return (
        f"INSERT INTO {table} (id, person_id, purpose, staff_id, {columns})"  # noqa: S608 # our own names
        f" VALUES (gen_random_uuid(), $1, {purpose}, {writer}, {values.format(writer=WRITER)})"
    )


def list_terms(staff: dict[Role, int]) -> Iterator[Term]:
    for role, who in staff.items():
        kind, number = SCOPES.get(role, ("municipality", ""))
        scope = {"scope_kind": kind, "scope_id": number}
        yield Term("access_roleassignment", {"staff_id": who, "role": str(role), **scope})
        for purpose in (PURPOSE, OTHER_PURPOSE):
            yield Term("access_purposegrant", {"staff_id": who, "purpose": purpose})
        for stands, kind, last in (
            ("assigned", "assigned", None),
            ("late", "assigned", None),
            ("agenda", "agenda", None),
            ("shared", "shared", None),
            ("ended", "assigned", DAY),
            *(("sealed", kind, None) for kind in ("assigned", "agenda", "shared")),
        ):
            bond = {"staff_id": who, "scope_kind": "", "scope_id": "", "kind": kind}
            yield Term("access_relationship", {**bond, "person_id": CHILDREN[stands]}, valid_to=last)
    for stands in ("team", "sealed"):
        bond = {"scope_kind": "team", "scope_id": "T1", "kind": "team"}
        yield Term("access_relationship", {**bond, "person_id": CHILDREN[stands]})


@pytest.fixture(scope="module")
def clerk(city) -> int:
    """Who wrote everything that is there, and has no right."""
    return city.add_staff("E-clerk")


@pytest.fixture(scope="module")
def staff(city, clerk) -> dict[Role, int]:
    administrator = city.add_staff("A3", is_administrator=True)
    found = {role: city.add_staff(f"E-{role}") for role in Role}
    city.load(
        Child(number, school_id="S1" if stands in ("pupil", "sealed") else "S2")
        if stands != "infant"
        else Child(number, birth_year=2024)
        for stands, number in CHILDREN.items()
    )
    city.give(administrator, list_terms(found))
    with (
        city.open(Login.OWNER) as owner,
        past_policies(owner, *TABLES.values(), "access_seal", "access_followed"),
    ):
        for who in found.values():
            owner.execute(
                "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, sealed_by_id, valid_from)"
                " VALUES (%s, %s, 'own_relative', false, %s, '2000-01-01')",
                [who, CHILDREN["sealed"], who],
            )
        for child in CHILDREN:
            fill(owner, child, clerk)
    return found


def fill(owner, stands: str, clerk: int) -> None:
    """A row of the child in every table."""
    child, expires = CHILDREN[stands], DAY if stands in ("expired", "late") else DAY + timedelta(days=60)
    owner.execute(
        "INSERT INTO cases_listed SELECT * FROM jsonb_populate_record(NULL::cases_listed, %s::jsonb)",
        [psycopg.types.json.Jsonb(make_listed(child, expires))],
    )
    owner.execute(
        "INSERT INTO cases_result (person_id, purpose, pack, version, run_id, need_level, is_listed, has_red_flag,"
        " results, expires_on) VALUES (%s, %s, 'p', 1, 'run-1', 'high', true, false, '{}', %s)",
        [child, PURPOSE, expires],
    )
    for letter in SAID:
        if letter != "O":
            insert = write_insert(letter, writer="$2", purpose=f"'{PURPOSE}'")
            if stands == "late":
                insert = insert.replace("'2026-05-31', '2026-06-08'", "'2026-05-31', '2026-06-01'")
            owner.execute(insert.replace("$1", str(child)).replace("$2", str(clerk)))
    if stands in ("followed", "closed", "sealed"):
        owner.execute(
            "INSERT INTO access_followed (person_id, purpose, next_action_on, ends_on) VALUES (%s, %s, %s, %s)",
            [child, PURPOSE, DAY, DAY if stands == "closed" else None],
        )
    if stands in ("listed", "expired", "foreign", "sealed"):
        owner.execute(
            "INSERT INTO access_listed (person_id, purpose, listed_since, expires_on) VALUES (%s, %s, %s, %s)",
            [child, OTHER_PURPOSE if stands == "foreign" else PURPOSE, DAY - timedelta(days=9), expires],
        )


def make_context(who: int, purpose: str = PURPOSE) -> dict:
    return {"staff_id": who, "purpose": purpose, "on_date": DAY, "request_id": REQUEST}


def read_cells(text: str) -> dict[str, dict[str, str]]:
    lines = text.strip("\n").splitlines()
    assert tuple(lines[0].split()) == STANDS
    return {line.split()[0]: dict(zip(STANDS, line.split()[1:], strict=True)) for line in lines[1:]}


def compare(text: str, staff, letters: str, answers) -> list[str]:
    """Where somebody's answers (letter → children) are not what the text says, for some of its letters."""
    found = []
    for role, cells in read_cells(text).items():
        seen = answers(staff[Role(role)])
        for stands, cell in cells.items():
            shown = {letter for letter in letters if CHILDREN[stands] in seen[letter]}
            if shown != set(cell) & set(letters):
                found.append(f"{role} {stands}: {sorted(shown)}, not {cell}")
    return found


def find_misread(app, staff, letters: str = "".join(TABLES)) -> list[str]:
    tables = {letter: TABLES[letter] for letter in letters}
    return compare(READ, staff, letters, lambda who: look(app, make_context(who), tables=tables))


@pytest.fixture
def writer(city, clerk) -> Iterator[psycopg.Connection]:
    """The application's login, with every insert planned once; nothing it adds is kept."""
    options = "-c plan_cache_mode=force_generic_plan"
    with psycopg.connect(city.server.url(Login.APP), prepare_threshold=None, options=options) as connection:
        for letter in SAID:
            arguments = "bigint, bigint" if letter == "G" else "bigint"
            connection.execute(f"PREPARE put_{letter} ({arguments}) AS {write_insert(letter)}")
        connection.commit()
        yield connection
        connection.rollback()


def can_add(writer, statement: str) -> bool:
    writer.execute("SAVEPOINT before")
    try:
        writer.execute(statement)
    except InsufficientPrivilege:
        return False
    finally:
        writer.execute("ROLLBACK TO before")
    return True


def find_misadded(writer, staff, clerk: int, letters: str = "".join(SAID)) -> list[str]:
    def add(who: int) -> dict[str, set[int]]:
        set_context(writer, make_context(who))
        added = {
            letter: {
                child
                for child in CHILDREN.values()
                if can_add(writer, f"EXECUTE put_{letter} ({child}{f', {clerk}' if letter == 'G' else ''})")
            }
            for letter in letters
        }
        writer.rollback()
        return added

    return compare(ADDED, staff, letters, add)


def test_the_database_answers_as_the_tables_say(app, writer, staff, clerk) -> None:
    assert find_misread(app, staff) == []
    assert find_misadded(writer, staff, clerk) == []
    assert CELLS == 2970


def test_for_another_purpose_only_who_is_in_charge_is_seen(app, staff) -> None:
    assert find_other_purposes_rows(app, staff) == set()


def find_other_purposes_rows(app, staff) -> set[str]:
    """Tables that show to somebody acting for another purpose what was kept for this one."""
    seen = [look(app, make_context(who, OTHER_PURPOSE), tables=TABLES) for who in staff.values()]
    return {letter for found in seen for letter, children in found.items() if children} - {"g", "i"}


@pytest.mark.parametrize("context", [{}, {"staff_id": ""}, {"purpose": PURPOSE, "on_date": DAY}])
def test_without_a_context_nothing_is_seen_or_added(app, writer, staff, context) -> None:
    assert not any(look(app, context, tables=TABLES).values())
    set_context(writer, {"staff_id": 0, "purpose": PURPOSE, **context})
    for letter in "DBPCTOS":
        # An empty number of staff is no number, which ends the statement as well.
        with pytest.raises((InsufficientPrivilege, psycopg.DataError)):
            writer.execute(f"EXECUTE put_{letter} ({CHILDREN['assigned']})")
        writer.rollback()
        set_context(writer, {"staff_id": 0, "purpose": PURPOSE, **context})


def test_nobody_writes_in_anothers_name_or_for_another_purpose(writer, staff, clerk) -> None:
    assert find_forged(writer, staff, clerk) == set()


def find_forged(writer, staff, clerk: int) -> set[str]:
    """Entries that a caseworker may add about a child assigned to them in somebody else's name, or for another purpose."""
    found = set()
    for writer_name, purpose in ((str(clerk), THEIR_PURPOSE), (WRITER, f"'{OTHER_PURPOSE}'")):
        set_context(writer, make_context(staff[Role.SUPERVISOR]))
        for letter in SAID:
            statement = write_insert(letter, writer_name, purpose).replace("$1", str(CHILDREN["team"]))
            if can_add(writer, statement.replace("$2", str(clerk))):
                found.add(letter)
        writer.rollback()
    return found


@pytest.mark.parametrize("verb", ["UPDATE {} SET person_id = person_id", "DELETE FROM {}"])
def test_nothing_there_is_changed_or_deleted(app, staff, verb) -> None:
    for table in TABLES.values():
        set_context(app, make_context(staff[Role.CASEWORKER]))
        with suppress(InsufficientPrivilege):
            assert app.execute(verb.format(table)).rowcount == 0
        app.rollback()


def show(table: str, right: Right):
    from tsunagu.access.row_policies import show_by_right

    return show_by_right(table, right)


def add(table: str, right: Right, only: str = "true"):
    from tsunagu.access.row_policies import add_by_right

    return add_by_right(table, right, only=only)


def make(package: str, policy: str, table: str):
    from tsunagu.access.row_policies import create_policy

    return create_policy(f"tsunagu.{package}", policy, table)


# letter · the right its rows are shown by · what is taken out of the condition · what stands there instead
READABLE = [
    *((letter, Right.REASONS, "r.permission = 'reasons'", "r.permission = 'head'") for letter in "lrdbpt"),
    ("c", Right.PLAN_READ, "r.permission = 'plan_read'", "r.permission = 'head'"),
    ("c", Right.NOTE_CONTACT, "r.permission = 'note_contact'", "r.permission = 'head'"),
    ("t", Right.PLAN_READ, "x.person_id = cases_taking_back.person_id", "true"),
    ("t", Right.NOTE_CONTACT, "r.permission = 'note_contact'", "r.permission = 'find'"),
    ("d", Right.REASONS, "l.person_id = cases_decision.person_id", "true"),
    ("s", Right.SHARE, "r.permission = 'share'", "r.permission = 'head'"),
    ("s", Right.SHARED_VERSION, "r.permission = 'shared_version'", "r.permission = 'head'"),
    ("g", Right.HEAD, "r.permission = 'head'", "true"),
    ("i", Right.HEAD, "r.permission = 'head'", "true"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("letter", "right", "old", "new"), READABLE)
def test_a_right_that_is_loosened_is_seen(city, app, staff, letter, right, old, new) -> None:
    step = show(TABLES[letter], right)
    assert old in step.sql
    with replaced(city, step, step.sql.replace(old, new)):
        assert find_misread(app, staff, letter)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "table", "old", "new"),
    [
        ("see_listing", "access_listed", "AND l.purpose = current_setting('tsunagu.purpose', true)", ""),
        ("see_listing", "access_listed", "WHERE expires_on >", "WHERE expires_on >="),
        ("see_followed", "access_followed", "OR ends_on >", "OR ends_on >="),
    ],
)
def test_a_list_of_another_purpose_or_day_that_counts_is_seen(
    city, app, staff, policy, table, old, new
) -> None:
    """Twice guarded: what is listed is shown for its purpose until its day, and asked for by purpose and day."""
    step = show(TABLES["d"], Right.REASONS)
    assert old in step.sql
    with replaced(city, step, step.sql.replace(old, new)):
        assert find_misread(app, staff, "d") == []
        everything = f"CREATE POLICY {policy} ON {table} FOR SELECT USING (true)"
        with replaced(city, make("access", policy, table), everything):
            assert find_misread(app, staff, "d")


@pytest.mark.slow
def test_a_seal_that_is_gone_is_seen(city, app, writer, staff, clerk) -> None:
    """Twice guarded: neither the child's rows nor the bonds to it are seen."""
    from tsunagu.access.row_policies import close_sealed

    with ExitStack() as bonds:
        for table in ("access_relationship", "access_listed", "access_followed", "access_belonging"):
            bonds.enter_context(replaced(city, close_sealed(table), None))
        assert find_misread(app, staff) == []
        assert find_misadded(writer, staff, clerk) == []
        for letter, table in TABLES.items():
            with replaced(city, close_sealed(table), None):
                assert find_misread(app, staff, letter)
                if table in WRITTEN:
                    assert find_misadded(writer, staff, clerk, letter.upper())


@pytest.mark.slow
@pytest.mark.parametrize("letter", [*"dbpct"])
def test_a_purpose_that_is_not_asked_is_seen(city, app, staff, letter) -> None:
    with replaced(city, make("access", "match_purpose", TABLES[letter]), None):
        assert find_other_purposes_rows(app, staff) == {letter}


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["l", "r", "s"])
def test_a_list_that_is_kept_to_nothing_is_seen(city, app, staff, letter) -> None:
    step = make("cases", "keep_to_purpose", TABLES[letter])
    for old, new in (("purpose =", "'' <>"), ("expires_on >", "expires_on >=")):
        assert old in step.sql
        with replaced(city, step, step.sql.replace(old, new)):
            assert find_misread(app, staff, letter) or find_other_purposes_rows(app, staff)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("letter", "policy"), [*((letter, "read_as_owner") for letter in "dbpctg"), ("i", "keep_as_owner")]
)
def test_what_is_the_owners_alone_stays_so(city, app, staff, letter, policy) -> None:
    step = make("cases" if policy == "read_as_owner" else "access", policy, TABLES[letter])
    assert "TO CURRENT_USER" in step.sql
    with replaced(city, step, step.sql.replace("TO CURRENT_USER", "")):
        assert find_misread(app, staff, letter)


FOR_ONESELF = import_module("tsunagu.cases.migrations.0006_entry_policies").FOR_ONESELF
# letter · the right it is added by · what else must be true · what is taken out of the condition · what stands there
ADDABLE = [
    *((letter, Right.DECIDE, "true", "r.permission = 'decide'", "r.permission = 'head'") for letter in "DBPT"),
    ("C", Right.NOTE_CONTACT, "true", "r.permission = 'note_contact'", "r.permission = 'head'"),
    ("T", Right.NOTE_CONTACT, "true", "r.permission = 'note_contact'", "r.permission = 'head'"),
    ("G", Right.ASSIGN, "true", "r.permission = 'assign'", "r.permission = 'head'"),
    ("G", Right.TAKE_ON, FOR_ONESELF, FOR_ONESELF, "true"),
    ("O", Right.TAKE_ON, FOR_ONESELF, "r.permission = 'take_on'", "r.permission = 'head'"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("letter", "right", "only", "old", "new"), ADDABLE)
def test_an_entry_that_anybody_may_add_is_seen(
    city, writer, staff, clerk, letter, right, only, old, new
) -> None:
    step = add(TABLES["g" if letter == "O" else letter.lower()], right, only)
    assert old in step.sql
    with replaced(city, step, step.sql.replace(old, new)):
        assert find_misadded(writer, staff, clerk, letter)


@pytest.mark.slow
@pytest.mark.parametrize("old", ["staff_id = nullif", "purpose = current_setting"])
def test_an_entry_in_anothers_name_or_for_another_purpose_is_seen(city, writer, staff, clerk, old) -> None:
    step = add("cases_decision", Right.DECIDE)
    loosened = step.sql.replace(f"WITH CHECK (\n    {old}", f"WITH CHECK (\n    0 = 0 OR {old}")
    loosened = (
        loosened.replace(f"AND {old}", f"AND '' <> 'x' OR {old}", 1) if loosened == step.sql else loosened
    )
    with replaced(city, step, loosened):
        assert find_forged(writer, staff, clerk) == {"D"}


def test_a_saved_view_is_its_makers_for_its_purpose_alone(city, app, staff) -> None:
    mine, other = staff[Role.COORDINATOR], staff[Role.CASEWORKER]
    insert = "INSERT INTO cases_view (staff_id, purpose, name, query) VALUES (%s, %s, %s, '')"
    set_context(app, make_context(mine))
    app.execute(insert, [mine, PURPOSE, "今週"])
    app.commit()
    for who, purpose in ((other, PURPOSE), (mine, OTHER_PURPOSE)):
        set_context(app, make_context(mine))
        with pytest.raises(InsufficientPrivilege):
            app.execute(insert, [who, purpose, "人のもの"])
        app.rollback()
    assert list_views(app, staff) == [(Role.COORDINATOR, PURPOSE)]
    step = make("cases", "keep_own_views", "cases_view")
    for column in ("staff_id", "purpose"):
        with replaced(city, step, step.sql.replace(f"{column} =", f"{column} IS NOT NULL OR {column} =")):
            assert len(list_views(app, staff)) > 1
    with city.open(Login.APP) as connection:
        set_context(connection, make_context(mine))
        connection.execute("DELETE FROM cases_view")


def list_views(app, staff) -> list[tuple[Role, str]]:
    """Who sees, for which purpose, the one view there is; changing it is asked for by the same policy."""
    found = []
    for role, who in staff.items():
        for purpose in (PURPOSE, OTHER_PURPOSE):
            set_context(app, make_context(who, purpose))
            seen = app.execute("SELECT count(*) FROM cases_view").fetchone()[0]
            changed = app.execute("UPDATE cases_view SET name = name").rowcount
            assert changed == seen
            found += [(role, purpose)] * bool(seen)
            app.commit()
    return found


def test_the_run_is_for_whoever_may_act_for_its_purpose(city, app, staff, clerk) -> None:
    with city.open(Login.OWNER) as owner:
        owner.execute(
            "INSERT INTO cases_run (run_id, purpose, as_of, told_on, expires_on, counts, kind_titles, is_current)"
            " VALUES ('run-1', %s, '2026-05-20', %s, '2026-08-01', '{}', '{}', true)",
            [PURPOSE, DAY],
        )
        owner.execute("INSERT INTO cases_returned (entry, refused) VALUES (%s, '')", [UUID(int=1)])
    assert count_run(app, staff, clerk) == (len(staff), 0, 0)
    step = make("cases", "see_run", "cases_run")
    for old, new in (
        ("purpose = current_setting('tsunagu.purpose', true)\n    AND ", ""),
        ("AND EXISTS", "AND true OR EXISTS"),
    ):
        assert old in step.sql
        with replaced(city, step, step.sql.replace(old, new)):
            assert count_run(app, staff, clerk) != (len(staff), 0, 0)
    for table in ("cases_run", "cases_returned"):
        step = make("access", "keep_as_owner", table)
        with replaced(city, step, step.sql.replace("TO CURRENT_USER", "")):
            assert count_run(app, staff, clerk) != (len(staff), 0, 0)


def count_run(app, staff, clerk: int) -> tuple[int, int, int]:
    """Runs that all staff see for their purpose; that are seen otherwise; entries noted as returned that anybody sees."""
    told, otherwise, returned = 0, 0, 0
    for who, purpose in (
        *((one, p) for one in staff.values() for p in (PURPOSE, OTHER_PURPOSE)),
        (clerk, PURPOSE),
    ):
        set_context(app, make_context(who, purpose))
        (seen,) = app.execute("SELECT count(*) FROM cases_run").fetchone()
        told += seen if who != clerk and purpose == PURPOSE else 0
        otherwise += seen if who == clerk or purpose != PURPOSE else 0
        returned += app.execute("SELECT count(*) FROM cases_returned").fetchone()[0]
        app.commit()
    return told, otherwise, returned
