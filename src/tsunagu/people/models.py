"""What the desk keeps of a child, one table for each right: a row is seen by whoever holds the right over the child.

Copies from the seam, replaced as a whole at each load; what is true of a child stands in the analytic half.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

NUMBER_LENGTH = 64


class DirectoryEntry(models.Model):
    """By what a child is found, and what a search shows of it. Right: `find`."""

    person_id = models.BigIntegerField("番号", primary_key=True)
    name = models.TextField("氏名", null=True)
    kana = models.TextField("フリガナ", null=True)
    birth_year = models.IntegerField("生まれた年", null=True)
    is_unborn = models.BooleanField("出生前")
    is_protected = models.BooleanField("支援措置")
    search_keys = ArrayField(models.TextField(), verbose_name="さがす鍵")

    class Meta:
        """Its table."""

        db_table = "people_directory"
        verbose_name = "こどもの名簿"

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
    """Where a child can be reached, by source system. Right: `contact`; masked under address protection."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField("番号", db_index=True)
    system = models.CharField("もとのシステム", max_length=NUMBER_LENGTH)
    place = models.IntegerField("順")
    address = models.TextField("住所", null=True)
    postal_code = models.TextField("郵便番号", null=True)
    phone = models.TextField("電話番号", null=True)
    known_from = models.DateField("届いた日")

    class Meta:
        """One row a system."""

        db_table = "people_contact"
        verbose_name = "連絡先"
        constraints = (models.UniqueConstraint(fields=["person_id", "system"], name="contact_once_a_system"),)

    def __str__(self) -> str:
        return str(self.person_id)
