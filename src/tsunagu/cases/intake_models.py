"""The desk's tables of 受付: what somebody told about a child, what followed, and who answers when nobody takes it on."""

import uuid
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tsunagu.access.models import WORD_LENGTH, Staff
from tsunagu.pipeline.seam import ContactWay

_WORDS = r"\S{2}"


class Source(StrEnum):
    """Who told of a child."""

    SCHOOL = "school"
    NURSERY = "nursery"
    HEALTH = "health"
    HOSPITAL = "hospital"
    POLICE = "police"
    GUIDANCE_CENTER = "guidance_center"
    WELFARE_VOLUNTEER = "welfare_volunteer"
    OTHER_OFFICE = "other_office"
    NEIGHBOUR = "neighbour"
    CHILD = "child"
    FAMILY = "family"
    RELATIVE = "relative"
    UNNAMED = "unnamed"
    """Somebody who did not say who they are."""
    OTHER = "other"


class Urgency(StrEnum):
    """How soon somebody must look; none of them moves the clock back."""

    NOW = "now"
    TODAY = "today"
    IN_TIME = "in_time"


class WasSeen(StrEnum):
    """Whether whoever told of the child has seen it. That does not end the clock: one of us must."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    UNKNOWN = "unknown"


class Informed(StrEnum):
    """Who else is to be told."""

    SUPERVISOR = "supervisor"
    GUIDANCE_CENTER = "guidance_center"
    POLICE = "police"
    SCHOOL = "school"
    NURSERY = "nursery"
    HEALTH = "health"
    COUNCIL = "council"


CHECK_WITHIN = timedelta(hours=48)
"""The latest by which one of us has seen the child, from the moment it came in."""


class Intake(models.Model):
    """What somebody told about a child, in their words, and until when the child must have been seen. Right: `take_intake`.

    `person_id` None: a child who is not in the directory. `received_at`: when it came in; `noted_at`: when it was written
    down. Whose turn it is until somebody receives it: anybody's, from `duty_at` on the duty officer's, from `deputy_at`
    on the deputy's too. `candidates`: how many children the search showed; None: nothing was known to search by. Never changed; what follows stands in `IntakeStep`.
    """

    id = models.UUIDField("番号", primary_key=True, default=uuid.uuid4)
    person_id = models.BigIntegerField("こどもの番号", null=True, db_index=True)
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="書いた人")
    recorded_at = models.DateTimeField("書いた時刻", db_default=Now())
    received_at = models.DateTimeField("知らせを受けた時刻")
    noted_at = models.DateTimeField("受付にした時刻")
    duty_at = models.DateTimeField("当番に回る時刻")
    deputy_at = models.DateTimeField("副当番に回る時刻")
    due_at = models.DateTimeField("姿を見る期限")
    source = models.CharField("だれから", max_length=WORD_LENGTH)
    told_by = models.TextField("その人の名前と連絡先", blank=True)
    said = models.TextField("言われたこと")
    name = models.TextField("こどもの氏名", blank=True)
    kana = models.TextField("読み", blank=True)
    born = models.TextField("生年月日か年齢", blank=True)
    place = models.TextField("住所・学校・いるところ", blank=True)
    is_unborn = models.BooleanField("出生前", default=False)
    was_seen = models.CharField("姿を見たか", max_length=WORD_LENGTH)
    seen_when = models.TextField("いつ見たか", blank=True)
    seen_by = models.TextField("だれが見たか", blank=True)
    urgency = models.CharField("急ぎ", max_length=WORD_LENGTH)
    tell_also = ArrayField(models.TextField(), verbose_name="ほかに知らせる先", default=list)
    searched_at = models.DateTimeField("さがした時刻")
    candidates = models.IntegerField("似ているこどもの人数", null=True)

    class Meta:
        """The clock begins when it came in, and cannot be set to more than its hours."""

        db_table = "cases_intake"
        verbose_name = "受付"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(source__in=[str(one) for one in Source])
                & Q(urgency__in=[str(one) for one in Urgency])
                & Q(was_seen__in=[str(one) for one in WasSeen]),
                name="intake_in_our_words",
            ),
            models.CheckConstraint(
                condition=Q(tell_also__contained_by=[str(one) for one in Informed]),
                name="intake_tells_ours",
            ),
            models.CheckConstraint(condition=Q(said__regex=_WORDS), name="intake_says_something"),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("received_at"), due_at__lte=F("received_at") + CHECK_WITHIN),
                name="intake_clock_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("noted_at"), searched_at__lte=F("noted_at")),
                name="intake_came_before",
            ),
            models.CheckConstraint(
                condition=Q(duty_at__gte=F("noted_at"), deputy_at__gte=F("duty_at")),
                name="intake_turns_follow",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class StepKind(StrEnum):
    """What happened with an intake."""

    RECEIPT = "receipt"
    """受け取りました: from here on it is theirs."""
    SIGHTING = "sighting"
    """One of us saw the child: the clock is over."""
    CLOSING = "closing"
    """Over without that, for a reason."""
    TAKING_BACK = "taking_back"
    """A step of one's own was made in error."""


