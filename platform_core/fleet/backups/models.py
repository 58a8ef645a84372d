from typing import Self
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class BackupKind(models.TextChoices):
    SHOP = "shop"
    PLATFORM = "platform"


class BackupState(models.TextChoices):
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"


class BackupReason(models.TextChoices):
    NIGHTLY = "nightly"
    # By a command, or in the console.
    MANUAL = "manual", "On request"
    FINAL = "final"


class BackupQuerySet(models.QuerySet["Backup"]):
    def of(self, tenant_id: UUID | None) -> Self:
        """A shop's backups; the platform's own for None."""
        if tenant_id is None:
            return self.filter(kind=BackupKind.PLATFORM)
        return self.filter(kind=BackupKind.SHOP, tenant_id=tenant_id)

    def complete(self) -> Self:
        return self.filter(state=BackupState.COMPLETE)


class Backup(models.Model):
    """One copy of a shop, or of the platform. The manifest in the storage is the truth; this is the ledger of it.

    A backup is complete when its manifest was written, which is the last thing that is.
    """

    Kind = BackupKind
    State = BackupState
    Reason = BackupReason

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=20, choices=BackupKind)
    tenant = models.ForeignKey(
        "platform_core.Tenant", models.PROTECT, null=True, blank=True, db_index=False, related_name="backups"
    )
    slug = models.CharField(max_length=50, default="", db_default="", blank=True, help_text="The shop's, at the time.")
    server = models.CharField(max_length=50, help_text="The key of the server that was read.")
    database_name = models.CharField(max_length=63)
    epoch = models.IntegerField(default=1, db_default=1)
    schema_version = models.CharField(max_length=100, default="", db_default="", blank=True)
    state = models.CharField(
        max_length=20, choices=BackupState, default=BackupState.RUNNING, db_default=BackupState.RUNNING
    )
    reason = models.CharField(
        max_length=20, choices=BackupReason, default=BackupReason.MANUAL, db_default=BackupReason.MANUAL
    )
    location = models.CharField(max_length=200, help_text="Its folder in the storage of backups.")
    row_count = models.BigIntegerField(default=0, db_default=0, help_text="Rows of all tables.")
    dump_bytes = models.BigIntegerField(default=0, db_default=0)
    dump_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    media_files = models.IntegerField(default=0, db_default=0)
    media_bytes = models.BigIntegerField(default=0, db_default=0, help_text="Stored once for all backups of a shop.")
    started_at = models.DateTimeField(db_default=CurrentTimestamp())
    heartbeat_at = models.DateTimeField(db_default=CurrentTimestamp())
    finished_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True, help_text="When it last became a database again.")
    error = models.TextField(default="", db_default="", blank=True)

    objects = BackupQuerySet.as_manager()

    class Meta:
        db_table = "backups"
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["location"], name="backups_location_key"),
            models.CheckConstraint(condition=Q(kind__in=BackupKind.values), name="backups_kind_check"),
            models.CheckConstraint(condition=Q(state__in=BackupState.values), name="backups_state_check"),
            models.CheckConstraint(condition=Q(reason__in=BackupReason.values), name="backups_reason_check"),
            models.CheckConstraint(
                condition=~Q(state=BackupState.COMPLETE) | (Q(finished_at__isnull=False) & ~Q(dump_sha256="")),
                name="backups_complete_is_proven",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-started_at"], name="idx_backups_tenant_newest"),
            # The reconciler looks for those whose heart stopped.
            models.Index(fields=["heartbeat_at"], condition=Q(state=BackupState.RUNNING), name="idx_backups_running"),
        ]

    def __str__(self) -> str:
        return f"{self.slug or self.kind} {self.started_at:%Y-%m-%d %H:%M} ({self.state})"


class BackupTurn(models.Model):
    """When a shop is to be backed up next, and who is at it. The platform's own turn is the row without a shop."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.OneToOneField(
        "platform_core.Tenant", models.CASCADE, null=True, blank=True, related_name="backup_turn"
    )
    due_at = models.DateTimeField()
    is_asked = models.BooleanField(default=False, db_default=False, help_text="Somebody wants it before its night.")
    taken_until = models.DateTimeField(null=True, blank=True)
    failures = models.IntegerField(default=0, db_default=0, help_text="In a row.")
    last_error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "backup_turns"
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(tenant__isnull=True), name="backup_turns_one_of_the_platform"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="idx_backup_turns_due")]

    def __str__(self) -> str:
        return f"{self.tenant_id or 'platform'} {self.due_at:%Y-%m-%d %H:%M}"
