"""Taking files in and judging anew, as commands that are followed."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from tsunagu.jobs.commands import run_command
from tsunagu.jobs.kinds import Kind
from tsunagu.jobs.queueing import Outcome, Working, ask_by_clock
from tsunagu.jobs.uploads import find_batch_files, open_batch


def load_files(working: Working) -> Outcome:
    """Take in the files of a batch; those that are taken in are thrown away, those refused stay for another try.

    Arguments: `batch`, `files` (numbers), `received_on`, `feed` and `override_reason` (both may be empty).
    """
    arguments = working.arguments
    batch = open_batch(working.home, uuid.UUID(arguments["batch"]))
    paths = find_batch_files(batch, arguments["files"])
    options = [("--received-on", arguments["received_on"]), ("--feed", arguments.get("feed"))]
    options.append(("--override-reason", arguments.get("override_reason")))
    chosen = [word for name, value in options if value for word in (name, value)]
    finished = run_command(working, ["intake", *map(str, paths), *chosen])
    files: list[dict[str, Any]] = finished.result["files"]
    for path, file in zip(paths, _sort_like(files, [path.parent.name for path in paths]), strict=True):
        if "refused" not in file:
            batch.discard(path)
    return Outcome(_say_loaded(files), {"batch": arguments["batch"], "files": files})


def _sort_like(files: list[dict[str, Any]], numbers: list[str]) -> list[dict[str, Any]]:
    by_number = {file["number"]: file for file in files}
    return [by_number[number] for number in numbers]


def _say_loaded(files: Sequence[Mapping[str, Any]]) -> str:
    refused = sum("refused" in file for file in files)
    taken = sum(file["status"] == "accepted" for file in files)
    known = len(files) - refused - taken
    said = [f"{taken} 個のファイルを取り込みました。"] if taken else []
    said += [f"{known} 個は、すでに取り込み済みか取り下げ済みでした。"] if known else []
    said += [f"{refused} 個は受け取れませんでした。"] if refused else []
    return "".join(said)


def run_analysis(working: Working) -> Outcome:
    """Judge anew for a day, then bring the desk up to date. Arguments: `as_of`."""
    as_of = working.arguments["as_of"]
    finished = run_command(working, ["run", "--as-of", as_of])
    for kind in AFTER_RUN:
        ask_by_clock(working.server, kind)
    said = "同じデータでの再実行でした。" if finished.result["is_repeat"] else ""
    return Outcome(f"{as_of} までに分かっていたことで判定しました。{said}", finished.result)


# What follows a run, in this order.
AFTER_RUN: tuple[Kind, ...] = (Kind.LOAD_DIRECTORY, Kind.RECEIVE_RUN)
