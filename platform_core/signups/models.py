from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from platform_core.accounts.models import LoginEmailField
from smartseller.database import CurrentTimestamp


class SignUp(models.Model):
    """A shop that somebody asked for, until the mailbox says that it was its owner. There is neither an account nor a
    shop before; `run_id` is the work that the answer set going, and with it the link is spent.

    `details` is the `ShopRequest` (`fleet.provision.request`) without the address of the mailbox.
    """

    GOOD_FOR: ClassVar[timedelta] = timedelta(days=1)

    id = models.UUIDField(primary_key=True, default=uuid4, db_default=RandomUUID(), editable=False)
    email = LoginEmailField(max_length=255, help_text="The mailbox that is asked.")
    details = models.JSONField(default=dict, db_default={})
    request_key = models.CharField(max_length=64, null=True, blank=True, help_text="Sent twice, asked once.")
    run_id = models.UUIDField(null=True, blank=True, help_text="The provisioning run, once the mailbox has answered.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "signups"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["request_key"], name="signups_request_key_key"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="signups_email_lower_case"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="idx_signups_expires_at")]

    def __str__(self) -> str:
        return f"{self.details.get('slug', '')} for {self.email}"

    @property
    def slug(self) -> str:
        return str(self.details.get("slug", ""))

    @property
    def name(self) -> str:
        return str(self.details.get("name", ""))

    def is_over(self, now: datetime) -> bool:
        return self.expires_at <= now
