"""The feed book: every kind of file, its columns, what they become, and what that may be used for."""

from __future__ import annotations

from collections.abc import Iterator

from reference import markdown
from reference.definitions import EXAMPLES, list_definitions, write_basis, write_role
from tsunagu.catalog.feeds import (
    Cadence,
    Check,
    CheckKind,
    Coverage,
    CoveragePeriod,
    CoverageScope,
    Delivery,
    Feed,
    FeedColumn,
    WhenOmitted,
)
from tsunagu.catalog.formats import FileFormat
from tsunagu.catalog.items import Item, ItemKind
from tsunagu.catalog.words import Department

WORDS = {
    Department.RESIDENT: "住民記録",
    Department.EDUCATION: "教育委員会",
    Department.HEALTH: "健康・母子保健",
    Department.BENEFITS: "手当・給付",
    Department.CHILDCARE: "保育",
    Department.WELFARE: "児童福祉",
    Cadence.DAILY: "毎日",
    Cadence.MONTHLY: "毎月",
    Cadence.QUARTERLY: "三か月ごと",
    Cadence.TERMLY: "学期ごと",
    Cadence.YEARLY: "毎年",
    Delivery.SNAPSHOT: "全件",
    Delivery.DELTA: "差分",
    CoverageScope.MUNICIPALITY: "市全体",
    CoverageScope.SCHOOL: "学校ごと",
    CoverageScope.FACILITY: "施設ごと",
    CoveragePeriod.MONTH: "その月",
    CoveragePeriod.SCHOOL_YEAR: "その年度",
    CoveragePeriod.HISTORY: "基準日までの履歴",
    CoveragePeriod.REFERENCE_DAY: "基準日だけ",
    CoveragePeriod.NONE: "載っていない人については何も言わない",
    WhenOmitted.END: "その日で終わったとみる",
    WhenOmitted.RETRACT: "取り消す",
    WhenOmitted.KEEP: "そのまま残す",
    CheckKind.NOT_BEFORE: "より前でない",
    CheckKind.NOT_AFTER: "より後でない",
    CheckKind.AT_MOST: "より多くない",
    CheckKind.SAME_MONTH: "の月の中にある",
    CheckKind.ERA: "の元号と合う",
}
_HOW_TO_READ = (
    "「行き先」の `identity.…` は名寄せのための名前・住所・番号、`scope.…` はその行がどの学校・月のものか、ほかは"
    "[項目と台帳](items.md)の値です。「残さない」列は、あることと形だけを確かめて捨てます。"
    "GIF の項目名は、政府相互運用性フレームワークの教育データモデルに同じものがあるときだけ書いてあります。\n\n"
    "「状態」は、使いみちの一つひとつが、まだ例（要確認）なのか、市が採用したものなのかです。出荷時はすべて例です。\n\n"
    "「決まり」は、値の範囲や形です。外れた値は、その行の問題として残し、取り込みません。\n\n"
)


def write_feeds() -> str:
    """A table of all feeds, then each with its columns and items."""
    feeds = sorted(
        list_definitions(Feed), key=lambda feed: (list(Department).index(feed.department), feed.id)
    )
    parts = [EXAMPLES + _HOW_TO_READ + _write_overview(feeds)]
    for department in Department:
        found = [feed for feed in feeds if feed.department is department]
        if found:
            parts += [f"## {WORDS[department]}（`{department}`）\n", *map(_write_feed, found)]
    return "\n".join(parts)


def _write_overview(feeds: list[Feed]) -> str:
    rows = [
        [
            feed.title.ja,
            f"`{feed.id}`",
            WORDS[feed.cadence],
            _write_delivery(feed),
            WORDS[feed.coverage.scope],
            markdown.quote_code(feed.stated_items),
            *_sum_up_uses(feed),
        ]
        for feed in feeds
    ]
    header = ["届くもの", "フィード", "いつ", "全件か差分か", "範囲", "項目", "目的", "状態"]
    return f"出荷時のフィードは {len(feeds)} 種類です。\n\n{markdown.write_table(header, rows)}"


def _sum_up_uses(feed: Feed) -> tuple[str, str]:
    """The purposes that anything in the feed serves, and whether their bases are examples."""
    items = {item.id: item for item in list_definitions(Item)}
    uses = [use for name in feed.stated_items for use in items[name].uses]
    purposes = markdown.quote_code(dict.fromkeys(use.purpose for use in uses))
    return purposes, "、".join(dict.fromkeys(map(write_basis, uses)))


def _write_feed(feed: Feed) -> str:
    columns = [
        [
            column.header,
            "、".join(column.aliases),
            _write_targets(feed, column),
            column.type,
            f"`{column.codes}`" if column.codes else "",
            "○" if column.required else "",
            _write_rules(column),
            column.gif or _find_gif_of_target(column),
        ]
        for column in feed.columns
    ]
    header = ["見出し", "別名", "行き先", "型", "符号表", "必須", "決まり", "GIF の項目名"]
    return "\n".join(
        [
            f"### `{feed.id}` {markdown.write_title(feed.title)}\n",
            markdown.write_table(["", ""], _list_facts(feed)),
            markdown.write_table(header, columns),
            _write_uses(feed),
            *([_write_checks(feed)] if feed.checks else []),
        ]
    )


