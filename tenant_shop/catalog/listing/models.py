"""What lists filter, count and sort by: one row for each product, kept by triggers."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from tenant_shop.catalog.models import Product

LISTED = Q(is_listed=True)


class ProductListing(models.Model):
    """A product as lists see it. The database derives every column but `units_sold` from what the merchant wrote.

    `facets` holds what the product can be found by: a letter for the kind (c category, b brand, t tag,
    s specification, o option), then its words, separated by U+001F. An option is there when pieces of a variant with it
    are in stock. Beside each stands its place among the values of its product in `ranks`. `variants_in_stock` has the
    price and the options of each variant of which there are pieces, or that nobody counts; what is only ordered from
    the maker is not among them. Size, colour and price are found together when one variant has them all.
    """

    product = models.OneToOneField(
        Product, models.CASCADE, primary_key=True, related_name="listing", db_constraint=False
    )
    is_listed = models.BooleanField(help_text="Whether lists and search show it.")
    is_in_stock = models.BooleanField(help_text="Whether pieces of a variant on sale are here.")
    name = models.CharField(max_length=255)
    category_id = models.UUIDField(null=True)
    brand_id = models.UUIDField(null=True)
    price_low = models.DecimalField(max_digits=13, decimal_places=3, help_text="Of the cheapest variant on sale.")
    price_high = models.DecimalField(max_digits=13, decimal_places=3, help_text="Of the dearest variant on sale.")
    compare_at_price = models.DecimalField(
        max_digits=13, decimal_places=3, null=True, help_text="The lowest former price of a variant that is reduced."
    )
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    facets = ArrayField(models.TextField())
    ranks = ArrayField(models.IntegerField(null=True))
    variants_in_stock = models.JSONField()
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, null=True, help_text="1 to 5.")
    review_count = models.IntegerField(default=0, db_default=0)
    units_sold = models.IntegerField(default=0, db_default=0, help_text="In the last 90 days; a job counts them.")

    class Meta:
        db_table = "product_listing"
        indexes = [
            GinIndex(fields=["facets"], name="idx_listing_facets"),
            models.Index(fields=["category_id"], condition=LISTED, name="idx_listing_category_listed"),
            models.Index(
                Coalesce("published_at", "created_at").desc(),
                F("product").desc(),
                condition=LISTED,
                name="idx_listing_newest",
            ),
            models.Index("price_low", "product", condition=LISTED, name="idx_listing_price"),
            models.Index(
                F("rating_average").desc(nulls_last=True),
                F("review_count").desc(),
                F("product").desc(),
                condition=LISTED,
                name="idx_listing_rating",
            ),
            models.Index(F("units_sold").desc(), F("product").desc(), condition=LISTED, name="idx_listing_popularity"),
            models.Index("name", "product", condition=LISTED, name="idx_listing_name"),
        ]

    def __str__(self) -> str:
        return self.name
