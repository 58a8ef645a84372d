from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class AuditLog(models.Model):
    """One thing somebody did. Rows are added by `audit.record` and never changed.

    Row level security shows only the rows of the open scope (`audit.scope`): without one, none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey(
        "platform_core.Tenant",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Empty for an action on the platform itself.",
    )
    user = models.ForeignKey(
        "platform_core.PlatformUser", models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )

    action = models.CharField(max_length=100, help_text="create_tenant, update_plan …")
    resource_type = models.CharField(max_length=50, help_text="tenant, user, subscription …")
    resource_id = models.UUIDField(null=True, blank=True)

    old_values = models.JSONField(null=True, blank=True)
    new_values = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(default=dict, db_default={}, blank=True)

    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.TextField(null=True, blank=True)
    request_id = models.CharField(max_length=100, null=True, blank=True)

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "platform_audit_log"
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["tenant"], name="idx_audit_tenant"),
            models.Index(fields=["user"], name="idx_audit_user"),
            models.Index(fields=["action"], name="idx_audit_action"),
            models.Index(fields=["created_at"], name="idx_audit_created_at"),
            models.Index(fields=["tenant", "-created_at", "-id"], name="idx_audit_tenant_newest"),
            models.Index(fields=["resource_id", "-created_at"], name="idx_audit_resource_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource_type} {self.resource_id or ''}".strip()
