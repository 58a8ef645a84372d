"""Addresses that things had before: whoever follows an old link still arrives.

Triggers on the tables with slugs write the rows. A row names the thing, not its next slug: any number of changes is one
step, a loop cannot be written, and a slug that somebody else has now is theirs.
"""

from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Subquery

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class OldSlug(models.Model):
    """A slug that a product, category, brand or page gave up; `target_id` is its key."""

    class Kind(models.TextChoices):
        PRODUCT = "product"
        CATEGORY = "category"
        BRAND = "brand"
        PAGE = "page"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    slug = models.CharField(max_length=255)
    target_id = models.UUIDField()
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "old_slugs"
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="old_slugs_kind_slug_key")]
        indexes = [models.Index(fields=["target_id"], name="idx_old_slugs_target")]

    def __str__(self) -> str:
        return self.slug


def old_target(kind: OldSlug.Kind, slug: str) -> UUID | None:
    """The key of what had this slug last, whether it still exists or is shown or not. One statement."""
    return OldSlug.objects.filter(kind=kind, slug=slug).values_list("target_id", flat=True).first()


def old_target_subquery(kind: OldSlug.Kind, slug: str) -> Subquery:
    """`old_target` as a part of another statement."""
    return Subquery(OldSlug.objects.filter(kind=kind, slug=slug).values("target_id")[:1])
