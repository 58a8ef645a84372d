from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class PlatformMail(models.Model):
    """A mail that was promised: to a merchant, whose address is that of the moment when it is written and sent, or to
    the mailbox `email`. `key` says what it is, so that nothing is promised twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    topic = models.CharField(max_length=60, help_text="What it is about, such as billing.invoice_issued.")
    key = models.CharField(max_length=150)
    tenant = models.ForeignKey(
        "platform_core.Tenant", models.CASCADE, null=True, blank=True, db_index=False, related_name="+"
    )
    email = models.CharField(max_length=255, null=True, blank=True, help_text="Empty: the merchant's address.")
    payload = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    available_at = models.DateTimeField(db_default=CurrentTimestamp(), help_text="Not to be sent before.")
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0, db_default=0)
    last_error = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "platform_mails"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "key"], name="platform_mails_key"),
            models.CheckConstraint(
                condition=Q(tenant__isnull=False) | Q(email__isnull=False), name="platform_mails_go_to_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant"], name="idx_platform_mails_tenant"),
            models.Index(fields=["available_at"], condition=Q(delivered_at=None), name="idx_platform_mails_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"
