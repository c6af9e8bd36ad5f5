"""Days, numbers and the words for codes, as templates write them in the language of the page."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tsunagu.cases.models import Feedback
from tsunagu.catalog.places import PlaceKind
from tsunagu.catalog.words import Department
from tsunagu.japanese import show_era_date
from tsunagu.people.fetching import Trouble
from tsunagu.people.record import Shut
from tsunagu.vocabulary.identifiers import show_id
from tsunagu.web.child_entries import Entries
from tsunagu.web.child_forms import OUTCOME_TITLES, VERDICT_TITLES, WAY_TITLES
from tsunagu.web.framing import get_purpose_name
from tsunagu.web.narrowing_words import STATE_TITLES
from tsunagu.web.place_words import find_value_name, name_place
from tsunagu.web.standing import find_place_name, get_feed_title
from tsunagu.web.templatetags.phrases import said

register = template.Library()

DEPARTMENTS: dict[str, Promise] = {
    Department.RESIDENT: _("住民"),
    Department.EDUCATION: _("教育"),
    Department.HEALTH: _("保健"),
    Department.BENEFITS: _("手当"),
    Department.CHILDCARE: _("保育"),
    Department.WELFARE: _("福祉・相談・要対協"),
}
RELATIONS: dict[str, Promise] = {
    "parent": _("親"),
    "grandparent": _("祖父母"),
    "sibling": _("きょうだい"),
    "spouse": _("配偶者"),
    "child": _("子"),
    "grandchild": _("孫"),
}
CONFIDENCES: dict[str, Promise] = {
    "certain": _("続柄のとおり"),
    "likely": _("たぶん（続柄からの推測）"),
    "possible": _("かもしれない（続柄からの推測）"),
}
SEXES: dict[str, Promise] = {"male": _("男"), "female": _("女")}
SYSTEMS: dict[str, Promise] = {"resident": _("住民記録")}
TROUBLES: dict[str, Promise] = {
    Trouble.NO_RUN: _(
        "まだ一度も判定が行われていないため、取り寄せる記録がありません。データの担当に知らせてください。"
    ),
    Trouble.NOT_IN_RUN: _(
        "最後の判定の対象にいないため、取り寄せられません。転出したか、名簿が古いことがあります。"
    ),
    Trouble.PURPOSE_REFUSED: _("いまの利用目的では、この市の記録を使えません。目的を選び直してください。"),
}
ACTS: dict[str, Promise] = {
    "child.open": _("ページを開いた"),
    "child.contact": _("住所・電話を見た"),
    "child.fetch": _("記録を取り寄せた"),
    "child.seal": _("親族として封をした"),
    "case.share": _("共有版を作った"),
    "child.shared": _("共有版を開いた"),
    "case.decide": _("判断を記録した"),
    "case.feedback": _("理由の正誤を記録した"),
    "case.contact": _("連絡を記録した"),
    "case.defer": _("延期した"),
    "case.assign": _("担当を決めた"),
    "case.unassign": _("担当を外した"),
    "case.take_back": _("記録を取り消した"),
    "case.intake.begin": _("受付を書きはじめる"),
    "case.intake": _("受付をする"),
    "case.intake.open": _("受付を開く"),
    "case.receipt": _("受付を受け取る"),
    "case.sighting": _("受付のこどもの姿を見たと書く"),
    "case.closing": _("受付を終える"),
}
SHUTS: dict[str, Promise] = {
    Shut.NO_LANE: _("あなたの役割では見られない部署です"),
    Shut.NO_BOND: _("このこどもの担当になると見られます"),
}


@register.filter
def outcome(word: str) -> str | Promise:
    """What was decided."""
    return OUTCOME_TITLES.get(word, word)


@register.filter
def state(word: str) -> str | Promise:
    """Where a child stands with us."""
    return STATE_TITLES[word]


@register.filter
def way(word: str) -> str | Promise:
    """How somebody was in touch."""
    return WAY_TITLES.get(word, word)


@register.filter
def verdict(word: str) -> str | Promise:
    """What was said of a reason."""
    return VERDICT_TITLES.get(word, word)


@register.filter
def feed(word: str) -> str:
    """A source file by its title."""
    return get_feed_title(word, get_language() or "ja")


@register.simple_tag
def said_of(entries: Entries, pack: str, indicator: str) -> Feedback | None:
    """What was last said of a reason."""
    return entries.feedback.get((pack, indicator))


@register.filter
def school(code: str) -> str:
    """A school by its name."""
    return name_place(PlaceKind.SCHOOL, code)


@register.filter
def facility(code: str) -> str:
    """A nursery by its name."""
    return name_place(PlaceKind.FACILITY, code)


@register.filter
def places(codes: Iterable[str]) -> str:
    """Schools and nurseries by their names, one after the other; a code that has none as it stands."""
    kinds = (PlaceKind.SCHOOL, PlaceKind.FACILITY)
    return "、".join(
        next(filter(None, (find_place_name(kind, code) for kind in kinds)), code) for code in codes
    )


@register.filter
def value(one: Mapping[str, Any]) -> str:
    """A fact's value; a place by its name."""
    return find_value_name(one["name"], one["shown"]["ja"]) or said(one["shown"])


@register.filter
def act_on_child(word: str) -> str | Promise:
    """What was done, as the trail names it."""
    return ACTS.get(word, word)


@register.filter
def purpose(word: str) -> str:
    """A purpose by its title."""
    return get_purpose_name(word)


@register.filter
def department(word: str) -> str | Promise:
    """A department on a child's page."""
    return DEPARTMENTS[word]


@register.filter
def relation(word: str | None) -> str | Promise:
    """What somebody is to the child."""
    return RELATIONS.get(word or "", _("続柄は分からない"))


@register.filter
def confidence(word: str | None) -> str | Promise:
    """How sure that is."""
    return CONFIDENCES.get(word or "", "–")


@register.filter
def sex(word: str | None) -> str | Promise:
    """The sex in the register; nothing where it is not told."""
    return SEXES.get(word or "", "")


@register.filter
def system(word: str) -> str | Promise:
    """A source system."""
    return SYSTEMS.get(word, word)


@register.filter
def trouble(word: str) -> str | Promise:
    """Why a child could not be fetched, and what to do."""
    return TROUBLES.get(word, "")


@register.filter
def shut(word: str) -> str | Promise:
    """Why a department's facts are not shown."""
    return SHUTS[word]


@register.filter
def day(on: date | None) -> SafeString | str:
    """A day in its era, or as English writes it; nothing when there is none."""
    if on is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), write_day(on))


@register.filter
def number(person_id: int) -> str:
    """A child's number as people read it."""
    return show_id(person_id)


def write_day(on: date) -> str:
    """A day in words, without a tag."""
    return on.isoformat() if get_language() == "en" else show_era_date(on)
