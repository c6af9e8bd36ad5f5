"""Staff and what they may do from which day to which day. Upper bounds are exclusive, null means open."""

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Now

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
    first_password_until = models.DateTimeField("はじめてのパスワードの期限", null=True, blank=True)
    """Until when the password, which somebody else gave them, lets them choose one of their own; null: it is theirs."""
    hands_over_on = models.DateField("この日から担当を引き継ぐ", null=True, blank=True)
    """The first day on which no role of theirs lets them be assigned a child; null: no such day is known.

    Written with the staff list, so that whoever may not see the roles of others sees whose children need somebody.
    """

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


class RoleRight(models.Model):
    """One right of one role over one kind of children, as the municipality's table of roles says.

    A copy of `definitions/roles.yaml`, so that row policies can read it; written by the tables' owner alone.
    """

    role = models.CharField("役割", max_length=WORD_LENGTH)
    permission = models.CharField("できること", max_length=WORD_LENGTH)
    reach = models.CharField("範囲", max_length=WORD_LENGTH)

    class Meta:
        """Each line of the table once."""

        verbose_name = "役割の権限"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "permission", "reach"], name="role_right_stands_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.permission} {self.reach}"


class RoleLane(models.Model):
    """One department whose facts a role may see. A copy of the table of roles, like `RoleRight`."""

    role = models.CharField("役割", max_length=WORD_LENGTH)
    lane = models.CharField("部署", max_length=WORD_LENGTH)

    class Meta:
        """Each lane of a role once."""

        verbose_name = "役割の部署"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "lane"], name="role_lane_stands_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.lane}"


