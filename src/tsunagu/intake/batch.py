"""Many files in one writer session: in the order they became known, one commit each, a refusal stops only itself."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.intake.ahead import Attempt, attempt_file, read_ahead
from tsunagu.intake.deliveries import Delivered, Repeat, load_deliveries
from tsunagu.intake.land import Session, stage_file
from tsunagu.intake.naming import find_folder_date, find_name_date
from tsunagu.intake.normalise import TextReader
from tsunagu.intake.reading import READ_TABLES, FileReader, Findings, Incoming
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.versions import ChangeCounts, VersionKeeper
from tsunagu.store import journal
from tsunagu.store.commit import Writer, open_writer
from tsunagu.store.home import Home
from tsunagu.store.landing import identify_content

COMMAND = "intake"
_CHECK_COMMAND = "feed check"


class FileStatus(StrEnum):
    """What became of a file. `checked`: it would be accepted; `withdrawn`: its department has taken it back."""

    ACCEPTED = "accepted"
    ALREADY = "already"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    CHECKED = "checked"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. Counts as far as they were known; `refusal` only when refused.

    `problems` counts rows by problem code; `changes` versions by item (`identity` included);
    `unregistered_items` were in the file and not kept, because no active purpose may use them.
    """

    file: Path
    status: FileStatus
    feed: str | None = None
    rows: int = 0
    kept: int = 0
    dropped: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, ChangeCounts] = field(default_factory=dict)
    encoding: str | None = None
    gaiji: int = 0
    undeclared_columns: int = 0
    assumed_dates: int = 0
    unregistered_items: tuple[str, ...] = ()
    unusual_volume: str | None = None
    refusal: FileRefusedError | None = None

    @property
    def message(self) -> str:
        """One line in Japanese for the person who started it."""
        if self.status is FileStatus.ALREADY:
            return "すでに取り込み済み"
        if self.status is FileStatus.WITHDRAWN:
            return "取り下げられたファイルなので取り込みません"
        if self.refusal is not None:
            return f"取り込めません: {self.refusal.what}"
        done = "確認しました" if self.status is FileStatus.CHECKED else "取り込みました"
        listed = sum(self.problems.values())
        return f"{self.kept:,} 行を{done}" + (f"（問題 {listed:,} 件）" if listed else "")


def intake_files(
    home: Home,
    catalog: Catalog,
    paths: Sequence[Path],
    *,
    received_on: date | None = None,
    override_reason: str | None = None,
    feed_id: str | None = None,
    report: Callable[[FileOutcome], None] | None = None,
) -> list[FileOutcome]:
    """Take in files and folders of files; `report` hears of each as it is done.

    Files go in by the day they were received, then by reference date, then by name, so that the order in which
    they are named does not matter. Each accepted file is one commit; a refused one changes nothing.

    Raises:
        WriterBusyError: somebody else is writing.
        UnknownDefinitionError: no such feed.
    """
    feeds = _choose_feeds(catalog, feed_id)
    paths = sort_files(list_files(paths), received_on)
    list_companions = _name_contents(paths)
    files = [Incoming(path, feeds, received_on, override_reason, list_companions) for path in paths]
    outcomes = []
    with (
        open_writer(home, COMMAND) as writer,
        _open_session(writer, catalog) as (session, reader),
        closing(read_ahead(reader, files)) as attempts,
    ):
        for attempt in attempts:
            outcomes.append(_take_in(session, attempt))
            if report is not None:
                report(outcomes[-1])
    return outcomes


def check_feed_file(
    home: Home,
    catalog: Catalog,
    path: Path,
    *,
    received_on: date | None = None,
    override_reason: str | None = None,
    feed_id: str | None = None,
) -> FileOutcome:
    """Everything that intake would do but the commit: nothing is kept."""
    feeds = _choose_feeds(catalog, feed_id)
    incoming = Incoming(path, feeds, received_on, override_reason)
    with (
        open_writer(home, _CHECK_COMMAND) as writer,
        _open_session(writer, catalog) as (session, reader),
    ):
        attempt = attempt_file(reader, incoming, is_next=True)
        try:
            _stage(session, attempt)
        except FileRefusedError as error:
            return _make_outcome(path, FileStatus.REFUSED, attempt.findings, error)
    return _make_outcome(path, _name_repeat(attempt.findings) or FileStatus.CHECKED, attempt.findings)


