"""Every check of the definitions: one thing broken at a time, and the line where it is said."""

import ast
from pathlib import Path

import pytest

import tsunagu.catalog
from tsunagu.catalog import checking, feed_checks, purpose_checks

ITEMS = "items/education.yaml"
MANIFEST = "feeds/education/absences/manifest.yaml"
COLUMNS = "feeds/education/absences/columns.yaml"
INDICATORS = "indicators/education.yaml"
PACK = "packs/help.yaml"
MARKS = "codes/mark.yaml"

# code · file · what is there · what is broken into it (the problem is reported on the line of ▶)
BROKEN = [
    # how the file is written
    ("duplicate_key", ITEMS, "  kind: event\n", "  kind: event\n▶  kind: state\n"),
    ("alias", ITEMS, "holder: 学校教育課", "▶holder: &h 学校教育課"),
    ("alias", "purposes.yaml", "coordinator: 学校教育課", "▶coordinator: *h"),
    ("merge_key", ITEMS, "    days: {", "▶    <<: {a: {type: text}}\n    days: {"),
    ("tag", ITEMS, "retain_years: 5", "▶retain_years: !!int 5"),
    ("empty_value", ITEMS, "holder: 学校教育課", "▶holder:"),
    ("empty_value", ITEMS, "holder: 学校教育課", "▶holder: null"),
    ("yaml_syntax", ITEMS, "  holder: 学校教育課", "▶ holder: 学校教育課"),
    ("many_documents", MARKS, "id: mark\n", "id: mark\n▶---\nid: mark\n"),
    ("empty_file", MARKS, "", "▶# nothing\n"),
    ("bad_key", MARKS, "title: {ja: 出欠区分}", "▶? [a]\n: b"),
    ("too_deep", MARKS, "title: {ja: 出欠区分}", "▶title: " + "[" * 30),
    ("not_a_list", "purposes.yaml", "", "▶id: helping\n"),
    # words and values
    ("missing_title", ITEMS, "- id: absence\n  title: {ja: 欠席}", "▶- id: absence"),
    ("missing_title", ITEMS, "title: {ja: 区分}", "▶title: {en: mark}"),
    ("missing_title", ITEMS, "title: {ja: 欠席}", '▶title: {ja: ""}'),
    (
        "missing_key",
        ITEMS,
        "- id: absence\n  title: {ja: 欠席}\n  department: education",
        "▶- id: absence\n  title: {ja: 欠席}",
    ),
    ("unknown_key", ITEMS, "  holder:", "▶  holdre:"),
    ("unknown_word", ITEMS, "kind: event", "▶kind: evnet"),
    ("unknown_word", ITEMS, "[coordinator, school]", "▶[coordinator, scool]"),
    ("bad_value", ITEMS, "retain_years: 5", "▶retain_years: 05"),
    ("bad_value", ITEMS, "retain_years: 5", "▶retain_years: 1_0"),
    ("bad_value", ITEMS, "retain_years: 5", "▶retain_years: 五年"),
    ("bad_value", ITEMS, "retain_years: 5", "▶retain_years: 50"),
    ("bad_value", ITEMS, "sighting: true", "▶sighting: yes"),
    ("bad_value", ITEMS, "sighting: true", "▶sighting: 1"),
    ("bad_value", ITEMS, "review_on: 2027-03-31", "▶review_on: 2027/03/31"),
    ("bad_value", ITEMS, "review_on: 2027-03-31", "▶review_on: 1774915200"),
    ("bad_value", ITEMS, "id: absence", "▶id: 欠席"),
    ("empty_evidence", ITEMS, "evidence: none", '▶evidence: ""'),
    # where it is put
    ("unknown_file", "indicator/education.yaml", "", "▶[]\n"),
    ("unknown_file", "codes/mark.yml", "", "▶id: mark\n"),
    ("wrong_file_name", MARKS, "id: mark", "▶id: marks"),
    ("missing_file", "feeds/education/other/columns.yaml", "", "▶columns: []\n"),
    ("missing_file", "feeds/education/other/manifest.yaml", "", "▶title: {ja: 別の一覧}\n"),
    ("wrong_folder", MANIFEST, "owner:", "▶department: health\nowner:"),
    ("wrong_folder", MANIFEST, "owner:", "▶id: education/absence\nowner:"),
    ("duplicate_key", COLUMNS, "columns:", "▶owner: 誰か\ncolumns:"),
    # ids and names
    ("duplicate_id", "purposes.yaml", "- id: learning", "▶- id: helping"),
    ("duplicate_id", MARKS, "{id: late", "▶{id: absent"),
    ("duplicate_spelling", MARKS, "written: [遅刻]", "▶written: [遅刻, 欠]"),
    ("reserved_name", ITEMS, "    days: {", "▶    row: {"),
    ("unknown_purpose", ITEMS, "purpose: helping", "▶purpose: helpin"),
    ("unknown_purpose", PACK, "purpose: helping", "▶purpose: helpin"),
    ("unknown_code_list", ITEMS, "codes: mark}", "▶codes: marks}"),
    ("unknown_code_list", ITEMS, "type: code, codes: mark}", "▶type: code}"),
    ("unknown_code_list", COLUMNS, "codes: mark}", "▶codes: marks}"),
    ("unknown_name", ITEMS, "seen_if: is_seen", "▶seen_if: mark"),
    ("not_a_sighting", ITEMS, "  sighting: true\n  seen_if", "▶  seen_if"),
    (
        "shipped_adopted",
        "purposes.yaml",
        "  coordinator: こども課",
        "▶  adoption: {status: adopted}\n  coordinator: こども課",
    ),
    # feeds
    ("unknown_column", MANIFEST, "record_key: [学籍番号, 日付]", "record_key: [学籍番号, 月日]"),
    ("unknown_column", MANIFEST, "column: 学籍番号", "column: 生徒番号"),
    ("unregistered_item", COLUMNS, "to: [absence.days]", "▶to: [absense.days]"),
    ("unregistered_item", COLUMNS, "to: [absence.days]", "▶to: [absence.dayz]"),
    (
        "unknown_target",
        COLUMNS,
        "{header: 日数, to: [absence.days]",
        "{header: 日数, to: [identity.nickname]",
    ),
    ("wrong_type", COLUMNS, "to: [absence.days], type: integer", "▶to: [absence.days], type: text"),
    (
        "wrong_type",
        COLUMNS,
        "columns:",
        "items: {absence: {only_after: [日付, 日数]}}\ncolumns:",
    ),
    ("wrong_code_list", COLUMNS, "codes: mark}", "▶codes: yes_no}"),
    ("wrong_code_list", COLUMNS, "codes: yes_no}", "▶codes: mark}"),
    ("no_event_date", COLUMNS, "to: [absence.occurred_on], ", ""),
    ("my_number_header", COLUMNS, "{header: 日数,", "▶{header: 個人番号,"),
    ("my_number_header", COLUMNS, "{header: 日数,", "▶{header: 日数, aliases: [ﾏｲﾅﾝﾊﾞｰ],"),
    ("my_number_header", COLUMNS, "{header: 日数,", "▶{header: MyNumber,"),
    ("resident_record_code", COLUMNS, "{header: 区分,", "▶{header: 住民票コード,"),
    # indicators, packs, the silence watch
    ("unknown_name", INDICATORS, "item: absence\n", "▶item: absense\n"),
    ("cycle", INDICATORS, "relatives_indicator: absences", "relatives_indicator: siblings_absent"),
    ("unknown_indicator", PACK, "{indicator: absences", "{indicator: absense"),
    ("unknown_indicator", "silence.yaml", "indicator: days_unseen", "▶indicator: days_unsee"),
    ("not_a_sighting", "silence.yaml", "indicator: days_unseen", "▶indicator: absences"),
    ("not_registered", PACK, "purpose: helping", "purpose: learning"),
    ("not_for_judgement", ITEMS, "      evidence: none", "      for_judgement: false"),
]


