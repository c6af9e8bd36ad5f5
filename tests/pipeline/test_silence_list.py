"""The list of children nobody has seen says what was last seen, or why nothing is known; the born come first."""

import re

import pytest

from tsunagu.judgement.wording import SILENCE_WORDING, UNKNOWN_WORDING
from tsunagu.pipeline import listing
from tsunagu.pipeline.manifest import list_run_ids
from tsunagu.pipeline.views import attach_run
from tsunagu.store.commit import open_reader

# A day and the title of the record, as an officer looks for it.
LAST_SEEN = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日 \S+")
OVERDUE = SILENCE_WORDING["overdue_birth"].ja


@pytest.fixture
def list_all(world):
    def run():
        with open_reader(world.home, "test") as reader:
            attach_run(reader, list_run_ids(reader)[-1])
            # Seen or overdue: the small city has too few silent children to show every kind.
            reader.engine.run(
                "CREATE TABLE listed AS SELECT * REPLACE (true AS is_listed, false AS is_urgent,"
                " CASE WHEN state = 'not_born' THEN 'overdue_birth' ELSE why END AS why) FROM runs.silence"
            )
            reader.engine.run("CREATE OR REPLACE VIEW runs.silence AS SELECT * FROM listed")
            return listing.list_silent_children(reader, world.catalog, most=10_000)

    return run


def is_said(child):
    words = {phrase.ja for phrase in (*SILENCE_WORDING.values(), *UNKNOWN_WORDING.values())}
    never = "調べた期間に、見た記録がない"
    return bool(LAST_SEEN.fullmatch(child.last_seen_ja)) or child.last_seen_ja in {*words, never}


def test_every_row_says_what_or_why(list_all):
    children = list_all()
    assert [child.last_seen_ja for child in children if not is_said(child)] == []
    assert sum(bool(LAST_SEEN.fullmatch(child.last_seen_ja)) for child in children) > 50
    unborn = [child.last_seen_ja == OVERDUE for child in children]
    assert any(unborn)
    assert unborn == sorted(unborn)


def test_without_the_words_of_the_watch_a_row_says_nothing(list_all, monkeypatch):
    monkeypatch.setattr(listing, "SILENCE_WORDING", {})
    assert not all(is_said(child) for child in list_all())