def list_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and those inside the folders named; hidden and Excel's lock files are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*")):
            if file.is_file() and not file.name.startswith((".", "~$")):
                yield file


def sort_files(files: Iterator[Path], received_on: date | None) -> list[Path]:
    """By the day received, then by reference date, then by name; each file once."""

    def rank(path: Path) -> tuple[date, date, str, str]:
        named = find_name_date(path.name)
        received = received_on or find_folder_date(path) or named or date.max
        return received, named or received, path.name, str(path)

    return sorted(dict.fromkeys(files), key=rank)


def _name_contents(files: Sequence[Path]) -> Callable[[], Collection[str]]:
    """The contents of the files of one call; read a second time only when a file of known bytes asks."""

    @cache
    def list_contents() -> frozenset[str]:
        found = set()
        for path in files if len(files) > 1 else ():
            with suppress(OSError):
                found.add(identify_content(path.read_bytes()))
        return frozenset(found)

    return list_contents


def _choose_feeds(catalog: Catalog, feed_id: str | None) -> Collection[Feed]:
    return [catalog.get_feed(feed_id)] if feed_id else list(catalog.feeds.values())


@contextmanager
def _open_session(writer: Writer, catalog: Catalog) -> Iterator[tuple[Session, FileReader]]:
    log = load_deliveries(writer)
    writer.engine.attach_file(READ_TABLES, writer.folder / f"{READ_TABLES}.duckdb")
    with writer.open_beside() as engine, writer.open_beside() as loading, writer.open_beside() as storing:
        texts = TextReader(catalog.code_lists)
        reader = FileReader(engine, loading, storing, catalog, log, writer.folder, texts)
        yield Session(writer, log, VersionKeeper(writer)), reader


def _take_in(session: Session, attempt: Attempt) -> FileOutcome:
    path, findings, writer = attempt.incoming.path, attempt.findings, session.writer
    try:
        delivered = _stage(session, attempt)
    except FileRefusedError as error:
        _journal_refusal(writer, findings, error)
        return _make_outcome(path, FileStatus.REFUSED, findings, error)
    if delivered is None:
        return _make_outcome(path, _name_repeat(findings) or FileStatus.ALREADY, findings)
    writer.commit(details=_describe(delivered.file_id, findings))
    session.log.add(delivered)
    return _make_outcome(path, FileStatus.ACCEPTED, findings)


def _stage(session: Session, attempt: Attempt) -> Delivered | None:
    if attempt.refusal is not None:
        raise attempt.refusal
    return stage_file(session, attempt.read, attempt.findings) if attempt.read else None


def _name_repeat(findings: Findings) -> FileStatus | None:
    names = {Repeat.TAKEN_IN: FileStatus.ALREADY, Repeat.WITHDRAWN: FileStatus.WITHDRAWN}
    return names[findings.repeat] if findings.repeat else None


def _journal_refusal(writer: Writer, findings: Findings, error: FileRefusedError) -> None:
    details = _describe(findings.file_id, findings) | {"refusal": error.code}
    journal.append_line(writer.home, writer.entry, "refused", COMMAND, details=details)


def _describe(file_id: str | None, findings: Findings) -> dict[str, object]:
    """Counts for the journal; the file's name stays in landing."""
    return {
        "file_id": file_id,
        "feed": findings.feed,
        "rows": findings.rows,
        "dropped": findings.dropped,
        "problems": findings.problems.count_by_code(),
        "new": sum(changes.new for changes in findings.changes.values()),
        "closed": sum(changes.closed for changes in findings.changes.values()),
    }


def _make_outcome(
    path: Path, status: FileStatus, findings: Findings, refusal: FileRefusedError | None = None
) -> FileOutcome:
    return FileOutcome(
        file=path,
        status=status,
        feed=findings.feed,
        rows=findings.rows,
        kept=0 if refusal else findings.rows - findings.dropped,
        dropped=findings.dropped,
        problems=findings.problems.count_by_code(),
        changes=dict(findings.changes),
        encoding=findings.encoding,
        gaiji=findings.gaiji_characters,
        undeclared_columns=findings.undeclared_columns,
        assumed_dates=findings.assumed_dates,
        unregistered_items=findings.unregistered_items,
        unusual_volume=findings.unusual_volume,
        refusal=refusal,
    )
