"""Whether a group of children is left out by what was chosen: its share of the whole list beside its share of the rest.

Counts are shown in steps of ten, whichever city it is, so that the panel may be printed and brought to a meeting: no
subtraction, within a table or between two of them, gives a single child away. Bars and verdicts rest on what is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.cases.narrowing import Facet, GroupCount, Grouping, Narrowed, Narrowing
from tsunagu.pipeline.seam import Disclosure, Figure, show_figure
from tsunagu.web.narrowing_words import GROUPING_TITLES, STAGE_TITLES, VALUE_TITLES, get_value_title
from tsunagu.web.templatetags.desk_words import SEXES

BAR_WIDTH = 240
_LESS = 0.8
"""Below this relation of its two shares a group is said to be fewer. That one is more is not said: nobody is to be
picked by their group."""
_IN_STEPS = Disclosure(is_open=False)
_SAME_ORDER: Mapping[Grouping, Sequence[str]] = {
    Grouping.AGE: tuple(VALUE_TITLES[Facet.AGE]),
    Grouping.STAGE: tuple(STAGE_TITLES),
    Grouping.SEX: tuple(SEXES),
}


class Verdict(StrEnum):
    """What the two shares say for certain."""

    FEWER = "fewer"
    NOT_FEWER = "not_fewer"
    UNSURE = "unsure"
    """Too few children to say."""


@dataclass(frozen=True, slots=True)
class Share:
    """One group's part of some children, in the units of the drawing and in percent: at least, at most."""

    children: str
    least: int
    most: int

    @property
    def least_width(self) -> int:
        """How far the bar reaches for certain."""
        return self.least * BAR_WIDTH // 100

    @property
    def unsure_width(self) -> int:
        """How much further it may reach."""
        return self.most * BAR_WIDTH // 100 - self.least_width

    @property
    def percent(self) -> str:
        """In words."""
        return f"{self.least}%" if self.least == self.most else f"{self.least}～{self.most}%"


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One group."""

    title: str
    listed: Share
    left: Share
    verdict: Verdict

    @property
    def words(self) -> Promise:
        """The verdict as an officer reads it."""
        return _VERDICTS[self.verdict]

    @property
    def mark(self) -> str:
        """Its colour; the words say the same."""
        return "warn" if self.verdict is Verdict.FEWER else ""


@dataclass(frozen=True, slots=True)
class GroupingShown:
    """All groups of one kind."""

    title: Promise
    groups: tuple[GroupShown, ...]


_VERDICTS: Mapping[Verdict, Promise] = {
    Verdict.FEWER: _("少ない"),
    Verdict.NOT_FEWER: _("減りなし"),
    Verdict.UNSURE: _("言えない"),
}


def describe_shares(
    narrowed: Narrowed, narrowing: Narrowing, kinds: Mapping[str, Mapping[str, str]], language: str
) -> list[GroupingShown]:
    """What the panel shows; a kind of groups with one group alone says nothing, and is left out."""
    is_cut = narrowing.capacity is not None and not narrowing.left_out_by
    left = min(narrowed.left, narrowing.capacity or 0) if is_cut else narrowed.left
    found = []
    for grouping in Grouping:
        groups = _sort([one for one in narrowed.groups if one.grouping is grouping], grouping)
        if len(groups) > 1:
            shown = tuple(_describe(one, narrowed.visible, left, kinds, language) for one in groups)
            found.append(GroupingShown(GROUPING_TITLES[grouping], shown))
    return found


def list_fewer(groupings: Sequence[GroupingShown]) -> Iterator[tuple[Promise, str]]:
    """Every group that is certainly fewer, with the kind of groups it is of."""
    for grouping in groupings:
        yield from ((grouping.title, one.title) for one in grouping.groups if one.verdict is Verdict.FEWER)


def _sort(groups: list[GroupCount], grouping: Grouping) -> list[GroupCount]:
    """In the order of life; what has none by name, what is unknown or withheld last. Never by the number of children."""
    order = list(_SAME_ORDER.get(grouping, ()))
    return sorted(
        groups,
        key=lambda one: (
            order.index(one.value) if one.value in order else len(order),
            one.value in "-*",
            one.value,
        ),
    )


def _describe(
    group: GroupCount, visible: int, left: int, kinds: Mapping[str, Mapping[str, str]], language: str
) -> GroupShown:
    listed, remaining = _IN_STEPS.show(group.listed), _IN_STEPS.show(group.left)
    return GroupShown(
        _get_title(group, kinds, language),
        _measure(listed, visible, language),
        _measure(remaining, left, language),
        _judge(listed, remaining, visible, left),
    )


def _get_title(group: GroupCount, kinds: Mapping[str, Mapping[str, str]], language: str) -> str:
    if group.grouping is Grouping.STAGE:
        return str(STAGE_TITLES[group.value])
    if group.grouping is Grouping.SEX:
        return str(SEXES.get(group.value, _("分からない")))
    facet = {Grouping.AGE: Facet.AGE, Grouping.DISTRICT: Facet.DISTRICT, Grouping.KIND: Facet.KIND}
    return get_value_title(facet[group.grouping], group.value, kinds, language)


def _measure(figure: Figure, everybody: int, language: str) -> Share:
    words = show_figure(figure, "人")[language != "ja"]
    if not everybody:
        return Share(words, 0, 0)
    least, most = (min(100 * count // everybody, 100) for count in (figure.least, figure.most))
    return Share(words, least, most)


def _judge(listed: Figure, remaining: Figure, visible: int, left: int) -> Verdict:
    """What is so whichever of the possible numbers is the true one."""
    if not visible or not left:
        return Verdict.UNSURE
    expected = [left * count / visible for count in (listed.least, listed.most)]
    if remaining.most < _LESS * expected[0]:
        return Verdict.FEWER
    return Verdict.NOT_FEWER if remaining.least >= _LESS * expected[1] else Verdict.UNSURE
