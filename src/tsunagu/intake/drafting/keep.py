"""Reads a corrected mapping back and writes the feed's folder into the overlay: checked as a whole, or nothing."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.problems import DefinitionProblem, suggest
from tsunagu.catalog.purposes import CodeList
from tsunagu.catalog.workbooks.cells import is_yes, read_name
from tsunagu.catalog.workbooks.code_sheets import write_code_list
from tsunagu.catalog.workbooks.feed_sheets import (
    COLUMN_SHEET,
    FILE_SHEET,
    FeedText,
    read_feed_lines,
    write_feed,
)
from tsunagu.catalog.workbooks.overlay_files import check_overlay, write_overlay
from tsunagu.catalog.workbooks.sheets import CellFault, Line, WorkbookFaultsError, read_workbook
from tsunagu.catalog.workbooks.yaml_lines import YamlLines
from tsunagu.intake.drafting.codes import NEEDS_NO_MARK, make_code_list_id, make_local_list
from tsunagu.intake.drafting.manifest import UNSURE
from tsunagu.intake.drafting.mapping_book import (
    CERTAINTY,
    CONFIRM,
    DRAFT_COLUMN_FIELDS,
    DRAFT_FILE_FIELDS,
    HIDDEN,
    SPELLING_FIELDS,
    SPELLING_SHEET,
    UNDECLARED,
)
from tsunagu.intake.drafting.proposals import ACCEPTED_CONFIDENCE
from tsunagu.intake.drafting.sample import write_sample
from tsunagu.store import journal
from tsunagu.store.home import Home
from tsunagu.vocabulary.errors import ExitCode, TsunaguError

_COMMAND = "feed new"
_ID = re.compile(r"[a-z_]+/[a-z0-9_]+")
# Which cell of a column's row a problem of the catalogue speaks of; the heading where it is none of these.
_CELLS_BY_CODE = {
    "unknown_target": "行き先",
    "unregistered_item": "行き先",
    "resident_record_code": "行き先",
    "wrong_type": "型",
    "unknown_code_list": "コード表",
    "wrong_code_list": "コード表",
    "unknown_column": "条件",
}


class FeedExistsError(TsunaguError):
    """The overlay has a feed of that id."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class KeptFeed:
    """What was written: the feed, its folder, and the code lists made for its spellings."""

    feed: Feed
    folder: Path
    code_lists: tuple[str, ...]


def keep_feed(home: Home, catalog: Catalog, mapping: Path, *, again: bool = False) -> KeptFeed:
    """Write the feed of a corrected mapping into the municipality's overlay.

    Args:
        home: the installation.
        catalog: its definitions as they are.
        mapping: the workbook.
        again: whether a feed of the same id that the municipality made itself may be replaced.

    Raises:
        WorkbookFaultsError: columns nobody confirmed, or anything the catalogue finds; nothing was written.
        FeedExistsError: the municipality has such a feed.
    """
    text, lists = _read_mapping(mapping, catalog)
    name = text.feed_id
    _check_free(home.path, name, again)
    files = _list_files(text, lists)
    sample = f"feeds/{name}/sample.csv"
    texts = {path: lines.text for path, lines in files.items()}
    trial, problems = check_overlay(home.path, {**texts, sample: ""}, on=catalog.opened_for)
    if problems:
        raise WorkbookFaultsError([_place(problem, text, files) for problem in problems])
    feed = trial.get_feed(name)
    texts[sample] = write_sample(feed.format, feed.columns, trial.code_lists)
    write_overlay(home.path, texts)
    entry = journal.start_entry(home, _COMMAND)
    journal.append_line(home, entry, "kept", _COMMAND, details={"feed": name, "code_lists": len(lists)})
    return KeptFeed(feed, home.definitions / "feeds" / name, tuple(one.id for one in lists))


def _read_mapping(mapping: Path, catalog: Catalog) -> tuple[FeedText, list[CodeList]]:
    """The feed, and the code lists made for its spellings.

    Raises:
        WorkbookFaultsError: something is wrong with the cells themselves.
    """
    book = read_workbook(mapping)
    lines = read_feed_lines(book)
    columns = book.list_lines(COLUMN_SHEET, DRAFT_COLUMN_FIELDS)
    declared = tuple(line for line in columns if read_name(line.get("行き先")) != read_name(UNDECLARED))
    spellings = book.list_lines(SPELLING_SHEET, SPELLING_FIELDS) if book.has_sheet(SPELLING_SHEET) else []
    settings = book.list_lines(FILE_SHEET, DRAFT_FILE_FIELDS)
    faults = list(_list_unconfirmed(declared, spellings, settings))
    name = next((line.get("値") for line in settings if read_name(line.get("決めること")) == "id"), "")
    lists = _make_lists(name, spellings, catalog, faults)
    text = write_feed(replace(lines, columns=tuple(_use_lists(declared, lists))))
    faults += text.faults
    if not _ID.fullmatch(name):
        place = settings[0].get_place("値") if settings else FILE_SHEET
        todo = "education/xxx の形（英小文字）で書いてください。"
        faults.append(CellFault(place, "様式の id がありません。", todo))
    if faults:
        raise WorkbookFaultsError(faults)
    return text, list({one.id: one for one in lists.values()}.values())


