"""The commands as an officer meets them: exit codes, three sentences, no trace, no value, the state unchanged."""

import shutil
import signal
import subprocess
import sys
import time

import pytest

from tsunagu.store import journal
from tsunagu.store.commit import find_damaged_segments
from tsunagu.store.head import load_head
from tsunagu.store.locks import hold_writer_lock
from tsunagu.vocabulary.errors import ExitCode

SECRET = "山田花子架空"


@pytest.fixture
def refuse(command):
    """Start a command that must be refused with a code, in three plain sentences; returns what was said."""

    def start(code, *arguments, home=None, starter=command):
        said = starter(*arguments, home=home)
        assert said.exit_code == code, said.text
        assert "できませんでした: " in said.err
        assert "次にすること: " in said.err
        assert "Traceback" not in said.text
        assert SECRET not in said.text
        return said

    return start


@pytest.fixture
def delivery(world):
    """One small file that the world has not seen."""
    (file,) = (world.city / "deliveries" / "2026-03-31").rglob("給食費未納一覧_*.xlsx")
    return file


def test_a_folder_that_is_no_home(refuse, tmp_path):
    said = refuse(ExitCode.NOT_FOUND, "status", home=tmp_path)
    assert "municipality.yaml" in said.err
    assert "理由: " in said.err


@pytest.mark.parametrize("arguments", [("run", "--as-of", "2026-02-30"), ("status", "--as-of", "昨日")])
def test_a_day_that_is_none(refuse, world, arguments):
    assert "2026-03-31 のように" in refuse(ExitCode.USAGE, *arguments, home=world.home.path).err


def test_an_option_that_is_none(refuse, world):
    refuse(ExitCode.USAGE, "run", "--as-off", "2026-03-31", home=world.home.path)


def test_a_file_that_is_refused(refuse, world_copy, tmp_path):
    file = tmp_path / "2026-04-05" / "謎_20260405.csv"
    file.parent.mkdir()
    file.write_text(f"見出し,別の見出し\n{SECRET},{SECRET}\n", encoding="utf-8")
    before = world_copy.head_file.read_bytes()
    said = refuse(ExitCode.FILE_REFUSED, "intake", file, home=world_copy.path)
    assert "受け取れません" in said.out
    assert "理由: " in said.err
    assert world_copy.head_file.read_bytes() == before
    refuse(ExitCode.FILE_REFUSED, "feed", "check", file, home=world_copy.path)
    assert world_copy.head_file.read_bytes() == before


def test_a_file_seen_before_is_no_error(command, world, world_copy, delivery):
    before = world_copy.head_file.read_bytes()
    said = command("intake", delivery, home=world_copy.path)
    assert said.exit_code == 0
    assert "取り込み済み" in said.out
    assert world_copy.head_file.read_bytes() == before


def test_a_run_without_a_purpose(refuse, world_copy):
    world_copy.settings_file.write_text('code: "999999"\nname: サンプル市\n', encoding="utf-8")
    said = refuse(ExitCode.NOT_ALLOWED, "run", "--as-of", "2026-03-31", home=world_copy.path)
    assert "目的" in said.err
    assert "理由: " in said.err


def test_a_run_before_anything_was_taken_in(refuse, example_home, tmp_path):
    home = example_home(tmp_path / "home")
    said = refuse(ExitCode.NOT_FOUND, "run", "--as-of", "2026-03-31", home=home.path)
    assert "tsunagu intake" in said.err
    refuse(ExitCode.NOT_FOUND, "report", "--out", tmp_path / "report.html", home=home.path)
    assert not (tmp_path / "report.html").exists()


def test_a_store_that_somebody_writes_to(refuse, world_copy, delivery):
    with hold_writer_lock(world_copy):
        refuse(ExitCode.BUSY, "run", "--as-of", "2026-03-31", home=world_copy.path)
        refuse(ExitCode.BUSY, "intake", delivery, home=world_copy.path)


def test_definitions_with_faults(refuse, world_copy):
    folder = world_copy.definitions / "items"
    folder.mkdir(parents=True)
    (folder / "wrong.yaml").write_text(f"items:\n  - id: 1\n    title: {SECRET}\n", encoding="utf-8")
    said = refuse(ExitCode.DEFINITIONS, "check", home=world_copy.path)
    assert "wrong.yaml" in said.err


def test_a_key_that_is_gone(refuse, world_copy):
    (world_copy.keys / "pseudonym.key").unlink()
    said = refuse(ExitCode.STORE, "run", "--as-of", "2026-03-31", home=world_copy.path)
    assert "作り直してはいけません" in said.err


def test_a_directory_of_the_store_that_is_unreadable(refuse, world_copy):
    world_copy.head_file.write_text("{", encoding="utf-8")
    refuse(ExitCode.STORE, "status", home=world_copy.path)


