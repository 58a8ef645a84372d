from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ExportState(models.TextChoices):
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


class ShopExport(models.Model):
    """An archive of a whole shop, made by a worker, that its owners can download until `expires_at`.

    It is written down before anything is made; ready once the file is whole in the storage of backups.
    """

    State = ExportState

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.PROTECT, db_index=False, related_name="exports")
    state = models.CharField(
        max_length=20, choices=ExportState, default=ExportState.RUNNING, db_default=ExportState.RUNNING
    )
    asked_by = models.UUIDField(null=True, blank=True, help_text="The user; empty for an operator's command.")
    location = models.CharField(max_length=200, help_text="Its name in the storage of backups.")
    schema_version = models.CharField(max_length=100, default="", db_default="", blank=True)
    size = models.BigIntegerField(default=0, db_default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    done_bytes = models.BigIntegerField(default=0, db_default=0, help_text="Read so far, for whoever waits.")
    heartbeat_at = models.DateTimeField(db_default=CurrentTimestamp())
    started_at = models.DateTimeField(db_default=CurrentTimestamp())
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    downloads = models.IntegerField(default=0, db_default=0)
    error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "shop_exports"
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="shop_exports_state_check"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY) | (~Q(sha256="") & Q(expires_at__isnull=False)),
                name="shop_exports_ready_is_whole",
            ),
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(state=ExportState.RUNNING), name="shop_exports_one_running_per_tenant"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-started_at"], name="idx_shop_exports_tenant")]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.started_at:%Y-%m-%d %H:%M} ({self.state})"