class Ending(StrEnum):
    """Why the clock is over though none of us saw the child."""

    SEEN_BY_OTHERS = "seen_by_others"
    HANDED_OVER = "handed_over"
    SAME_AS_OTHER = "same_as_other"
    NO_CHILD = "no_child"
    OTHER = "other"


class IntakeStep(models.Model):
    """One step with an intake. Only ever added; `person_id` and `purpose` are the intake's, the database sees to it.

    `happened_at`: the moment. `occurred_on`, `way`: of a sighting. `ending`: of a closing. `about`: the step that is taken
    back. `contact`: the contact from which the database made the sighting.
    """

    id = models.UUIDField("番号", primary_key=True, default=uuid.uuid4)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="steps", verbose_name="受付")
    person_id = models.BigIntegerField("こどもの番号", null=True, db_index=True)
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="書いた人")
    recorded_at = models.DateTimeField("書いた時刻", db_default=Now())
    happened_at = models.DateTimeField("時刻")
    kind = models.CharField("すんだこと", max_length=WORD_LENGTH)
    occurred_on = models.DateField("姿を見た日", null=True)
    way = models.CharField("方法", max_length=WORD_LENGTH, blank=True)
    ending = models.CharField("終えるわけ", max_length=WORD_LENGTH, blank=True)
    note = models.TextField("メモ", blank=True)
    about = models.UUIDField("取り消す記録", null=True)
    contact = models.UUIDField("連絡の記録", null=True)

    class Meta:
        """Each kind says what it must, and nothing else."""

        db_table = "cases_intake_step"
        verbose_name = "受付のあと"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind=str(StepKind.RECEIPT), occurred_on__isnull=True, ending="", about__isnull=True
                )
                | Q(kind=str(StepKind.SIGHTING), occurred_on__isnull=False, ending="", about__isnull=True)
                | Q(
                    kind=str(StepKind.CLOSING),
                    occurred_on__isnull=True,
                    ending__in=[str(one) for one in Ending],
                    note__regex=_WORDS,
                    about__isnull=True,
                )
                | Q(kind=str(StepKind.TAKING_BACK), occurred_on__isnull=True, ending="", about__isnull=False),
                name="intake_step_says_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(way="")
                | Q(
                    kind=str(StepKind.SIGHTING),
                    way__in=[str(ContactWay.VISIT), str(ContactWay.INTERVIEW), str(ContactWay.OTHER)],
                ),
                name="intake_sighting_sees",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class IntakeDraft(models.Model):
    """An intake that somebody has begun after a search, as far as it is typed. For them alone; gone once it is one."""

    id = models.UUIDField("番号", primary_key=True, default=uuid.uuid4)
    person_id = models.BigIntegerField("こどもの番号", null=True)
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+", verbose_name="書いている人")
    content = models.JSONField("書きかけ", default=dict)
    searched_at = models.DateTimeField("さがした時刻")
    candidates = models.IntegerField("似ているこどもの人数", null=True)
    saved_at = models.DateTimeField("残した時刻", db_default=Now())

    class Meta:
        """Its table."""

        db_table = "cases_intake_draft"
        verbose_name = "書きかけの受付"

    def __str__(self) -> str:
        return str(self.id)


class Duty(models.Model):
    """Who answers on a day for intakes that nobody has received: the duty officer, then the deputy.

    Only ever added: the last row of a day counts. About no child; seen by every signed-in member of staff, set by whose
    role says who is in charge (`assign`).
    """

    id = models.BigAutoField(primary_key=True)
    on_date = models.DateField("日", db_index=True)
    officer = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="当番")
    deputy = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="副当番")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="決めた人")
    recorded_at = models.DateTimeField("決めた時刻", db_default=Now())

    class Meta:
        """Two people."""

        db_table = "cases_duty"
        verbose_name = "当番"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(officer=F("deputy")), name="deputy_is_another")
        ]

    def __str__(self) -> str:
        return str(self.on_date)
