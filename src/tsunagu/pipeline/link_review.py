"""Clerical review on paper: the pairs in doubt as a CSV, and the decisions back, all of them or none."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.workbooks.cells import neutralise
from tsunagu.linkage.levels import FIELDS, describe_level
from tsunagu.linkage.review import DIFFERENT, SAME, UNDO, UNSURE, Conflict
from tsunagu.linkage.review_queue import (
    NewDecision,
    Queue,
    QueuedPair,
    find_unknown_ids,
    list_queue,
    list_values,
    stage_decisions,
)
from tsunagu.pipeline.explain import check_rows_may_be_shown
from tsunagu.pipeline.link_explain import HELD_BACK
from tsunagu.pipeline.manifest import get_manifest
from tsunagu.store.commit import open_reader, open_writer
from tsunagu.store.home import Home
from tsunagu.store.identity import REVIEW_CONFLICT
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import read_id, show_id

RECORD_ID, PERSON_ID, DECISION, REASON, BY = "記録の番号", "人の番号", "判断", "理由", "判断した人"
_HEADERS = (
    "順番", RECORD_ID, PERSON_ID, "システム", "同じ人である見込み", "今の扱い", "ほかの候補", "比べた結果", "注意",
    DECISION, REASON, BY,
)  # fmt: skip
_VALUE_HEADERS = (
    *(f"記録 {name}" for name in ("氏名", "カナ", "生年月日", "性別", "住所", "電話", "保護者")),
    *(f"人 {name}" for name in ("氏名", "カナ", "生年月日", "性別", "住所")),
)
_DECISION_WORDS = {
    **dict.fromkeys(("同じ", "同じ人", "same"), SAME),
    **dict.fromkeys(("違う", "別の人", "different"), DIFFERENT),
    **dict.fromkeys(("分からない", "わからない", "cannot tell", "unsure"), UNSURE),
    **dict.fromkeys(("取り消し", "取消", "undo"), UNDO),
}
CONFLICT_TITLES = {
    "two_people": "「同じ」のつながりの中に、住民が二人いる",
    "different": "「同じ」のつながりの中に、「違う」とした組がある",
    "two_links": "「同じ」とした記録が、番号や名前では二人の住民に結び付く",
    "cut": "「違う」とした記録が一人に結び付いたので、弱いほうを外した",
}
_HANDLING = {"link": "結んだ", "review": "結ばず、別に開いた", "rival": "結ばず、別に開いた"}
_MOST_FAULTS_SHOWN = 20


class ReviewFileError(TsunaguError):
    """A file of decisions that cannot be taken over; nothing of it was."""

    exit_code = ExitCode.FILE_REFUSED


@dataclass(frozen=True, slots=True)
class ImportedDecisions:
    """How many decisions of each kind were kept, and rows left undecided."""

    counts: dict[str, int]
    blank: int


def export_review(
    home: Home,
    catalog: Catalog,
    out: Path,
    *,
    capacity: int,
    run_id: str | None = None,
    with_values: bool = False,
) -> Queue:
    """Write the pairs most worth deciding.

    Args:
        home: the installation.
        catalog: its definitions.
        out: the CSV, for Excel.
        capacity: how many pairs people can decide.
        run_id: the run; the latest when None.
        with_values: also what both sides say, for whoever may see names.

    Raises:
        SignInNeededError: the installation is a real municipality's.
        RunNotFoundError: no such run.
        ReviewFileError: the file cannot be written.
    """
    check_rows_may_be_shown(catalog)
    with open_reader(home, "link review export", details={"with_values": with_values}) as reader:
        run = get_manifest(reader, run_id).run_id
        queue = list_queue(reader, run, capacity=capacity)
        values = list_values(reader, run, queue.pairs) if with_values else {}
    lines = [_write_line(place, pair) for place, pair in enumerate(queue.pairs, 1)]
    if with_values:
        empty = ("",) * len(_VALUE_HEADERS)
        lines = [
            (*line, *(cell or "" for cell in values.get((pair.subject_id, pair.person_id), empty)))
            for line, pair in zip(lines, queue.pairs, strict=True)
        ]
    _write_csv(out, [(*_HEADERS, *(_VALUE_HEADERS if with_values else ())), *lines])
    return queue


def _write_line(place: int, pair: QueuedPair) -> tuple[str, ...]:
    return (
        str(place),
        show_id(pair.subject_id),
        show_id(pair.person_id),
        pair.system,
        f"{pair.match_probability:.1%}",
        _HANDLING[pair.decision],
        str(pair.rivals),
        _describe_pattern(pair.pattern),
        HELD_BACK[pair.held_back] if pair.held_back else "",
        "",
        "",
        "",
    )


def _describe_pattern(pattern: int) -> str:
    packed = np.array([pattern], dtype=np.int64)
    return "／".join(
        f"{field.title}: {describe_level(field, int(field.unpack(packed)[0]))}" for field in FIELDS
    )


def _write_csv(out: Path, lines: Sequence[Sequence[str]]) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        part.touch(mode=0o600)
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([neutralise(cell) for cell in line] for line in lines)
        part.replace(out)
    except OSError:
        part.unlink(missing_ok=True)
        raise ReviewFileError(
            "一覧を書き込めませんでした。",
            todo="--out に、書き込めるフォルダのファイル名を指定してください。",
        ) from None


def import_review(home: Home, path: Path, *, known_from: date) -> ImportedDecisions:
    """Keep the decisions of a file: all of them, or none where any row is at fault.

    Args:
        home: the installation.
        path: the exported CSV, with 判断, 理由 and 判断した人 filled in; rows without a decision are left.
        known_from: day from which the decisions count.

    Raises:
        ReviewFileError: with every faulty row and what is wrong with it.
    """
    rows = list(_read_rows(path))
    decisions, faults = [], []
    for number, row in rows:
        decision, fault = _read_decision(row)
        if fault:
            faults.append(f"{number} 行目: {fault}")
        elif decision:
            decisions.append((number, decision))
    faults += _find_repeats(decisions)
    with open_writer(home, "link review import") as writer:
        unknown = find_unknown_ids(
            writer, [one_id for _, one in decisions for one_id in (one.one_id, one.other_id)]
        )
        faults += [
            f"{number} 行目: 番号の記録か人が、ここにはありません。"
            for number, one in decisions
            if {one.one_id, one.other_id} & unknown
        ]
        if faults:
            raise _refuse(faults)
        counts = Counter(one.decision for _, one in decisions)
        if decisions:
            stage_decisions(writer, [one for _, one in decisions], known_from=known_from)
            writer.commit(details=dict(counts))
    return ImportedDecisions(dict(counts), len(rows) - len(decisions))


def list_conflicts(home: Home, catalog: Catalog, *, run_id: str | None = None) -> list[Conflict]:
    """The contradictions that a run met.

    Raises:
        SignInNeededError: the installation is a real municipality's.
        RunNotFoundError: no such run.
    """
    check_rows_may_be_shown(catalog)
    with open_reader(home, "link review conflicts") as reader:
        reader.attach(REVIEW_CONFLICT, run=get_manifest(reader, run_id).run_id)
        rows = reader.engine.list_rows(
            "SELECT * FROM identity.review_conflict ORDER BY kind, one_id, other_id"
        )
    return [Conflict(*row) for row in rows]


def _read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                reader = csv.DictReader(file)
                rows = [
                    (reader.line_num, {key: (row[key] or "").strip() for key in row if key}) for row in reader
                ]
                headers = reader.fieldnames or ()
        except UnicodeDecodeError:
            continue
        except (OSError, csv.Error):
            break
        missing = [name for name in (RECORD_ID, PERSON_ID, DECISION, REASON, BY) if name not in headers]
        if missing:
            raise _refuse([f"列がありません: {'、'.join(missing)}"])
        return iter(rows)
    raise ReviewFileError(
        "判断の一覧を読めませんでした。",
        why="ファイルがないか、CSV として読めません。判断は一つも取り込んでいません。",
        todo="tsunagu link review export で書き出したファイルに記入し、CSV(UTF-8)のまま保存してください。",
    )


def _read_decision(row: dict[str, str]) -> tuple[NewDecision | None, str | None]:
    """A row's decision, or what is wrong with it; neither where nothing was decided."""
    if not row[DECISION]:
        return None, None
    decision = _DECISION_WORDS.get(row[DECISION])
    if decision is None:
        return None, "判断は「同じ」「違う」「分からない」「取り消し」のどれかで書いてください。"
    if not row[REASON]:
        return None, "理由を書いてください。"
    if not row[BY]:
        return None, "判断した人を書いてください。"
    try:
        one_id, other_id = read_id(row[RECORD_ID]), read_id(row[PERSON_ID])
    except ValueError:
        return None, "番号を読めません。書き出したときの番号をそのままにしてください。"
    if one_id == other_id:
        return None, "二つの番号が同じです。"
    return NewDecision(one_id, other_id, decision, row[REASON], row[BY]), None


def _find_repeats(decisions: Sequence[tuple[int, NewDecision]]) -> list[str]:
    seen: dict[frozenset[int], int] = {}
    faults = []
    for number, one in decisions:
        first = seen.setdefault(frozenset((one.one_id, one.other_id)), number)
        if first != number:
            faults.append(f"{number} 行目: {first} 行目と同じ組です。どちらか一つにしてください。")
    return faults


def _refuse(faults: Sequence[str]) -> ReviewFileError:
    shown = "\n".join(f"    {fault}" for fault in faults[:_MOST_FAULTS_SHOWN])
    more = f"\n    ほか {len(faults) - _MOST_FAULTS_SHOWN} 件" if len(faults) > _MOST_FAULTS_SHOWN else ""
    return ReviewFileError(
        f"判断の一覧に、直すところが {len(faults)} 件あります。\n{shown}{more}",
        why="一部だけを取り込むと、どこまで済んだか分からなくなるので、判断は一つも取り込んでいません。",
        todo="上の行を直して、もう一度取り込んでください。",
    )
