"""What the desk keeps of the runs: whom they list for which purpose, and why. And what people wrote about it.

What comes from a run is a copy, replaced as a whole when a later run is received; a run's own record stays. What people
wrote is only ever added.
"""

import uuid
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tsunagu.access.models import Staff
from tsunagu.cases import intake_models  # noqa: F401 # an application's tables are those its `models` knows
from tsunagu.pipeline.seam import ContactWay, OutcomeKind

WORD_LENGTH = 64
VIEW_NAME_LENGTH = 60
VIEW_QUERY_LENGTH = 4000
MEETING_LENGTH = 120
SHARED_DAYS_AT_MOST = 14
"""What was written for a meeting is not open for longer."""
CLOSING = frozenset({OutcomeKind.NO_SUPPORT, OutcomeKind.ALREADY_SUPPORTED, OutcomeKind.DATA_ERROR})
"""Decisions after which nobody of us has to do anything more; all others have a next date."""
_WORDS = r"\S{2}"


class ReceivedRun(models.Model):
    """One run as received for one purpose; one of each purpose is the current one.

    Seen by whoever may act for the purpose. `told_on`: the day whose permissions and protection its rows rest on.
    `counts`: figures of the run, none about a child. `kind_titles`: for each kind in `ListedChild.kinds` its titles.
    """

    run_id = models.CharField("実行", max_length=WORD_LENGTH)
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    as_of = models.DateField("基準日")
    told_on = models.DateField("受け取った日")
    expires_on = models.DateField("この日から先は数えない")
    received_at = models.DateTimeField("受け取った時刻", db_default=Now())
    counts = models.JSONField("人数")
    kind_titles = models.JSONField("気づきの種類")
    is_current = models.BooleanField("いま示しているもの")

    class Meta:
        """Its table."""

        db_table = "cases_run"
        verbose_name = "受け取った実行"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run_id", "purpose"], name="run_received_once"),
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(is_current=True), name="one_current_run_a_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.purpose}"


class ListedChild(models.Model):
    """A child that the current run lists for a purpose, with what a list is narrowed by. Right: `reasons`, that purpose.

    `need_level` null: only the silence watch lists the child; `need_rank` is then -1. `headline`: of the loudest pack, or
    the watch's words. `kinds`: difficulties with at least one reason, and `silence`. A protected child has no school, facility or
    district here. Of silence nothing is known (`silence_state` empty) where the purpose may not know all it counts.
    """

    pk = models.CompositePrimaryKey("person_id", "purpose")
    person_id = models.BigIntegerField("番号")
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    run_id = models.CharField("実行", max_length=WORD_LENGTH)
    need_level = models.CharField("必要度", max_length=WORD_LENGTH, null=True)
    need_rank = models.SmallIntegerField("必要度の順")
    headline_ja = models.TextField("ひとこと")
    headline_en = models.TextField("ひとこと（英語）")
    has_red_flag = models.BooleanField("すぐに確かめる印")
    days_unseen = models.IntegerField("姿が見えない日数", null=True)
    silence_state = models.CharField("姿の確認", max_length=WORD_LENGTH)
    is_silence_urgent = models.BooleanField("姿が見えず急ぐ")
    silence_ja = models.TextField("姿の確認のことば")
    silence_en = models.TextField("姿の確認のことば（英語）")
    last_seen_on = models.DateField("最後に姿を見た日", null=True)
    age_ja = models.TextField("年齢のことば")
    age_en = models.TextField("年齢のことば（英語）")
    age_months = models.IntegerField("月齢", null=True)
    age_years = models.IntegerField("年齢", null=True)
    grade = models.CharField("学年", max_length=WORD_LENGTH, null=True)
    school_id = models.CharField("学校", max_length=WORD_LENGTH, null=True)
    facility_id = models.CharField("施設", max_length=WORD_LENGTH, null=True)
    district = models.TextField("地区", null=True)
    is_unborn = models.BooleanField("出生前")
    is_registered = models.BooleanField("住民登録")
    is_protected = models.BooleanField("支援措置")
    months_unseen = models.IntegerField("姿が見えない月数", null=True)
    known_until = models.DateField("最後に届いた日", null=True)
    kinds = ArrayField(models.TextField(), verbose_name="気づきの種類")
    listed_since = models.DateField("続けて示されている最初の実行の日")
    expires_on = models.DateField("この日から先は数えない")

    class Meta:
        """Its table."""

        db_table = "cases_listed"
        verbose_name = "示されたこども"

    def __str__(self) -> str:
        return str(self.person_id)


