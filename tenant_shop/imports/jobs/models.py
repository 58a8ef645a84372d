"""A job of a program's, and its rows."""

from django.contrib.postgres.functions import RandomUUID
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class BulkJob(models.Model):
    """Rows that are made one after the other, each in a transaction of its own that also writes down what came of it.

    `done` and `failed` count rows that are over. `origin` is what the audit log keeps of who sent it.
    """

    class Kind(models.TextChoices):
        PRODUCTS = "products"
        VARIANTS = "variants"
        STOCK = "stock"
        CUSTOMERS = "customers"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default="waiting")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0, db_default=0)
    failed = models.PositiveIntegerField(default=0, db_default=0)
    actor = models.CharField(max_length=100, help_text="A user's id, or the beginning of a key.")
    origin = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "bulk_jobs"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["products", "variants", "stock", "customers"]), name="bulk_jobs_kind_check"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], ended_at=None) | Q(state="done", ended_at__isnull=False),
                name="bulk_jobs_state_check",
            ),
            models.CheckConstraint(condition=Q(total__gte=F("done") + F("failed")), name="bulk_jobs_rows_check"),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="idx_bulk_jobs_changed")]

    def __str__(self) -> str:
        return f"{self.total} {self.kind}"

    @property
    def percent(self) -> int:
        return (self.done + self.failed) * 100 // self.total if self.total else 100


class BulkRow(models.Model):
    """One row, by its place in what was sent, from 0. What it says is kept until it is over, and no longer.

    `attempts` counts how often a worker began with it. `status` is that of an answer to the same call alone.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="rows", db_index=False, db_constraint=False)
    number = models.PositiveIntegerField()
    body = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    subject_id = models.UUIDField(null=True, blank=True, help_text="What was made or changed.")
    error = models.JSONField(null=True, blank=True)

    class Meta:
        db_table = "bulk_rows"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="bulk_rows_number_key"),
            models.CheckConstraint(
                condition=Q(state="waiting", status=None) | Q(state__in=["done", "failed"], body__isnull=True),
                name="bulk_rows_state_check",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.number}"
