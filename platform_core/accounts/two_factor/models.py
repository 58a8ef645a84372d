from django.contrib.postgres.functions import RandomUUID
from django.db import models

from platform_core.accounts.models import PlatformUser
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class RecoveryCode(models.Model):
    """A code on paper for the day when the telephone is gone. It works once."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    user = models.ForeignKey(PlatformUser, models.CASCADE, db_index=False, related_name="+")
    digest = models.CharField(max_length=64, help_text="Of the code, keyed by the installation and the user.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "user_recovery_codes"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="user_recovery_codes_digest")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"
