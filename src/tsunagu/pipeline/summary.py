"""A run in figures and words: what the command line and the report show of it.

With a real municipality code the summary holds suppressed counts and no row of a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tsunagu.catalog.catalog import Catalog
from tsunagu.catalog.packs import NeedLevel
from tsunagu.pipeline.disclosure import suppress_small
from tsunagu.pipeline.listing import ListedChild, SilentChild, list_children, list_silent_children
from tsunagu.pipeline.manifest import Manifest
from tsunagu.pipeline.status import DataState, describe_data
from tsunagu.pipeline.views import attach_run
from tsunagu.pipeline.wording import (
    LEVELS,
    REASONS_UNKNOWN,
    Words,
    show_school_stage,
    sort_stage,
)
from tsunagu.store.commit import Reader
from tsunagu.store.engine import read_sql
from tsunagu.vocabulary.knowing import Knowledge, UnknownReason
from tsunagu.vocabulary.municipality import is_fictional

_PACKAGE = "tsunagu.pipeline"
MOST_CHILDREN_SHOWN = 500
MOST_SILENT_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """A count with its words; `count` None = too small to show; `share` of the longest bar, 0 to 1."""

    title_ja: str
    title_en: str
    count: int | None
    share: float
    note_ja: str = ""
    note_en: str = ""
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """Parts of a whole: counts (None = too small to show), their shares, the total."""

    title_ja: str
    title_en: str
    counts: tuple[int | None, ...]
    shares: tuple[float, ...]
    total: int | None
    note_ja: str = ""
    note_en: str = ""

    @property
    def count(self) -> int | None:
        """The first part."""
        return self.counts[0]


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
    audit_sample: int
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
    municipality = catalog.municipality
    is_open = municipality is not None and is_fictional(municipality.code)
    attach_run(reader, manifest.run_id)
    data = describe_data(reader, catalog, as_of=manifest.as_of, run_id=manifest.run_id)
    purposes = [catalog.get_purpose(purpose).title for purpose in manifest.purposes]
    silence = reader.engine.get_row(read_sql(_PACKAGE, "silence_counts"))
    funnel = reader.engine.get_row(read_sql(_PACKAGE, "funnel"))
    return RunSummary(
        municipality=municipality.name if municipality else "",
        is_fictional=is_open,
        as_of=manifest.as_of,
        run_id=manifest.run_id,
        version=manifest.version,
        result_hash=manifest.result_hash,
        definitions_hash=manifest.definitions_hash,
        input_hash=manifest.input_hash,
        purposes_ja=tuple(title.ja for title in purposes),
        purposes_en=tuple(title.en or title.ja for title in purposes),
        funnel=_describe_funnel(funnel, is_open),
        audit_sample=reader.engine.get_value("SELECT count(DISTINCT person_id) FROM runs.audit_sample"),
        silence=_describe_silence(silence, is_open),
        silent_children=list_silent_children(reader, catalog, most=MOST_SILENT_SHOWN) if is_open else (),
        silent_hidden=max(0, silence[0] + silence[1] - MOST_SILENT_SHOWN),
        packs=_describe_packs(reader, catalog, is_open),
        groups=_describe_groups(reader, is_open),
        children=list_children(reader, catalog, most=MOST_CHILDREN_SHOWN) if is_open else (),
        children_hidden=max(0, funnel[5] - MOST_CHILDREN_SHOWN),
        knowledge=_describe_knowledge(reader, catalog, is_open),
        match_rows=_describe_matches(data, is_open=is_open),
        data=data,
    )


def _describe_funnel(row: Sequence[int], is_open: bool) -> tuple[Bar, ...]:
    everybody, unborn, unregistered, reached, found, listed, urgent = row
    steps = (
        (
            ("対象のこども", "every child"),
            everybody,
            f"妊娠中から18歳の年度末まで。生まれる前 {unborn:,} 人、住民票のない・結び付かないこども {unregistered:,} 人を含みます"
            if is_open
            else "妊娠中から18歳の年度末まで",
            "from pregnancy to the end of the school year of age 18",
        ),
        (
            ("部署の記録があるこども", "known to a department"),
            reached,
            "指標に使える記録が一つでもあるこども",
            "with a record that any indicator uses",
        ),
        (
            ("何かの気づきがあるこども", "anything noticed"),
            found,
            "どれかのきまりに当たったこども",
            "any rule met",
        ),
        (
            ("名簿に載ったこども", "put before people"),
            listed,
            "このあと、人が一人ずつ確かめて絞り込みます",
            "people narrow this list by looking at each child",
        ),
        (
            ("うち緊急に確認", "of them urgent"),
            urgent,
            "緊急の兆しがある、または重なりが大きいこども",
            "a red flag, or much at once",
        ),
    )
    counts = suppress_small([count for _, count, _, _ in steps], is_open=is_open)
    longest = max(everybody, 1)
    return tuple(
        Bar(ja, en, shown, (shown or 0) / longest, note_ja, note_en)
        for ((ja, en), _, note_ja, note_en), shown in zip(steps, counts, strict=True)
    )


def _describe_silence(row: Sequence[int], is_open: bool) -> tuple[Bar, ...]:
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
    counts = suppress_small(row, is_open=is_open)
    return tuple(
        Bar(ja, en, count, 0.0, note_ja, note_en, is_loud=place == 0)
        for place, ((ja, en, note_ja, note_en), count) in enumerate(zip(words, counts, strict=True))
    )


def _describe_packs(reader: Reader, catalog: Catalog, is_open: bool) -> tuple[PackSummary, ...]:
    found: dict[str, dict[str, int]] = {}
    for pack_id, level, children, _ in reader.engine.list_rows(read_sql(_PACKAGE, "level_counts")):
        found.setdefault(pack_id, {})[level] = children
    return tuple(
        PackSummary(
            catalog.packs[pack_id].title.ja,
            catalog.packs[pack_id].title.en,
            catalog.packs[pack_id].version,
            _describe_levels(levels, is_open),
        )
        for pack_id, levels in sorted(found.items())
    )


def _describe_levels(levels: dict[str, int], is_open: bool) -> tuple[Bar, ...]:
    counts = [levels.get(level.value, 0) for level in NeedLevel]
    longest = max(*counts, 1)
    bars = []
    for level, shown in zip(NeedLevel, suppress_small(counts, is_open=is_open), strict=True):
        ja, en, note_ja, note_en = LEVELS[level]
        bars.append(Bar(ja, en, shown, (shown or 0) / longest, note_ja, note_en))
    return tuple(bars)


def _describe_groups(reader: Reader, is_open: bool) -> tuple[GroupSummary, ...]:
    rows = reader.engine.list_rows(read_sql(_PACKAGE, "group_counts"))
    stages = sorted((row[1:] for row in rows if row[0] == "stage"), key=lambda row: sort_stage(row[0]))
    districts = sorted(
        (row[1:] for row in rows if row[0] == "district"), key=lambda row: (row[0] is None, row[0])
    )
    return (
        GroupSummary("学年・年齢", "Grade or age", _stack_group(stages, show_school_stage, is_open)),
        GroupSummary("地区", "District", _stack_group(districts, _show_district, is_open)),
    )


def _show_district(district: str | None) -> Words:
    return (
        ("分からない・非表示", "unknown or hidden")
        if district is None
        else (f"地区 {district}", f"district {district}")
    )


def _stack_group(
    rows: Sequence[tuple[str | None, int, int]], show: Callable[[str | None], Words], is_open: bool
) -> tuple[Stack, ...]:
    listed = suppress_small([row[2] for row in rows], is_open=is_open)
    totals = suppress_small([row[1] for row in rows], is_open=is_open)
    stacks = []
    for (name, _, _), count, total in zip(rows, listed, totals, strict=True):
        ja, en = show(name)
        share = count / total if count is not None and total else 0.0
        stacks.append(Stack(ja, en, (count,), (share, 1 - share), total))
    return tuple(stacks)


def _describe_knowledge(reader: Reader, catalog: Catalog, is_open: bool) -> tuple[Stack, ...]:
    found: dict[str, list[tuple[str, str, int]]] = {}
    for indicator, state, reason, children in reader.engine.list_rows(read_sql(_PACKAGE, "knowledge_counts")):
        found.setdefault(indicator, []).append((state, reason, children))
    return tuple(_stack_knowledge(catalog, name, rows, is_open) for name, rows in found.items())


def _stack_knowledge(catalog: Catalog, name: str, rows: list[tuple[str, str, int]], is_open: bool) -> Stack:
    counts = [sum(count for state, _, count in rows if state == wanted) for wanted in Knowledge]
    total = max(sum(counts), 1)
    shown = suppress_small(counts, is_open=is_open)
    reasons = [
        REASONS_UNKNOWN[UnknownReason(reason)] for state, reason, _ in rows if state == Knowledge.UNKNOWN
    ]
    title = catalog.indicators[name].title
    return Stack(
        title.ja,
        title.en or title.ja,
        tuple(shown),
        tuple((count or 0) / total for count in shown),
        sum(counts) if is_open else None,
        "、".join(ja for ja, _ in reasons[:3]),
        ", ".join(en for _, en in reasons[:3]),
    )


def _describe_matches(data: DataState, *, is_open: bool) -> tuple[Stack, ...]:
    stacks = []
    for match in data.matches:
        counts = suppress_small([match.by_number, match.by_keys, match.opened], is_open=is_open)
        shares = tuple((count or 0) / max(match.subjects, 1) for count in counts)
        total = match.subjects if None not in counts else None
        stacks.append(Stack(match.title, match.title_en, tuple(counts), shares, total))
    return tuple(stacks)
