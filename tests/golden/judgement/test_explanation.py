"""The wording officers read, sentence by sentence. A change here is a change of what people are told."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.checking import open_catalog
from tsunagu.catalog.municipality import Municipality
from tsunagu.judgement.explain import Explanation, explain
from tsunagu.judgement.rows import JudgementRow, ReasonRow, SilenceRow
from tsunagu.judgement.sentences import say_silence

AS_OF = date(2025, 1, 10)
HERE = Path(__file__).parent
ATTENDANCE = {
    "latest_event_on": date(2024, 12, 20),
    "latest_known_from": date(2025, 1, 5),
    "feeds": "education/attendance_marks",
    "evidence_rows": 20,
}
SURVEY = {
    "latest_event_on": date(2024, 12, 5),
    "latest_known_from": date(2024, 12, 20),
    "feeds": "education/learning_survey",
    "evidence_rows": 2,
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    city = Municipality(code="999999", name="架空の市", active_purposes=("school_screening",))
    return replace(open_catalog(on=AS_OF), municipality=city)


def make_judgement(**changes: object) -> JudgementRow:
    row = JudgementRow(
        person_id=1,
        pack="school_screening_37",
        pack_version=1,
        purpose="school_screening",
        need_level="high",
        overall_class=None,
        points=5,
        filled_items=9,
        blank_items=25,
        unknown_items=3,
        red_flag=True,
        is_listed=True,
        expires_on=date(2025, 6, 9),
    )
    return replace(row, **changes)


def make_reason(part: str, kind: str, indicator: str | None, **changes: object) -> ReasonRow:
    row = ReasonRow(
        person_id=1,
        pack="school_screening_37",
        part=part,
        kind=kind,
        indicator=indicator,
        points=0,
        strength=None,
        is_certain_minimum=False,
        value=None,
        text_value=None,
        is_lower_bound=False,
        threshold=None,
        direction=None,
        cohort_median=None,
        cohort_p90=None,
        unknown_reason=None,
        latest_event_on=None,
        latest_known_from=None,
        evidence_rows=None,
        feeds=None,
    )
    return replace(row, **changes)


def list_reasons(catalog: Catalog) -> list[ReasonRow]:
    run = {"value": 16.0, "direction": "more", "cohort_median": 1.0, "cohort_p90": 3.0, **ATTENDANCE}
    return [
        make_reason(
            "long_unbroken_absence", "floor", "absent_run_days", strength="strong", threshold=15.0, **run
        ),
        make_reason(
            "absent_this_year", "raises", "absent_run_days", points=2, strength="medium", threshold=7.0, **run
        ),
        make_reason(
            "score_drop",
            "raises",
            "language_score_change",
            points=2,
            strength="medium",
            is_certain_minimum=True,
            value=-11.5,
            threshold=-10.0,
            direction="less",
            cohort_median=0.4,
            cohort_p90=6.2,
            **SURVEY,
        ),
        make_reason(
            "school_aid",
            "raises",
            "school_aid_category",
            points=1,
            strength="weak",
            text_value="quasi_protection",
            direction="category",
            latest_event_on=date(2024, 7, 1),
            latest_known_from=date(2024, 10, 15),
            feeds="education/school_aid",
            evidence_rows=1,
        ),
        make_reason(
            "absent_days", "value", "absent_days_this_year", value=18.0, is_lower_bound=True, **ATTENDANCE
        ),
        make_reason(
            "feels_belonging", "protective", "belonging", value=4.5, threshold=4.0, direction="more", **SURVEY
        ),
        make_reason("growth", "unknown", "weight_kg_change", unknown_reason="not_measured"),
        make_reason(
            "absent_last_year",
            "unknown",
            "absent_days_last_year",
            value=4.0,
            is_lower_bound=True,
            **ATTENDANCE,
        ),
        make_reason("losing_weight_and_teeth", "unknown", "weight_kg_change", unknown_reason="not_measured"),
        *(
            make_reason(item.id, "blank", None, unknown_reason="people")
            for item in catalog.get_pack("school_screening_37").items
            if item.filled_by == "people"
        ),
        make_reason("council", "blank", None, unknown_reason="not_registered"),
    ]


def write(explanation: Explanation, language: str) -> str:
    lines = [getattr(explanation.level, language), getattr(explanation.headline, language)]
    for part in explanation.parts:
        lines += ["", f"## {getattr(part.title, language)}"]
        lines += [f"- {getattr(line, language)}" for line in part.lines]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_sheet_of_one_child(catalog: Catalog, language: str) -> None:
    explanation = explain(make_judgement(), list_reasons(catalog), catalog)
    expected = (HERE / f"explanation.{language}.md").read_text(encoding="utf-8")
    assert write(explanation, language) == expected


def test_the_look_up_names_its_class(catalog: Catalog) -> None:
    row = make_judgement(pack="child_growth_lookup", need_level="unknown", overall_class="unknown_overall")
    explanation = explain(row, [], catalog)
    assert explanation.level.ja == "情報不足（届いていない記録が多く、判定できません）"
    assert explanation.headline.ja == "わからないことが多く、判定できません。"
    assert explanation.parts[-1].lines[0].ja == "対応表による段階：情報不足"


def test_nothing_found_never_reads_as_safe(catalog: Catalog) -> None:
    explanation = explain(make_judgement(need_level="no_finding"), [], catalog)
    assert explanation.headline.ja == "記録の上では、挙げる理由がありません。"
    assert (
        explanation.level.ja == "該当なし（記録の上で該当がないだけで、問題がないという意味ではありません）"
    )


def test_reasons_of_another_child_or_pack_are_left_out(catalog: Catalog) -> None:
    strangers = [
        replace(row, **change)
        for row in list_reasons(catalog)
        for change in ({"person_id": 2}, {"pack": "child_growth_lookup"})
    ]
    assert explain(make_judgement(), strangers, catalog) == explain(make_judgement(), [], catalog)


@pytest.mark.parametrize(
    ("value", "rows", "sentence"),
    [
        (0.0, 0, "今年度の欠席日数は0日です。"),
        (2.0, 2, "今年度、2日欠席しています（直近は日付不明）。"),
        (None, None, "今年度の欠席日数は、記録の上ではありません。"),
    ],
)
def test_a_value_of_nothing_is_said_plainly(
    catalog: Catalog, value: float | None, rows: int | None, sentence: str
) -> None:
    row = make_reason(
        "attends_regularly", "protective", "absent_days_this_year", value=value, evidence_rows=rows
    )
    (part,) = [part for part in explain(make_judgement(), [row], catalog).parts if "支え" in part.title.ja]
    assert part.lines[0].ja == f"今年度の欠席が2日以下で、通い続けている：{sentence}"


SILENCE = """
seen            -                     2024-10-22 80   no  yes | 市の関係者が最後に姿を確かめたのは2024年10月22日で、80日たっています。「小・中学生」では80日で知らせる決まりです。
seen            -                     2025-01-07 3    no  no  | 市の関係者が最後に姿を確かめたのは2025年1月7日で、3日たっています。
seen            -                     2024-10-01 101  yes yes | 市の関係者が最後に姿を確かめたのは2024年10月1日で、101日たっています。そのあとの記録が一部届いていないので、誰かが見ているかもしれません。「小・中学生」では80日で知らせる決まりです。
never_seen      -                     -          366  no  yes | 少なくとも366日、市の関係者が姿を確かめた記録がありません。「小・中学生」では80日で知らせる決まりです。
never_seen      in_nursery            -          366  no  no  | 少なくとも366日、市の関係者が姿を確かめた記録がありません。保育所等に在籍しているため、日数だけでは知らせません。
unknown         not_loaded            -          -    no  no  | 姿が確かめられているかどうか、わかりません。その期間の記録が、まだ届いていません。
unknown         moved_in_later        -          131  no  yes | 転入してから131日、市の関係者が姿を確かめた記録がありません。「小・中学生」では80日で知らせる決まりです。
unknown         removed_from_register -          -    no  yes | 姿が確かめられているかどうか、わかりません。住民票が消除されたあと、姿が確かめられていません。
unknown         in_no_school          -          -    no  yes | 姿が確かめられているかどうか、わかりません。学齢ですが、市の学校の名簿に見つからず、ほかの記録でも姿が確かめられていません。
not_born        overdue_birth         -          -    no  yes | 出産予定の月を過ぎましたが、出生の届が確認できません。
not_born        -                     -          -    no  no  | まだ生まれていません。
"""


@pytest.mark.parametrize("line", SILENCE.strip().splitlines(), ids=lambda line: "-".join(line.split()[:4]))
def test_how_long_nobody_has_seen_the_child(catalog: Catalog, line: str) -> None:
    facts, sentence = line.split(" | ")
    state, why, seen, days, partly, listed = (None if word == "-" else word for word in facts.split())
    row = SilenceRow(
        person_id=1,
        state=str(state),
        why=why,
        last_seen_on=date.fromisoformat(seen) if seen else None,
        latest_known_from=None,
        feeds=None,
        days_unseen=int(days) if days else None,
        is_partly_known=partly == "yes",
        band=None if state == "not_born" else "小・中学生",
        listed_after_days=None if state == "not_born" else 80,
        is_listed=listed == "yes",
        is_urgent=False,
    )
    assert say_silence(row, catalog).ja == sentence
