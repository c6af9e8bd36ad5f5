"""What is understood of files nobody described, and that nothing wrong is taken as sure."""

import random
from contextlib import suppress
from dataclasses import replace

import pytest

from tsunagu.catalog.formats import FileKind
from tsunagu.intake.drafting import proposals
from tsunagu.intake.drafting.draft import look_at
from tsunagu.intake.drafting.words import find_strange_words
from tsunagu.intake.refusals import FileRefusedError

LEAST_RIGHT = 0.9
WRITTEN_BLIND = ("blind.yaml", "blind2.yaml", "blind3.yaml", "heldout.yaml", "unseen.yaml")
# Headings of a host computer, abbreviated readings in half-width kana: which feed it is cannot be said, and is not guessed.
NO_FAMILY = ("住民異動連携（ホスト抽出、半角カナ見出し）", "障害者手帳交付者（ホスト抽出、半角カナ）")


def list_wrong(layout, draft):
    return [one for one in draft.proposals if one.targets != layout.columns[one.position].truth]


def list_silent(outcomes):
    """Wrong columns that nobody would be asked about."""
    return [
        f"{name}: {one.heading} {one.confidence}"
        for name, (layout, draft, *_) in outcomes.items()
        for one in list_wrong(layout, draft)
        if one.is_accepted
    ]


@pytest.mark.parametrize("file", [*WRITTEN_BLIND, "layouts.yaml"])
def test_most_columns_are_right(outcomes, layouts, file):
    """What was reached at first sight of those written blind stands in the README of the benchmarks."""
    names = {layout.name for layout in layouts.list_layouts(file)}
    assert len(names) >= 12
    columns = sum(len(outcomes[name][0].columns) for name in names)
    wrong = sum(len(list_wrong(*outcomes[name][:2])) for name in names)
    assert 1 - wrong / columns >= LEAST_RIGHT


@pytest.mark.parametrize(
    ("file", "most"), [*((file, 0.55) for file in WRITTEN_BLIND), ("layouts.yaml", 0.25)]
)
def test_not_every_column_needs_an_officer(outcomes, layouts, file, most):
    """Asking about everything would be no help."""
    drafts = [outcomes[layout.name][1] for layout in layouts.list_layouts(file)]
    asked = sum(len(draft.unsure) for draft in drafts)
    assert asked / sum(len(draft.proposals) for draft in drafts) < most


def test_nothing_wrong_is_taken_as_sure(outcomes):
    assert list_silent(outcomes) == []


def test_a_month_headed_like_the_printing_is_proposed_as_the_month_of_the_rows(outcomes):
    """A heading that sounds like the printing must not lose the month the rows belong to."""
    draft = next(draft for layout, draft, _ in outcomes.values() if "出力年月" in str(layout.columns))
    found = next(one for one in draft.proposals if one.heading == "出力年月")
    assert found.targets == {"scope.month"}
    assert not found.is_accepted


@pytest.mark.slow
@pytest.mark.parametrize("dropped", [1, 4])
def test_what_is_missing_does_not_make_another_column_sure(layouts, shipped, tmp_path, dropped):
    """Without the child's name the recipient's must not be taken for it, and without its own columns no feed is sure."""
    dice = random.Random(dropped)
    outcomes = {}
    for layout in (layout for file in layouts.SETS for layout in layouts.list_layouts(file)):
        wanted = [one for one in layout.columns if one.truth - {"nothing", "?"}]
        missing = dice.sample(wanted, min(dropped, len(wanted)))
        rest = replace(layout, columns=tuple(one for one in layout.columns if one not in missing))
        with suppress(FileRefusedError):
            outcomes[layout.name] = (rest, look_at(shipped, layouts.write_layout(rest, tmp_path)))
    assert len(outcomes) > 45
    assert list_silent(outcomes) == []


def test_a_column_of_two_meanings_is_asked_about_while_another_is_not_understood(
    layouts, shipped, tmp_path, monkeypatch
):
    """訪問結果 alone also says whether the child was met; beside a column for that it does not."""
    layout = next(one for one in layouts.list_layouts("blind2.yaml") if "訪問_結果" in str(one.columns))
    path = layouts.write_layout(layout, tmp_path)
    assert "訪問_結果" in [one.heading for one in look_at(shipped, path).unsure]
    monkeypatch.setattr(proposals, "_doubt_twofold", lambda found, *_: found)
    assert "訪問_結果" not in [one.heading for one in look_at(shipped, path).unsure]


def test_a_day_that_was_planned_is_asked_about(layouts, shipped, tmp_path, monkeypatch):
    """The feed of home visits takes the planned day where nobody was met; another office may not mean that."""
    layout = next(one for one in layouts.list_layouts("blind3.yaml") if "訪問_予定日" in str(one.columns))
    path = layouts.write_layout(layout, tmp_path)
    assert "訪問_予定日" in [one.heading for one in look_at(shipped, path).unsure]
    monkeypatch.setattr(proposals, "_doubt_planned", lambda found, *_: found)
    assert "訪問_予定日" not in [one.heading for one in look_at(shipped, path).unsure]


def test_without_doubts_something_wrong_would_be(layouts, shipped, tmp_path, monkeypatch):
    """The doubts are what keeps the last test green."""
    monkeypatch.setattr(proposals, "_rate", lambda *_: (1.0, []))
    traps = layouts.list_layouts("traps.yaml")
    drafts = {trap.name: (trap, look_at(shipped, layouts.write_layout(trap, tmp_path))) for trap in traps}
    assert list_silent(drafts)


def test_the_table_is_found(outcomes):
    found = {
        name: (
            draft.table.encoding,
            draft.table.format.header_row,
            draft.table.format.header_rows,
            draft.rows,
        )
        for name, (_, draft, _) in outcomes.items()
    }
    assert found["学齢簿（住基連携型）"] == ("cp932", 1, 1, 40)
    assert found["在籍児童生徒名簿（学校事務）"] == ("Excel", 3, 2, 40)
    assert found["月別出席集計"] == ("cp932", 2, 1, 40)
    assert found["要保護児童台帳"] == ("Excel", 4, 1, 40)
    _, arrears, _ = outcomes["給食費滞納者リスト"]
    assert arrears.table.format.sheet == "データ"
    assert arrears.table.other_sheets == ("表紙", "集計")
    assert outcomes["保健調査（健診ソフト）"][1].table.format.delimiter == "\t"


def test_the_known_feed_is_found(outcomes):
    wrong = {
        name: draft.family and draft.family.feed.id
        for name, (layout, draft, *_) in outcomes.items()
        if layout.feed
        and name not in ("列が一つずれた", *NO_FAMILY)
        and (draft.family is None or draft.family.feed.id != layout.feed)
    }
    assert wrong == {}


def test_the_layouts_are_not_in_the_definitions(outcomes, shipped):
    """A layout whose headings are all known already would measure nothing."""
    known = {
        name
        for feed in shipped.feeds.values()
        for column in feed.columns
        for name in (column.header, *column.aliases)
    }
    headings = [column.heading for layout, *_ in outcomes.values() for column in layout.columns]
    assert sum(heading not in known for heading in headings) / len(headings) > 0.35


def test_every_shipped_heading_is_made_of_known_words(shipped):
    """Else its variants cannot be known. The resident register and international standards are exactly one layout."""
    headings = {
        name
        for feed in shipped.feeds.values()
        if feed.id != "resident/resident_register" and feed.format.kind in (FileKind.CSV, FileKind.EXCEL)
        for column in feed.columns
        for name in (column.header, *column.aliases)
    }
    assert len([name for name in headings if find_strange_words(name)]) <= 0.02 * len(headings)
