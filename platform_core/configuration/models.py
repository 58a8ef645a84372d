from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class PlatformSetting(models.Model):
    """A value that operators set for the whole platform."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    key = models.CharField(max_length=100)
    value = models.JSONField()
    description = models.TextField(null=True, blank=True)
    is_public = models.BooleanField(default=False, db_default=False, help_text="Shops may read it.")

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "platform_settings"
        verbose_name = "setting"
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["key"], name="platform_settings_key_key")]

    def __str__(self) -> str:
        return self.key
