"""What a file that somebody sent seems to be, before anything of it is taken in. No cell of it goes through the door."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tsunagu.intake.naming import find_name_date
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.source import open_source
from tsunagu.judgement.phrases import Phrase
from tsunagu.pipeline.seam.opening import Seam
from tsunagu.store import journal

_UNKNOWN_LAYOUT = "unknown_layout"
_AMBIGUOUS_LAYOUT = "ambiguous_layout"


@dataclass(frozen=True, slots=True)
class FileLook:
    """What a file seems to be.

    `feed` None: it cannot be read, and `what`, `why`, `todo` say so. `headings`: those the feed declares, as far as
    they are there; `undeclared` columns stay in landing. `reference_date`: the date in the file's name.
    """

    feed: str | None
    title: Phrase
    headings: tuple[str, ...]
    undeclared: int
    header_row: int
    reference_date: date | None
    what: str = ""
    why: str = ""
    todo: str = ""
    is_unknown: bool = False
    """No feed has these columns: its reading may be drafted."""
    is_ambiguous: bool = False
    """Several feeds have them: a person may choose."""


def look_at_file(seam: Seam, path: Path, *, feed: str | None = None) -> FileLook:
    """Find out what a file is by its name and its headings.

    Args:
        seam: the door.
        path: the file.
        feed: read it as this one; any that fits when None.

    Raises:
        UnknownDefinitionError: no such feed.
    """
    catalog = seam.catalog
    feeds = [catalog.get_feed(feed)] if feed else list(catalog.feeds.values())
    named = find_name_date(path.name)
    entry = journal.start_entry(seam.home, "seam look")
    try:
        with TemporaryDirectory(prefix="look-", dir=path.parent) as folder:
            layout = open_source(path.read_bytes(), path.name, feeds, Path(folder)).layout
    except FileRefusedError as error:
        journal.append_line(seam.home, entry, "refused", "seam look", details={"code": error.code})
        return FileLook(
            None, Phrase("", ""), (), 0, 0, named, error.what, error.why, error.todo,
            is_unknown=error.code == _UNKNOWN_LAYOUT, is_ambiguous=error.code == _AMBIGUOUS_LAYOUT,
        )  # fmt: skip
    journal.append_line(seam.home, entry, "read", "seam look", details={"feed": layout.feed.id})
    title = catalog.name_feed(layout.feed.id)
    return FileLook(
        layout.feed.id,
        Phrase(title.ja, title.en or layout.feed.id),
        tuple(layout.positions),
        layout.undeclared,
        layout.header_row,
        named,
    )


def list_feed_titles(seam: Seam) -> dict[str, Phrase]:
    """Every kind of file that can be taken in, by id."""
    return {
        name: Phrase(one.title.ja, one.title.en or name) for name, one in sorted(seam.catalog.feeds.items())
    }
