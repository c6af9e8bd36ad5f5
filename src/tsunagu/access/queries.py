"""What is known of a member of staff's rights. Inside `acting_as`, rows of others show to administrators alone."""

from datetime import date

from django.db.models import Q, QuerySet

from tsunagu.access.models import Administratorship, PurposeGrant, RoleAssignment, Staff


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
