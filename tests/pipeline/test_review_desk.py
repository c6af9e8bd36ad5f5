"""同じ人か, decided on the page: names for who may see them, none under protection, and the next run keeps what was said."""

import re

import psycopg
import pytest
from tests.web.conftest import (  # noqa: F401 # the desk's fixtures, beside a city that has pairs in doubt
    employ,
    make_officer,
    open_browser,
    quick_passwords,
    roles,
    sign_in,
    use_home,
)

from tsunagu.database.logins import Login
from tsunagu.pipeline.seam import is_review_hidden, list_review_pairs, open_seam
from tsunagu.store.commit import open_reader
from tsunagu.store.identity import REVIEW_DECISION


@pytest.fixture
def coordinator(employ, sign_in, use_home, world_copy):  # noqa: F811 # a fixture
    use_home(world_copy.path)
    return sign_in(employ("C1", "coordinator"))


def read(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def read_decisions(home):
    with open_reader(home, "test") as reader:
        reader.attach(REVIEW_DECISION)
        return reader.engine.list_rows(
            "SELECT decision, reason, decided_by FROM identity.review_decision ORDER BY sequence"
        )


def decide(browser, pair, decision, **fields):
    content = {"pair": pair, "decision": decision, "reason": "compared", "capacity": "50", **fields}
    return browser.send("/data/review/decide/", **content)


def get_pair(page) -> str:
    """Of the pair that is shown; the offer to undo names the one before."""
    return page.context["decision"].initial["pair"]


def test_pairs_are_decided_one_by_one_and_taken_back(desk, coordinator, world_copy):
    page = coordinator.get("/data/review/")
    first, waiting = get_pair(page), page.context["queue"].waiting
    assert (
        page.context["pair"].fields[0].record
        and page.context["pair"].fields[0].record in page.content.decode()
    )
    answer = decide(coordinator, first, "different", note="ｾﾞﾝｶｸ に直る")
    assert answer["Location"] == "/data/review/?capacity=49"
    page = coordinator.get(answer["Location"])
    assert "「別の人」と決めました" in read(page)
    assert get_pair(page) != first
    assert page.context["queue"].waiting < waiting
    assert read_decisions(world_copy) == [("different", "並べて見比べた。ゼンカク に直る", "C1")]
    back = coordinator.send("/data/review/undo/", pair=first, capacity="49")
    assert get_pair(coordinator.get(back["Location"])) == first
    assert [decision for decision, *_ in read_decisions(world_copy)] == ["different", "undo"]
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as owner:
        acts = owner.execute("SELECT act, object_id FROM audit_row WHERE act LIKE 'link.%'").fetchall()
    assert {("link.pair", first), ("link.different", first), ("link.undo", first)} <= set(acts)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fields",
    [{"decision": "maybe"}, {"pair": "x/y"}, {"note": "あ" * 300}],
)
def test_what_cannot_be_kept_is_asked_again_and_nothing_is_kept(coordinator, world_copy, fields):
    pair = get_pair(coordinator.get("/data/review/"))
    answer = decide(coordinator, **{"pair": pair, "decision": "same", **fields})
    assert answer.status_code == 422
    assert read_decisions(world_copy) == []


@pytest.mark.slow
def test_while_somebody_writes_it_says_so(coordinator, world_copy):
    from tsunagu.store.locks import hold_writer_lock

    pair = get_pair(coordinator.get("/data/review/"))
    with hold_writer_lock(world_copy):
        answer = decide(coordinator, pair, "same")
    assert answer.status_code == 400 and "進行中" in read(answer)
    assert read_decisions(world_copy) == []


@pytest.mark.slow
def test_who_may_not_review_sees_no_name(employ, sign_in, use_home, world_copy):  # noqa: F811 # fixtures
    use_home(world_copy.path)
    for number, role in enumerate(("analyst", "caseworker", "data_holder")):
        browser = sign_in(employ(f"S{number}", role))
        assert browser.get("/data/review/").status_code == 403
        assert decide(browser, "0000-0000-0001/0000-0000-0002", "same").status_code == 403
    assert read_decisions(world_copy) == []


def seal(desk, person_id: int) -> None:
    """Whoever reviews tells that somebody is a relative of theirs."""
    with psycopg.connect(desk.url(Login.OWNER)) as owner:
        ((staff,),) = owner.execute("SELECT id FROM access_staff WHERE staff_number = 'C1'").fetchall()
        owner.execute("SELECT set_config('tsunagu.staff_id', %s, true)", [str(staff)])
        owner.execute(
            "INSERT INTO access_seal (staff_id, person_id, kind, is_computed, sealed_by_id, valid_from)"
            " VALUES (%s, %s, 'own_relative', false, %s, '2000-01-01')",
            [staff, person_id, staff],
        )


