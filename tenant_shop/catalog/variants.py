"""Variants: what goes into the cart.

Every product has at least one. Products and variants both carry an SKU, and an SKU belongs to one product only. The
table `product_skus` sees to it; triggers write it, and it has no model because nothing else needs it.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp, KeptIntegerField
from smartseller.ids import uuid7


class ProductVariantQuerySet(models.QuerySet["ProductVariant"]):
    def for_sale(self) -> ProductVariantQuerySet:
        """Variants that can be ordered, in stock or not; those of hidden products by whoever knows them."""
        return self.filter(is_active=True, product__status="active", product__visibility__in=("visible", "hidden"))

    def buyable(self) -> ProductVariantQuerySet:
        """Variants of which at least one can be ordered now."""
        return self.for_sale().filter(
            Q(inventory_quantity__gt=0) | Q(product__track_inventory=False) | Q(product__allow_backorder=True)
        )


class ProductVariant(models.Model):
    """A product in one size and colour, with a stock of its own.

    `inventory_quantity` is the sum of the variant's stock movements: inserting a movement changes it, nothing else can.
    A variant stays with its product.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    product = models.ForeignKey(
        "tenant_shop.Product", models.CASCADE, related_name="variant_rows", db_index=False, db_constraint=False
    )
    sku = models.CharField(max_length=100)
    options = models.JSONField(default=dict, db_default={}, blank=True, help_text='Such as {"Size": "M"}.')
    price = models.DecimalField(
        max_digits=13, decimal_places=3, null=True, blank=True, help_text="Empty: the product's price."
    )
    compare_at_price = models.DecimalField(
        max_digits=13, decimal_places=3, null=True, blank=True, help_text="The price before a reduction."
    )
    cost_price = models.DecimalField(
        max_digits=13, decimal_places=3, null=True, blank=True, help_text="Empty: the product's cost."
    )
    inventory_quantity = KeptIntegerField(default=0, db_default=0, editable=False)
    barcode = models.CharField(max_length=100, null=True, blank=True)
    weight = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="In grams.")
    image = models.ForeignKey(
        "tenant_shop.ProductImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    position = models.IntegerField(default=0, db_default=0)
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    objects = ProductVariantQuerySet.as_manager()

    class Meta:
        db_table = "product_variants"
        ordering = ["position", "sku"]
        constraints = [
            models.UniqueConstraint(fields=["sku"], name="product_variants_sku_key"),
            # Immediate, but at the end of a statement: two variants can swap their options in one UPDATE.
            models.UniqueConstraint(
                fields=["product", "options"],
                deferrable=models.Deferrable.IMMEDIATE,
                name="product_variants_options_key",
            ),
            # Lines of carts and orders refer to both, so that a line cannot name another product's variant.
            models.UniqueConstraint(fields=["product", "id"], name="product_variants_product_key"),
            models.CheckConstraint(condition=Q(price__gte=0), name="product_variants_price_check"),
            models.CheckConstraint(condition=Q(compare_at_price__gte=0), name="product_variants_compare_at_check"),
            models.CheckConstraint(condition=Q(cost_price__gte=0), name="product_variants_cost_price_check"),
        ]

    def __str__(self) -> str:
        return self.label or self.sku

    @property
    def label(self) -> str:
        """The options in words, "M / Red"; empty for the only variant of a simple product."""
        return " / ".join(str(value) for value in self.options.values())

    @property
    def effective_price(self) -> Decimal:
        return self.product.price if self.price is None else self.price

    @property
    def effective_compare_at_price(self) -> Decimal | None:
        """The price before a reduction; None unless it is higher than the price."""
        before = self.product.compare_at_price if self.compare_at_price is None else self.compare_at_price
        return before if before is not None and before > self.effective_price else None

    def can_supply(self, quantity: int) -> bool:
        """Whether `quantity` pieces could be sold by what this object knows; only a locked row decides."""
        return self.is_active and (not self.product.is_stock_limited or self.inventory_quantity >= quantity)
