from datetime import timedelta

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenants.called import shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class MoveState(models.TextChoices):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class MoveMethod(models.TextChoices):
    REPLICATION = "replication"
    DUMP = "dump"
    UNDO = "undo"


class MoveStep(models.TextChoices):
    """What is done. After a kill it goes on from there; `copying` begins anew."""

    COPYING = "copying"
    FOLLOWING = "following"
    FROZEN = "frozen"
    PROVEN = "proven"
    OPENED = "opened"


class Move(models.Model):
    """One change-over of a shop to another server. It is written down before anything is made.

    `new_database` is filled on `target` while the shop goes on with `old_database` on `source`; in one transaction the
    shop gets the new one, and this row becomes `succeeded`.
    """

    State = MoveState
    Method = MoveMethod
    Step = MoveStep

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.PROTECT, db_index=False, related_name="moves")
    state = models.CharField(max_length=20, choices=MoveState, default=MoveState.RUNNING, db_default=MoveState.RUNNING)
    method = models.CharField(max_length=20, choices=MoveMethod)
    reason = models.TextField(default="", db_default="", blank=True, help_text="Why it is not done by replication.")
    step = models.CharField(max_length=20, choices=MoveStep, default=MoveStep.COPYING, db_default=MoveStep.COPYING)
    source = models.CharField(max_length=50)
    target = models.CharField(max_length=50)
    old_database = models.CharField(max_length=63)
    new_database = models.CharField(max_length=63)
    discard = models.BooleanField(
        default=False, db_default=False, help_text="Go back without what was written since the move."
    )
    availability_before = models.CharField(max_length=20, default="", db_default="", blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True, help_text="When the shop was closed for the change-over.")
    heartbeat_at = models.DateTimeField(db_default=CurrentTimestamp())
    started_at = models.DateTimeField(db_default=CurrentTimestamp())
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "moves"
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MoveState.values), name="moves_state_check"),
            models.CheckConstraint(condition=Q(method__in=MoveMethod.values), name="moves_method_check"),
            models.CheckConstraint(condition=Q(step__in=MoveStep.values), name="moves_step_check"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="moves_somewhere_else"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state=MoveState.RUNNING), name="moves_one_running_per_tenant"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-started_at"], name="idx_moves_tenant_newest")]

    def __str__(self) -> str:
        return f"{shop_of(self)} from {self.source} to {self.target} ({self.state})"

    @property
    def downtime(self) -> timedelta | None:
        """How long the shop was closed; None as long as that is not over, or when it never was."""
        if self.frozen_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.frozen_at
