from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from platform_core.accounts.models import LoginEmailField, PlatformUser
from smartseller.database import CurrentTimestamp


class UserLink(models.Model):
    """What a link in a mail is good for. It is deleted when it is spent."""

    class Purpose(models.TextChoices):
        VERIFY = "verify"
        RESET = "reset"
        CONFIRM_EMAIL = "confirm_email"
        AGREE_EMAIL = "agree_email"

    GOOD_FOR: ClassVar[dict[str, timedelta]] = {
        Purpose.VERIFY: timedelta(days=7),
        Purpose.RESET: timedelta(hours=1),
        Purpose.CONFIRM_EMAIL: timedelta(days=1),
        Purpose.AGREE_EMAIL: timedelta(days=1),
    }

    id = models.UUIDField(primary_key=True, default=uuid4, db_default=RandomUUID(), editable=False)
    user = models.ForeignKey(PlatformUser, models.CASCADE, db_index=False, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    email = LoginEmailField(max_length=255, help_text="The mailbox that it was sent to.")
    payload = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "user_links"
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["verify", "reset", "confirm_email", "agree_email"]),
                name="user_links_purpose_check",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_links_email_lower_case"),
        ]
        indexes = [
            models.Index(fields=["user"], name="idx_user_links_user"),
            models.Index(fields=["expires_at"], name="idx_user_links_expires_at"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.email}"
