"""The catalogue: every definition in force in one municipality, frozen, and the questions others ask of it.

It never reads the clock: whoever asks says for which day.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from tsunagu.catalog.feeds import DESK_FEED, DESK_FEED_TITLE, Feed
from tsunagu.catalog.indicators import Indicator
from tsunagu.catalog.items import Item, Use
from tsunagu.catalog.municipality import Kind, Municipality
from tsunagu.catalog.packs import Pack
from tsunagu.catalog.places import PlaceNames
from tsunagu.catalog.problems import suggest
from tsunagu.catalog.purposes import CodeList, Purpose
from tsunagu.catalog.roles import RoleRights
from tsunagu.catalog.silence import SilenceWatch
from tsunagu.catalog.words import Adoption, Definition, Role, Status, Title
from tsunagu.vocabulary.errors import ExitCode, TsunaguError
from tsunagu.vocabulary.municipality import is_fictional

Known = TypeVar("Known")


class UnknownDefinitionError(TsunaguError):
    """Something was asked for by an id that no definition has."""

    exit_code = ExitCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer to "may this be used?"; true in an `if`. `use` is the register's row that allows it."""

    allowed: bool
    reason: str
    use: Use | None = None

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class Catalog:
    """Definitions by id. `municipality` None means the shipped examples alone: nothing is active.

    `opened_for` is the day of the deed (loading, running, showing), for which adoptions were checked. Ask with
    `on=catalog.opened_for`: a file of two years ago may be loaded today under an adoption of this year.
    `changes` lists what the overlay added, replaced and narrowed, so that no replacement is ever silent.
    """

    purposes: Mapping[str, Purpose]
    items: Mapping[str, Item]
    code_lists: Mapping[str, CodeList]
    feeds: Mapping[str, Feed]
    indicators: Mapping[str, Indicator]
    packs: Mapping[str, Pack]
    opened_for: date
    silence_watches: Mapping[str, SilenceWatch] = field(default_factory=dict)
    roles: Mapping[str, RoleRights] = field(default_factory=dict)
    municipality: Municipality | None = None
    changes: tuple[str, ...] = ()
    feed_folders: Mapping[str, Path] = field(default_factory=dict, compare=False, repr=False)
    place_names: PlaceNames = field(default_factory=PlaceNames)

    @property
    def active_purposes(self) -> tuple[str, ...]:
        """The purposes the municipality chose; none until it does."""
        return self.municipality.active_purposes if self.municipality else ()

    @property
    def needs_adoption(self) -> bool:
        """Whether entries count only once adopted: everywhere but in a fictional city."""
        return self.municipality is None or not is_fictional(self.municipality.code)

    def get_purpose(self, purpose: str) -> Purpose:
        """The purpose, or `UnknownDefinitionError`."""
        return _get(self.purposes, purpose, "目的")

    def get_item(self, item: str) -> Item:
        """The item, or `UnknownDefinitionError`."""
        return _get(self.items, item, "項目")

    def get_code_list(self, code_list: str) -> CodeList:
        """The code list, or `UnknownDefinitionError`."""
        return _get(self.code_lists, code_list, "コード表")

    def get_feed(self, feed: str) -> Feed:
        """The feed, or `UnknownDefinitionError`."""
        return _get(self.feeds, feed, "ファイルの定義")

    def get_indicator(self, indicator: str) -> Indicator:
        """The indicator, or `UnknownDefinitionError`."""
        return _get(self.indicators, indicator, "指標")

    def get_pack(self, pack: str) -> Pack:
        """The pack, or `UnknownDefinitionError`."""
        return _get(self.packs, pack, "判定の定義")

    def name_feed(self, feed: str) -> Title:
        """What people call a feed, the internal one of the desk too; the id of one that is no longer defined."""
        if feed == DESK_FEED:
            return DESK_FEED_TITLE
        return self.feeds[feed].title if feed in self.feeds else Title(ja=feed, en=feed)

    def get_feed_sample(self, feed: str) -> Path:
        """The fictional sample of a feed: one file, or the folder of the tables that a ZIP holds."""
        return _get(self.feed_folders, feed, "ファイルの定義") / self.get_feed(feed).format.sample_name

    def may_use(self, item: str, purpose: str, *, on: date) -> Permission:
        """Whether the item may be used for the purpose on that day, and why (not)."""
        known = self.items.get(item)
        if known is None:
            return _refuse(f"項目「{item}」は台帳にありません。")
        use = known.find_use(purpose)
        if use is None:
            return _refuse(f"「{known.title.ja}」は目的「{purpose}」のために登録されていません。")
        if purpose not in self.active_purposes:
            return _refuse(f"目的「{purpose}」は、この市では使うことになっていません。")
        for adoption in (self.get_purpose(purpose).adoption, use.adoption):
            fault = self.find_adoption_fault(adoption, on=on)
            if fault:
                return _refuse(f"「{known.title.ja}」×「{purpose}」は{fault}")
        return Permission(True, f"{use.legal_basis} {use.relevance}", use)

    def may_judge(self, item: str, purpose: str, *, on: date) -> Permission:
        """Whether a pack of the purpose may judge by the item; some are kept for safety or background alone."""
        permission = self.may_use(item, purpose, on=on)
        if permission.use is None or permission.use.for_judgement:
            return permission
        return _refuse(f"「{self.get_item(item).title.ja}」は目的「{purpose}」の判定には使えない登録です。")

    def may_show(self, item: str, purpose: str, role: Role, *, on: date) -> Permission:
        """Whether somebody of that role may receive the item for the purpose."""
        permission = self.may_use(item, purpose, on=on)
        if permission.use is None or role in permission.use.recipients:
            return permission
        return _refuse(f"「{self.get_item(item).title.ja}」を「{role}」に渡すことは登録されていません。")

    def may_load(self, item: str, *, on: date) -> Permission:
        """Whether the item may be taken in at all: some active purpose may use it."""
        permissions = [self.may_use(item, purpose, on=on) for purpose in self.active_purposes]
        refused = _refuse(f"項目「{item}」を使ってよい目的が、この市では一つもありません。")
        return next((permission for permission in permissions if permission), refused)

    def may_receive(self, feed: str, *, on: date) -> Permission:
        """Whether files of the feed may be taken in: it is adopted where that is needed."""
        fault = self.find_adoption_fault(self.get_feed(feed).adoption, on=on)
        return _refuse(f"ファイルの定義「{feed}」は{fault}") if fault else Permission(True, "")

    def list_active_packs(self, purpose: str, *, on: date) -> list[Pack]:
        """The packs a municipality may run on that day for an active purpose, by id.

        Whether a pack is in force for the day a run speaks for is the pack's own `is_valid_on(as_of)`.
        """
        if purpose not in self.active_purposes:
            return []
        return [
            pack
            for _, pack in sorted(self.packs.items())
            if pack.purpose == purpose and not self.find_adoption_fault(pack.adoption, on=on)
        ]

    def list_active_indicators(self, purpose: str, *, on: date) -> list[Indicator]:
        """The indicators the purpose's active packs need, those they refer to included, by id."""
        packs = self.list_active_packs(purpose, on=on)
        return self.list_indicators_read(name for pack in packs for name in pack.indicator_ids)

    def list_indicators_read(self, names: Iterable[str]) -> list[Indicator]:
        """These indicators and those they refer to, by id; names nobody defines are left out."""
        waiting, found = list(names), dict[str, Indicator]()
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.indicators:
                found[name] = self.indicators[name]
                waiting.extend(found[name].references)
        return [found[name] for name in sorted(found)]

    def find_silence_watch(self, *, on: date) -> SilenceWatch | None:
        """The silence watch that may run on that day; None when there is none or it is not adopted."""
        watches = self.silence_watches.values()
        return next((one for one in watches if not self.find_adoption_fault(one.adoption, on=on)), None)

    def list_roles(self, *, on: date) -> list[RoleRights]:
        """The roles whose rights hold on that day, by id: all of them, or where it is needed the adopted ones."""
        return [
            role
            for _, role in sorted(self.roles.items())
            if not self.find_adoption_fault(role.adoption, on=on)
        ]

    def find_adoption_fault(self, adoption: Adoption, *, on: date) -> str:
        """Why an entry does not count on that day, as the end of a sentence; empty when it does."""
        if not self.needs_adoption:
            return ""
        if adoption.status is not Status.ADOPTED or adoption.adopted_on is None or adoption.review_on is None:
            return "まだ採用されていません（標準の例のままです）。"
        if on < adoption.adopted_on:
            return f"{adoption.adopted_on}からの採用です。"
        if on > adoption.review_on:
            return f"見直しの期日（{adoption.review_on}）を過ぎています。"
        return ""

    def list_reviews_due(self, *, on: date, within_days: int) -> list[tuple[str, date]]:
        """Adopted entries whose review comes up within so many days of `on`, soonest first."""
        due = [
            (f"{kind.label} {name}", adoption.review_on)
            for kind, name, adoption in list_adoptions(self)
            if adoption.review_on is not None and 0 <= (adoption.review_on - on).days <= within_days
        ]
        return sorted(due, key=lambda pair: (pair[1], pair[0]))

    def resolve(self) -> dict[str, Any]:
        """Everything a run rests on as plain JSON data, in a fixed order; it keeps it beside its results.

        Roles are not in it: they decide who sees a result, never what it is. Nor are the names of places.
        """
        return {
            "municipality": self.municipality.model_dump(mode="json") if self.municipality else None,
            "changes": list(self.changes),
            "purposes": _dump(self.purposes),
            "items": _dump(self.items),
            "code_lists": _dump(self.code_lists),
            "feeds": _dump(self.feeds),
            "indicators": _dump(self.indicators),
            "packs": _dump(self.packs),
            "silence_watches": _dump(self.silence_watches),
        }

    def get_content_hash(self) -> str:
        """SHA-256 of `resolve()`: the same definitions always give the same text."""
        return hash_content(self.resolve())