class RoleLog(models.Model):
    """One part of the audit trail that a role may read. A copy of the table of roles, like `RoleRight`."""

    role = models.CharField("役割", max_length=WORD_LENGTH)
    log = models.CharField("記録", max_length=WORD_LENGTH)

    class Meta:
        """Each part once."""

        verbose_name = "役割の記録"
        constraints: ClassVar = [models.UniqueConstraint(fields=["role", "log"], name="role_log_stands_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.log}"


class TrailExport(models.Model):
    """Why somebody took a part of the audit trail out. Written by whoever does it; never changed, never deleted."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, verbose_name="職員")
    request_id = models.UUIDField("要求の番号")
    first_day = models.DateField("この日から")
    last_day = models.DateField("この日まで")
    reason = models.TextField("理由")
    at = models.DateTimeField("時刻", db_default=Now())

    class Meta:
        """A reason is a sentence, not a space."""

        verbose_name = "記録の書き出し"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S{5}"), name="export_has_a_reason")
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class RelationshipKind(StrEnum):
    """How a member of staff, or everybody of a team, school or facility, stands to a child by somebody's decision."""

    ASSIGNED = "assigned"
    TEAM = "team"
    AGENDA = "agenda"
    SHARED = "shared"


_IS_OF_ONE_PERSON = Q(staff__isnull=False, scope_kind="", scope_id="")
_IS_OF_A_GROUP = Q(staff__isnull=True, scope_kind__in=_NUMBERED_KINDS) & ~Q(scope_id="")


class Relationship(models.Model):
    """One child's bond to one member of staff, or to everybody whose role is limited to one team, school or facility.

    Row policies: seen by whom it binds and by administrators, changed by administrators.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, blank=True, verbose_name="職員")
    scope_kind = models.CharField("範囲の種類", max_length=WORD_LENGTH, blank=True, default="")
    scope_id = models.CharField("範囲の番号", max_length=WORD_LENGTH, blank=True, default="")
    person_id = models.BigIntegerField("こどもの番号", db_index=True)
    kind = models.CharField("関わり", max_length=WORD_LENGTH)
    valid_from = models.DateField("この日から")
    valid_to = models.DateField("この日の前日まで", null=True, blank=True)

    class Meta:
        """Held by one person or by a group, never by both or by nobody."""

        verbose_name = "こどもとの関わり"
        constraints: ClassVar = [
            _ends_after_it_begins("relationship_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in RelationshipKind]),
                name="relationship_is_one_of_ours",
            ),
            models.CheckConstraint(condition=_IS_OF_ONE_PERSON | _IS_OF_A_GROUP, name="relationship_is_held"),
            models.UniqueConstraint(
                fields=["person_id", "kind", "staff", "scope_kind", "scope_id", "valid_from"],
                name="relationship_begins_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Belonging(models.Model):
    """Where a child belongs by the last load: the municipality, and a school, facility, district where there is one.

    Replaced as a whole at each load by the tables' owner. A protected child has no district here.
    """

    person_id = models.BigIntegerField("こどもの番号")
    scope_kind = models.CharField("範囲の種類", max_length=WORD_LENGTH)
    scope_id = models.CharField("範囲の番号", max_length=WORD_LENGTH, blank=True, default="")
    is_before_school = models.BooleanField("就学前")

    class Meta:
        """One of each kind at most."""

        verbose_name = "こどもの所属"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person_id", "scope_kind"], name="belongs_once_to_each_kind")
        ]

    def __str__(self) -> str:
        return self.scope_kind


class Listing(models.Model):
    """A child that the last run received for a purpose put before people: what the reach `listed` means.

    Written by the tables' owner with the run. Over from the day it expires on; whoever was listed stays found by people
    who were bound to the child meanwhile.
    """

    pk = models.CompositePrimaryKey("person_id", "purpose")
    person_id = models.BigIntegerField("こどもの番号")
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    listed_since = models.DateField("続けて示されている最初の実行の日")
    expires_on = models.DateField("この日から先は数えない")

    class Meta:
        """Its table."""

        db_table = "access_listed"
        verbose_name = "実行が示したこども"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("listed_since")), name="listing_expires_later"
            )
        ]

    def __str__(self) -> str:
        return self.purpose


class Following(models.Model):
    """A child whom the decision in force gives a next date, listed or not: what the reach `followed` means.

    Kept by the database itself when something is decided or taken back; nobody writes here.
    """

    pk = models.CompositePrimaryKey("person_id", "purpose")
    person_id = models.BigIntegerField("こどもの番号")
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    next_action_on = models.DateField("次に動く日")
    ends_on = models.DateField("終えてから見えなくなる日", null=True)
    """Null while it is open; after it was closed, the first day on which it does not count any more."""

    class Meta:
        """Its table."""

        db_table = "access_followed"
        verbose_name = "次に動く日のあるこども"

    def __str__(self) -> str:
        return self.purpose


class Protection(models.Model):
    """Address protection (支援措置) of a child or its household, as far as is known, from day to day.

    Everybody with a context sees these rows: a mask that rests on a row somebody cannot see would open by itself.
    """

    person_id = models.BigIntegerField("こどもの番号")
    valid_from = models.DateField("この日から")
    valid_to = models.DateField("この日の前日まで", null=True, blank=True)

    class Meta:
        """Begins once a day."""

        verbose_name = "支援措置"
        constraints: ClassVar = [
            _ends_after_it_begins("protection_ends_after_it_begins"),
            models.UniqueConstraint(fields=["person_id", "valid_from"], name="protection_begins_once"),
        ]

    def __str__(self) -> str:
        return str(self.valid_from)


class SealKind(StrEnum):
    """Why a member of staff sees nothing of a child."""

    OWN_RELATIVE = "own_relative"
    SAME_ADDRESS = "same_address"


class Seal(models.Model):
    """One child of whom one member of staff sees nothing, whatever their rights: their own relative, or one next door.

    Row policies: told by oneself or by an administrator; ended by an administrator who is somebody else.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, verbose_name="職員")
    person_id = models.BigIntegerField("こどもの番号", db_index=True)
    kind = models.CharField("わけ", max_length=WORD_LENGTH)
    is_computed = models.BooleanField("名簿から", default=False)
    """It follows from another seal: the child lives with the one that was told."""
    sealed_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="決めた人"
    )
    valid_from = models.DateField("この日から")
    valid_to = models.DateField("この日の前日まで", null=True, blank=True)

    class Meta:
        """Begins once a day; somebody has told each, but for those that follow from another."""

        verbose_name = "閲覧の封"
        constraints: ClassVar = [
            _ends_after_it_begins("seal_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in SealKind]), name="seal_is_one_of_ours"
            ),
            models.CheckConstraint(
                condition=Q(is_computed=True) | Q(sealed_by__isnull=False), name="seal_was_told"
            ),
            models.UniqueConstraint(
                fields=["person_id", "staff", "is_computed", "valid_from"], name="seal_begins_once"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Unmasking(models.Model):
    """One view of what is masked, after a reason was written: it opens one child for one request and ends with it.

    Row policies: written and seen by whoever acts, for the request in force. Never changed, never deleted.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, verbose_name="職員")
    person_id = models.BigIntegerField("こどもの番号")
    request_id = models.UUIDField("要求の番号")
    reason = models.TextField("理由")
    at = models.DateTimeField("時刻", db_default=Now())

    class Meta:
        """A reason is a sentence, not a space."""

        verbose_name = "理由を書いた閲覧"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S{5}"), name="unmasking_has_a_reason"),
            models.UniqueConstraint(
                fields=["person_id", "staff", "request_id"], name="unmasking_once_a_request"
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_id)


LONGEST_BREAKING = timedelta(hours=4)
REASON_LETTERS = 15


class Breaking(models.Model):
    """An emergency opening (緊急時の閲覧): one child, one member of staff, for a written reason and some hours.

    Row policies: opened by whoever has the right over this child, from that moment on by the server's clock; seen by
    themselves, by those who look into it and by auditors. Never changed, never deleted: see `BreakingEntry`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="開いた人")
    person_id = models.BigIntegerField("こどもの番号", db_index=True)
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    reason = models.TextField("理由")
    begins_at = models.DateTimeField("この時刻から", db_default=Now())
    ends_at = models.DateTimeField("この時刻まで")

    class Meta:
        """Some hours; a reason of some length."""

        verbose_name = "緊急時の閲覧"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at"))
                & Q(
                    ends_at__lte=ExpressionWrapper(F("begins_at") + LONGEST_BREAKING, models.DateTimeField())
                ),
                name="breaking_is_short",
            ),
            models.CheckConstraint(
                condition=Q(reason__regex=rf"(\S\s*){{{REASON_LETTERS}}}"), name="breaking_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class BreakingKind(StrEnum):
    """What is said of an emergency opening: the first two by whoever opened it, the others by another person."""

    ENDED = "ended"
    EXPLAINED = "explained"
    ASKED = "asked"
    """An explanation is asked for."""
    PROPER = "proper"
    IMPROPER = "improper"
    """It was not right; if it is still open, it ends with this."""


_OWN_KINDS = [str(BreakingKind.ENDED), str(BreakingKind.EXPLAINED)]
_FINAL_KINDS = [str(BreakingKind.PROPER), str(BreakingKind.IMPROPER)]


class BreakingEntry(models.Model):
    """One thing said of an emergency opening, in order; never changed, never deleted.

    `opened_by` repeats who opened it, so that the table itself keeps anybody from judging their own.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    breaking = models.ForeignKey(
        Breaking, on_delete=models.PROTECT, related_name="entries", verbose_name="緊急時の閲覧"
    )
    opened_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="開いた人")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="書いた人")
    kind = models.CharField("何", max_length=WORD_LENGTH)
    words = models.TextField("ことば", blank=True, default="")
    at = models.DateTimeField("時刻", db_default=Now())

    class Meta:
        """Ended once, judged once, by another person; in words."""

        verbose_name = "緊急時の閲覧について"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in BreakingKind]),
                name="breaking_entry_is_one_of_ours",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_OWN_KINDS, staff=F("opened_by"))
                | (~Q(kind__in=_OWN_KINDS) & ~Q(staff=F("opened_by"))),
                name="nobody_judges_their_own_breaking",
            ),
            models.CheckConstraint(
                condition=Q(kind=str(BreakingKind.ENDED)) | Q(words__regex=r"\S{5}"),
                name="breaking_entry_has_words",
            ),
            models.UniqueConstraint(
                fields=["breaking"], condition=Q(kind=str(BreakingKind.ENDED)), name="breaking_ends_once"
            ),
            models.UniqueConstraint(
                fields=["breaking"], condition=Q(kind__in=_FINAL_KINDS), name="breaking_is_judged_once"
            ),
        ]

    def __str__(self) -> str:
        return self.kind
