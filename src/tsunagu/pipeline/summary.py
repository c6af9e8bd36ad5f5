"""A run in figures and words: what the command line and the report show of it.

With a real municipality code the summary holds counts in steps and no row of a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.packs import NeedLevel
from tsunagu.judgement.wording import LEVEL_MEANINGS, LEVEL_TITLES, UNKNOWN_WORDING
from tsunagu.pipeline.disclosure import Disclosure, Figure, open_disclosure
from tsunagu.pipeline.listing import ListedChild, SilentChild, list_children, list_silent_children
from tsunagu.pipeline.manifest import Manifest
from tsunagu.pipeline.status import DataState, describe_data
from tsunagu.pipeline.views import attach_run
from tsunagu.pipeline.wording import Words, show_school_stage, sort_stage
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.vocabulary.knowing import Knowledge

_PACKAGE = "tsunagu.pipeline"
MOST_CHILDREN_SHOWN = 500
MOST_SILENT_SHOWN = 50
_REASONS_NAMED = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A count with its words."""

    title_ja: str
    title_en: str
    count: Figure
    note_ja: str = ""
    note_en: str = ""
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Parts of a whole: their counts, and the total where it is shown."""

    title_ja: str
    title_en: str
    counts: tuple[Figure, ...]
    total: Figure | None = None
    note_ja: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class PackSummary:
    """Levels of one pack."""

    title_ja: str
    title_en: str
    version: int
    levels: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """Listed children and others along one grouping."""

    title_ja: str
    title_en: str
    rows: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Everything the report says. Person rows are empty when `is_list_hidden`."""

    municipality: str
    is_fictional: bool
    as_of: date
    run_id: str
    version: str
    result_hash: str
    definitions_hash: str
    input_hash: str
    purposes_ja: tuple[str, ...]
    purposes_en: tuple[str, ...]
    funnel: tuple[Bar, ...]
    audit_sample: Figure
    silence: tuple[Bar, ...]
    silent_children: tuple[SilentChild, ...]
    silent_hidden: int
    packs: tuple[PackSummary, ...]
    groups: tuple[GroupSummary, ...]
    children: tuple[ListedChild, ...]
    children_hidden: int
    knowledge: tuple[Stack, ...]
    match_rows: tuple[Stack, ...]
    data: DataState

    @property
    def is_list_hidden(self) -> bool:
        """Whether rows of persons are left out."""
        return not self.is_fictional


def summarise_run(reader: Reader, catalog: Catalog, manifest: Manifest) -> RunSummary:
    """Summarise one run.

    Reads:
        The run's tables in the runs zone, the landing zone's file and problem lists, `identity.link` (counts).
    """
    disclosure = open_disclosure(catalog)
    is_open = disclosure.is_open
    attach_run(reader, manifest.run_id)
    data = describe_data(reader, catalog, as_of=manifest.as_of, run_id=manifest.run_id)
    purposes = [catalog.get_purpose(purpose).title for purpose in manifest.purposes]
    silence = reader.engine.get_row(read_sql(_PACKAGE, "silence_counts"))
    funnel = reader.engine.get_row(read_sql(_PACKAGE, "funnel"))
    return RunSummary(
        municipality=catalog.municipality.name if catalog.municipality else "",
        is_fictional=is_open,
        as_of=manifest.as_of,
        run_id=manifest.run_id,
        version=manifest.version,
        result_hash=manifest.result_hash,
        definitions_hash=manifest.definitions_hash,
        input_hash=manifest.input_hash,
        purposes_ja=tuple(title.ja for title in purposes),
        purposes_en=tuple(title.en or title.ja for title in purposes),
        funnel=_describe_funnel(funnel, disclosure),
        audit_sample=disclosure.show(
            reader.engine.get_value("SELECT count(DISTINCT person_id) FROM runs.audit_sample")
        ),
        silence=_describe_silence(silence, disclosure),
        silent_children=list_silent_children(reader, catalog, most=MOST_SILENT_SHOWN) if is_open else (),
        silent_hidden=max(0, silence[0] + silence[1] - MOST_SILENT_SHOWN) if is_open else 0,
        packs=_describe_packs(reader, catalog, disclosure),
        groups=_describe_groups(reader, disclosure),
        children=list_children(reader, catalog, manifest.purposes, most=MOST_CHILDREN_SHOWN)
        if is_open
        else (),
        children_hidden=max(0, funnel[5] - MOST_CHILDREN_SHOWN) if is_open else 0,
        knowledge=_describe_knowledge(reader, catalog, disclosure),
        match_rows=_describe_matches(data),
        data=data,
    )


def _describe_funnel(row: Sequence[int], disclosure: Disclosure) -> tuple[Bar, ...]:
    everybody, unborn, unregistered, reached, found, listed, urgent = row
    steps = (
        ("対象のこども", "every child", everybody, *_describe_everybody(unborn, unregistered, disclosure)),
        (
            "部署の記録があるこども",
            "known to a department",
            reached,
            "指標に使える記録が一つでもあるこども",
            "with a record that any indicator uses",
        ),
        (
            "何かの気づきがあるこども",
            "anything noticed",
            found,
            "どれかのきまりに当たったこども",
            "any rule met",
        ),
        (
            "名簿に載ったこども",
            "put before people",
            listed,
            "このあと、人が一人ずつ確かめて絞り込みます",
            "people narrow this list by looking at each child",
        ),
        (
            "うち緊急に確認",
            "of them urgent",
            urgent,
            "緊急の兆しがある、または重なりが大きいこども",
            "a red flag, or much at once",
        ),
    )
    return tuple(
        Bar(ja, en, disclosure.show(count), note_ja, note_en) for ja, en, count, note_ja, note_en in steps
    )


