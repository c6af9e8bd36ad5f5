"""The shipped definitions as pages: purposes, items with their register, codes, indicators, packs."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from reference import markdown
from tsunagu.catalog.feeds import Feed
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import Item, ItemKind, Use
from tsunagu.catalog.loading import Definitions, find_shipped_definitions, load_definitions
from tsunagu.catalog.packs import Condition, Floor, LevelRule, Pack, ProtectiveFact
from tsunagu.catalog.purposes import CodeList, Purpose
from tsunagu.catalog.roles import Right, RoleRights
from tsunagu.catalog.silence import SilenceWatch
from tsunagu.catalog.words import Definition, Status

_TO_BE_CONFIRMED = "【要確認（例）】"
Kind = TypeVar("Kind", bound=Definition)
EXAMPLES = "出荷時の定義は、すべて例です。本物の市町村では、採用（誰が、いつ、いつ見直すか）したものだけが動きます。\n\n"


@cache
def _load() -> Definitions:
    loaded = load_definitions(find_shipped_definitions())
    assert not loaded.problems, "\n".join(map(str, loaded.problems))
    return loaded


def list_definitions(kind: type[Kind]) -> list[Kind]:
    """The shipped definitions of one kind, by id."""
    found = [entry.definition for entry in _load().entries if isinstance(entry.definition, kind)]
    return sorted(found, key=lambda definition: str(getattr(definition, "id", "")))


def write_purposes() -> str:
    """Purposes."""
    rows = [
        [
            f"`{purpose.id}`",
            markdown.write_title(purpose.title),
            purpose.description,
            purpose.coordinator,
            purpose.review_on,
        ]
        for purpose in list_definitions(Purpose)
    ]
    return EXAMPLES + markdown.write_table(["目的", "題", "説明", "総括管理主体", "見直し"], rows)


def write_items() -> str:
    """Items and the register of their uses."""
    return EXAMPLES + "\n".join(_write_item(item) for item in list_definitions(Item))


_DATES = {
    ItemKind.EVENT: {"occurred_on": "起きた日"},
    ItemKind.STATE: {"valid_from": "始まりの日", "valid_to": "終わりの日"},
}


@cache
def _list_sources() -> dict[str, list[str]]:
    """By `item.value`: the columns of the shipped feeds it comes from."""
    sources: dict[str, list[str]] = {}
    for feed in list_definitions(Feed):
        named = [(target, f"「{column.header}」") for column in feed.columns for target in column.to]
        fixed = [(target, f"（いつも {value}）") for target, value in feed.constants.items()]
        for target, source in (*named, *fixed):
            known = sources.setdefault(target, [])
            if (text := f"`{feed.id}` {source}") not in known:
                known.append(text)
    return sources


def _list_values(item: Item) -> list[list[object]]:
    dates = _DATES[item.kind].items()
    sources = {
        name: "<br>".join(_list_sources().get(f"{item.id}.{name}", ["なし"]))
        for name in (*_DATES[item.kind], *item.values)
    }
    return [
        *([f"`{name}`", title, "date", "", "", "", "", sources[name]] for name, title in dates),
        *(
            [
                f"`{name}`",
                markdown.write_title(value.title),
                value.type,
                f"`{value.codes}`" if value.codes else "",
                value.unit,
                "○" if value.sensitive else "",
                value.gif,
                sources[name],
            ]
            for name, value in item.values.items()
        ),
    ]


def write_basis(use: Use) -> str:
    """Whether a use rests on something a municipality made its own."""
    if use.adoption.status is Status.ADOPTED:
        return "採用済み"
    return "例・要確認" if use.legal_basis.endswith(_TO_BE_CONFIRMED) else "例"


def write_role(use: Use) -> str:
    """Whether a pack may judge by it."""
    return "判定に使える" if use.for_judgement else "判定には使わない"


def _write_item(item: Item) -> str:
    uses = [
        [
            f"`{use.purpose}`",
            write_role(use),
            write_basis(use),
            use.legal_basis,
            use.relevance,
            markdown.quote_code(use.recipients),
            use.evidence,
            f"{use.retain_years} 年",
            use.review_on,
        ]
        for use in item.uses
    ]
    seen = "　職員がこどもの姿を見たことになる" if item.sighting else ""
    return (
        f"## `{item.id}` {markdown.write_title(item.title)}\n\n"
        f"{item.holder}・{'出来事' if item.kind == 'event' else '状態'}{seen}\n\n"
        + ("" if item.values else "値はありません（あったことだけを残します）。\n\n")
        + markdown.write_table(
            ["値", "題", "型", "符号表", "単位", "機微", "GIF の項目名", "もとのファイルと列"],
            _list_values(item),
        )
        + "\n"
        + markdown.write_table(
            [
                *("目的", "使い方", "状態", "法的根拠", "関係する理由"),
                *("渡す相手", "根拠となる知見", "保存", "見直し"),
            ],
            uses,
        )
    )


def write_codes() -> str:
    """Code lists."""
    return "\n".join(
        f"## `{codes.id}` {markdown.write_title(codes.title)}\n\n"
        + markdown.write_table(
            ["符号", "題", "ファイルでの書き方"],
            (
                [f"`{code.id}`", markdown.write_title(code.title), markdown.quote_code(code.written)]
                for code in codes.codes
            ),
        )
        for codes in list_definitions(CodeList)
    )


def write_indicators() -> str:
    """Indicators."""
    rows = [
        [
            f"`{indicator.id}`",
            markdown.write_title(indicator.title),
            f"`{indicator.kind}`",
            markdown.quote_code(indicator.items or indicator.references),
            f"`{indicator.empty}`",
            indicator.unit,
            indicator.sentence.ja,
        ]
        for indicator in list_definitions(Indicator)
    ]
    return EXAMPLES + markdown.write_table(
        ["指標", "題", "種類", "もと", "記録がないとき", "単位", "説明の文"], rows
    )


def write_packs() -> str:
    """Packs with their rules."""
    return EXAMPLES + "\n".join(_write_pack(pack) for pack in list_definitions(Pack))


def _write_pack(pack: Pack) -> str:
    facts: list[list[object]] = [
        ["目的", f"`{pack.purpose}`"],
        ["版", pack.version],
        ["有効", f"{pack.valid_from} から{f' {pack.valid_to} の前日まで' if pack.valid_to else ''}"],
        ["人の前に出す水準", markdown.quote_code(pack.listed_levels)],
        ["結果の期限", f"{pack.expires_days} 日"],
        ["根拠となる知見", pack.evidence],
    ]
    items = [
        [
            f"`{item.id}`",
            markdown.write_title(item.title),
            f"`{item.domain}`",
            f"`{item.owner}`",
            "<br>".join(f"{_write_condition(step)} → {step.points}" for step in item.steps),
            item.people_add,
        ]
        for item in pack.items
    ]
    floors = [_write_when(floor, f"`{floor.level}` 以上") for floor in pack.floors]
    protective = [_write_when(fact, "示すだけ") for fact in pack.protective]
    examples = [[example.title, f"`{example.level}`", example.points] for example in pack.examples]
    return "\n".join(
        [
            f"## `{pack.id}` {markdown.write_title(pack.title)}\n\n{pack.description}\n",
            markdown.write_table(["", ""], facts),
            markdown.write_table(["項目", "題", "領域", "記入", "点", "人が見ること"], items),
            "点から水準へ\n\n" + _write_levels(pack),
            "緊急の兆し（点がいくつでも、これより低くならない）\n\n"
            + markdown.write_table(["兆し", "題", "いつ", "水準"], floors),
            "支えになっている事実（何も下げない）\n\n"
            + markdown.write_table(["事実", "題", "いつ", ""], protective),
            "例のこども（試験になっている）\n\n" + markdown.write_table(["例", "水準", "点"], examples),
        ]
    )


def _write_when(part: Floor | ProtectiveFact, outcome: str) -> list[str]:
    when = " かつ ".join(_write_condition(condition) for condition in part.when)
    return [f"`{part.id}`", markdown.write_title(part.title), when, outcome]


def _write_condition(condition: Condition) -> str:
    name = f"`{condition.indicator}`"
    if condition.is_nothing:
        return f"{name} が「何もなかった」"
    if condition.is_one_of:
        return f"{name} が {markdown.quote_code(condition.is_one_of)}"
    return f"{name} {'≧' if condition.at_least is not None else '≦'} {condition.threshold:g}"


def _write_levels(pack: Pack) -> str:
    if pack.lookup is not None:
        titles = {one.id: f"{one.title.ja} `{one.level}`" for one in pack.lookup.classes}
        header = [*(f"`{axis.domain}`" for axis in pack.lookup.axes), "水準"]
        rows = ((*(f"`{name}`" for name in row.when), titles[row.gives]) for row in pack.lookup.rows)
        return markdown.write_table(header, rows)
    return markdown.write_table(
        ["いつ", "水準"], ([_write_rule(rule), f"`{rule.level}`"] for rule in pack.levels)
    )


def _write_rule(rule: LevelRule) -> str:
    if rule.total_at_least is not None:
        return f"合計 ≧ {rule.total_at_least}"
    if rule.domains_with_points_at_least is not None:
        return f"点のある領域 ≧ {rule.domains_with_points_at_least}"
    return f"`{rule.domain or rule.item}` ≧ {rule.points_at_least}"


def write_silence() -> str:
    """After how many days without anybody seeing a child it is said aloud."""
    return EXAMPLES + "\n".join(_write_watch(watch) for watch in list_definitions(SilenceWatch))


def write_roles() -> str:
    """Who may do what, to which children."""
    roles = list_definitions(RoleRights)
    rows = [
        [f"`{right}`", *(", ".join(f"`{reach}`" for reach in role.rights.get(right, ())) for role in roles)]
        for right in Right
    ]
    rows.append(["事実の出どころ", *(", ".join(f"`{lane}`" for lane in role.lanes) for role in roles)])
    rows.append(["記録", *(", ".join(f"`{log}`" for log in role.logs) for role in roles)])
    header = ["", *(f"{markdown.write_title(role.title)} `{role.id}`" for role in roles)]
    return EXAMPLES + "空のところは、できません。\n\n" + markdown.write_table(header, rows)


def _write_watch(watch: SilenceWatch) -> str:
    rows = [
        [markdown.write_title(band.title), band.listed_after_days, band.urgent_after_days]
        for band in watch.bands
    ]
    return (
        f"## `{watch.id}` {markdown.write_title(watch.title)}\n\n"
        f"もとの指標 `{watch.indicator}`。生まれる予定の月が終わって {watch.overdue_birth_days} 日たっても"
        "生まれた記録がなければ、それも知らせます。\n\n"
        + markdown.write_table(["時期", "名簿に挙げる（日）", "いちばん上に挙げる（日）"], rows)
    )
