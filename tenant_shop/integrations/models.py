"""Webhook endpoints, and the outbox that feeds them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class Webhook(models.Model):
    """An address that wants to hear of events: an endpoint.

    `secret` and `previous_secret` are sealed (`integrations.secrets`). `failure_count` counts attempts that failed
    since the last one that succeeded, and `failing_since` is when the first of them was.
    """

    class Off(models.TextChoices):
        """Why an endpoint is switched off."""

        BY_HAND = "by_hand", "Switched off by hand"
        GONE = "gone", "The receiver answered that it is gone (410)"
        FAILING = "failing", "It failed for days"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255)
    url = models.CharField(max_length=500)
    events = ArrayField(models.TextField(), help_text="Topics, such as order.created.")
    secret = models.CharField(max_length=255, null=True, blank=True, help_text="Signs what is sent; sealed.")
    previous_secret = models.CharField(max_length=255, null=True, blank=True, help_text="Signs as well; sealed.")
    previous_secret_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True, db_default=True)
    off_because = models.CharField(max_length=20, choices=Off, default="", db_default="", blank=True)
    retry_count = models.IntegerField(default=3, db_default=3, help_text="Attempts after the first.")
    timeout_seconds = models.IntegerField(default=30, db_default=30)
    custom_headers = models.JSONField(default=dict, db_default={}, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    failure_count = models.IntegerField(default=0, db_default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="It is left alone until then.")
    warned_at = models.DateTimeField(null=True, blank=True, help_text="When the shop was told that it fails.")
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
    topic = models.CharField(max_length=100, help_text="Such as order.created.")
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


class Event(models.Model):
    """An event as integrators are told of it, whichever way: sent to endpoints, or read from `/api/v1/events`.

    `position` orders events as they were told: whoever has read up to one has missed none before it. `data` is the
    object as the API represents it, as it was when the event was told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    position = models.BigIntegerField(unique=True)
    type = models.CharField(max_length=100, help_text="Such as order.created.")
    subject_id = models.UUIDField(null=True, blank=True, help_text="The object that it tells of.")
    data = models.JSONField()
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "events"
        ordering = ["position"]
        indexes = [
            models.Index(fields=["created_at"], name="idx_events_created_at"),
            models.Index(fields=["subject_id"], name="idx_events_subject"),
        ]

    def __str__(self) -> str:
        return self.type


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint: what was tried, and what came back.

    `attempts` counts since it was queued (anew); `log` keeps each attempt of the last ones, oldest first: "at"
    (ISO 8601), "status", "error", "milliseconds".
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False, db_constraint=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries", db_index=False, db_constraint=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default="waiting")
    attempts = models.IntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True, help_text="Not to be tried before.")
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    response_status = models.IntegerField(null=True, blank=True)
    response_body = models.TextField(default="", db_default="", blank=True, help_text="Its beginning.")
    error = models.CharField(max_length=300, default="", db_default="", blank=True)
    milliseconds = models.IntegerField(null=True, blank=True, help_text="How long the last attempt took.")
    log = models.JSONField(default=list, db_default=[], blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "webhook_deliveries"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="webhook_deliveries_once"),
            models.CheckConstraint(
                condition=Q(state__in=["delivered", "failed"], next_attempt_at=None)
                | Q(state="waiting", next_attempt_at__isnull=False),
                name="webhook_deliveries_state_check",
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "next_attempt_at"], condition=Q(state="waiting"), name="idx_webhook_deliveries_due"
            ),
            models.Index(fields=["event"], name="idx_webhook_deliveries_event"),
            models.Index(fields=["-created_at", "-id"], name="idx_webhook_deliveries_newest"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(state="failed"),
                name="idx_webhook_deliveries_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.webhook_id}"