class Result(models.Model):
    """What one pack says of a listed child, as the seam gives it (`PackResult` as JSON). Right: `reasons`, that purpose."""

    pk = models.CompositePrimaryKey("person_id", "purpose", "pack")
    person_id = models.BigIntegerField("番号")
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    pack = models.CharField("規則集", max_length=WORD_LENGTH)
    version = models.IntegerField("版")
    run_id = models.CharField("実行", max_length=WORD_LENGTH)
    need_level = models.CharField("必要度", max_length=WORD_LENGTH)
    is_listed = models.BooleanField("示すもの")
    has_red_flag = models.BooleanField("すぐに確かめる印")
    results = models.JSONField("理由")
    expires_on = models.DateField("この日から先は数えない")

    class Meta:
        """Its table."""

        db_table = "cases_result"
        verbose_name = "判定の結果"

    def __str__(self) -> str:
        return str(self.person_id)


class SavedView(models.Model):
    """A way somebody looks at the list, under a name of theirs; for them alone, and for the purpose it was made under."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, verbose_name="職員")
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    name = models.CharField("名前", max_length=VIEW_NAME_LENGTH)
    query = models.CharField("条件", max_length=VIEW_QUERY_LENGTH, blank=True)
    saved_at = models.DateTimeField("保存した時刻", db_default=Now())

    class Meta:
        """Its table."""

        db_table = "cases_view"
        verbose_name = "保存した見方"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="view_has_a_name"),
            models.UniqueConstraint(fields=["staff", "purpose", "name"], name="view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """Something a member of staff wrote about a child for one purpose. Only ever added: nothing is changed or deleted.

    An error is taken back by a `TakingBack`, and the right thing written anew.
    """

    id = models.UUIDField("番号", primary_key=True, default=uuid.uuid4)
    person_id = models.BigIntegerField("こどもの番号", db_index=True)
    purpose = models.CharField("利用目的", max_length=WORD_LENGTH)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", verbose_name="書いた人")
    recorded_at = models.DateTimeField("書いた時刻", db_default=Now())

    class Meta:
        """Each kind is a table of its own."""

        abstract = True

    def __str__(self) -> str:
        return str(self.id)


class Decision(Entry):
    """What somebody decided about a child they were shown. `next_action_on`: when somebody looks again or goes there.

    `run_id`: the run in force when it was decided; empty when none listed the child. Read by `reasons`, added by `decide`.
    """

    outcome = models.CharField("判断", max_length=WORD_LENGTH)
    reason = models.TextField("理由")
    decided_on = models.DateField("判断した日")
    next_action_on = models.DateField("次に動く日", null=True)
    run_id = models.CharField("実行", max_length=WORD_LENGTH, blank=True)

    class Meta:
        """Whoever stays with us has a next date; a reason is words, not a space."""

        db_table = "cases_decision"
        verbose_name = "判断"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=[str(kind) for kind in OutcomeKind]), name="decision_is_one_of_ours"
            ),
            models.CheckConstraint(condition=Q(reason__regex=_WORDS), name="decision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(outcome__in=sorted(map(str, CLOSING))) | Q(next_action_on__isnull=False),
                name="kept_child_has_a_next_date",
            ),
            models.CheckConstraint(
                condition=Q(next_action_on__isnull=True) | Q(next_action_on__gte=F("decided_on")),
                name="next_date_is_not_past",
            ),
        ]


class Verdict(StrEnum):
    """What somebody who knows the child says of one reason."""

    CORRECT = "correct"
    WRONG = "wrong"
    CHANGED = "changed"


class Feedback(Entry):
    """Whether a reason is right. `source`: the feed that is said to be wrong; none otherwise. Rights as for decisions."""

    pack = models.CharField("規則集", max_length=WORD_LENGTH)
    indicator = models.CharField("指標", max_length=WORD_LENGTH)
    verdict = models.CharField("正誤", max_length=WORD_LENGTH)
    source = models.CharField("もとのデータ", max_length=WORD_LENGTH, blank=True)
    note = models.TextField("メモ", blank=True)

    class Meta:
        """What is wrong is wrong somewhere: it goes back to the department that sent it."""

        db_table = "cases_feedback"
        verbose_name = "理由についての意見"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict=str(Verdict.WRONG), source__regex=_WORDS)
                | Q(verdict__in=[str(Verdict.CORRECT), str(Verdict.CHANGED)], source=""),
                name="wrong_names_its_source",
            ),
        ]


class ContactMade(Entry):
    """Somebody of the municipality was in touch with the child or the family. Read by `plan_read`, added by `note_contact`."""

    occurred_on = models.DateField("連絡した日")
    way = models.CharField("方法", max_length=WORD_LENGTH)
    saw_child = models.BooleanField("こどもの姿を見た")
    note = models.TextField("メモ", blank=True)

    class Meta:
        """A letter or a telephone call has seen nobody."""

        db_table = "cases_contact_made"
        verbose_name = "連絡の記録"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(way__in=[str(way) for way in ContactWay]), name="contact_has_a_way"
            ),
            models.CheckConstraint(
                condition=Q(saw_child=False)
                | ~Q(way__in=[str(ContactWay.LETTER), str(ContactWay.TELEPHONE)]),
                name="a_letter_sees_nobody",
            ),
        ]


class Deferral(Entry):
    """What was due is put off to a later day, for a reason. Rights as for decisions."""

    until = models.DateField("この日まで")
    reason = models.TextField("理由")

    class Meta:
        """A reason is words, not a space."""

        db_table = "cases_deferral"
        verbose_name = "延期"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__regex=_WORDS), name="deferral_has_a_reason")
        ]


class TakingBack(Entry):
    """An entry of one's own was made in error. Counts only for whoever wrote the entry; the entry itself stays."""

    about = models.UUIDField("取り消す記録", unique=True)

    class Meta:
        """Once."""

        db_table = "cases_taking_back"
        verbose_name = "取り消し"


