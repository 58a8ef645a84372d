"""Email campaigns."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class EmailCampaign(models.Model):
    """A mail to a segment of the customers."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        SCHEDULED = "scheduled"
        SENDING = "sending"
        SENT = "sent"
        PAUSED = "paused"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    html_content = models.TextField(null=True, blank=True)
    text_content = models.TextField(null=True, blank=True)
    customer_segment = models.JSONField(default=dict, db_default={}, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT, db_default="draft")
    scheduled_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    recipients_count = models.IntegerField(default=0, db_default=0)
    delivered_count = models.IntegerField(default=0, db_default=0)
    opened_count = models.IntegerField(default=0, db_default=0)
    clicked_count = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "email_campaigns"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "scheduled", "sending", "sent", "paused"]),
                name="email_campaigns_status_check",
            ),
        ]

    def __str__(self) -> str:
        return self.name
