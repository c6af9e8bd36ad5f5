"""What the desk keeps of a child, one table for each right: a row is seen by whoever holds the right over the child.

Copies from the seam, replaced as a whole at each load; what is true of a child stands in the analytic half.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

NUMBER_LENGTH = 64


class DirectoryEntry(models.Model):
    """What a search shows of a child. Right: `find`."""

    person_id = models.BigIntegerField("番号", primary_key=True)
    name = models.TextField("氏名", null=True)
    kana = models.TextField("フリガナ", null=True)
    birth_year = models.IntegerField("生まれた年", null=True)
    is_unborn = models.BooleanField("出生前")
    is_protected = models.BooleanField("支援措置")

    class Meta:
        """Its table."""

        db_table = "people_directory"
        verbose_name = "こどもの名簿"

    def __str__(self) -> str:
        return str(self.person_id)


class SearchKey(models.Model):
    """One key of a child's names, or of its birth date (see `seam.key_birth`). Right: `find`.

    A row each, because an index of whole texts may be asked before the row policies: they are then asked of the few
    rows that fit, not of every child.
    """

    pk = models.CompositePrimaryKey("key", "person_id")
    key = models.CharField("さがす鍵", max_length=NUMBER_LENGTH)
    person_id = models.BigIntegerField("番号")

    class Meta:
        """Its table."""

        db_table = "people_search_key"
        verbose_name = "さがす鍵"

    def __str__(self) -> str:
        return str(self.person_id)


class Place(models.Model):
    """Where a child is: school, facility, district. Right: `head`; masked under address protection."""

    person_id = models.BigIntegerField("番号", primary_key=True)
    school_id = models.CharField("学校", max_length=NUMBER_LENGTH, null=True)
    facility_id = models.CharField("施設", max_length=NUMBER_LENGTH, null=True)
    district = models.TextField("地区", null=True)

    class Meta:
        """Its table."""

        db_table = "people_place"
        verbose_name = "こどものいるところ"

    def __str__(self) -> str:
        return str(self.person_id)


class Head(models.Model):
    """Who a child is, for children somebody has to do with. Right: `head`."""

    person_id = models.BigIntegerField("番号", primary_key=True)
    birth_date = models.DateField("生年月日", null=True)
    due_on = models.DateField("出産予定日", null=True)
    sex = models.TextField("性別", null=True)
    grade = models.TextField("学年", null=True)

    class Meta:
        """Its table."""

        db_table = "people_child"
        verbose_name = "こども"

    def __str__(self) -> str:
        return str(self.person_id)


class Contact(models.Model):
    """Where a child can be reached, by source system. Right: `contact`; masked under address protection.

    Kept for the purposes alone that may use the register.
    """

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField("番号", db_index=True)
    purpose = models.CharField("利用目的", max_length=NUMBER_LENGTH)
    system = models.CharField("もとのシステム", max_length=NUMBER_LENGTH)
    place = models.IntegerField("順")
    address = models.TextField("住所", null=True)
    postal_code = models.TextField("郵便番号", null=True)
    phone = models.TextField("電話番号", null=True)
    known_from = models.DateField("届いた日")

    class Meta:
        """One row a system and purpose."""

        db_table = "people_contact"
        verbose_name = "連絡先"
        constraints = (
            models.UniqueConstraint(fields=["person_id", "purpose", "system"], name="contact_once_a_system"),
        )

    def __str__(self) -> str:
        return str(self.person_id)


class Fetched(models.Model):
    """That a child's record was fetched from the analytic half for a purpose, and what was known until when.

    Right: `head`, for the purpose in force. `trouble`: why nothing could be fetched; empty when it could. `covered`:
    [department, from, to (exclusive)], the stretches for which data of a department came in.
    """

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField("番号")
    purpose = models.CharField("利用目的", max_length=NUMBER_LENGTH)
    as_of = models.DateField("この日までに届いたもの")
    run_id = models.TextField("実行", blank=True, default="")
    is_registered = models.BooleanField("住民登録", default=False)
    withheld_relatives = models.IntegerField("見せない同居の人", default=0)
    trouble = models.CharField("できなかったわけ", max_length=NUMBER_LENGTH, blank=True, default="")
    covered = models.JSONField("データの届いている期間", default=list)
    fetched_at = models.DateTimeField("取り寄せた時刻", db_default=Now())

    class Meta:
        """One copy for each purpose."""

        db_table = "people_fetched"
        verbose_name = "取り寄せ"
        constraints = (
            models.UniqueConstraint(fields=["person_id", "purpose"], name="fetched_once_a_purpose"),
        )

    def __str__(self) -> str:
        return str(self.person_id)


class Opening(models.Model):
    """That somebody opened a child on a day for a purpose: why it is fetched, and how long the copy is kept.

    Right: `head`. Who opened it stands in the audit trail.
    """

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField("番号")
    purpose = models.CharField("利用目的", max_length=NUMBER_LENGTH)
    opened_on = models.DateField("開いた日")
    at = models.DateTimeField("その日はじめての時刻", db_default=Now())

    class Meta:
        """One row a day."""

        db_table = "people_opening"
        verbose_name = "開いた日"
        constraints = (
            models.UniqueConstraint(fields=["person_id", "purpose", "opened_on"], name="opening_once_a_day"),
        )

    def __str__(self) -> str:
        return str(self.person_id)


class Fact(models.Model):
    """One fact of a child, for one purpose. Right: `facts`, in the role's lanes, to the recipients of the register.

    A fact that tells where the child is has a second row (`is_place`, same `number`) with those values alone, which is
    masked under address protection.
    """

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField("番号")
    purpose = models.CharField("利用目的", max_length=NUMBER_LENGTH)
    number = models.IntegerField("順")
    is_place = models.BooleanField("いるところ")
    item = models.CharField("項目", max_length=NUMBER_LENGTH)
    lane = models.CharField("部署", max_length=NUMBER_LENGTH)
    occurred_on = models.DateField("起きた日", null=True)
    valid_from = models.DateField("この日から", null=True)
    valid_to = models.DateField("この日の前日まで", null=True)
    known_from = models.DateField("届いた日")
    title = models.JSONField("名前")
    source = models.JSONField("もとのデータ")
    values = models.JSONField("値")
    recipients = ArrayField(models.CharField(max_length=NUMBER_LENGTH), verbose_name="渡す相手")

    class Meta:
        """A child's facts are read together."""

        db_table = "people_fact"
        verbose_name = "事実"
        constraints = (
            models.UniqueConstraint(
                fields=["person_id", "purpose", "number", "is_place"], name="fact_once_a_purpose"
            ),
        )

    def __str__(self) -> str:
        return str(self.person_id)


