"""Receives a run for one purpose: whom it lists and why, in place of the run before. As the owner of the tables.

The owner adds rows and takes a purpose's rows away; it cannot read one. What people decided is not touched.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import connections, transaction

from tsunagu.cases import PACKAGE
from tsunagu.cases.models import ListedChild, ReceivedRun, Result
from tsunagu.database.sessions import bind
from tsunagu.database.statements import read_statement
from tsunagu.pipeline.seam import ChildResult, PackResult, RunDescription
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

SILENCE = "silence"
"""The kind of whoever nobody has seen for too long; beside it stand the packs' difficulties."""
SILENCE_EXPIRES_DAYS = 90
"""A purpose without a pack has no expiry of its own: what the silence watch says counts for so long."""
_CHILDREN_AT_ONCE = 500
_SILENCE_TITLE = {"ja": "姿が見えない", "en": "not seen"}
_LISTED_COLUMNS = tuple(field.column for field in ListedChild._meta.concrete_fields if field.column)
_RESULT_COLUMNS = tuple(field.column for field in Result._meta.concrete_fields if field.column)


class RunIncompleteError(TsunaguError):
    """Another number of children arrived than the run lists."""

    exit_code = ExitCode.DATABASE


class RunOutdatedError(TsunaguError):
    """The run speaks for an earlier day than the one in force."""

    exit_code = ExitCode.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Received:
    """What a load did. `is_new` False: the same run, told on the same day, was there; nothing was changed."""

    run_id: str
    purpose: str
    children: int
    is_new: bool


def receive_run(
    run: RunDescription, children: Iterable[ChildResult], *, purpose: str, on: date, using: str
) -> Received:
    """Put the children that a run lists for a purpose in place of those that are there, whole or not at all.

    The same run told on the same day changes nothing; on a later day its rows are written again, because permissions
    and address protection may have changed.

    Args:
        run: the run.
        children: what the seam lists for the run and the purpose; not read when nothing is to be changed.
        purpose: one of the run's.
        on: the day on which the seam was opened.
        using: Django's connection as the owner of the tables.

    Raises:
        RunIncompleteError: not as many children as the run lists; what is there stays.
        RunOutdatedError: the run in force speaks for a later day.
    """
    with transaction.atomic(using):
        _run(using, "set_purpose", {"purpose": purpose})
        current = ReceivedRun.objects.using(using).filter(purpose=purpose, is_current=True).first()
        if current and (current.run_id, current.told_on) == (run.run_id, on):
            return Received(run.run_id, purpose, current.counts["listed"], is_new=False)
        if current and current.as_of > run.as_of:
            raise _refuse_outdated()
        _run(using, "make_loading")
        _run(using, "make_loading_result")
        count, kinds = _copy(run, children, purpose, using)
        if count != run.listed[purpose]:
            raise _refuse_incomplete(count, run.listed[purpose])
        _replace(using, purpose)
        _keep_run(run, purpose, on, kinds, using)
    return Received(run.run_id, purpose, count, is_new=True)


def _replace(using: str, purpose: str) -> None:
    _run(using, "keep_listed_since")
    _run(using, "end_listing", {"purpose": purpose})
    _run(using, "begin_listing")
    for table in ("cases_listed", "cases_result"):
        _run(using, "clear_table", table=table)
    _run(using, "fill_listed")
    _run(using, "fill_results")


def _keep_run(
    run: RunDescription, purpose: str, on: date, kinds: Mapping[str, Mapping[str, str]], using: str
) -> None:
    runs = ReceivedRun.objects.using(using)
    runs.filter(purpose=purpose, is_current=True).exclude(run_id=run.run_id).update(is_current=False)
    levels = {
        pack.pack: {str(level): str(figure) for level, figure in pack.levels.items()}
        for pack in run.packs
        if pack.purpose == purpose
    }
    runs.update_or_create(
        run_id=run.run_id,
        purpose=purpose,
        defaults={
            "as_of": run.as_of,
            "told_on": on,
            "expires_on": _get_expiry(run, purpose),
            "counts": {"children": str(run.children), "listed": run.listed[purpose], "levels": levels},
            "kind_titles": kinds,
            "is_current": True,
        },
    )


def _get_expiry(run: RunDescription, purpose: str) -> date:
    days = [pack.expires_on for pack in run.packs if pack.purpose == purpose]
    return max(days, default=run.as_of + timedelta(days=SILENCE_EXPIRES_DAYS))


