"""A run is received for one purpose, whole or not at all; what people see afterwards is the run's."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from tsunagu.catalog.packs import NeedLevel
from tsunagu.database.logins import Login
from tsunagu.judgement.phrases import Phrase
from tsunagu.pipeline.disclosure import Figure
from tsunagu.pipeline.seam import ChildResult, Difficulty, PackResult, PackRun, RunDescription, Silence

PURPOSE = "poverty_support"
AS_OF = date(2026, 5, 20)
DAY = date(2026, 6, 1)
WORDS = Phrase("架空", "made up")
SILENCE = Silence("seen", AS_OF - timedelta(days=40), 40, is_listed=True, is_urgent=True, words=WORDS)


def make_result(level: NeedLevel = NeedLevel.HIGH, *, is_listed: bool = True) -> PackResult:
    return PackResult(
        pack="poverty",
        version=1,
        title=WORDS,
        need_level=level,
        level=WORDS,
        is_listed=is_listed,
        has_red_flag=level is NeedLevel.URGENT,
        overall_class=None,
        class_title=WORDS,
        difficulties=(Difficulty("money", Phrase("お金", "money"), WORDS, ("part",)),),
        headline=Phrase(f"{level}の理由", f"why {level}"),
        reasons=(),
        withheld=(),
        expires_on=DAY + timedelta(days=60),
    )


def make_child(number: int, **changes) -> ChildResult:
    child = ChildResult(
        person_id=number,
        need_level=NeedLevel.HIGH,
        age=WORDS,
        age_months=123,
        age_years=10,
        grade="P4",
        school_id="S1",
        facility_id=None,
        district="東町",
        is_unborn=False,
        is_registered=True,
        is_protected=False,
        months_unseen=None,
        known_until=AS_OF,
        silence=None,
        results=(make_result(),),
    )
    return replace(child, **changes)


def make_run(listed: int, *, run_id: str = "run-1", as_of: date = AS_OF) -> RunDescription:
    levels = {NeedLevel.HIGH: Figure(listed, listed)}
    pack = PackRun("poverty", 1, WORDS, PURPOSE, levels, DAY + timedelta(days=60))
    found = SimpleNamespace(
        run_id=run_id, as_of=as_of, packs=(pack,), listed={PURPOSE: listed}, children=Figure(300, 309)
    )
    return found  # type: ignore[return-value]  # what is read of a run


@pytest.fixture
def receive(desk):
    from tsunagu.cases.loading import receive_run
    from tsunagu.web.upgrading import OWNER_ALIAS, owner_connection

    def take(run, children, *, on: date = DAY):
        with owner_connection(desk):
            return receive_run(run, children, purpose=PURPOSE, on=on, using=OWNER_ALIAS)

    return take


@pytest.fixture
def look(desk):
    """Rows of a table, past its policies."""

    def read(columns: str, table: str) -> list[tuple]:
        with psycopg.connect(desk.url(Login.OWNER)) as owner:
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            found = owner.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608 # our own names
            owner.rollback()
        return found

    return read


def test_what_a_run_lists_arrives(receive, look):
    silent = make_child(
        2, need_level=None, results=(make_result(NeedLevel.WATCH, is_listed=False),), silence=SILENCE
    )
    hidden = make_child(
        3, need_level=NeedLevel.URGENT, is_protected=True, results=(make_result(NeedLevel.URGENT),)
    )
    received = receive(make_run(3), [make_child(1), silent, hidden])
    assert (received.children, received.is_new) == (3, True)
    assert look("person_id, need_level, headline_ja, kinds", "cases_listed") == [
        (1, "high", "highの理由", ["money"]),
        (2, None, "架空", ["silence"]),
        (3, "urgent", "urgentの理由", ["money"]),
    ]
    assert look("person_id, school_id, district, has_red_flag", "cases_listed") == [
        (1, "S1", "東町", False),
        (2, "S1", "東町", False),
        (3, None, None, True),
    ]
    assert look("person_id, pack, is_listed", "cases_result") == [
        (1, "poverty", True),
        (2, "poverty", False),
        (3, "poverty", True),
    ]
    assert [row[0] for row in look("person_id, listed_since", "access_listed")] == [1, 2, 3]
    (run,) = look("run_id, purpose, counts, is_current", "cases_run")
    assert (run[2]["children"], run[2]["listed"], run[3]) == ("300–309", 3, True)


def test_the_same_again_changes_nothing(receive):
    receive(make_run(1), [make_child(1)])
    assert receive(make_run(1), iter(())).is_new is False


def test_a_later_run_takes_the_place_and_keeps_since_when(receive, look):
    receive(make_run(2), [make_child(1), make_child(2)])
    later = make_run(2, run_id="run-2", as_of=AS_OF + timedelta(days=1))
    receive(later, [make_child(2), make_child(3)], on=DAY + timedelta(days=1))
    assert look("person_id, run_id", "cases_listed") == [(2, "run-2"), (3, "run-2")]
    since = [(2, AS_OF), (3, AS_OF + timedelta(days=1))]
    assert look("person_id, listed_since", "cases_listed") == since
    assert look("person_id, listed_since", "access_listed") == since
    assert look("run_id, is_current", "cases_run") == [("run-1", False), ("run-2", True)]


def test_less_than_the_run_lists_is_refused_and_what_was_there_stays(receive, look):
    from tsunagu.cases.loading import RunIncompleteError

    receive(make_run(1), [make_child(1)])
    with pytest.raises(RunIncompleteError, match="2 人"):
        receive(make_run(2, run_id="run-2"), [make_child(2)])
    assert look("person_id, run_id", "cases_listed") == [(1, "run-1")]


def test_an_earlier_run_is_refused(receive, look):
    from tsunagu.cases.loading import RunOutdatedError

    receive(make_run(1), [make_child(1)])
    with pytest.raises(RunOutdatedError):
        receive(make_run(1, run_id="run-0", as_of=AS_OF - timedelta(days=1)), [make_child(2)])
    assert look("person_id, run_id", "cases_listed") == [(1, "run-1")]


def test_the_desk_itself_changes_no_row(desk, receive):
    receive(make_run(1), [make_child(1)])
    with psycopg.connect(desk.url(Login.APP), autocommit=True) as app:
        for table in ("cases_listed", "cases_result", "cases_run", "access_listed"):
            assert app.execute(f"DELETE FROM {table}").rowcount == 0  # noqa: S608 # our own names
            with pytest.raises(psycopg.errors.Error):
                app.execute(f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, '{{}}')")  # noqa: S608 # our own names
