"""The municipality's table of roles, copied into the database so that row policies can read it."""

from collections.abc import Iterable

from django.db import transaction

from tsunagu.access.models import RoleLane, RoleLog, RoleRight
from tsunagu.catalog.roles import RoleRights


def write_role_table(roles: Iterable[RoleRights], *, using: str) -> None:
    """Replace the copy. A role that is not among them, because nobody adopted it, has no right from here on.

    Args:
        roles: the roles whose rights hold today (`Catalog.list_roles`).
        using: Django's connection as the owner of the tables.
    """
    roles = list(roles)
    rights = [
        RoleRight(role=str(role.id), permission=str(right), reach=str(reach))
        for role in roles
        for right, reaches in role.rights.items()
        for reach in reaches
    ]
    lanes = [RoleLane(role=str(role.id), lane=str(lane)) for role in roles for lane in role.lanes]
    logs = [RoleLog(role=str(role.id), log=str(log)) for role in roles for log in role.logs]
    with transaction.atomic(using):
        RoleLog.objects.using(using).all().delete()
        RoleLog.objects.using(using).bulk_create(logs)
        RoleRight.objects.using(using).all().delete()
        RoleRight.objects.using(using).bulk_create(rights)
        RoleLane.objects.using(using).all().delete()
        RoleLane.objects.using(using).bulk_create(lanes)
