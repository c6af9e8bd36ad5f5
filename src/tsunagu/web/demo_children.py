"""Who has to do with which child in a fictional city, so that everybody who tries the desk finds somebody there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tsunagu.access.models import PurposeGrant, Relationship, RelationshipKind, RoleAssignment, Staff
from tsunagu.access.session import ADMINISTRATION, acting_as
from tsunagu.cases.models import ListedChild
from tsunagu.catalog.words import Role

DEMO_TEAM = "T1"
_TEAM_CHILDREN, _OWN_CHILDREN, _SHARED_CHILDREN = 30, 12, 6
_SCHOOL_AGE = 6


@dataclass(frozen=True, slots=True)
class _Bond:
    """A child, and who it is bound to: a role's member of staff, or the team where there is none."""

    person_id: int
    kind: RelationshipKind
    role: Role | None


def give_demo_children(today: date) -> None:
    """Bind the loudest children of each purpose to the demo's staff; the same a second time is nothing.

    Afterwards the caseworker's team, the nurse, the school's people, the council and the guidance centre have some.
    """
    staff = {role.role: role.staff for role in _list_demo_roles(today)}
    administrator = Staff.objects.get(staff_number="D0001")
    bonds = [
        bond for children in _list_listed(staff[str(Role.COORDINATOR)], today) for bond in _bind(children)
    ]
    with acting_as(administrator, ADMINISTRATION, today):
        for bond in dict.fromkeys(bonds):
            team = ("", "") if bond.role else ("team", DEMO_TEAM)
            Relationship.objects.get_or_create(
                staff=staff[str(bond.role)] if bond.role else None,
                scope_kind=team[0],
                scope_id=team[1],
                person_id=bond.person_id,
                kind=str(bond.kind),
                defaults={"valid_from": today.replace(month=1, day=1)},
            )


def _list_demo_roles(today: date) -> list[RoleAssignment]:
    administrator = Staff.objects.get(staff_number="D0001")
    with acting_as(administrator, ADMINISTRATION, today):
        return list(
            RoleAssignment.objects.filter(staff__staff_number__startswith="D").select_related("staff")
        )


def _list_listed(coordinator: Staff, today: date) -> Iterator[list[ListedChild]]:
    """The loudest children of each purpose that the coordinator may act for."""
    with acting_as(Staff.objects.get(staff_number="D0001"), ADMINISTRATION, today):
        purposes = list(PurposeGrant.objects.filter(staff=coordinator).values_list("purpose", flat=True))
    for purpose in purposes:
        with acting_as(coordinator, purpose, today):
            listed = ListedChild.objects.order_by("-need_rank", "person_id")
            yield list(listed[: _TEAM_CHILDREN * 4])


def _bind(children: Sequence[ListedChild]) -> Iterator[_Bond]:
    young = [child for child in children if (child.age_years or 0) < _SCHOOL_AGE]
    pupils = [child for child in children if (child.age_years or 0) >= _SCHOOL_AGE]
    wanted = (
        (children[:_TEAM_CHILDREN], RelationshipKind.TEAM, None),
        (children[:_OWN_CHILDREN], RelationshipKind.ASSIGNED, Role.CASEWORKER),
        (young[:_OWN_CHILDREN], RelationshipKind.ASSIGNED, Role.PUBLIC_HEALTH_NURSE),
        (pupils[:_OWN_CHILDREN], RelationshipKind.ASSIGNED, Role.SCHOOL_SOCIAL_WORKER),
        (pupils[:_SHARED_CHILDREN], RelationshipKind.SHARED, Role.SCHOOL),
        (children[:_SHARED_CHILDREN], RelationshipKind.AGENDA, Role.COUNCIL_MEMBER),
        (children[:_SHARED_CHILDREN], RelationshipKind.SHARED, Role.CHILD_GUIDANCE_CENTER),
    )
    for some, kind, role in wanted:
        yield from (_Bond(child.person_id, kind, role) for child in some)
