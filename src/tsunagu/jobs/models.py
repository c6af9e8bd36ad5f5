"""What was asked of the worker, and how far it is."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tsunagu.jobs.kinds import ENDED, NAME_LENGTH, Kind, State


class Work(models.Model):
    """One piece of work.

    Row policies: seen by who asked, and, but for work about a child, by whoever may see the state of the data. The
    application adds a row, which the database itself puts into the queue, and may ask for its end; the rest is the
    worker's.
    """

    id = models.UUIDField("番号", primary_key=True, db_default=RandomUUID())
    kind = models.CharField("種類", max_length=NAME_LENGTH)
    arguments = models.JSONField("内容", db_default=models.Value({}, models.JSONField()))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, verbose_name="頼んだ人"
    )
    purpose = models.TextField("利用目的", db_default="")
    asked_at = models.DateTimeField("頼んだ時刻", db_default=Now())
    state = models.CharField("状態", max_length=NAME_LENGTH, db_default=str(State.WAITING))
    attempts = models.IntegerField("始めた回数", db_default=0)
    step = models.TextField("段階", db_default="")
    done = models.IntegerField("済んだ数", db_default=0)
    of = models.IntegerField("全部の数", db_default=0)
    words = models.TextField("進み具合", db_default="")
    started_at = models.DateTimeField("始めた時刻", null=True)
    ended_at = models.DateTimeField("終わった時刻", null=True)
    result_words = models.TextField("結果", db_default="")
    result = models.JSONField("結果の内容", db_default=models.Value({}, models.JSONField()))
    cancel_asked_at = models.DateTimeField("取りやめを頼んだ時刻", null=True)

    class Meta:
        """Asked by nobody: by the clock."""

        db_table = "jobs_work"
        verbose_name = "仕事"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in Kind]), name="work_is_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in State]), name="work_has_a_state"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, state__in=[str(State.WAITING), str(State.WORKING)])
                | Q(ended_at__isnull=False, state__in=sorted(map(str, ENDED))),
                name="work_has_ended_or_not",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-asked_at"], name="jobs_work_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in ENDED
