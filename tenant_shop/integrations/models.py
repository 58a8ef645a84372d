"""Webhook endpoints, and the outbox that feeds them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class Webhook(models.Model):
    """An address that wants to hear of events."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255)
    url = models.CharField(max_length=500)
    events = ArrayField(models.TextField(), help_text="Topics, such as order.placed.")
    secret = models.CharField(max_length=255, null=True, blank=True, help_text="Signs what is sent.")
    is_active = models.BooleanField(default=True, db_default=True)
    retry_count = models.IntegerField(default=3, db_default=3)
    timeout_seconds = models.IntegerField(default=30, db_default=30)
    custom_headers = models.JSONField(default=dict, db_default={}, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    failure_count = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "webhooks"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction that made it happen and delivered afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    topic = models.CharField(max_length=100, help_text="Such as order.placed.")
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    available_at = models.DateTimeField(db_default=CurrentTimestamp(), help_text="Not to be delivered before.")
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0, db_default=0)
    last_error = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "outbox_events"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["available_at"], condition=Q(delivered_at=None), name="idx_outbox_events_undelivered")
        ]

    def __str__(self) -> str:
        return self.topic
