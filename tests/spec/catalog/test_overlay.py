"""A municipality may add, narrow and adopt; it never replaces silently, and never widens by narrowing."""

import pytest

from tsunagu.catalog import overlay
from tsunagu.catalog.words import Role

LOCAL_CODES = """\
id: nickname
title: {ja: 市のコード}
codes:
  - {id: one, title: {ja: 一}, written: [一]}
"""
OTHER = "fingerprint: 00ff00ff00ff"
USE = "{item: absence, purpose: helping, "


def list_codes(world) -> list[str]:
    return sorted({problem.code for problem in world.find_problems()})


def test_a_new_entry_is_added_and_told(world) -> None:
    world.write_home(**{"codes/nickname": LOCAL_CODES})
    catalog = world.open()
    assert catalog.get_code_list("nickname").title.ja == "市のコード"
    assert catalog.changes == ("コード表 nickname: 追加",)


def test_the_same_id_is_never_replaced_silently(world) -> None:
    world.write_home(**{"codes/mark": LOCAL_CODES.replace("nickname", "mark")})
    (problem,) = world.find_problems()
    assert (problem.code, problem.file, problem.line) == (
        "silent_replacement",
        "definitions/codes/mark.yaml",
        1,
    )


def test_a_declared_replacement_is_told(world) -> None:
    shipped = (world.shipped / "codes/mark.yaml").read_text(encoding="utf-8")
    world.write_home(**{"codes/mark": "replaces: shipped\n" + shipped.replace("[遅刻]", "[遅刻, チコク]")})
    catalog = world.open()
    assert "チコク" in catalog.get_code_list("mark").codes[1].written
    assert catalog.changes == ("コード表 mark: 標準の定義を置き換え",)


@pytest.mark.parametrize(
    ("first_line", "code"),
    [("replaces: shipped\n", "nothing_to_replace"), ("replaces: everything\n", "unknown_word")],
)
def test_a_replacement_that_replaces_nothing_is_a_problem(world, first_line: str, code: str) -> None:
    world.write_home(**{"codes/nickname": first_line + LOCAL_CODES})
    assert code in list_codes(world)


def test_the_shipped_examples_cannot_replace(world) -> None:
    world.change(("codes/mark.yaml", "id: mark", "replaces: shipped\nid: mark"))
    assert list_codes(world) == ["unknown_key"]


def test_a_use_can_be_taken_away(world) -> None:
    world.change(
        ("packs/help.yaml", "    filled_by: data", "    filled_by: data\n    blank_unless_registered: true")
    )
    world.write_home(narrowings=f"- {USE}remove_use: true, because: 審査会の意見}}\n")
    catalog = world.open()
    assert catalog.get_item("absence").uses == ()
    assert catalog.changes == ("使いみち absence:helping: 審査会の意見（狭めた）",)


def test_a_pack_that_needs_the_removed_use_is_a_problem(world) -> None:
    world.write_home(narrowings=f"- {USE}remove_use: true, because: 審査会の意見}}\n")
    assert list_codes(world) == ["not_registered"]


def test_recipients_and_years_can_be_narrowed(world) -> None:
    world.write_home(narrowings=f"- {USE}remove_recipients: [school], retain_years: 2, because: 意見}}\n")
    (use,) = world.open().get_item("absence").uses
    assert use.recipients == (Role.COORDINATOR,)
    assert use.retain_years == 2


def test_removing_every_recipient_removes_the_use(world) -> None:
    world.write_home(narrowings=f"- {USE}remove_recipients: [school, coordinator], because: 意見}}\n")
    assert list_codes(world) == ["not_registered"]


@pytest.mark.parametrize(
    ("narrowing", "code"),
    [
        ("retain_years: 20, because: 長くしたい}", "not_narrower"),
        ("remove_recipients: [auditor], because: 意見}", "not_narrower"),
        ("because: 意見}", "not_narrower"),
        ("remove_use: true}", "missing_key"),
        ("add_recipients: [auditor], because: 意見}", "unknown_key"),
    ],
)
def test_narrowing_never_widens(world, narrowing: str, code: str) -> None:
    world.write_home(narrowings=f"- {USE}{narrowing}\n")
    assert list_codes(world) == [code]


