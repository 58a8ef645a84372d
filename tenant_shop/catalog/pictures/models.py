"""Files that nobody refers to any more."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class DiscardedPicture(models.Model):
    """The files of a picture whose row was deleted, or now names another file; written by a trigger, so that no way
    of deleting forgets them."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    filename = models.CharField(max_length=255)
    renditions = models.JSONField(null=True, blank=True)
    discarded_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "discarded_pictures"
        ordering = ["discarded_at", "id"]

    def __str__(self) -> str:
        return self.filename
