"""What the desk keeps of the runs: whom they list for which purpose, and why.

Copies from the seam, replaced as a whole when a later run is received; a run's own record stays.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tsunagu.access.models import Staff

WORD_LENGTH = 64
VIEW_NAME_LENGTH = 60
VIEW_QUERY_LENGTH = 4000


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