def split_mark(text: str) -> tuple[str, int | None]:
    """The text without ▶, and how many line ends stand before it; None without a mark."""
    before, mark, after = text.partition("▶")
    return before + after, before.count("\n") if mark else None


@pytest.mark.parametrize(("code", "name", "old", "new"), BROKEN)
def test_what_is_broken_is_said_on_its_line(world, code: str, name: str, old: str, new: str) -> None:
    assert world.find_problems() == []
    new, lines_before = split_mark(new)
    original = (world.shipped / name).read_text(encoding="utf-8") if old else ""
    world.change((name, old, new))
    found = [problem for problem in world.find_problems() if problem.code == code]
    assert found, world.find_problems()
    if lines_before is not None:
        line = original[: original.index(old)].count("\n") + lines_before + 1
        assert (f"標準の定義/{name}", line) in [(problem.file, problem.line) for problem in found]
    for problem in found:
        assert problem.what.endswith("。")
        assert problem.todo.endswith("。")


def test_an_item_registered_twice_for_a_purpose_is_a_problem(world) -> None:
    text = (world.shipped / ITEMS).read_text(encoding="utf-8")
    world.change((ITEMS, text, text + text[text.index("    - purpose: helping") :]))
    (problem,) = world.find_problems()
    assert (problem.code, problem.line) == ("duplicate_use", text.count("\n") + 1)