def test_a_segment_that_is_gone(command, refuse, world_copy):
    shutil.rmtree(world_copy.var / "facts" / "attendance_month")
    said = command("status", home=world_copy.path)
    assert said.exit_code == ExitCode.STORE
    assert "壊れているか、なくなっています" in said.text
    refuse(ExitCode.STORE, "run", "--as-of", "2026-03-31", home=world_copy.path)


@pytest.mark.parametrize("child", ["0000-0000-0000", "山田花子架空", "'; DROP TABLE person; --"])
def test_a_child_who_is_not_there(refuse, world, child):
    refuse(ExitCode.NOT_FOUND, "explain", child, home=world.home.path)


def test_a_run_that_is_not_there(refuse, world, tmp_path):
    refuse(
        ExitCode.NOT_FOUND, "report", "--run", "2020-01-01-x", "--out", tmp_path / "x", home=world.home.path
    )


def test_a_feed_that_is_not_there(refuse, world, delivery):
    refuse(ExitCode.NOT_FOUND, "intake", "--feed", "none/none", delivery, home=world.home.path)


def test_a_full_disk(refuse, world, small_disk):
    shutil.copytree(world.home.path, small_disk / "home")
    head = (small_disk / "home" / "var" / "HEAD.json").read_bytes()
    free = shutil.disk_usage(small_disk).free
    (small_disk / "filling").write_bytes(b"x" * max(0, free - 150_000))
    said = refuse(ExitCode.DISK_FULL, "run", "--as-of", "2026-02-28", home=small_disk / "home")
    assert "空き" in said.err
    assert (small_disk / "home" / "var" / "HEAD.json").read_bytes() == head
    (small_disk / "filling").unlink()
    assert find_damaged_segments(world.home, load_head(world.home)) == []


def test_the_whole_day_in_processes_of_their_own(process, world, tmp_path):
    """Nothing of a terminal in what is said, and the same words as inside this process."""
    child = world.report.read_text(encoding="utf-8").split('class="code">')[-1][:14]
    said = process("report", "--out", tmp_path / "report.html", home=world.home.path, TERM="xterm-256color")
    assert (said.exit_code, said.err) == (0, "")
    assert "\x1b" not in said.out
    assert (tmp_path / "report.html").read_bytes() == world.report.read_bytes()
    missing = process("explain", child + "x", home=world.home.path)
    assert missing.exit_code == ExitCode.NOT_FOUND
    assert "Traceback" not in missing.text


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


@pytest.mark.parametrize("after_s", [0.05, 0.5])
def test_an_interruption_leaves_the_state(world_copy, after_s):
    """Control-C in the middle of a run: 130, a plain sentence, nothing changed, nothing left."""
    before, lines = world_copy.head_file.read_bytes(), len(journal.list_lines(world_copy))
    arguments = ["run", "--as-of", "2026-02-28", "--home", str(world_copy.path)]
    running = subprocess.Popen(
        [sys.executable, "-m", "tsunagu.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: len(journal.list_lines(world_copy)) > lines)
    time.sleep(after_s)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED
    assert "中断しました" in err
    assert "Traceback" not in err
    assert world_copy.head_file.read_bytes() == before
    assert list(world_copy.temporary.iterdir()) == []
    assert [line.event for line in journal.list_lines(world_copy)[lines:]] == ["started", "abandoned"]


def test_a_file_taken_back(command, refuse, world_copy, delivery):
    reason = ("--reason", "抽出条件の誤り", "--on", "2026-04-06")
    done = command("withdraw", delivery.name, *reason, home=world_copy.path)
    assert done.exit_code == 0, done.text
    assert "取り下げました" in done.out
    head = world_copy.head_file.read_bytes()
    again = command("withdraw", delivery, *reason, home=world_copy.path)
    assert (again.exit_code, world_copy.head_file.read_bytes()) == (0, head)
    assert "すでに取り下げてあります" in again.out
    assert "取り下げ済み" in command("intake", delivery, home=world_copy.path).out
    refuse(ExitCode.NOT_FOUND, "withdraw", "ない.csv", *reason, home=world_copy.path)
    refuse(ExitCode.FILE_REFUSED, "withdraw", delivery.name, "--reason", " ", home=world_copy.path)
    refuse(ExitCode.USAGE, "withdraw", delivery.name, home=world_copy.path)


@pytest.mark.slow
def test_a_withdrawal_leaves_earlier_runs_alone(command, world, world_copy):
    """A month's attendance is taken back after the run: the same run again is the same run."""
    (file,) = (world.city / "deliveries").rglob("出席簿月計_202506_*.csv")
    done = command("withdraw", file.name, "--reason", "誤り", "--on", "2026-04-06", home=world_copy.path)
    assert done.exit_code == 0, done.text
    again = command("run", "--as-of", str(world.as_of), home=world_copy.path)
    assert "同じ入力での再実行" in again.out
    later = command("run", "--as-of", "2026-04-06", home=world_copy.path)
    assert later.exit_code == 0, later.text
