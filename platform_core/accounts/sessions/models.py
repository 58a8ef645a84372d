from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.models import PlatformUser
from smartseller.database import CurrentTimestamp

LONGEST_DEVICE = 255


class UserSession(models.Model):
    """One browser that is logged in on one host: the platform's, or a shop's. Deleting the row logs it out."""

    # How exactly "last seen" is kept: a visit does not write more often.
    SEEN_EVERY: ClassVar = timedelta(minutes=15)
    FORGOTTEN_AFTER: ClassVar = timedelta(days=30)
    # For so long after a proof dangerous things are done without another one.
    FRESH_FOR: ClassVar = timedelta(minutes=10)

    id = models.UUIDField(primary_key=True, default=uuid4, db_default=RandomUUID(), editable=False)
    user = models.ForeignKey(PlatformUser, models.CASCADE, db_index=False, related_name="sessions")
    tenant = models.ForeignKey(
        "platform_core.Tenant",
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Whose host it is; empty: the platform's.",
    )
    device = models.CharField(max_length=LONGEST_DEVICE, blank=True, help_text="What the browser calls itself.")
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    last_seen_at = models.DateTimeField(db_default=CurrentTimestamp())
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When who is there was last proven.")
    two_factor_at = models.DateTimeField(null=True, blank=True, help_text="When the second factor was last given.")
    impersonation = models.ForeignKey(
        Impersonation, models.CASCADE, null=True, blank=True, db_index=False, related_name="sessions"
    )

    class Meta:
        db_table = "user_sessions"
        ordering = ["-last_seen_at", "id"]
        indexes = [
            models.Index(fields=["user", "-last_seen_at"], name="idx_user_sessions_user"),
            models.Index(fields=["tenant"], name="idx_user_sessions_tenant"),
            models.Index(fields=["last_seen_at"], name="idx_user_sessions_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}".strip()
