"""A department takes a delivery back: from that day on the store knows what it would know without it.

The feed's other deliveries are taken in once more, in the order they came, in a scratch installation below our own
temporary folder. Records of which the delivery had a word that still counts then get the state they have there.
Nothing is deleted: a run of an earlier day still sees what was known on that day.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.items import get_fact_table
from tsunagu.intake.batch import FileOutcome, intake_files
from tsunagu.intake.deliveries import Delivered, load_deliveries
from tsunagu.intake.naming import find_name_date
from tsunagu.intake.statements import BOOKKEEPING, IDENTITY
from tsunagu.intake.tables import RECORD_SCOPE
from tsunagu.intake.templates import fill_template
from tsunagu.intake.versions import ChangeCounts
from tsunagu.store.commit import Reader, Writer, open_writer
from tsunagu.store.facts import CLOSURE, COVERAGE
from tsunagu.store.head import Segment, load_head
from tsunagu.store.home import Home, make_private_folder, open_home
from tsunagu.store.identity import RECORD, RECORD_CLOSURE
from tsunagu.store.landing import FILE, identify_content, read_original
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.tables import Table

COMMAND = "withdraw"
_LEAST_ID_DIGITS = 8
_MOST_AT_ONCE = 24
"""Files that lie in the scratch installation in plain text at one time."""


class DeliveryNotFoundError(TsunaguError):
    """No delivery, or more than one, is what was named."""

    exit_code = ExitCode.NOT_FOUND


class WithdrawalRefusedError(TsunaguError):
    """A delivery that cannot be taken back like this."""

    exit_code = ExitCode.FILE_REFUSED


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was taken back. `deliveries` is 0 when it had been taken back before."""

    feed: str
    file_name: str
    reference_date: date
    deliveries: int = 0
    changes: Mapping[str, ChangeCounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The deliveries of one file for one reference date that a withdrawal is about."""

    file_name: str
    deliveries: tuple[Delivered, ...]

    @property
    def first(self) -> Delivered:
        return self.deliveries[0]


def withdraw_delivery(
    home: Home, catalog: Catalog, which: str, *, reason: str, withdrawn_on: date
) -> Withdrawal:
    """Take back a delivery; what other deliveries said as well stays, from their word.

    Args:
        home: the installation.
        catalog: its definitions; they must still be able to read the feed's other files.
        which: the file itself, its name, or the first digits of its `file_id`.
        reason: why; kept in landing beside the file.
        withdrawn_on: the day the department said so. Counts from the day after receipt at the earliest, so that
            a run of the day of receipt can be repeated.

    Raises:
        DeliveryNotFoundError: nothing, or more than one delivery, fits.
        WithdrawalRefusedError: no reason, a day before receipt, or the other files can no longer be read.
        WriterBusyError: somebody else is writing.
    """
    if not reason.strip():
        raise _refuse_without_reason()
    with open_writer(home, COMMAND) as writer:
        chosen = _choose(writer, which)
        wanted = [d for d in chosen.deliveries if d.withdrawn_on is None and d.known_from <= withdrawn_on]
        if not wanted and all(d.withdrawn_on is None for d in chosen.deliveries):
            raise _refuse_day(chosen)
        if not wanted:
            return Withdrawal(chosen.first.feed, chosen.file_name, chosen.first.reference_date)
        days = {d.file_id: max(withdrawn_on, d.known_from + timedelta(days=1)) for d in wanted}
        changes = _stage_withdrawal(writer, catalog, wanted, days)
        _mark_withdrawn(writer, days, reason.strip())
        writer.commit(details=_describe(wanted, changes))
        return Withdrawal(
            chosen.first.feed, chosen.file_name, chosen.first.reference_date, len(wanted), changes
        )


def _choose(writer: Writer, which: str) -> _Chosen:
    """The one file and reference date that was named; several deliveries of it may fit."""
    log = load_deliveries(writer)
    names = dict(writer.engine.list_rows("SELECT file_id, file_name FROM landing.file"))
    fitting = [d for d in log.list_deliveries() if _is_named(d, names[d.file_id], which)]
    path = Path(which)
    if not fitting and path.is_file():
        content, named_date = identify_content(path.read_bytes()), find_name_date(path.name)
        fitting = [
            d
            for d in log.list_deliveries()
            if d.content_id == content and named_date in (None, d.reference_date)
        ]
    kinds = {(d.feed, d.content_id, d.reference_date) for d in fitting}
    if len(kinds) != 1:
        raise _refuse_choice([(names[d.file_id], d) for d in fitting])
    ((feed, content, reference),) = kinds
    alike = [d for d in log.list_deliveries(feed) if (d.content_id, d.reference_date) == (content, reference)]
    return _Chosen(names[alike[0].file_id], tuple(alike))


def _is_named(delivered: Delivered, file_name: str, which: str) -> bool:
    is_id = len(which) >= _LEAST_ID_DIGITS and delivered.file_id.startswith(which.lower())
    return file_name == which or is_id


def _stage_withdrawal(
    writer: Writer, catalog: Catalog, wanted: Sequence[Delivered], days: Mapping[str, date]
) -> dict[str, ChangeCounts]:
    feed_id = wanted[0].feed
    remaining = [
        d
        for d in load_deliveries(writer).list_deliveries(feed_id)
        if d.withdrawn_on is None and d.file_id not in days
    ]
    scratch = _make_scratch(writer)
    _take_in_again(writer, catalog, scratch, feed_id, remaining)
    rebuilt = Reader(scratch, load_head(scratch), writer.engine)
    changes = {}
    for name, table in _list_tables(writer, catalog, feed_id):
        counts = _stage_table(writer, rebuilt, name, table, feed_id, days)
        if counts.new or counts.closed:
            changes[name] = counts
    return changes


def _make_scratch(writer: Writer) -> Home:
    """An empty installation with our settings and keys, which are linked and not copied."""
    path = writer.folder / "scratch"
    make_private_folder(path / "var")
    shutil.copyfile(writer.home.settings_file, path / "municipality.yaml")
    (path / "var" / "keys").symlink_to(writer.home.keys)
    return open_home(path)


def _take_in_again(
    writer: Writer, catalog: Catalog, scratch: Home, feed_id: str, remaining: Sequence[Delivered]
) -> None:
    """The feed as it would be: its other files, in the order in which they were taken in."""
    names = dict(writer.engine.list_rows("SELECT file_id, file_name FROM landing.file"))
    for number, together in enumerate(_split(remaining, names)):
        inbox = scratch.path / "inbox" / str(number)
        for delivered in together:
            # The folder tells intake the day of receipt.
            file = inbox / delivered.known_from.isoformat() / names[delivered.file_id]
            make_private_folder(file.parent)
            file.write_bytes(read_original(writer, delivered.content_id))
        for outcome in intake_files(scratch, catalog, [inbox], feed_id=feed_id, override_reason=COMMAND):
            if outcome.refusal is not None:
                raise _refuse_unreadable(outcome)
        shutil.rmtree(inbox)


def _split(remaining: Sequence[Delivered], names: Mapping[str, str]) -> list[list[Delivered]]:
    """Parts that intake takes in, each in one call, in the very order in which they were taken in."""
    parts: list[list[Delivered]] = []
    last = None
    for delivered in remaining:
        rank = delivered.known_from, delivered.reference_date, names[delivered.file_id]
        if last is None or rank <= last or len(parts[-1]) == _MOST_AT_ONCE:
            parts.append([])
        parts[-1].append(delivered)
        last = rank
    return parts


def _list_tables(writer: Writer, catalog: Catalog, feed_id: str) -> list[tuple[str, Table]]:
    """Every table in which the feed has ever stated anything."""
    tables = [(IDENTITY, RECORD), *((item.id, get_fact_table(item)) for item in catalog.items.values())]
    return [
        (name, table)
        for name, table in tables
        if writer.head.list_segments(table.full_name, {"feed": feed_id})
    ]


def _stage_table(
    writer: Writer, rebuilt: Reader, name: str, table: Table, feed_id: str, days: Mapping[str, date]
) -> ChangeCounts:
    closure = RECORD_CLOSURE if name == IDENTITY else CLOSURE
    of_table = "true" if name == IDENTITY else f"item = '{name}'"
    content = [column for column in table.column_names if column not in BOOKKEEPING]
    parts = {"content": ", ".join(("subject_id", *content)), "of_table": of_table}
    stored = {"stored": _select(writer, table, feed_id), "closures": _select(writer, closure, feed_id)}
    again = {"stored": _select(rebuilt, table, feed_id), "closures": _select(rebuilt, closure, feed_id)}
    file_ids, engine = list(days), writer.engine
    engine.run(
        fill_template("withdrawn_records", **parts, **stored),
        file_ids=file_ids,
        withdrawn_on=max(days.values()),
    )
    engine.run(fill_template("rebuilt_records", **parts, **again))
    engine.run(fill_template("withdrawn_changes"), file_ids=file_ids)
    columns = ", ".join(
        f"c.{column}" if column == "known_from" else f"v.{column}" for column in table.column_names
    )
    new = sum(
        writer.append(table, fill_template("restated_versions", columns=columns, stored=part), tags=tags)
        for tags, part in _list_parts(rebuilt, table, feed_id)
    )
    closed = writer.append(
        closure,
        fill_template("withdrawn_closures"),
        tags={"feed": feed_id},
        name=name,
        feed=feed_id,
        file_id=file_ids[0],
    )
    _stage_scopes(writer, rebuilt, feed_id)
    return ChangeCounts(new=new, closed=closed)


def _stage_scopes(writer: Writer, rebuilt: Reader, feed_id: str) -> None:
    """Where the restated versions belong, for the deliveries to come."""
    stored = _select(writer, RECORD_SCOPE, feed_id)
    for tags, part in _list_parts(rebuilt, RECORD_SCOPE, feed_id):
        statement = fill_template("restated_scopes", rebuilt=part, stored=stored)
        writer.append(RECORD_SCOPE, statement, tags=tags)


def _select(reader: Reader, table: Table, feed_id: str) -> str:
    segments = reader.head.list_segments(table.full_name, {"feed": feed_id})
    return f"({reader.select_segments(table, segments)})"


def _list_parts(reader: Reader, table: Table, feed_id: str) -> list[tuple[Mapping[str, str], str]]:
    """The feed's rows of a table by the tags of their segments.

    A version and its scope must keep the tags of the delivery that states them: a delivery of another month reads
    neither, and would take a version whose scope it cannot see for one of its own that was left out.
    """
    parts: dict[frozenset[tuple[str, str]], list[Segment]] = {}
    for segment in reader.head.list_segments(table.full_name, {"feed": feed_id}):
        parts.setdefault(frozenset(segment.tags.items()), []).append(segment)
    return [(part[0].tags, f"({reader.select_segments(table, part)})") for part in parts.values()]


def _mark_withdrawn(writer: Writer, days: Mapping[str, date], reason: str) -> None:
    """The delivery stays in the books with the day it was taken back; what it covered counts until then."""
    writer.attach(COVERAGE)
    marks = {"file_ids": list(days), "days": list(days.values())}
    for table, statement in ((FILE, "marked_files"), (COVERAGE, "marked_coverage")):
        given = {**marks, "reason": reason} if table is FILE else marks
        columns = {"columns": ", ".join(table.column_names)}
        writer.replace(table, fill_template(statement, **columns), tags={}, **given)


def _describe(wanted: Sequence[Delivered], changes: Mapping[str, ChangeCounts]) -> dict[str, object]:
    """Counts for the journal; the reason stays in landing."""
    return {
        "file_ids": [d.file_id for d in wanted],
        "feed": wanted[0].feed,
        "new": sum(counts.new for counts in changes.values()),
        "closed": sum(counts.closed for counts in changes.values()),
    }


def _refuse_without_reason() -> WithdrawalRefusedError:
    return WithdrawalRefusedError(
        "取り下げの理由がありません。",
        why="後から見て、なぜ知らなかったことになったのかを説明できなくなります。",
        todo="--reason に、担当課から聞いた理由を書いてください（個人の名前は書かないでください）。",
    )


def _refuse_day(chosen: _Chosen) -> WithdrawalRefusedError:
    return WithdrawalRefusedError(
        f"取り下げの日が、受け取った日（{chosen.first.known_from}）より前です。",
        why="受け取っていないものは取り下げられません。",
        todo="--on の日付を確かめてください。",
    )


def _refuse_choice(fitting: Sequence[tuple[str, Delivered]]) -> DeliveryNotFoundError:
    if not fitting:
        return DeliveryNotFoundError(
            "取り下げるファイルが見つかりません。",
            why="その名前・内容・番号のファイルは、取り込まれていません。",
            todo="取り込んだときのファイル名か、ファイルそのものを指定してください。",
        )
    named = "、".join(f"{name}（基準日 {d.reference_date}、番号 {d.file_id[:12]}）" for name, d in fitting)
    return DeliveryNotFoundError(
        f"当てはまるファイルが {len(fitting)} 件あります: {named}。",
        why="どれを取り下げるのか決められません。",
        todo="番号で指定してください。",
    )


def _refuse_unreadable(outcome: FileOutcome) -> WithdrawalRefusedError:
    return WithdrawalRefusedError(
        f"残りのファイル {outcome.file.name} を、いまの定義では読み直せません（{outcome.message}）。",
        why="取り下げた後に何が残るかを、残りのファイルから作り直せません。何も変えていません。",
        todo="定義を、そのファイルを読めた形（aliases など）に直してから、もう一度実行してください。",
    )
