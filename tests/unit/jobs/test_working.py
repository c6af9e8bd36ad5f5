"""The worker: one at a time, tells how far it is, loses nothing when it is killed."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import psycopg
import pytest

from tsunagu.database.logins import Login
from tsunagu.jobs.commands import CommandFailedError, CommandRefusedError, WorkStoppedError, run_command
from tsunagu.vocabulary.errors import TsunaguError


@pytest.fixture
def coordinator(employ):
    return employ("S1", "coordinator")


def test_work_is_done_and_says_what_became_of_it(coordinator, ask, look, run_worker):
    from tsunagu.jobs.queueing import Outcome

    def task(working):
        working.tell("数える", 1, 3, "一つ目")
        assert working.asked_by == coordinator.pk
        return Outcome(f"{working.arguments['n']} でした。", {"n": working.arguments["n"]})

    work_id = ask(coordinator, "run_analysis", n=3)
    run_worker(run_analysis=task)
    work = look(coordinator, work_id)
    assert (work.state, work.result_words, work.result) == ("done", "3 でした。", {"n": 3})
    assert (work.step, work.done, work.of, work.words) == ("数える", 1, 3, "一つ目")
    assert work.started_at <= work.ended_at


def test_a_refusal_keeps_its_words_and_a_bug_shows_none(coordinator, ask, look, run_worker, caplog):
    def refuse(working):
        raise TsunaguError("できません。", why="わけ", todo="すること")

    def break_down(working):
        raise ValueError("架空 花子")

    refused, failed = ask(coordinator, "run_analysis"), ask(coordinator, "load_files")
    run_worker(run_analysis=refuse, load_files=break_down)
    assert look(coordinator, refused).result == {
        "refused": {"what": "できません。", "why": "わけ", "todo": "すること"}
    }
    assert look(coordinator, failed).state == "failed"
    assert "花子" not in caplog.text + look(coordinator, failed).result_words
    assert "ValueError" in caplog.text


def test_what_a_killed_worker_had_begun_is_done_by_the_next_at_once(desk, coordinator, ask, look, run_worker):
    from tsunagu.jobs.queueing import Outcome

    work_id = ask(coordinator, "run_analysis")
    pretend_begun_and_killed(desk, work_id)
    assert look(coordinator, work_id).state == "working"
    started = time.monotonic()
    run_worker(run_analysis=lambda working: Outcome("済み"))
    assert look(coordinator, work_id).state == "done"
    assert time.monotonic() - started < 10


def pretend_begun_and_killed(desk, work_id, attempts=1):
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        owner.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        owner.execute(
            "UPDATE jobs_work SET state = 'working', attempts = %s WHERE id = %s", [attempts, work_id]
        )


def test_work_that_kills_its_worker_is_given_up(desk, coordinator, ask, look, run_worker):
    work_id = ask(coordinator, "run_analysis")
    pretend_begun_and_killed(desk, work_id, attempts=5)
    run_worker(run_analysis=lambda working: pytest.fail("begun again"))
    assert look(coordinator, work_id).state == "failed"


def test_stopped_before_it_began(coordinator, ask, act, look, run_worker):
    from tsunagu.jobs.operations import stop_work

    work_id = ask(coordinator, "run_analysis")
    with act(coordinator) as acting:
        stop_work(acting, work_id)
    run_worker(run_analysis=lambda working: pytest.fail("begun"))
    assert look(coordinator, work_id).state == "cancelled"


def test_stopped_in_the_middle(coordinator, ask, act, look, run_worker):
    from tsunagu.jobs.operations import stop_work

    def task(working):
        with act(coordinator) as acting:
            stop_work(acting, working.work_id)
        deadline = time.monotonic() + 5
        while not working.is_stop_asked():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        raise WorkStoppedError

    work_id = ask(coordinator, "run_analysis")
    run_worker(run_analysis=task)
    assert look(coordinator, work_id).state == "cancelled"


def test_a_home_has_one_worker(desk, home, run_worker):
    from tsunagu.jobs.working import WorkerRunningError, _be_the_only_worker

    with _be_the_only_worker(home.path), pytest.raises(WorkerRunningError, match="もう引き受けています"):
        run_worker()


def test_the_clock_asks_once(desk, home):
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.queueing import ask_by_clock

    for _ in range(2):
        ask_by_clock(desk, Kind.LOAD_DIRECTORY)
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        assert owner.execute("SELECT kind, asked_by_id FROM jobs_work").fetchall() == [
            ("load_directory", None)
        ]


def test_what_the_clock_asks_for_is_among_the_tasks():
    from tsunagu.jobs.tasks import CLOCK, TASKS

    assert set(CLOCK) <= set(TASKS)


def test_the_audit_trail_is_signed(desk, home, coordinator, ask, run_worker):
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.queueing import Outcome, ask_by_clock
    from tsunagu.jobs.tasks import take_checkpoint
    from tsunagu.trail.keeping import begin_log

    begin_log(home.var / "audit", "999999")
    ask(coordinator, "fetch_child", person_id=1)
    ask_by_clock(desk, Kind.CHECKPOINT)
    run_worker(checkpoint=take_checkpoint, fetch_child=lambda working: Outcome("済み"))
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as checkpointer:
        assert checkpointer.execute("SELECT count(*) FROM audit_checkpoint").fetchone() == (1,)
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        said = owner.execute("SELECT result_words FROM jobs_work WHERE kind = 'checkpoint'").fetchone()
    assert "署名しました" in said[0]


def test_before_the_log_was_begun_nothing_is_signed_and_nothing_wrong(
    desk, home, coordinator, ask, run_worker
):
    from tsunagu.jobs.kinds import Kind
    from tsunagu.jobs.queueing import ask_by_clock

    ask_by_clock(desk, Kind.CHECKPOINT)
    run_worker()
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        assert owner.execute("SELECT state FROM jobs_work").fetchall() == [("done",)]
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as checkpointer:
        assert checkpointer.execute("SELECT count(*) FROM audit_checkpoint").fetchone() == (0,)


def test_without_a_run_there_is_no_directory_to_load(coordinator, ask, look, run_worker):
    work_id = ask(coordinator, "load_directory", as_of="2026-06-01")
    run_worker()
    assert "実行結果がありません" in look(coordinator, work_id).result["refused"]["what"]


@pytest.fixture
def working(desk, home, coordinator, ask):
    """One piece of work in hand."""
    from tsunagu.jobs.queueing import begin_work

    return begin_work(desk, home.path, ask(coordinator, "run_analysis"))


@pytest.mark.slow
def test_a_command_is_followed_and_refuses_in_its_own_words(working):
    with pytest.raises(CommandRefusedError, match="日付を読めません"):
        run_command(working, ["run", "--as-of", "きのう"])
    assert list((working.home / "var" / "desk" / "progress").iterdir()) == []


def test_a_command_waits_while_another_writes_and_can_be_stopped_meanwhile(working, home, act, coordinator):
    from tsunagu.jobs.operations import stop_work
    from tsunagu.store.locks import hold_writer_lock

    with act(coordinator) as acting:
        stop_work(acting, working.work_id)
    with hold_writer_lock(home), pytest.raises(WorkStoppedError):
        run_command(working, ["run", "--as-of", "2026-06-01"])


@pytest.mark.slow
def test_a_command_that_is_killed_is_a_fault_and_can_be_asked_again(working):
    """Killed before it could say anything: nothing is told of it but that it failed."""

    def kill_child():
        me, deadline = psutil.Process(), time.monotonic() + 20
        while not me.children() and time.monotonic() < deadline:
            time.sleep(0.01)
        for child in me.children():
            child.kill()

    killer = threading.Thread(target=kill_child)
    killer.start()
    with pytest.raises(CommandFailedError):
        run_command(working, ["run", "--as-of", "2026-06-01"])
    killer.join()
    with pytest.raises(CommandRefusedError):
        run_command(working, ["run", "--as-of", "2026-06-01"])


@pytest.mark.slow
def test_a_command_ends_with_whoever_started_it(home, tmp_path):
    """The starter is killed while the command works; the command ends, and the store can be written again."""
    code = (
        "import os, subprocess, sys, time\n"
        "os.environ['TSUNAGU_STARTED_BY'] = str(os.getpid())\n"
        "child = subprocess.Popen([sys.executable, '-m', 'tsunagu.cli', *sys.argv[1:]])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    city = ["fiction", "--out", str(tmp_path / "city"), "--children", "20000"]
    starter = subprocess.Popen([sys.executable, "-c", code, *city], stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(starter.stdout.readline()))
    time.sleep(2)
    assert child.is_running()
    starter.kill()
    starter.wait()
    starter.stdout.close()
    deadline = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the command outlives its starter"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing(tmp_path, make_home):
    """The real processes, on a server of their own: worker and command are killed, the next worker does the work."""
    from tsunagu.database.server import open_server

    home = make_home(tmp_path / "home").path
    with open_server(home) as server:
        set_up(server, home)
        with psycopg.connect(server.url(Login.OWNER), autocommit=True) as owner:
            owner.execute("INSERT INTO jobs_work (kind) VALUES ('load_directory')")
            for _ in range(3):
                with start_worker(home) as worker:
                    wait_for(owner, "SELECT state <> 'waiting' OR attempts > 0 FROM jobs_work")
                    os.kill(worker.pid, signal.SIGKILL)
            with start_worker(home) as worker:
                wait_for(owner, "SELECT ended_at IS NOT NULL FROM jobs_work")
                os.kill(worker.pid, signal.SIGTERM)
            (state,) = owner.execute("SELECT state FROM jobs_work").fetchone()
    assert state == "refused"  # there is no run in this home, and it says so


def set_up(server, home):
    """The tables, made in a process of its own: this one's Django belongs to the suite's home."""
    code = (
        "import sys; from pathlib import Path; from tsunagu.database.server import open_server\n"
        "from tsunagu.web.launching import set_up_django\n"
        "home = Path(sys.argv[1])\n"
        "with open_server(home) as server:\n"
        "    set_up_django(home)\n"
        "    from tsunagu.web.upgrading import bring_up_to_date\n"
        "    bring_up_to_date(server)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(home)], check=True)


def start_worker(home):
    return subprocess.Popen([sys.executable, "-m", "tsunagu.cli", "work", "--home", str(home)])


def wait_for(owner, question):
    deadline = time.monotonic() + 60
    while not owner.execute(question).fetchone()[0]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