def _list_unconfirmed(
    columns: Sequence[Line], spellings: Sequence[Line], settings: Sequence[Line]
) -> Iterator[CellFault]:
    """Everything that needs an officer's ○ and has none."""
    todo = "内容を確かめ、よければ「確認」に ○ を付けてください。"
    for line in columns:
        if read_certainty(line.get(CERTAINTY)) < ACCEPTED_CONFIDENCE and not is_yes(line.get(CONFIRM)):
            what = f"列「{line.get('見出し')}」は、まだ誰も確かめていません。"
            yield CellFault(line.get_place(CONFIRM), what, todo)
    for line in spellings:
        is_hidden = line.get("書き方").startswith(HIDDEN)
        if (
            not is_hidden
            and read_certainty(line.get(CERTAINTY)) < NEEDS_NO_MARK
            and not is_yes(line.get(CONFIRM))
        ):
            what = f"列「{line.get('見出し')}」の書き方が、どの符号か、まだ誰も確かめていません。"
            yield CellFault(line.get_place(CONFIRM), what, todo)
    for line in settings:
        if line.get("説明").startswith(UNSURE) and not is_yes(line.get(CONFIRM)):
            yield CellFault(
                line.get_place(CONFIRM), f"「{line.get('決めること')}」は、まだ誰も確かめていません。", todo
            )


def read_certainty(text: str) -> float:
    """The figure in a certainty cell; 0 when somebody emptied it."""
    match = re.search(r"(\d+)\s*%", unicodedata.normalize("NFKC", text))
    return int(match[1]) / 100 if match else 0.0


def _make_lists(
    name: str, spellings: Sequence[Line], catalog: Catalog, faults: list[CellFault]
) -> dict[tuple[str, str], CodeList]:
    """A list of its own for every column whose spellings the shipped list does not know, by heading and list."""
    made: dict[tuple[str, str], CodeList] = {}
    for codes in dict.fromkeys(read_name(line.get("コード表")) for line in spellings):
        mine = [line for line in spellings if read_name(line.get("コード表")) == codes]
        base = catalog.code_lists.get(codes)
        if base is None:
            faults.append(_refuse_list(mine[0], codes, catalog))
            continue
        pairs = list(_list_pairs(mine, base, faults))
        local = make_local_list(make_code_list_id(name, codes), base, pairs)
        if local is not None:
            made |= {(line.get("見出し"), codes): local for line in mine}
    return made


def _list_pairs(lines: Sequence[Line], base: CodeList, faults: list[CellFault]) -> Iterator[tuple[str, str]]:
    known = {code.id for code in base.codes}
    said: dict[str, str] = {}
    for line in lines:
        text, code = line.get("書き方"), read_name(line.get("符号"))
        if not code or text.startswith(HIDDEN):
            continue
        if code not in known:
            todo = suggest(code, known) or "▼から選んでください。"
            faults.append(
                CellFault(
                    line.get_place("符号"), f"符号「{code}」はコード表「{base.id}」にありません。", todo
                )
            )
        elif said.setdefault(text, code) != code:
            todo = "同じコード表を使う列では、同じ書き方は同じ符号にしてください。"
            faults.append(CellFault(line.get_place("符号"), "同じ書き方が、二つの符号になっています。", todo))
        else:
            yield text, code


def _refuse_list(line: Line, codes: str, catalog: Catalog) -> CellFault:
    todo = suggest(codes, catalog.code_lists) or "書き出したままのコード表に戻してください。"
    return CellFault(line.get_place("コード表"), f"コード表「{codes}」はありません。", todo)


def _use_lists(columns: Sequence[Line], lists: Mapping[tuple[str, str], CodeList]) -> Iterator[Line]:
    for line in columns:
        local = lists.get((line.get("見出し"), read_name(line.get("コード表"))))
        yield replace(line, cells={**line.cells, "コード表": local.id}) if local else line


def _check_free(home: Path, feed_id: str, again: bool) -> None:
    if (home / "definitions" / "feeds" / feed_id / "manifest.yaml").is_file() and not again:
        raise FeedExistsError(
            f"この市には、もう「{feed_id}」という様式があります。",
            why="黙って置き換えると、これまでの読み方が失われます。",
            todo="「ファイル」シートの id を変えるか、置き換えるなら --replace を付けてください。",
        )


def _list_files(text: FeedText, lists: Sequence[CodeList]) -> dict[str, YamlLines]:
    """The files to write, code lists before what names them."""
    files = {f"codes/{one.id}.yaml": write_code_list(one) for one in lists}
    files[f"feeds/{text.feed_id}/columns.yaml"] = text.columns
    files[f"feeds/{text.feed_id}/manifest.yaml"] = text.manifest
    return files


def _place(problem: DefinitionProblem, text: FeedText, files: Mapping[str, YamlLines]) -> CellFault:
    """A problem of the catalogue, said of the cell it comes from, or of the sheet."""
    name = problem.file.removeprefix("definitions/")
    lines = files.get(name)
    if lines is None:
        return CellFault(problem.file, problem.what, problem.todo)
    sheet = (
        COLUMN_SHEET if lines is text.columns else FILE_SHEET if lines is text.manifest else SPELLING_SHEET
    )
    place = lines.find_place(problem.line) or sheet
    row = next((row for row in text.rows if row.get_place("見出し") == place), None)
    if row is not None and problem.code in _CELLS_BY_CODE:
        place = row.get_place(_CELLS_BY_CODE[problem.code])
    return CellFault(place, problem.what, problem.todo)