def test_a_feed_without_a_sample_is_a_problem(world) -> None:
    (world.shipped / "feeds/education/absences/sample.csv").unlink()
    assert [problem.code for problem in world.find_problems()] == ["missing_sample"]


def test_two_feeds_with_the_same_columns_are_a_problem(world) -> None:
    folder = world.shipped / "feeds/education"
    (folder / "again").mkdir()
    for path in (folder / "absences").iterdir():
        (folder / "again" / path.name).write_bytes(path.read_bytes())
    (problem,) = world.find_problems()
    assert problem.code == "same_headers"
    assert "education/absences" in problem.what


def test_two_silence_watches_are_a_problem(world) -> None:
    text = (world.shipped / "silence.yaml").read_text(encoding="utf-8")
    world.write_home(silence=text.replace("id: silence_watch", "id: second_watch"))
    assert {problem.code for problem in world.find_problems()} == {"duplicate_id"}


def test_a_file_that_is_not_utf8_is_a_problem(world) -> None:
    (world.shipped / MARKS).write_bytes((world.shipped / MARKS).read_text(encoding="utf-8").encode("cp932"))
    assert "not_utf8" in {problem.code for problem in world.find_problems()}


def test_a_byte_order_mark_is_no_problem(world) -> None:
    (world.shipped / MARKS).write_bytes(b"\xef\xbb\xbf" + (world.shipped / MARKS).read_bytes())
    assert world.find_problems() == []


def test_a_close_word_is_proposed(world) -> None:
    world.change((ITEMS, "kind: event", "kind: evnet"))
    (problem,) = world.find_problems()
    assert problem.todo == "「event」のことですか。"


def test_everything_is_reported_together(world) -> None:
    world.change(
        (ITEMS, "kind: event", "kind: evnet"),
        (MARKS, "written: [遅刻]", "written: [欠]"),
        (COLUMNS, "{header: 日数,", "{header: 個人番号,"),
    )
    assert {problem.code for problem in world.find_problems()} == {
        "unknown_word",
        "duplicate_spelling",
        "my_number_header",
    }


def test_one_unreadable_entry_does_not_make_others_look_wrong(world) -> None:
    """The feed and the indicators name the unreadable item; that alone is no second problem."""
    world.change((ITEMS, "kind: event", "kind: evnet"))
    assert [problem.code for problem in world.find_problems()] == ["unknown_word"]


@pytest.mark.parametrize(
    ("module", "guard", "code", "change"),
    [
        (checking, "list_pack_faults", "not_registered", (PACK, "purpose: helping", "purpose: learning")),
        (feed_checks, "looks_like_my_number", "my_number_header", (COLUMNS, "日数", "個人番号")),
        (
            checking,
            "list_cycles",
            "cycle",
            (INDICATORS, "relatives_indicator: absences", "relatives_indicator: siblings_absent"),
        ),
        (
            purpose_checks,
            "_check_registration",
            "not_registered",
            (PACK, "purpose: helping", "purpose: learning"),
        ),
    ],
)
def test_without_its_guard_the_fault_goes_unseen(world, monkeypatch, module, guard, code, change) -> None:
    """The mutants: each guard taken out, the tests above would fail."""
    world.change(change)
    assert code in {problem.code for problem in world.find_problems()}
    monkeypatch.setattr(module, guard, lambda *_: [])
    assert code not in {problem.code for problem in world.find_problems()}


def list_codes_written() -> set[str]:
    """Every problem code that stands in the package's source: the stable words in snake case beside a sentence."""
    codes = set()
    for path in Path(tsunagu.catalog.__file__).parent.glob("*.py"):
        if path.stem in ("indicator_checks", "indicators", "packs"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                codes |= _list_code_arguments(node)
    return codes


def _list_code_arguments(call: ast.Call) -> set[str]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    position = {
        "Fault": 1,
        "make_name_fault": 1,
        "DefinitionProblem": 2,
        "_note": 1,
        "_refuse": 1,
        "add_problem": 0,
    }
    places = [call.args[position[called]]] if called in position and len(call.args) > position[called] else []
    places += [keyword.value for keyword in call.keywords if keyword.arg == "code" and called == "WordError"]
    return {
        place.value for place in places if isinstance(place, ast.Constant) and isinstance(place.value, str)
    }


def test_every_code_has_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    written = list_codes_written()
    assert len(written) > 40
    assert sorted(code for code in written if f'"{code}"' not in tests) == []
