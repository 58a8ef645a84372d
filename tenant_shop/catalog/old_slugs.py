"""Addresses that things had before: whoever follows an old link still arrives.

Triggers on the tables with slugs write the rows. A row names the thing, not its next slug: any number of changes is one
step, a loop cannot be written, and a slug that somebody else has now is theirs.
"""

from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Case, QuerySet, Subquery, When

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


def spellings(slug: str) -> list[str]:
    """The slugs that an address may mean: as it is written, and in small letters, as slugs are made."""
    return list(dict.fromkeys((slug, slug.lower())))


def old_target(kind: OldSlug.Kind, slug: str) -> UUID | None:
    """The key of what had this slug last, whether it still exists or is shown or not; of one in other letter case what
    has it in small letters. One statement.
    """
    return _named(kind, slug).values_list("target_id", flat=True).first()


def old_target_subquery(kind: OldSlug.Kind, slug: str) -> Subquery:
    """`old_target` as a part of another statement."""
    return Subquery(_named(kind, slug).values("target_id")[:1])


def first_as_written(slug: str) -> Case:
    """Of things whose slug is one of `spellings(slug)` or was it before: in which order they are meant."""
    return Case(When(slug=slug, then=0), When(slug=slug.lower(), then=1), default=2)


def _named(kind: OldSlug.Kind, slug: str) -> QuerySet[OldSlug]:
    """The slug as it is written first."""
    rows = OldSlug.objects.filter(kind=kind, slug__in=spellings(slug))
    return rows.order_by(Case(When(slug=slug, then=0), default=1))
