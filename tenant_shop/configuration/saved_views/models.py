"""Views of lists, by name."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class SavedView(models.Model):
    """A list with the filters, words and order that somebody keeps: for themselves, or for all of the shop's people."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    page = models.CharField(max_length=40, help_text="What is listed: order, product, customer.")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="As it stands in the list's address.")
    owner = models.CharField(max_length=36, help_text="A user's id.")
    is_shared = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "saved_views"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="saved_views_name_check"),
            models.UniqueConstraint(
                fields=["page", "name"], condition=Q(is_shared=True), name="saved_views_shared_name_key"
            ),
            models.UniqueConstraint(
                fields=["page", "owner", "name"], condition=Q(is_shared=False), name="saved_views_own_name_key"
            ),
        ]

    def __str__(self) -> str:
        return self.name
