"""What the merchant set, which version this database has, and whose it is."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class Setting(models.Model):
    """A setting by key; the database refuses a `timezone` that it does not know."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    key = models.CharField(max_length=100)
    value = models.JSONField()
    description = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "settings"
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["key"], name="settings_key_key")]

    def __str__(self) -> str:
        return self.key


class SchemaVersion(models.Model):
    """A version that this database's schema has reached; written by migrations."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    version = models.CharField(max_length=20)
    description = models.TextField(null=True, blank=True)
    applied_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "schema_versions"
        ordering = ["applied_at"]

    def __str__(self) -> str:
        return self.version


class TenantSentinel(models.Model):
    """Whose database this is: one row, which every new connection is checked against. The app's role only reads it."""

    only = models.BooleanField(primary_key=True, default=True, db_default=True, editable=False)
    tenant_id = models.UUIDField()
    database_name = models.CharField(max_length=63)

    class Meta:
        db_table = "tenant_sentinel"
        constraints = [models.CheckConstraint(condition=Q(only=True), name="tenant_sentinel_single_row")]

    def __str__(self) -> str:
        return self.database_name
