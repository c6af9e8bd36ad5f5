"""Looks at a file nobody has described and drafts its feed: no cell of it is kept, and none is shown."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.words import Department
from tsunagu.intake.detect import DecodedText
from tsunagu.intake.drafting.codes import Spelling, list_spellings
from tsunagu.intake.drafting.families import Family, find_family
from tsunagu.intake.drafting.fit import Surroundings, describe_values
from tsunagu.intake.drafting.leftovers import add_leftovers
from tsunagu.intake.drafting.manifest import draft_details, draft_settings, map_headings, translate_entry
from tsunagu.intake.drafting.proposals import Proposal, propose_columns
from tsunagu.intake.drafting.table_shape import FoundTable, count_table_rows, find_table
from tsunagu.intake.drafting.values import ColumnFacts, find_reference_day
from tsunagu.intake.my_number import NumberSearch
from tsunagu.intake.naming import find_name_date
from tsunagu.intake.read_csv import RAW_TABLE
from tsunagu.intake.refusals import FileRefusedError
from tsunagu.intake.source import open_source
from tsunagu.store import journal
from tsunagu.store.engine import Engine
from tsunagu.store.home import Home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

ROWS_LOOKED_AT = 3000
_COMMAND = "feed new"


class AlreadyReadableError(TsunaguError):
    """A known feed reads the file already."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Draft:
    """The feed a file would need, as far as it can be told. `values`: the usual shapes of each column."""

    file_name: str
    table: FoundTable
    rows: int
    family: Family | None
    proposals: tuple[Proposal, ...]
    values: tuple[str, ...]
    filled: tuple[float, ...]
    spellings: tuple[Spelling, ...]
    settings: dict[str, Any]
    notes: dict[str, str]
    details: dict[str, Any]

    @property
    def unsure(self) -> tuple[Proposal, ...]:
        """Columns that need an officer's ○."""
        return tuple(proposal for proposal in self.proposals if not proposal.is_accepted)


def draft_feed(home: Home, catalog: Catalog, path: Path, *, department: Department | None = None) -> Draft:
    """Draft the feed of one file, and note in the journal that it was looked at.

    Args:
        home: the installation.
        catalog: the definitions in force; what they know is what can be recognised.
        path: the file.
        department: look only among this department's feeds.

    Raises:
        FileRefusedError: unreadable, no table, or My Numbers.
        AlreadyReadableError: a known feed fits.
    """
    entry = journal.start_entry(home, _COMMAND)
    draft = look_at(catalog, path, department=department)
    details = {"rows": draft.rows, "columns": len(draft.proposals), "unsure": len(draft.unsure)}
    journal.append_line(home, entry, "drafted", _COMMAND, details=details)
    return draft


def look_at(catalog: Catalog, path: Path, *, department: Department | None = None) -> Draft:
    """Draft the feed of one file; see `draft_feed`."""
    content = path.read_bytes()
    with tempfile.TemporaryDirectory(prefix="tsunagu-") as folder, _open_engine(Path(folder)) as engine:
        _check_unknown(content, path.name, catalog, Path(folder))
        table = find_table(content, Path(folder))
        table.load(engine)
        NumberSearch().search(engine, range(len(table.headings)))
        rows = int(engine.get_value(f"SELECT count(*) FROM {RAW_TABLE}"))  # noqa: S608 - a constant
        columns = _take_sample(engine, table, rows)
        table = _drop_content(table)
    return _draft(catalog, path.name, table, rows, columns, department)


def _open_engine(folder: Path) -> Engine:
    return Engine(spill=folder, readable=[folder])


def _check_unknown(content: bytes, file_name: str, catalog: Catalog, folder: Path) -> None:
    try:
        source = open_source(content, file_name, catalog.feeds.values(), folder)
    except FileRefusedError as error:
        if error.code not in ("unknown_layout", "ambiguous_layout"):
            raise
        return
    feed = source.layout.feed
    raise AlreadyReadableError(
        f"このファイルは、もう読める様式です: {feed.title.ja}（{feed.id}）。",
        why="同じ見出しの様式が二つあると、届いたファイルがどちらか決められなくなります。",
        todo=f"tsunagu feed check で試してください。読み方を変えるなら、{feed.id} を書き出して直してください。",
    )


def _take_sample(engine: Engine, table: FoundTable, rows: int) -> list[ColumnFacts]:
    """Rows evenly over the file."""
    step = max(1, rows // ROWS_LOOKED_AT)
    names = ", ".join(f"c{position}" for position in range(len(table.headings)))
    found = engine.fetch_arrow(f"SELECT {names} FROM {RAW_TABLE} WHERE rowid % {step} = 0")  # noqa: S608 - numbers and names of ours
    cells = [found.column(position).to_pylist() for position in range(len(table.headings))]
    end = count_table_rows(list(zip(*cells, strict=True)))
    return [
        ColumnFacts(heading.strip(), tuple(column[:end]))
        for heading, column in zip(table.headings, cells, strict=True)
    ]


def _drop_content(table: FoundTable) -> FoundTable:
    """The table without the way back to its cells."""
    text = table.text and DecodedText(table.text.encoding, Path(), table.text.gaiji_characters, False)
    return replace(table, text=text, workbook=None)


def _draft(
    catalog: Catalog,
    file_name: str,
    table: FoundTable,
    rows: int,
    columns: Sequence[ColumnFacts],
    department: Department | None,
) -> Draft:
    reference = find_name_date(file_name) or find_reference_day(columns)
    around = Surroundings(catalog, reference)
    family = find_family(columns, around, department, f"{Path(file_name).stem} {table.words_above}")
    if family is not None:
        family = add_leftovers(family, columns, around)
    proposals = propose_columns(columns, family, around)
    spellings = tuple(list_spellings(proposals, columns, catalog))
    headings = map_headings(proposals)
    proposals = _translate(proposals, family, headings, spellings, catalog)
    feed = family.feed if family else None
    settings, notes = draft_settings(file_name, table, feed, proposals, catalog.feeds, department)
    return Draft(
        file_name=file_name,
        table=table,
        rows=rows,
        family=family,
        proposals=proposals,
        values=tuple(describe_values(facts) for facts in columns),
        filled=tuple(facts.filled_share for facts in columns),
        spellings=spellings,
        settings=settings,
        notes=notes,
        details=draft_details(feed, headings),
    )


def _translate(
    proposals: Sequence[Proposal],
    family: Family | None,
    headings: dict[str, str],
    spellings: Sequence[Spelling],
    catalog: Catalog,
) -> tuple[Proposal, ...]:
    """The proposals with conditions on other columns said in the file's headings and spellings."""
    if family is None:
        return tuple(proposals)
    said = _list_said(family, headings, spellings, catalog)
    return tuple(
        replace(one, entries=tuple(translate_entry(entry, headings, said) for entry in one.entries))
        for one in proposals
    )


def _list_said(
    family: Family, headings: dict[str, str], spellings: Sequence[Spelling], catalog: Catalog
) -> dict[str, list[str]]:
    """By `heading=spelling` of the known feed: how the file writes the same code."""
    said: dict[str, list[str]] = {}
    coded = {column.header: column.codes for column in family.feed.columns if column.codes}
    for header, codes in coded.items():
        code_list = catalog.code_lists.get(codes)
        mine = [one for one in spellings if one.heading == headings.get(header) and one.text]
        for code in code_list.codes if code_list else ():
            texts = [one.text for one in mine if one.code == code.id and one.text]
            if texts:
                said |= {f"{header}={written}": texts for written in code.written}
    return said
