"""Schools, facilities and districts in words: their names, or their codes where the municipality wrote no name."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tsunagu.catalog.places import PlaceKind
from tsunagu.web.standing import find_place_name

_CODED: Mapping[PlaceKind, Promise] = {
    PlaceKind.SCHOOL: _("学校 %s"),
    PlaceKind.FACILITY: _("園・施設 %s"),
    PlaceKind.DISTRICT: _("地区 %s"),
}
# Which values of a fact stand for a place.
_KINDS_BY_VALUE = {"school_id": PlaceKind.SCHOOL, "facility_id": PlaceKind.FACILITY}


def name_place(kind: PlaceKind, code: str) -> str:
    """What one place is called."""
    return find_place_name(kind, code) or str(_CODED[kind]) % code


def find_value_name(value: str, code: str) -> str | None:
    """What a fact's value is called, when it stands for a place that has a name."""
    kind = _KINDS_BY_VALUE.get(value)
    return find_place_name(kind, code) if kind else None
