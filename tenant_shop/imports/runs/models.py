"""A file that somebody sends from the back office, and what becomes of it."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ImportRun(models.Model):
    """One file on its way into the shop: looked at first, then imported when somebody says so.

    `counts` are the numbers of the step that is under way or done, `checked` those of the look at it. A step that was
    killed begins again and passes over what it has done, so `attempts` counts how often.
    """

    class Kind(models.TextChoices):
        PRODUCTS = "products"
        ORDERS = "orders", "Order history"

    class Step(models.TextChoices):
        CHECK = "check", "Looked at"
        IMPORT = "import", "Imported"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=100, help_text="What the file is called.")
    file = models.CharField(max_length=200, help_text="Where it is in the shop's storage; empty once it is removed.")
    size_bytes = models.BigIntegerField()
    bytes_read = models.BigIntegerField(default=0, db_default=0)
    step = models.CharField(max_length=10, choices=Step, default=Step.CHECK, db_default="check")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default="waiting")
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    preview = models.JSONField(default=list, db_default=[], help_text="The header and the first rows.")
    checked = models.JSONField(default=dict, db_default={})
    counts = models.JSONField(default=dict, db_default={})
    notes = models.JSONField(default=list, db_default=[])
    problem = models.TextField(default="", db_default="", help_text="Why it could not be read or imported.")
    rejects_file = models.CharField(max_length=200, default="", db_default="")
    actor = models.CharField(max_length=100, help_text="A user's id.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    heard_at = models.DateTimeField(db_default=CurrentTimestamp(), help_text="When its worker last said something.")
    ended_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When its errors were done with.")

    class Meta:
        db_table = "import_runs"
        verbose_name = "import"
        verbose_name_plural = "imports"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["products", "orders"]), name="import_runs_kind_check"),
            models.CheckConstraint(condition=Q(step__in=["check", "import"]), name="import_runs_step_check"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed"]), name="import_runs_state_check"
            ),
            models.CheckConstraint(
                condition=Q(bytes_read__gte=0, bytes_read__lte=F("size_bytes")), name="import_runs_bytes_check"
            ),
            models.CheckConstraint(
                condition=(~Q(state__in=["done", "failed"]) | Q(ended_at__isnull=False))
                & (~Q(state__in=["waiting", "running"]) | Q(ended_at=None)),
                name="import_runs_ended_check",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="idx_import_runs_created")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def can_start(self) -> bool:
        """Whether the file was looked at and may be imported, or an import that failed may be tried again."""
        looked_at = self.step == self.Step.CHECK and self.state == self.State.DONE
        return bool(self.file) and (looked_at or (self.step == self.Step.IMPORT and self.state == self.State.FAILED))

    @property
    def percent(self) -> int:
        return min(100, self.bytes_read * 100 // self.size_bytes) if self.size_bytes else 100