def test_ones_own_relative_is_neither_shown_nor_decided_about(desk, coordinator, world_copy, monkeypatch):
    from tsunagu.web.views import reviewing

    page = coordinator.get("/data/review/")
    pair, mine = get_pair(page), page.context["pair"]
    seal(desk, mine.person_id)
    shown = coordinator.get("/data/review/").context["pair"]
    assert shown is None or not {shown.subject_id, shown.person_id} & {mine.subject_id, mine.person_id}
    for answer in (decide(coordinator, pair, "same"), coordinator.send("/data/review/undo/", pair=pair)):
        assert answer.status_code == 404
    assert read_decisions(world_copy) == []
    with psycopg.connect(desk.url(Login.CHECKPOINTER)) as owner:
        acts = owner.execute("SELECT act FROM audit_row WHERE outcome = 'refused'").fetchall()
    assert acts == [("link.same",), ("link.undo",)]
    monkeypatch.setattr(reviewing, "list_sealed", lambda staff, *, on_date: frozenset())
    assert get_pair(coordinator.get("/data/review/")) == pair
    assert decide(coordinator, pair, "same").status_code == 302


def test_a_record_that_may_be_somebody_hidden_is_left_out_with_all_its_pairs(world):
    seam = open_seam(world.home.path, on=world.as_of)
    pairs = list_review_pairs(seam, capacity=500, with_values=500).pairs
    rivals = [pair for pair in pairs if pair.rivals]
    hidden = {rivals[0].person_id} if rivals else {pairs[0].person_id}
    left_out = {pair.subject_id for pair in pairs if pair.person_id in hidden}
    queue = list_review_pairs(seam, capacity=500, with_values=500, hidden=hidden)
    assert {(one.subject_id, one.person_id) for one in queue.pairs} == {
        (one.subject_id, one.person_id) for one in pairs if one.subject_id not in left_out
    }
    assert queue.waiting < len(pairs)
    for pair in pairs:
        is_hidden = is_review_hidden(seam, pair.subject_id, pair.person_id, hidden=hidden)
        assert is_hidden is (pair.subject_id in left_out)
    assert not is_review_hidden(seam, pairs[0].subject_id, pairs[0].person_id, hidden=set())


def test_a_pair_under_protection_shows_nothing_of_either_side(world, monkeypatch):
    """With everybody of the queue protected; without the mask, the same call tells names."""
    from tsunagu.pipeline.seam import review

    seam = open_seam(world.home.path, on=world.as_of)
    open_queue = list_review_pairs(seam, capacity=50, with_values=50)
    assert any(field.record for pair in open_queue.pairs for field in pair.fields)
    everybody = "SELECT p.subject_id, p.person_id FROM review_shown AS p"
    monkeypatch.setattr(review, "read_sql", lambda package, name: everybody)
    closed = list_review_pairs(seam, capacity=50, with_values=50)
    assert all(pair.is_protected for pair in closed.pairs)
    said = [
        value for pair in closed.pairs for one in pair.fields for value in (one.record, one.person) if value
    ]
    assert said == []
    assert {one.title for pair in closed.pairs for one in pair.fields} & {"住所", "電話"} == set()


def test_the_city_has_protected_people_and_the_statement_finds_them(world):
    """The statement itself, asked about every resident: it names those whom the seam says are protected."""
    import pyarrow as pa

    from tsunagu.pipeline.manifest import get_manifest
    from tsunagu.pipeline.seam.protection import mark_protected
    from tsunagu.store.engine import read_sql
    from tsunagu.store.identity import LINK

    seam = open_seam(world.home.path, on=world.as_of)
    with open_reader(world.home, "test") as reader:
        run = get_manifest(reader, None)
        mark_protected(reader, seam, run)
        reader.attach(LINK, run=run.run_id)
        rows = reader.engine.list_rows("SELECT subject_id, person_id FROM identity.link")
        protected = {one for (one,) in reader.engine.list_rows("SELECT person_id FROM seam_protected")}
        shown = {"subject_id": pa.array([r[0] for r in rows]), "person_id": pa.array([r[1] for r in rows])}
        reader.engine.register("review_shown", pa.table(shown))
        found = reader.engine.list_rows(read_sql("tsunagu.pipeline", "seam_review_protected"))
    assert protected
    assert {person for _, person in found} == {person for _, person in rows if person in protected}
