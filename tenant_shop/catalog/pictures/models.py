"""The pictures of categories and brands, and files that nobody refers to any more."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.pictures.columns import PictureFile


class CoverPicture(PictureFile):
    """The uploaded picture of a category, or the logo of a brand. `Category.image_url` or `Brand.logo_url` has its
    address; where that names another picture, this one is not shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    category = models.OneToOneField(
        "tenant_shop.Category", models.CASCADE, null=True, blank=True, related_name="cover", db_constraint=False
    )
    brand = models.OneToOneField(
        "tenant_shop.Brand", models.CASCADE, null=True, blank=True, related_name="cover", db_constraint=False
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "cover_pictures"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__isnull=False, brand=None) | Q(category=None, brand__isnull=False),
                name="cover_pictures_of_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["renditions_due_at"],
                condition=Q(renditions_due_at__isnull=False),
                name="idx_cover_pictures_due",
            ),
        ]

    def __str__(self) -> str:
        return self.url


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
