"""Places are given after commit, once, without gaps, whatever the order of commits; only a log that goes on is signed."""

import random
import threading
import time
from datetime import UTC, datetime

import psycopg
import pytest

from tsunagu.audit import verify
from tsunagu.audit.rows import Outcome
from tsunagu.database.logins import Login
from tsunagu.database.sessions import open_session
from tsunagu.database.statements import read_statement
from tsunagu.trail import checkpointing
from tsunagu.trail.checkpointing import LogSetBackError, SignedStateError
from tsunagu.trail.log import LogDamagedError, stream_log
from tsunagu.trail.recording import Act, record_act

ADD = (
    "INSERT INTO audit_row (role, act, object_kind, object_id, relationship, outcome)"
    " VALUES ('', %s, '', '', '', 'read')"
)
READ = Act("child.open", Outcome.READ)
WRITERS, ROWS_EACH = 4, 40


def add_rows(begin, count: int) -> None:
    with begin() as session:
        for _ in range(count):
            record_act(session, READ)


def read_log(trail) -> list[bytes]:
    with open_session(trail.server, Login.CHECKPOINTER, database=trail.database) as session:
        return list(stream_log(session))


def hold(trail, taken) -> verify.Checkpoint:
    return verify.read_checkpoint(taken.note, verify.read_key(trail.key.public_text), "x")


def write_at_random(trail, number: int, committed: set[str]) -> None:
    """Rows in transactions that stay open for a while; every fourth is rolled back."""
    rng = random.Random(number)
    with psycopg.connect(trail.server.url(Login.APP, database=trail.database)) as connection:
        for row in range(ROWS_EACH):
            act = f"w{number}.{row}"
            connection.execute(ADD, (act,))
            time.sleep(rng.choice([0, 0, 0.001, 0.02]))
            if rng.random() < 0.25:
                connection.rollback()
            else:
                connection.commit()
                committed.add(act)


def live_through(trail) -> tuple[set[str], list]:
    """Writers beside two checkpointers; then one last checkpoint. What was committed, and what was taken."""
    committed: set[str] = set()
    taken: list = []
    is_over = threading.Event()

    def keep_taking() -> None:
        while not is_over.is_set():
            taken.append(trail.take())

    writers = [threading.Thread(target=write_at_random, args=(trail, n, committed)) for n in range(WRITERS)]
    takers = [threading.Thread(target=keep_taking) for _ in range(2)]
    for thread in (*writers, *takers):
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    for thread in takers:
        thread.join()
    taken.append(trail.take())
    return committed, taken


def list_acts(log: list[bytes]) -> list[str]:
    return [verify.json.loads(row)["act"] for row in log]


def test_every_committed_row_gets_one_place(trail) -> None:
    committed, taken = live_through(trail)
    log = read_log(trail)
    assert sorted(list_acts(log)) == sorted(committed)
    assert len(taken) > 3
    verify.compare_log(
        log, [hold(trail, one) for one in sorted(taken, key=lambda one: one.checkpoint.at)][-3:]
    )
    for one in taken:
        verify.compare_log(log, [hold(trail, one)])


def test_a_checkpointer_that_goes_by_the_moment_misses_late_commits(
    trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_moment = (
        "r.at > COALESCE((SELECT MAX(x.at) FROM audit_row x JOIN audit_leaf USING (row_id)), '-infinity')"
    )

    def read_mutant(package: str, name: str) -> str:
        return read_statement(package, name).replace("l.row_id IS NULL", f"l.row_id IS NULL AND {by_moment}")

    with trail.connect(Login.APP) as late, trail.connect(Login.APP) as early:
        with late.transaction():
            late.execute(ADD, ("late",))
            early.execute(ADD, ("early",))
            assert trail.take().added_rows == 1
        monkeypatch.setattr(checkpointing, "read_statement", read_mutant)
        assert trail.take().added_rows == 0
        monkeypatch.undo()
        assert trail.take().added_rows == 1
    assert list_acts(read_log(trail)) == ["early", "late"]


def test_batches_go_on_from_each_other(trail, begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "_BATCH_ROWS", 3)
    add_rows(begin, 10)
    assert trail.take().added_rows == 10
    add_rows(begin, 1)
    taken = trail.take()
    assert (taken.added_rows, taken.checkpoint.size) == (1, 11)
    verify.compare_log(read_log(trail), [hold(trail, taken)])


def change_row(owner: psycopg.Connection) -> None:
    owner.execute(
        "UPDATE audit_row SET act = 'y' WHERE row_id = (SELECT row_id FROM audit_leaf WHERE leaf_index = 1)"
    )


def swap_places(owner: psycopg.Connection) -> None:
    owner.execute("UPDATE audit_leaf SET leaf_index = 99 - leaf_index WHERE leaf_index IN (1, 2)")
    owner.execute("UPDATE audit_leaf SET leaf_index = leaf_index - 96 WHERE leaf_index = 97")
    owner.execute("UPDATE audit_leaf SET leaf_index = leaf_index - 96 WHERE leaf_index = 98")


def forget_last(owner: psycopg.Connection) -> None:
    owner.execute("DELETE FROM audit_leaf WHERE leaf_index = 3")


def delete_row(owner: psycopg.Connection) -> None:
    owner.execute("WITH gone AS (DELETE FROM audit_leaf WHERE leaf_index = 1 RETURNING row_id) DELETE FROM audit_row USING gone WHERE audit_row.row_id = gone.row_id")  # fmt: skip


@pytest.mark.parametrize("attack", [change_row, swap_places, forget_last, delete_row])
def test_a_changed_log_is_not_signed_again(trail, begin, attack) -> None:
    add_rows(begin, 4)
    held = trail.take()
    with trail.connect(Login.OWNER) as owner:
        owner.execute("ALTER TABLE audit_row DISABLE TRIGGER keep, NO FORCE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE audit_leaf DISABLE TRIGGER keep")
        owner.execute("ALTER TABLE audit_leaf DROP CONSTRAINT audit_leaf_row_id_fkey")
        attack(owner)
    with pytest.raises((LogSetBackError, LogDamagedError), match="監査の記録"):
        trail.take()
    with pytest.raises((verify.MismatchError, LogDamagedError)):
        verify.compare_log(read_log(trail), [hold(trail, held)])


def test_a_checkpointer_without_its_memory_does_not_sign(
    trail, begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rows(begin, 2)
    trail.take()
    state = trail.folder / "state.json"
    kept = state.read_bytes()
    for damaged in (b"", b"{}", kept.replace(b"999999", b"999998")):
        state.write_bytes(damaged)
        with pytest.raises(SignedStateError):
            trail.take()
    state.unlink()
    with pytest.raises(SignedStateError):
        trail.take()
    state.write_bytes(kept)
    assert trail.take().added_rows == 0


def test_notes_are_kept_for_the_screens(trail, begin) -> None:
    add_rows(begin, 1)
    taken = trail.take()
    with trail.connect(Login.CHECKPOINTER) as connection:
        rows = connection.execute("SELECT size, note FROM audit_checkpoint").fetchall()
    assert rows == [(1, taken.note.decode())]
    assert taken.checkpoint.at <= datetime.now(UTC)