class SharedVersion(Entry):
    """What a meeting is shown of a child until a day, as whoever wrote it saw it then. No place is in it, whoever's.

    Read by `share` and `shared_version`, added by `share`; deleted by the tables' owner on the day it expires.
    `content`: as `sharing.Content` has it. `is_protected`: whether the child was under address protection then.
    """

    meeting = models.CharField("会議", max_length=MEETING_LENGTH)
    reason = models.TextField("理由")
    sections = ArrayField(models.CharField(max_length=WORD_LENGTH), verbose_name="載せるもの")
    content = models.JSONField("内容")
    is_protected = models.BooleanField("支援措置")
    shared_on = models.DateField("作った日")
    expires_on = models.DateField("この日から先は開けない")

    class Meta:
        """For some meeting, for some reason, and not for ever."""

        db_table = "cases_shared"
        verbose_name = "共有版"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__regex=_WORDS), name="sharing_has_a_reason"),
            models.CheckConstraint(condition=Q(meeting__regex=_WORDS), name="sharing_is_for_a_meeting"),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("shared_on"))
                & Q(expires_on__lte=F("shared_on") + timedelta(days=SHARED_DAYS_AT_MOST)),
                name="sharing_ends_soon",
            ),
        ]


class Returned(models.Model):
    """An entry that the analytic half has, or will not take. Written by the worker alone, after the seam has it.

    `refused`: why not, in the seam's words; empty where it was taken.
    """

    entry = models.UUIDField("記録", primary_key=True)
    refused = models.TextField("受け取れないわけ", blank=True)
    returned_at = models.DateTimeField("時刻", db_default=Now())

    class Meta:
        """Its table."""

        db_table = "cases_returned"
        verbose_name = "分析へ返した記録"

    def __str__(self) -> str:
        return str(self.entry)


class Assigning(Entry):
    """Somebody is put in charge of a child, or is not any more, from a day on. The database itself makes it so.

    In charge: one member of staff (`assignee`), or everybody of a team (`team_id`). Added by `assign`; by `take_on`
    for oneself. What follows stands in `access_relationship`, and in `cases_assignment` for people to read.
    """

    assignee = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="担当"
    )
    team_id = models.CharField("係・チーム", max_length=WORD_LENGTH, blank=True)
    is_end = models.BooleanField("担当を終える", default=False)
    from_on = models.DateField("この日から")
    reason = models.TextField("理由", blank=True)

    class Meta:
        """One person or one team."""

        db_table = "cases_assigning"
        verbose_name = "担当の決定"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(assignee__isnull=False, team_id="") | (Q(assignee__isnull=True) & ~Q(team_id="")),
                name="assigned_to_one_or_a_team",
            )
        ]


class Assignment(models.Model):
    """Who is in charge of a child: what `access_relationship` says, to be read by whoever may see its head.

    Kept by the database itself; nobody writes here.
    """

    relationship_id = models.BigIntegerField("関わり", primary_key=True)
    person_id = models.BigIntegerField("こどもの番号", db_index=True)
    staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="担当"
    )
    team_id = models.CharField("係・チーム", max_length=WORD_LENGTH, blank=True)
    valid_from = models.DateField("この日から")
    valid_to = models.DateField("この日の前日まで", null=True)

    class Meta:
        """Its table."""

        db_table = "cases_assignment"
        verbose_name = "担当"

    def __str__(self) -> str:
        return str(self.person_id)