def _describe_everybody(unborn: int, unregistered: int, disclosure: Disclosure) -> Words:
    ja, en = "妊娠中から18歳の年度末まで", "from pregnancy to the end of the school year of age 18"
    if not disclosure.is_open:
        return ja, en
    return (
        f"{ja}。生まれる前 {unborn:,} 人、住民票のない・結び付かないこども {unregistered:,} 人を含みます",
        f"{en}; {unborn:,} unborn and {unregistered:,} not in the register among them",
    )


def _describe_silence(row: Sequence[int], disclosure: Disclosure) -> tuple[Bar, ...]:
    words = (
        ("とくに長く見えていない", "unseen for very long", "すぐに安否を確かめます", "make sure at once"),
        ("長く見えていない", "unseen for long", "早めに安否を確かめます", "make sure soon"),
        (
            "見たかどうか分からない",
            "cannot tell",
            "記録が届いていません。「見えている」とは言えません",
            "no record was delivered",
        ),
        ("最近見た記録がある", "seen lately", "安全という意味ではありません", "does not mean safe"),
    )
    return tuple(
        Bar(ja, en, disclosure.show(count), note_ja, note_en, is_loud=place == 0)
        for place, ((ja, en, note_ja, note_en), count) in enumerate(zip(words, row, strict=True))
    )


def _describe_packs(reader: Reader, catalog: Catalog, disclosure: Disclosure) -> tuple[PackSummary, ...]:
    found: dict[str, dict[str, int]] = {}
    for pack_id, level, children in reader.engine.list_rows(read_sql(_PACKAGE, "level_counts")):
        found.setdefault(pack_id, {})[level] = children
    return tuple(
        PackSummary(
            catalog.packs[pack_id].title.ja,
            catalog.packs[pack_id].title.en or pack_id,
            catalog.packs[pack_id].version,
            tuple(_describe_level(level, levels, disclosure) for level in NeedLevel),
        )
        for pack_id, levels in sorted(found.items())
    )


def _describe_level(level: NeedLevel, levels: dict[str, int], disclosure: Disclosure) -> Bar:
    title, meaning = LEVEL_TITLES[level], LEVEL_MEANINGS[level]
    count = disclosure.show(levels.get(level.value, 0))
    return Bar(title.ja, title.en, count, meaning.ja, meaning.en)


def _describe_groups(reader: Reader, disclosure: Disclosure) -> tuple[GroupSummary, ...]:
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "group_counts"))
    stages = sorted((row[1:] for row in rows if row[0] == "stage"), key=lambda row: sort_stage(row[0]))
    districts = sorted(
        (row[1:] for row in rows if row[0] == "district"), key=lambda row: (row[0] is None, row[0])
    )
    return (
        GroupSummary("学年・年齢", "Grade or age", _stack_group(stages, show_school_stage, disclosure)),
        GroupSummary("地区", "District", _stack_group(districts, _show_district, disclosure)),
    )


def _show_district(district: str | None) -> Words:
    return (
        ("分からない・非表示", "unknown or hidden")
        if district is None
        else (f"地区 {district}", f"district {district}")
    )


def _stack_group(
    rows: Sequence[tuple[str | None, int, int]],
    show_name: Callable[[str | None], Words],
    disclosure: Disclosure,
) -> tuple[Stack, ...]:
    return tuple(
        Stack(
            *show_name(name),
            (disclosure.show(listed), disclosure.show(children - listed)),
            disclosure.show(children),
        )
        for name, children, listed in rows
    )


def _describe_knowledge(reader: Reader, catalog: Catalog, disclosure: Disclosure) -> tuple[Stack, ...]:
    found: dict[str, list[tuple[str, str, int]]] = {}
    for indicator, state, reason, children in reader.engine.list_rows(read_sql(_PACKAGE, "knowledge_counts")):
        found.setdefault(indicator, []).append((state, reason, children))
    return tuple(_stack_knowledge(catalog, name, rows, disclosure) for name, rows in found.items())


def _stack_knowledge(
    catalog: Catalog, name: str, rows: list[tuple[str, str, int]], disclosure: Disclosure
) -> Stack:
    counts = [sum(count for state, _, count in rows if state == wanted) for wanted in Knowledge]
    reasons = [UNKNOWN_WORDING[reason] for state, reason, _ in rows if state == Knowledge.UNKNOWN]
    title = catalog.indicators[name].title
    return Stack(
        title.ja,
        title.en or name,
        tuple(map(disclosure.show, counts)),
        note_ja="／".join(reason.ja for reason in reasons[:_REASONS_NAMED]),
        note_en=" / ".join(reason.en for reason in reasons[:_REASONS_NAMED]),
    )


def _describe_matches(data: DataState) -> tuple[Stack, ...]:
    return tuple(
        Stack(match.title, match.title_en, (match.by_number, match.by_keys, match.opened), match.subjects)
        for match in data.matches
    )
