"""What the worker can do: one function a kind of work. Each may be done twice without harm.

A package below adds its own function here by a line, e.g. `Kind.RECEIVE_RUN: receive_run`.
"""

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from django.utils import timezone

from tsunagu.access.clock import read_today
from tsunagu.access.owner import OWNER_ALIAS
from tsunagu.cases.export import return_entries
from tsunagu.database.logins import Login
from tsunagu.database.sessions import open_session
from tsunagu.jobs import nightly
from tsunagu.jobs.data_tasks import load_files, run_analysis
from tsunagu.jobs.kinds import Kind
from tsunagu.jobs.mappings import draft_mapping, keep_mapping
from tsunagu.jobs.queueing import Outcome, Working
from tsunagu.people import fetching
from tsunagu.pipeline.seam import open_seam
from tsunagu.trail import checkpointing
from tsunagu.trail.keeping import LogNotBegunError, open_keeping

Task = Callable[[Working], Outcome]


def load_directory(working: Working) -> Outcome:
    """Replace the directory by that of the last run up to today, or to the day that was asked for."""
    today = read_today()
    as_of = date.fromisoformat(working.arguments.get("as_of", today.isoformat()))
    children = nightly.load_directory(working.home, on=today, as_of=as_of, tell=working.tell)
    return Outcome(f"名簿を、こども {children:,} 人に取り替えました。", {"children": children})


def receive_last_run(working: Working) -> Outcome:
    """Put whom the last run lists before people, for each of its purposes that is in force today."""
    as_of, received = nightly.receive_last_run(working.home, on=read_today(), tell=working.tell)
    return Outcome(f"{as_of} の判定から、こども {received:,} 人分の気づきを受け取りました。")


def return_decisions(working: Working) -> Outcome:
    """Hand what people wrote back to the analytic half."""
    returned = return_entries(open_seam(working.home, on=read_today()), using=OWNER_ALIAS)
    held = f"{returned.refused:,} 件は、まだ返せません。" if returned.refused else ""
    return Outcome(f"判断と連絡の記録 {returned.taken:,} 件を、判定に返しました。{held}")


def fetch_child(working: Working) -> Outcome:
    """Copy one child that somebody opened today, for the purpose they opened it for."""
    person_id, today = int(working.arguments["person_id"]), read_today()
    trouble = fetching.fetch_copy(working.home, person_id, working.purpose, as_of=today, using=OWNER_ALIAS)
    return Outcome(
        "取り寄せられませんでした。" if trouble else "取り寄せました。", {"trouble": trouble or ""}
    )


def take_checkpoint(working: Working) -> Outcome:
    """Give the rows of the audit trail their places, and sign how it stands; nothing before the log was begun."""
    folder = Path(os.environ.get("TSUNAGU_AUDIT_FOLDER") or working.home / "var" / "audit")
    try:
        keeping = open_keeping(folder)
    except LogNotBegunError:
        return Outcome("署名の鍵がまだないので、署名していません。導入の担当者が用意すると、毎時署名します。")
    now = timezone.now().replace(microsecond=0)
    taken = checkpointing.take_checkpoint(
        lambda: open_session(working.server, Login.CHECKPOINTER), keeping.key, keeping.state_file, at=now
    )
    return Outcome(f"監査の記録 {taken.checkpoint.size:,} 件までに署名しました。")


TASKS: Mapping[Kind, Task] = {
    Kind.FETCH_CHILD: fetch_child,
    Kind.LOAD_DIRECTORY: load_directory,
    Kind.RECEIVE_RUN: receive_last_run,
    Kind.RETURN_DECISIONS: return_decisions,
    Kind.CHECKPOINT: take_checkpoint,
    Kind.LOAD_FILES: load_files,
    Kind.RUN_ANALYSIS: run_analysis,
    Kind.DRAFT_MAPPING: draft_mapping,
    Kind.KEEP_MAPPING: keep_mapping,
}
# Minute, hour, day, month, weekday, in UTC: from half past one in the morning in Japan. What is listed is received anew
# every day, as permissions and address protection change.
CLOCK: Mapping[Kind, str] = {
    Kind.CHECKPOINT: "7 * * * *",
    Kind.RETURN_DECISIONS: "30 16 * * *",
    Kind.LOAD_DIRECTORY: "0 17 * * *",
    Kind.RECEIVE_RUN: "10 17 * * *",
}
