"""No row, no read; the trail is append only for everybody; refusals survive what they refuse."""

from dataclasses import replace

import psycopg
import pytest

from tsunagu.audit.rows import Outcome
from tsunagu.database.logins import Login
from tsunagu.database.sessions import StatementRefusedError
from tsunagu.trail import recording
from tsunagu.trail.recording import Act, Context, NotRecordedError, record_act, record_read, record_refusal

READ = Act("child.open", Outcome.READ, "child", "0000-0001-2ABC", "caseworker", "assigned")
EACH = 250
# What the owner of the tables does so that the row cannot be written, and what takes it back.
FAILURES = {
    "the right is taken away": ("REVOKE INSERT (act) ON audit_row FROM tsunagu_app", "GRANT INSERT (act) ON audit_row TO tsunagu_app"),
    "a rule refuses the row": ("ALTER TABLE audit_row ADD CONSTRAINT full_up CHECK (false) NOT VALID", "ALTER TABLE audit_row DROP CONSTRAINT full_up"),
    "the commit fails": ("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON audit_row DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()", "DROP TRIGGER late ON audit_row"),
    "the table is gone": ("ALTER TABLE audit_row RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO audit_row"),
}  # fmt: skip


def list_rows(trail) -> list[tuple]:
    with trail.connect(Login.CHECKPOINTER) as connection:
        return connection.execute(
            "SELECT act, outcome, staff_id, purpose, request_id FROM audit_row"
        ).fetchall()


def count_handed_over(trail, begin, attempts: int) -> int:
    """How many reads were handed over while their rows could not be written."""
    handed = 0
    with trail.connect(Login.OWNER) as owner:
        for spoil, repair in FAILURES.values():
            owner.execute(spoil)
            for _ in range(attempts):
                handed += is_handed_over(begin)
            owner.execute(repair)
    return handed


def is_handed_over(begin) -> bool:
    try:
        record_read(begin, READ, lambda session: session.run("SELECT 1"))
    except (NotRecordedError, psycopg.Error):
        return False
    return True


def test_a_thousand_reads_without_a_row_are_refused(trail, begin) -> None:
    assert EACH * len(FAILURES) == 1000
    assert count_handed_over(trail, begin, EACH) == 0
    assert list_rows(trail) == []
    assert is_handed_over(begin)
    assert list_rows(trail) == [("child.open", "read", "s7", "poverty_support", "r1")]


