"""Staff and what they may do from which day to which day. Upper bounds are exclusive, null means open."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from tsunagu.catalog.words import Role

STAFF_NUMBER_LENGTH = 32
NAME_LENGTH = 100
WORD_LENGTH = 64


class ScopeKind(StrEnum):
    """What a role is limited to."""

    MUNICIPALITY = "municipality"
    SCHOOL = "school"
    FACILITY = "facility"
    DISTRICT = "district"
    TEAM = "team"


class StaffManager(BaseUserManager["Staff"]):
    """Makes staff; a password is optional, because a city's own directory may know it."""

    def create_staff(
        self, staff_number: str, *, name: str, department: str, email: str = "", password: str | None = None
    ) -> "Staff":
        """One member of staff, without any right yet."""
        staff = self.model(staff_number=staff_number, name=name, department=department, email=email)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):
    """One person who signs in. Signing in gives no right; dated roles and purposes do."""

    staff_number = models.CharField("職員番号", max_length=STAFF_NUMBER_LENGTH, unique=True)
    name = models.CharField("氏名", max_length=NAME_LENGTH)
    department = models.CharField("所属", max_length=NAME_LENGTH)
    email = models.EmailField("メールアドレス", blank=True, default="")
    is_active = models.BooleanField("在籍", default=True)

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "staff_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "department"]

    class Meta:
        """Names for screens."""

        verbose_name = "職員"
        verbose_name_plural = "職員"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(staff_number=""), name="staff_has_a_number"),
            models.CheckConstraint(condition=~Q(name=""), name="staff_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.staff_number


class Term(models.Model):
    """Something a member of staff has from one day to before another, in Japan's dates."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, verbose_name="職員")
    valid_from = models.DateField("この日から")
    valid_to = models.DateField("この日の前日まで", null=True, blank=True)

    class Meta:
        """Each kind of term is a table of its own."""

        abstract = True


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name
    )


_NUMBERED_KINDS = [str(kind) for kind in ScopeKind if kind is not ScopeKind.MUNICIPALITY]
_IS_NAMED_SCOPE = Q(scope_kind=str(ScopeKind.MUNICIPALITY), scope_id="") | (
    Q(scope_kind__in=_NUMBERED_KINDS) & ~Q(scope_id="")
)


class RoleAssignment(Term):
    """A role in a scope. Its row policies: seen by its holder and by administrators, changed by administrators."""

    role = models.CharField("役割", max_length=WORD_LENGTH)
    scope_kind = models.CharField("範囲の種類", max_length=WORD_LENGTH)
    scope_id = models.CharField("範囲の番号", max_length=WORD_LENGTH, blank=True, default="")

    class Meta:
        """The whole municipality needs no number; every other scope does."""

        verbose_name = "役割の割り当て"
        constraints: ClassVar = [
            _ends_after_it_begins("role_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(role__in=[str(role) for role in Role]), name="role_is_one_of_ours"
            ),
            models.CheckConstraint(
                condition=_IS_NAMED_SCOPE,
                name="role_scope_is_named",
            ),
            models.UniqueConstraint(
                fields=["staff", "role", "scope_kind", "scope_id", "valid_from"], name="role_begins_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.scope_kind}"


class PurposeGrant(Term):
    """A purpose for which a member of staff may look at children. Same row policies as roles."""

    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)

    class Meta:
        """A purpose's id is a word of the definitions."""

        verbose_name = "利用目的の許可"
        constraints: ClassVar = [
            _ends_after_it_begins("purpose_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(purpose__regex="^[a-z][a-z0-9_]*$"), name="purpose_is_an_id"),
            models.UniqueConstraint(fields=["staff", "purpose", "valid_from"], name="purpose_begins_once"),
        ]

    def __str__(self) -> str:
        return self.purpose


class Administratorship(Term):
    """Who may give and take rights. A table of its own, so that the policies of the others may ask it.

    A policy cannot ask its own table. Every signed-in member of staff sees who the administrators are.
    """

    class Meta:
        """At most one beginning a day."""

        verbose_name = "権限の管理者"
        constraints: ClassVar = [
            _ends_after_it_begins("administratorship_ends_after_it_begins"),
            models.UniqueConstraint(fields=["staff", "valid_from"], name="administratorship_begins_once"),
        ]

    def __str__(self) -> str:
        return str(self.valid_from)