def _get(known: Mapping[str, Known], name: str, what: str) -> Known:
    if name not in known:
        raise UnknownDefinitionError(
            f"{what}「{name}」はありません。", todo=suggest(name, known) or "定義の id を確かめてください。"
        )
    return known[name]


def _refuse(reason: str) -> Permission:
    return Permission(False, reason)


def list_adoptions(catalog: Catalog) -> Iterator[tuple[Kind, str, Adoption]]:
    """Everything that is adopted one by one, with its present adoption."""
    for purpose in catalog.purposes.values():
        yield Kind.PURPOSE, purpose.id, purpose.adoption
    for item in catalog.items.values():
        for use in item.uses:
            yield Kind.USE, f"{item.id}:{use.purpose}", use.adoption
    for feed in catalog.feeds.values():
        yield Kind.FEED, feed.id, feed.adoption
    for indicator in catalog.indicators.values():
        yield Kind.INDICATOR, indicator.id, indicator.adoption
    for pack in catalog.packs.values():
        yield Kind.PACK, pack.id, pack.adoption
    for watch in catalog.silence_watches.values():
        yield Kind.SILENCE, watch.id, watch.adoption
    for role in catalog.roles.values():
        yield Kind.ROLE, role.id, role.adoption


def _dump(definitions: Mapping[str, Definition]) -> dict[str, Any]:
    return {name: definitions[name].model_dump(mode="json") for name in sorted(definitions)}


def hash_content(content: object) -> str:
    """SHA-256 of plain JSON data in canonical form."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
