"""`tsunagu link explain`: why a record and a person were joined, kept apart or left to people, field by field.

It tells how values compare, never the values themselves.
"""

from dataclasses import dataclass

from tsunagu.catalog.catalog import Catalog
from tsunagu.linkage.levels import FIELDS
from tsunagu.linkage.rules import OPENED, RULE_TITLES, WEIGHT
from tsunagu.linkage.weighing import TOGETHER
from tsunagu.pipeline.explain import check_rows_may_be_shown
from tsunagu.pipeline.manifest import get_manifest
from tsunagu.store.commit import Reader, open_reader
from tsunagu.store.engine import read_sql
from tsunagu.store.home import Home
from tsunagu.store.identity import LINK, MATCH, MATCH_FIELD
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.identifiers import read_id, show_id

_PACKAGE = "tsunagu.pipeline"
_FIELD_TITLES = {**{field.name: field.title for field in FIELDS}, TOGETHER: "一度に変わったもの"}
_DECISIONS = {
    "link": "同じ人として結びました。 / Joined as one person.",
    "review": "人が確かめる組です。決まるまで、記録は本人として別に開いています。 / Left for people to look at.",
    "rival": "ほかに、もっと有力な候補があります。 / Another candidate is stronger.",
}
HELD_BACK = {
    "sex": "性別が違うので、重みにかかわらず、見ないでは結びません。",
    "number": "記録の宛名番号が別の人のものなので、重みにかかわらず、見ないでは結びません。",
    "thin": "生年月日がなく、住所も電話も同じではないので、重みにかかわらず、見ないでは結びません。",
}
"""Why a heavy pair is not joined unseen."""


class PairNotComparedError(TsunaguError):
    """The two are no candidate for each other in the run, or one of them does not exist; the answer is the same."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a weight."""

    title: str
    note: str
    millibits: int


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """One record and one person. `steps` add up to `match_millibits`; there are none for an exact rule."""

    subject_id: int
    person_id: int
    decision: str
    rule: str
    held_back: str | None
    match_millibits: int | None
    match_probability: float | None
    steps: tuple[Step, ...]


def explain_pair(
    home: Home, catalog: Catalog, one: str, other: str, *, run_id: str | None = None
) -> PairExplanation:
    """Why a record and a person (or two records) are together or apart.

    Args:
        home: the installation.
        catalog: its definitions.
        one: the id of a record or a person, as the review list shows it.
        other: the other.
        run_id: the run; the latest when None.

    Raises:
        SignInNeededError: the installation is a real municipality's.
        PairNotComparedError: no such pair in the run.
        RunNotFoundError: no such run.
    """
    check_rows_may_be_shown(catalog)
    with open_reader(home, "link explain") as reader:
        manifest = get_manifest(reader, run_id)
        for table in (MATCH, MATCH_FIELD, LINK):
            reader.attach(table, run=manifest.run_id)
        return _find_pair(reader, _read_id(one), _read_id(other))


def _read_id(text: str) -> int:
    try:
        return read_id(text)
    except ValueError:
        return -1


def _find_pair(reader: Reader, one: int, other: int) -> PairExplanation:
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "compared_pair"), one=one, other=other)
    if not rows:
        raise PairNotComparedError(
            "この二つは、この実行では比べていません。",
            why="番号が違うか、名前・生年月日・住所・電話のどれからも候補にならなかった組です。",
            todo="番号は、確認待ちの一覧(tsunagu link review export)にあるものをそのまま書いてください。",
        )
    subject_id, person_id, decision, rule, held_back, match, probability, pattern, *parts = rows[0]
    steps = () if pattern is None else tuple(_list_steps(reader, pattern, *parts))
    return PairExplanation(subject_id, person_id, decision, rule, held_back, match, probability, steps)


def _list_steps(
    reader: Reader, pattern: int, prior: int, rarity: int, support: int, relative: int, rivals: int
) -> list[Step]:
    fields = reader.engine.list_rows(
        "SELECT field, comparison, same_millibits FROM identity.match_field WHERE pattern = $pattern ORDER BY place",
        pattern=pattern,
    )
    steps = [
        Step("比べる前", "住民の中から一人を選んだとき、その人である見込み", prior),
        *(Step(_FIELD_TITLES[field], comparison or "", bits) for field, comparison, bits in fields),
        Step("値の珍しさ", "同じだった氏名・生年月日・住所・電話が、どれだけ珍しいか", rarity),
        Step("保護者", "記録にある保護者が、同じ世帯にいるか", support),
        Step("家族かもしれない分", "双子・きょうだい・親でも同じように見える分を引く", -relative),
        Step("ほかの候補との比べ", "ほかの候補や「だれでもない」見込みと比べて", -rivals),
    ]
    return [step for step in steps if step.millibits]


def describe_pair(pair: PairExplanation) -> list[str]:
    """The lines to show."""
    title_ja, title_en = RULE_TITLES[pair.rule]
    lines = [
        f"記録 {show_id(pair.subject_id)} と 人 {show_id(pair.person_id)}",
        f"結論: {_DECISIONS[pair.decision]}",
    ]
    if pair.rule not in (OPENED, WEIGHT):
        lines.append(f"決め手: {title_ja} / {title_en}")
    if pair.match_probability is not None and pair.match_millibits is not None:
        lines.append(
            f"同じ人である見込み: {pair.match_probability:.1%}(重み {pair.match_millibits / 1000:+.1f} ビット)"
        )
    if pair.held_back:
        lines.append(HELD_BACK[pair.held_back])
    if pair.steps:
        lines.append("内訳(プラスは同じ人らしさ、マイナスは別の人らしさ。1 ビットで見込みの比が 2 倍)")
        lines += [
            f"  {step.millibits / 1000:+7.1f}  {step.title}: {step.note}".rstrip(": ") for step in pair.steps
        ]
    return lines