def test_a_recorder_that_gives_up_quietly_is_found_out(trail, begin, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(session, act) -> None:
        """Records nothing and says nothing."""

    monkeypatch.setattr(recording, "record_act", give_up)
    assert count_handed_over(trail, begin, 1) == len(FAILURES)


@pytest.mark.parametrize("wrong", [{"object_id": "架空 花子"}, {"act": ""}, {"role": "a\nb"}])
def test_a_row_that_has_no_form_is_refused_before_the_read(trail, begin, wrong: dict[str, str]) -> None:
    seen = []
    with pytest.raises(NotRecordedError) as refused:
        record_read(begin, replace(READ, **wrong), lambda session: seen.append(session))
    assert seen == []
    assert "花子" not in str(refused.value)
    assert list_rows(trail) == []


def test_a_read_that_fails_leaves_no_row(trail, begin) -> None:
    def fail(session) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        record_read(begin, READ, fail)
    assert list_rows(trail) == []


def test_a_refusal_survives_what_it_refuses(trail, begin) -> None:
    refusal = replace(READ, outcome=Outcome.REFUSED)
    with pytest.raises(PermissionError), begin() as session:
        record_act(session, replace(READ, outcome=Outcome.CHANGED))
        record_refusal(trail.begin(Login.APP), Context("s7", "poverty_support", "r2"), refusal)
        raise PermissionError
    assert list_rows(trail) == [("child.open", "refused", "s7", "poverty_support", "r2")]


def test_who_does_not_leak_into_the_next_transaction(trail, begin, app) -> None:
    with begin() as session:
        record_act(session, READ)
    app.execute("INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome) VALUES ('', 'x', '', '', '', 'read')")  # fmt: skip
    assert [row[2:] for row in list_rows(trail)] == [("s7", "poverty_support", "r1"), ("", "", "")]


# Who tries what, on a trail with one row that has its place.
FORBIDDEN = [
    *((Login.APP, f"{verb} audit_row{rest}") for verb, rest in (("UPDATE", " SET act = 'y'"), ("DELETE FROM", ""), ("TRUNCATE", ""))),
    *((Login.OWNER, f"{verb} audit_row{rest}") for verb, rest in (("UPDATE", " SET act = 'y'"), ("DELETE FROM", ""))),
    (Login.OWNER, "TRUNCATE audit_row CASCADE"),
    (Login.OWNER, "DELETE FROM audit_leaf"),
    (Login.OWNER, "UPDATE audit_checkpoint SET size = 0"),
    (Login.APP, "SELECT leaf_hash FROM audit_leaf"),
    (Login.APP, "INSERT INTO audit_row (at, role, act, object_kind, object_id, relationship, outcome) VALUES (now(), '', 'x', '', '', '', 'read')"),
    (Login.APP, "INSERT INTO audit_row (staff_id, role, act, object_kind, object_id, relationship, outcome) VALUES ('s8', '', 'x', '', '', '', 'read')"),
    (Login.APP, "INSERT INTO audit_leaf VALUES (7, gen_random_uuid(), '')"),
    (Login.APP, "ALTER TABLE audit_row DISABLE TRIGGER keep"),
    (Login.CHECKPOINTER, "INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome) VALUES ('', 'x', '', '', '', 'read')"),
    (Login.CHECKPOINTER, "UPDATE audit_leaf SET leaf_index = 9"),
    (Login.CHECKPOINTER, "DELETE FROM audit_leaf"),
]  # fmt: skip


def test_nobody_changes_the_trail(trail, begin) -> None:
    with begin() as session:
        record_act(session, READ)
    trail.take()
    went_through = []
    for login, statement in FORBIDDEN:
        with trail.connect(login) as connection:
            try:
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            went_through.append((login, statement))
    assert went_through == []


def test_without_a_policy_of_a_screen_the_application_reads_nothing(trail, begin) -> None:
    with begin() as session:
        record_act(session, READ)
    trail.take()
    counted = "SELECT (SELECT count(*) FROM audit_row), (SELECT count(*) FROM audit_checkpoint)"
    for login, seen in ((Login.APP, (0, 0)), (Login.OWNER, (0, 0)), (Login.CHECKPOINTER, (1, 1))):
        with trail.connect(login) as connection:
            assert connection.execute(counted).fetchone() == seen
    with trail.connect(Login.OWNER) as owner:
        owner.execute("ALTER TABLE audit_row DISABLE ROW LEVEL SECURITY")
    with trail.connect(Login.APP) as app:
        assert app.execute(counted).fetchone() == (1, 0)


def test_without_its_keeper_the_trail_can_be_changed(trail, begin) -> None:
    with begin() as session:
        record_act(session, READ)
    with trail.connect(Login.OWNER) as owner:
        owner.execute("ALTER TABLE audit_row DISABLE TRIGGER keep, NO FORCE ROW LEVEL SECURITY")
        assert owner.execute("UPDATE audit_row SET act = 'y'").rowcount == 1


def test_what_postgresql_says_is_not_repeated(trail) -> None:
    naming = "INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome) VALUES ('', '架空 花子', '', '', '', 'read')"
    with trail.begin(Login.APP)() as session, pytest.raises(StatementRefusedError, match="23514") as refused:
        session.run(naming)
    assert "花子" not in str(refused.value)


def test_a_statement_is_bound_by_name_or_not_at_all(trail) -> None:
    with trail.begin(Login.CHECKPOINTER)() as session:
        assert session.run("SELECT 'a%b' LIKE $pattern", {"pattern": "a%"}) == [(True,)]
        assert session.run("SELECT '$x' || '%'") == [("$x%",)]
