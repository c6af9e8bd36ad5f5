"""名簿をしぼる as an address: all that was chosen stands in it, so that it can be kept, sent and gone back to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from tsunagu.cases.narrowing import CAPACITY_AT_MOST, Facet, Narrowing, Order
from tsunagu.web.fields import TidyNumberField
from tsunagu.web.narrowing_words import COLUMN_TITLES, FIRST_COLUMNS, VALUE_TITLES

_VALUES_AT_MOST = 60
_VALUE_LENGTH = 80
_PAGES_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is asked for. `is_capacity_wrong`: a number of visits that is none was typed, and is not in force."""

    narrowing: Narrowing
    columns: tuple[str, ...] = FIRST_COLUMNS
    is_capacity_wrong: bool = False

    def without(self, facet: Facet, value: str | None = None) -> "Shown":
        """The same without one value of a facet, or without the facet."""
        kept = tuple(
            one for one in self.narrowing.chosen.get(facet, ()) if value is not None and one != value
        )
        chosen = {**self.narrowing.chosen, facet: kept}
        return self.but(
            chosen={one: values for one, values in chosen.items() if values}, page=1, left_out_by=None
        )

    def but(self, **changes: object) -> "Shown":
        """The same with other parts of what was chosen."""
        return replace(self, narrowing=replace(self.narrowing, **changes))  # type: ignore[arg-type]  # a part's own type

    @property
    def query(self) -> str:
        """The part of the address after `?`."""
        return urlencode(list(_list_pairs(self)))


def read_shown(query: QueryDict) -> Shown:
    """Read an address; what is not one of ours is left out."""
    chosen = {facet: values for facet in Facet if (values := _read_values(facet, query.getlist(facet)))}
    out = query.get("out", "")
    order = query.get("sort", "")
    capacity, is_wrong = _read_capacity(query.get("cap", ""))
    narrowing = Narrowing(
        chosen,
        Facet(out) if out in chosen else None,
        Order(order) if order in set(Order) else Order.NEED,
        capacity,
        _read_page(query.get("page", "")),
        has_shares=query.get("shares") == "1",
    )
    columns = tuple(name for name in COLUMN_TITLES if name in query.getlist("col"))
    return Shown(narrowing, columns if "col" in query else FIRST_COLUMNS, is_wrong)


def write_address(shown: Shown) -> str:
    """Where the page says this."""
    address = reverse("narrow_list")
    return f"{address}?{shown.query}" if shown.query else address


def _read_values(facet: Facet, values: list[str]) -> tuple[str, ...]:
    """Values of ours in our order; those that come with the children as they stand."""
    if facet in VALUE_TITLES:
        return tuple(value for value in VALUE_TITLES[facet] if value in values)
    usable = (value for value in values if 0 < len(value) <= _VALUE_LENGTH and "\0" not in value)
    return tuple(dict.fromkeys(usable))[:_VALUES_AT_MOST]


def _read_capacity(text: str) -> tuple[int | None, bool]:
    field = TidyNumberField(required=False, min_value=1, max_value=CAPACITY_AT_MOST)
    try:
        return field.clean(text), False
    except ValidationError:
        return None, True


def _read_page(text: str) -> int:
    return (
        min(max(int(text), 1), _PAGES_AT_MOST) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    )


def _list_pairs(shown: Shown) -> Iterator[tuple[str, str]]:
    narrowing = shown.narrowing
    for facet in Facet:
        for value in narrowing.chosen.get(facet, ()):
            yield str(facet), value
    if narrowing.left_out_by:
        yield "out", str(narrowing.left_out_by)
    if narrowing.order is not Order.NEED:
        yield "sort", str(narrowing.order)
    if narrowing.capacity is not None:
        yield "cap", str(narrowing.capacity)
    if narrowing.has_shares:
        yield "shares", "1"
    if shown.columns != FIRST_COLUMNS:
        # None at all is said too, or it would read as the usual ones.
        yield from (("col", column) for column in shown.columns or ("",))
    if narrowing.page > 1:
        yield "page", str(narrowing.page)