class FactCount(models.Model):
    """How many facts a department has of a child. Right: `fact_counts`, in the role's lanes, to the recipients."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField("番号")
    purpose = models.CharField("利用目的", max_length=NUMBER_LENGTH)
    lane = models.CharField("部署", max_length=NUMBER_LENGTH)
    recipients = ArrayField(models.CharField(max_length=NUMBER_LENGTH), verbose_name="渡す相手")
    facts = models.IntegerField("件数")

    class Meta:
        """One row a department and group of recipients."""

        db_table = "people_fact_count"
        verbose_name = "事実の数"
        constraints = (
            models.UniqueConstraint(
                fields=["person_id", "purpose", "lane", "recipients"], name="fact_count_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.person_id)


class Relative(models.Model):
    """Somebody who lives with a child. Right: `head`; masked under address protection."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField("番号")
    purpose = models.CharField("利用目的", max_length=NUMBER_LENGTH)
    relative_id = models.BigIntegerField("同居の人の番号")
    name = models.TextField("氏名", null=True)
    kana = models.TextField("フリガナ", null=True)
    relation = models.CharField("続柄", max_length=NUMBER_LENGTH, null=True)
    confidence = models.CharField("確かさ", max_length=NUMBER_LENGTH, null=True)
    birth_year = models.IntegerField("生まれた年", null=True)
    is_guardian = models.BooleanField("親か祖父母")

    class Meta:
        """Each person of the household once."""

        db_table = "people_relative"
        verbose_name = "同居の人"
        constraints = (
            models.UniqueConstraint(fields=["person_id", "purpose", "relative_id"], name="relative_once"),
        )

    def __str__(self) -> str:
        return str(self.person_id)
