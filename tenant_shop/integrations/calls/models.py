"""What the back office shows of calls."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class ApiCall(models.Model):
    """One of the last calls: what was asked for and how it ended, without bodies, queries and addresses of people."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    key_id = models.UUIDField(help_text="Of api_keys; the key may be gone.")
    method = models.CharField(max_length=10)
    path = models.CharField(
        max_length=300, help_text="Of publishable keys the route: what stands in it is a shopper's."
    )
    status = models.SmallIntegerField()
    code = models.CharField(max_length=60, default="", db_default="", help_text="Of the error.")
    duration_ms = models.IntegerField()
    request_id = models.CharField(max_length=64)

    class Meta:
        db_table = "api_calls"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="idx_api_calls_newest"),
            models.Index(fields=["key_id", "-at", "-id"], name="idx_api_calls_key"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class ApiUsage(models.Model):
    """How many calls there were on a day of the shop's time zone."""

    day = models.DateField(primary_key=True)
    calls = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "api_usage"
        ordering = ["-day"]

    def __str__(self) -> str:
        return self.day.isoformat()
