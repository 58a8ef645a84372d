from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ParkingReason(models.TextChoices):
    KILLED = "killed", "Its worker died of it again and again"
    FAILED = "failed", "Its last try failed"


class ParkedTask(models.Model):
    """A task that was set aside with its arguments, until somebody retries or discards it, or it succeeds after all.

    `digest` names the task with its arguments and its shop: what fails again is counted, not set aside twice.
    """

    Reason = ParkingReason

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    digest = models.CharField(max_length=64, unique=True)
    task = models.CharField(max_length=100, help_text="Its registered name.")
    args = models.JSONField(default=list, db_default=[], blank=True)
    kwargs = models.JSONField(default=dict, db_default={}, blank=True)
    tenant = models.ForeignKey(
        "platform_core.Tenant", models.CASCADE, null=True, blank=True, related_name="parked_tasks",
        help_text="The shop it runs in; none for the platform's own.",
    )  # fmt: skip
    reason = models.CharField(max_length=20, choices=ParkingReason)
    error = models.TextField(default="", db_default="", blank=True)
    failures = models.IntegerField(default=1, db_default=1, help_text="How often it was set aside.")
    first_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    last_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "parked_tasks"
        verbose_name = "task set aside"
        verbose_name_plural = "tasks set aside"
        ordering = ["-last_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=ParkingReason.values), name="parked_tasks_reason_check"),
            models.CheckConstraint(condition=Q(failures__gte=1), name="parked_tasks_failures_check"),
        ]

    def __str__(self) -> str:
        return self.task
