"""Drafted readings of unknown files: drafted for one person, let into use by another."""

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from tsunagu.jobs.commands import make_desk_folder, run_command
from tsunagu.jobs.queueing import Outcome, Working
from tsunagu.jobs.uploads import find_batch_files, open_batch
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_MARK = "mapping.json"


class MappingNotFoundError(TsunaguError):
    """No such draft."""

    exit_code = ExitCode.NOT_FOUND


class SamePersonError(TsunaguError):
    """Whoever drafted or corrected a reading cannot let it be used."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Mapping:
    """One draft on the disk: the workbook, and who has had a hand in it."""

    folder: Path
    number: uuid.UUID
    file_name: str
    hands: frozenset[int]

    @property
    def workbook(self) -> Path:
        """What is corrected; holds no value of the file."""
        return self.folder / "mapping.xlsx"

    def add_hand(self, staff_id: int) -> None:
        """Note who changed it."""
        hands = sorted(self.hands | {staff_id})
        (self.folder / _MARK).write_text(
            json.dumps({"file_name": self.file_name, "hands": hands}, ensure_ascii=False), encoding="utf-8"
        )

    def check_other_person(self, staff_id: int | None) -> None:
        """Refuse whoever has had a hand in it.

        Raises:
            SamePersonError: they have.
        """
        if staff_id is None or staff_id in self.hands:
            raise SamePersonError(
                "自分で下書きしたか直した読み方は、自分では認められません。",
                why="読み違えたまま使うと、別の項目の値として保存されます。二人目の目で確かめます。",
                todo="読み方を認められるほかの職員に頼んでください。",
            )


def open_mapping(home: Path, number: uuid.UUID) -> Mapping:
    """A draft that is still there.

    Raises:
        MappingNotFoundError: it is not.
    """
    folder = make_desk_folder(home, "mappings") / str(number)
    try:
        content = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MappingNotFoundError(
            "その下書きは、もうありません。",
            why="様式として加えたか、まだできていません。",
            todo="ファイルを取り込む画面から、もう一度始めてください。",
        ) from None
    return Mapping(folder, number, content["file_name"], frozenset(content["hands"]))


def draft_mapping(working: Working) -> Outcome:
    """Draft the reading of a file of a batch. Arguments: `batch`, `files` (one number)."""
    batch = open_batch(working.home, uuid.UUID(working.arguments["batch"]))
    (path,) = find_batch_files(batch, working.arguments["files"])
    folder = make_desk_folder(working.home, "mappings") / str(working.work_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    mapping = Mapping(folder, working.work_id, path.name, frozenset())
    finished = run_command(working, ["feed", "new", str(path), "--out", str(mapping.workbook)])
    mapping.workbook.chmod(0o600)
    assert working.asked_by is not None
    mapping.add_hand(working.asked_by)
    columns, unsure = finished.result["columns"], finished.result["unsure"]
    return Outcome(f"{columns} 列のうち {unsure} 列に確認が要ります。", {"mapping": str(working.work_id)})


def keep_mapping(working: Working) -> Outcome:
    """Let a reading be used: it becomes a feed of the municipality, whole or not at all. Arguments: `mapping`."""
    mapping = open_mapping(working.home, uuid.UUID(working.arguments["mapping"]))
    mapping.check_other_person(working.asked_by)
    finished = run_command(working, ["feed", "new", "--from", str(mapping.workbook)])
    shutil.rmtree(mapping.folder)
    return Outcome(
        f"様式「{finished.result['title']}」を加えました。元のファイルを取り込めます。", finished.result
    )