def _list_facts(feed: Feed) -> list[list[object]]:
    form = feed.format
    subject = markdown.quote_code((feed.subject.column, *feed.subject.with_columns))
    facts: list[list[object]] = [
        ["渡す課", feed.owner],
        ["いつ", f"{WORDS[feed.cadence]}・{_write_delivery(feed)}"],
        ["ファイル名", markdown.quote_code(feed.file_names)],
        ["形", f"{form.kind}・{markdown.quote_code(form.encodings)}・{_write_shape(form)}"],
        ["だれのことか", f"系 `{feed.subject.system}` の {subject}"],
        ["一つの記録を指す列", markdown.quote_code(feed.record_key)],
        ["言える範囲", _write_coverage(feed.coverage)],
    ]
    if feed.delta_coverage is not None:
        facts.append(["差分のときに言える範囲", _write_coverage(feed.delta_coverage)])
    facts.append(["件数の幅", f"前回の {feed.volume.least_ratio:g}～{feed.volume.most_ratio:g} 倍"])
    return facts


def _write_shape(form: FileFormat) -> str:
    """Where the rows and the headings stand, as far as the kind has any."""
    if form.archive is not None:
        return f"表は {markdown.quote_code(form.archive.table_files)}"
    if form.document is not None:
        return f"行は {markdown.quote_code([form.document.rows])}"
    if form.record is not None:
        return f"レコードは {form.record.record_bytes} バイト"
    sheets = "".join(f"・シート「{name}」" for name in (form.sheet, *form.sheets) if name)
    return f"見出しは {form.header_row} 行目{sheets}"


def _write_delivery(feed: Feed) -> str:
    word = WORDS[feed.delivery]
    return f"{word}（名前に「{feed.delta_when_name_has}」があれば差分）" if feed.delta_when_name_has else word


def _write_coverage(coverage: Coverage) -> str:
    days = f" {coverage.history_days} 日" if coverage.history_days else ""
    stale = f"・{coverage.stale_after_days} 日で古くなる"
    return f"{WORDS[coverage.scope]}・{WORDS[coverage.period]}{days}{stale}"


def _write_targets(feed: Feed, column: FeedColumn) -> str:
    kept = [target for target in column.to if target != "nothing"]
    is_key = column.header in (*feed.record_key, feed.subject.column, *feed.subject.with_columns)
    words = markdown.quote_code(kept) or ("記録を見分けるだけ" if is_key else "残さない")
    when = "、".join(f"{header}が{'・'.join(cells)}" for header, cells in column.when.items())
    return f"{words}（{when}のとき）" if when else words


def _write_rules(column: FeedColumn) -> str:
    least, most = (None if one is None else f"{one:g}" for one in (column.minimum, column.maximum))
    rules = [
        f"{least or ''}～{most or ''}" if least or most else "",
        f"形 `{column.pattern}`" if column.pattern else "",
        "最後の日" if column.is_last_day else "",
        "無くてもよい" if column.may_be_absent else "",
    ]
    return "・".join(filter(None, rules))


def _find_gif_of_target(column: FeedColumn) -> str | None:
    items = {item.id: item for item in list_definitions(Item)}
    for target in column.to:
        owner, _, name = target.partition(".")
        value = items[owner].values.get(name) if owner in items else None
        if value is not None and value.gif is not None:
            return value.gif
    return None


def _write_uses(feed: Feed) -> str:
    items = {item.id: item for item in list_definitions(Item)}
    rows = [row for name in feed.stated_items for row in _list_use_rows(feed, items[name])]
    return markdown.write_table(
        ["項目", "載らなくなったら", "言える範囲", "目的", "使い方", "状態", "法的根拠", "見直し"], rows
    )


def _list_use_rows(feed: Feed, item: Item) -> Iterator[list[object]]:
    rule = feed.items.get(item.id)
    usual = WhenOmitted.END if item.kind is ItemKind.STATE else WhenOmitted.RETRACT
    omitted = (rule.when_omitted if rule else None) or usual
    own = _write_coverage(rule.coverage) if rule and rule.coverage else "同上"
    # A delta denies nothing by leaving it out.
    says = WORDS[omitted] if feed.delivery is Delivery.SNAPSHOT else "（差分なので、何も言わない）"
    for use in item.uses:
        yield [
            *(f"`{item.id}`", says, own, f"`{use.purpose}`"),
            *(write_role(use), write_basis(use), use.legal_basis, use.review_on),
        ]


def _write_checks(feed: Feed) -> str:
    rows = [[f"`{check.code}`", _write_check(check), check.message] for check in feed.checks]
    return markdown.write_table(["突き合わせの符号", "確かめること", "合わないときの知らせ"], rows)


def _write_check(check: Check) -> str:
    other = "基準日" if check.other == "@reference_date" else check.other
    return f"{check.column}が{other}{WORDS[check.kind]}"
