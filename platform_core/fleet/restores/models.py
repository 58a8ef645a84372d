from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenants.called import shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class RestoreState(models.TextChoices):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Restore(models.Model):
    """One change-over of a shop to a database made from a backup. It is written down before anything is made.

    `new_database` is filled aside; in one transaction it becomes the shop's, and this row `succeeded`.
    """

    State = RestoreState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.PROTECT, db_index=False, related_name="restores")
    backup = models.ForeignKey(
        "platform_core.Backup",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="restores",
        help_text="Empty for the way back to a kept database, and once the backup is removed.",
    )
    is_undo = models.BooleanField(default=False, db_default=False)
    state = models.CharField(
        max_length=20, choices=RestoreState, default=RestoreState.RUNNING, db_default=RestoreState.RUNNING
    )
    server = models.CharField(max_length=50)
    old_server = models.CharField(
        max_length=50, default="", db_default="", blank=True, help_text="Where `old_database` is, if that is elsewhere."
    )
    old_is_lost = models.BooleanField(
        default=False, db_default=False, help_text="The server of `old_database` will not come back and is not asked."
    )
    new_database = models.CharField(max_length=63)
    old_database = models.CharField(max_length=63)
    closed_shop = models.BooleanField(
        default=False, db_default=False, help_text="Whether the shop was closed for the change-over."
    )
    heartbeat_at = models.DateTimeField(db_default=CurrentTimestamp())
    started_at = models.DateTimeField(db_default=CurrentTimestamp())
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "restores"
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RestoreState.values), name="restores_state_check"),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state=RestoreState.RUNNING), name="restores_one_running_per_tenant"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-started_at"], name="idx_restores_tenant_newest")]

    def __str__(self) -> str:
        return f"{shop_of(self)} from {self.backup_id} ({self.state})"

    @property
    def old_is_on(self) -> str:
        """The key of the server of `old_database`."""
        return self.old_server or self.server


class KeptDatabase(models.Model):
    """A database that was a shop's until a restore, or a cancelled shop's: closed, dropped after `kept_until`."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.PROTECT, db_index=False, related_name="kept_databases")
    server = models.CharField(max_length=50)
    name = models.CharField(max_length=63)
    schema_version = models.CharField(max_length=100, default="", db_default="", blank=True)
    kept_until = models.DateTimeField()
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "kept_databases"
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["name"], name="kept_databases_name_key")]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="idx_kept_databases_tenant")]

    def __str__(self) -> str:
        return f"{self.server}/{self.name}"