def _copy(
    run: RunDescription, children: Iterable[ChildResult], purpose: str, using: str
) -> tuple[int, dict[str, Mapping[str, str]]]:
    """The children into the tables of this transaction; how many, and the titles of the kinds that occur."""
    count = 0
    kinds: dict[str, Mapping[str, str]] = {}
    expires_on = _get_expiry(run, purpose)
    remaining = iter(children)
    while some := list(islice(remaining, _CHILDREN_AT_ONCE)):
        listed = [_describe_listed(run, child, purpose, expires_on) for child in some]
        results = [
            _describe_result(run, child, result, purpose) for child in some for result in child.results
        ]
        _send(using, "cases_loading", _LISTED_COLUMNS, listed)
        _send(using, "cases_loading_result", _RESULT_COLUMNS, results)
        for child in some:
            kinds |= dict(_list_kinds(child))
        count += len(some)
    return count, kinds


def _send(using: str, table: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    statement = read_statement(PACKAGE, "copy_rows", table=table, columns=", ".join(columns))
    with connections[using].cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])


def _describe_listed(
    run: RunDescription, child: ChildResult, purpose: str, expires_on: date
) -> dict[str, Any]:
    loudest = _find_loudest(child)
    silence = child.silence
    headline = loudest.headline if loudest else (silence.words if silence else child.age)
    places = ("school_id", "facility_id", "district")
    return {
        "person_id": child.person_id,
        "purpose": purpose,
        "run_id": run.run_id,
        "need_level": child.need_level and str(child.need_level),
        "need_rank": child.need_level.rank if child.need_level else -1,
        "headline_ja": headline.ja,
        "headline_en": headline.en,
        "has_red_flag": any(result.is_listed and result.has_red_flag for result in child.results),
        "days_unseen": silence.days_unseen if silence else None,
        "silence_state": silence.state if silence else "",
        "is_silence_urgent": bool(silence and silence.is_listed and silence.is_urgent),
        "silence_ja": silence.words.ja if silence else "",
        "silence_en": silence.words.en if silence else "",
        "last_seen_on": silence.last_seen_on if silence else None,
        "age_ja": child.age.ja,
        "age_en": child.age.en,
        "age_months": child.age_months,
        "age_years": child.age_years,
        "grade": child.grade,
        **{place: None if child.is_protected else getattr(child, place) for place in places},
        "is_unborn": child.is_unborn,
        "is_registered": child.is_registered,
        "is_protected": child.is_protected,
        "months_unseen": child.months_unseen,
        "known_until": child.known_until,
        "kinds": [kind for kind, _ in _list_kinds(child)],
        "listed_since": run.as_of,
        "expires_on": max(
            (result.expires_on for result in child.results if result.is_listed), default=expires_on
        ),
    }


def _find_loudest(child: ChildResult) -> PackResult | None:
    listing = [result for result in child.results if result.is_listed]
    return max(listing, key=lambda result: result.need_level.rank, default=None)


def _list_kinds(child: ChildResult) -> Iterator[tuple[str, Mapping[str, str]]]:
    found = {
        difficulty.id: asdict(difficulty.title)
        for result in child.results
        if result.is_listed
        for difficulty in result.difficulties
    }
    yield from found.items()
    if child.silence and child.silence.is_listed:
        yield SILENCE, _SILENCE_TITLE


def _describe_result(
    run: RunDescription, child: ChildResult, result: PackResult, purpose: str
) -> dict[str, Any]:
    return {
        "person_id": child.person_id,
        "purpose": purpose,
        "pack": result.pack,
        "version": result.version,
        "run_id": run.run_id,
        "need_level": str(result.need_level),
        "is_listed": result.is_listed,
        "has_red_flag": result.has_red_flag,
        "results": json.dumps(asdict(result), ensure_ascii=False, allow_nan=False, default=date.isoformat),
        "expires_on": result.expires_on,
    }


def _run(using: str, name: str, parameters: Mapping[str, Any] | None = None, **names: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(bind(read_statement(PACKAGE, name, **names), parameters), parameters)


def _refuse_incomplete(count: int, listed: int) -> RunIncompleteError:
    return RunIncompleteError(
        f"実行が示したこどもは {listed} 人ですが、届いたのは {count} 人です。",
        why="一部だけに取り替えると、届かなかったこどもが誰の目にも入らなくなります。",
        todo="もう一度受け取ってください。いまの一覧はそのままです。",
    )


def _refuse_outdated() -> RunOutdatedError:
    return RunOutdatedError(
        "いまの一覧より前の日についての実行です。",
        why="古い結果に取り替えると、新しい気づきが消えます。",
        todo="最後の実行を受け取ってください。いまの一覧はそのままです。",
    )
