"""What is known of a member of staff's rights. Inside `acting_as`, rows of others show to administrators alone."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import F, Q, QuerySet

from tsunagu.access.models import (
    Administratorship,
    PurposeGrant,
    Relationship,
    RelationshipKind,
    RoleAssignment,
    RoleLane,
    RoleLog,
    RoleRight,
    Seal,
    Staff,
)
from tsunagu.access.row_policies import write_condition, write_lane_condition
from tsunagu.catalog.roles import Log, Right


def is_in_force(on_date: date) -> Q:
    """The terms that hold on a day."""
    return Q(valid_from__lte=on_date) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on_date))


def list_roles(staff: Staff, *, on_date: date) -> QuerySet[RoleAssignment]:
    """The roles a member of staff has on a day, in every scope."""
    return RoleAssignment.objects.filter(is_in_force(on_date), staff=staff).order_by("role", "scope_id")


def list_purposes(staff: Staff, *, on_date: date) -> list[str]:
    """Ids of the purposes a member of staff may choose on a day."""
    grants = PurposeGrant.objects.filter(is_in_force(on_date), staff=staff)
    return sorted(set(grants.values_list("purpose", flat=True)))


def is_purpose_granted(staff: Staff, purpose: str, *, on_date: date) -> bool:
    """Whether a member of staff may act for a purpose on a day."""
    return PurposeGrant.objects.filter(is_in_force(on_date), staff=staff, purpose=purpose).exists()


def is_administrator(staff: Staff, *, on_date: date) -> bool:
    """Whether a member of staff may give and take rights on a day."""
    return Administratorship.objects.filter(is_in_force(on_date), staff=staff).exists()


def list_sealed(staff: Staff, *, on_date: date) -> frozenset[int]:
    """The persons of whom a member of staff sees nothing: a seal holds from the moment it stands until the day it ends."""
    seals = Seal.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on_date), staff=staff)
    return frozenset(seals.values_list("person_id", flat=True))


def list_rights(staff: Staff, *, on_date: date) -> frozenset[Right]:
    """What the roles of the day may do at all; over which children, and for which purpose, the row policies decide."""
    roles = list_roles(staff, on_date=on_date).values("role")
    found = RoleRight.objects.filter(role__in=roles).values_list("permission", flat=True)
    return frozenset(Right(permission) for permission in found)


def list_logs(staff: Staff, *, on_date: date) -> frozenset[Log]:
    """Which parts of the audit trail the roles of the day may read."""
    roles = list_roles(staff, on_date=on_date).values("role")
    return frozenset(Log(log) for log in RoleLog.objects.filter(role__in=roles).values_list("log", flat=True))


def list_rights_over(
    person_id: int, rights: Collection[Right], *, even_broken: bool = True
) -> frozenset[Right]:
    """Which of some rights whoever acts has over one child, as the row policies decide it. Inside `acting_as`.

    `even_broken`: what an emergency opening gives counts as well.
    """
    conditions = [write_condition("asked", right, even_broken=even_broken) for right in rights]
    select = (
        f"SELECT {', '.join(f'({one})' for one in conditions)} FROM (SELECT %s::bigint AS person_id) AS asked"  # noqa: S608 - our own statements
    )
    with connection.cursor() as cursor:
        cursor.execute(select, [person_id])
        (row,) = cursor.fetchall()
    return frozenset(right for right, is_held in zip(rights, row, strict=True) if is_held)


def list_open_lanes(person_id: int, lanes: Collection[str]) -> frozenset[str]:
    """The departments whose facts of one child whoever acts may see, as the row policies decide it."""
    condition = write_condition("asked", Right.FACTS, also=write_lane_condition("asked"))
    select = f"SELECT lane FROM (SELECT %s::bigint AS person_id, unnest(%s::text[]) AS lane) AS asked WHERE {condition}"  # noqa: S608 - our own statements
    with connection.cursor() as cursor:
        cursor.execute(select, [person_id, list(lanes)])
        return frozenset(row[0] for row in cursor.fetchall())


def list_own_lanes(staff: Staff, *, on_date: date) -> frozenset[str]:
    """The departments whose facts the roles of the day may see at all."""
    roles = list_roles(staff, on_date=on_date).values("role")
    return frozenset(RoleLane.objects.filter(role__in=roles).values_list("lane", flat=True))


def holds_right(staff: Staff, right: Right, *, on_date: date) -> bool:
    """Whether one of the roles of the day has a right that is about no single child."""
    return right in list_rights(staff, on_date=on_date)


def list_ownerless(*, on_date: date) -> list[int]:
    """Children assigned to somebody who has left or has another duty now, and to nobody else (未割当).

    As far as whoever asks may see the assignments: a child whose other assignment is hidden from them counts as well.
    """
    assigned = Relationship.objects.filter(is_in_force(on_date), kind=str(RelationshipKind.ASSIGNED))
    is_due = Q(staff__is_active=False) | Q(
        staff__hands_over_on__lte=on_date, valid_from__lt=F("staff__hands_over_on")
    )
    ownerless = set(assigned.filter(is_due).values_list("person_id", flat=True))
    return sorted(ownerless - set(assigned.exclude(is_due).values_list("person_id", flat=True)))