def test_narrowing_what_is_not_registered_is_a_problem(world) -> None:
    world.write_home(narrowings="- {item: absence, purpose: learning, remove_use: true, because: 意見}\n")
    assert list_codes(world) == ["unknown_use"]


def test_narrowings_are_a_list(world) -> None:
    world.write_home(narrowings="item: absence\n")
    assert list_codes(world) == ["not_a_list"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (
            "{kind: purpose, id: helpin, adopted_by: 長, adopted_on: 2026-04-01, review_on: 2027-03-31}",
            "unknown_adoption",
        ),
        (
            "{kind: use, id: absence, adopted_by: 長, adopted_on: 2026-04-01, review_on: 2027-03-31}",
            "unknown_adoption",
        ),
        (
            "{kind: item, id: absence, adopted_by: 長, adopted_on: 2026-04-01, review_on: 2027-03-31}",
            "not_adoptable",
        ),
        (
            "{kind: purpose, id: helping, adopted_by: 長, adopted_on: 2026-04-01, review_on: 2026-04-01}",
            "adoption_incomplete",
        ),
        ("{kind: purpose, id: helping, adopted_by: 長, adopted_on: 2026-04-01}", "missing_key"),
        (
            "{kind: purpose, id: helping, adopted_by: 長, adopted_on: 2026-04-01, review_on: 2027-03-31}",
            "adoption_unpinned",
        ),
        (
            "{kind: purpose, id: helping, adopted_by: 長, adopted_on: 2026-04-01, review_on: 2027-03-31, "
            + OTHER
            + "}",
            "changed_since_adoption",
        ),
    ],
)
def test_an_adoption_names_what_it_adopts(world, line: str, code: str) -> None:
    world.write_home(adoptions=f"- {line}\n")
    assert list_codes(world) == [code]


def test_an_adoption_in_place_is_complete_or_a_problem(world) -> None:
    own = """\
- id: own
  title: {ja: 市の目的}
  description: 市の目的。
  coordinator: 市長室
  review_on: 2027-03-31
  adoption: {status: adopted, adopted_by: 市長}
"""
    world.write_home(purposes=own)
    assert list_codes(world) == ["adoption_incomplete"]


def test_what_was_adopted_must_be_looked_at_again_when_it_changes(world, make_adoptions) -> None:
    names = ("purpose helping", "use absence:helping", "feed education/absences")
    prints = read_fingerprints(world, make_adoptions, *names)
    world.write_home(adoptions=make_adoptions(*names, fingerprints=prints))
    assert list_codes(world) == []
    # A code list changes the meaning of what names it: here the use and the feed, not the purpose.
    world.change(("codes/mark.yaml", "written: [遅刻]", "written: [遅刻, 欠席なし]"))
    changed = [problem.what for problem in world.find_problems()]
    assert [any(f"「{name.split()[1]}」" in what for what in changed) for name in names] == [
        False,
        True,
        True,
    ]


def test_without_the_pin_a_change_goes_unseen(world, make_adoptions, monkeypatch) -> None:
    """The mutant: fingerprints are not compared."""
    names = ("use absence:helping",)
    prints = read_fingerprints(world, make_adoptions, *names)
    world.write_home(adoptions=make_adoptions(*names, fingerprints=prints))
    world.change(("codes/mark.yaml", "written: [遅刻]", "written: [遅刻, 欠席なし]"))
    assert list_codes(world) == ["changed_since_adoption"]
    monkeypatch.setattr(overlay, "_check_fingerprint", lambda *_: True)
    assert list_codes(world) == []


def read_fingerprints(world, make_adoptions, *names: str) -> dict[str, str]:
    """As an officer does: write the adoption without one, and copy what the message says."""
    world.write_home(adoptions=make_adoptions(*names))
    problems = [problem for problem in world.find_problems() if problem.code == "adoption_unpinned"]
    return {
        name: problem.todo.split("fingerprint: ")[1][:12]
        for name, problem in zip(names, sorted(problems, key=lambda one: one.line), strict=True)
    }
