"""Groups of customers, their price lists, and how many pieces may be ordered."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

# A cart's line holds no more.
MOST_PIECES = 9999


def _goods(model: str) -> Any:
    return models.ForeignKey(
        f"tenant_shop.{model}",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )


class CustomerGroup(models.Model):
    """Customers who buy at prices of their own: wholesalers, partners, staff."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True, db_default=True)
    minimum_order_amount = models.DecimalField(
        max_digits=13,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="What the goods of an order cost at least, before discounts. Empty: any order.",
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "customer_groups"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="customer_groups_name_key"),
            models.CheckConstraint(
                condition=Q(minimum_order_amount__gt=0), name="customer_groups_minimum_order_amount_check"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceList(models.Model):
    """Prices of a group, in one currency. Where several lists say something alike, `priority` decides: the higher."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    group = models.ForeignKey(
        CustomerGroup, models.CASCADE, related_name="price_lists", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, help_text="ISO 4217 code; the list holds while the shop sells in it.")
    priority = models.IntegerField(default=0, db_default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="The first moment when it no longer holds.")
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "price_lists"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="price_lists_name_key"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="price_lists_currency_check"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="price_lists_window_check"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceListEntry(models.Model):
    """The price of a variant, of a product's variants, of a category's goods, or of everything, from so many pieces on.

    Either `unit_price` in the list's currency, or `percent_off` the normal price.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    price_list = models.ForeignKey(
        PriceList, models.CASCADE, related_name="entries", db_index=False, db_constraint=False
    )
    variant = _goods("ProductVariant")
    product = _goods("Product")
    category = _goods("Category")
    min_quantity = models.IntegerField(
        default=1, db_default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PIECES)]
    )
    unit_price = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    percent_off = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "price_list_entries"
        verbose_name_plural = "price list entries"
        ordering = ["min_quantity", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "variant", "product", "category", "min_quantity"],
                nulls_distinct=False,
                name="price_list_entries_goods_key",
            ),
            models.CheckConstraint(
                condition=Q(product=None, category=None)
                | Q(variant=None, category=None)
                | Q(variant=None, product=None),
                name="price_list_entries_goods_check",
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=1, min_quantity__lte=MOST_PIECES),
                name="price_list_entries_min_quantity_check",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=False, unit_price__gte=0, percent_off=None)
                | Q(unit_price=None, percent_off__isnull=False, percent_off__gt=0, percent_off__lte=100),
                name="price_list_entries_price_check",
            ),
        ]
        indexes = [
            models.Index(fields=["variant"], condition=Q(variant__isnull=False), name="idx_price_entries_variant"),
            models.Index(fields=["product"], condition=Q(product__isnull=False), name="idx_price_entries_product"),
            models.Index(fields=["category"], condition=Q(category__isnull=False), name="idx_price_entries_category"),
        ]

    def __str__(self) -> str:
        return f"{self.price_list_id} from {self.min_quantity}"


class QuantityRule(models.Model):
    """How many pieces of a variant, or of each of a product's variants, an order may have: at least `minimum`, in whole
    packs of `multiple`. For one group, or for everybody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    group = models.ForeignKey(
        CustomerGroup,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text="Empty: for everybody.",
    )
    variant = _goods("ProductVariant")
    product = _goods("Product")
    minimum = models.IntegerField(
        default=1, db_default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PIECES)]
    )
    multiple = models.IntegerField(
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PIECES)],
        help_text="Pieces in a pack: 6 for 6, 12, 18.",
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "quantity_rules"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "variant", "product"], nulls_distinct=False, name="quantity_rules_goods_key"
            ),
            models.CheckConstraint(
                condition=Q(variant=None, product__isnull=False) | Q(variant__isnull=False, product=None),
                name="quantity_rules_goods_check",
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, minimum__lte=MOST_PIECES, multiple__gte=1),
                name="quantity_rules_amounts_check",
            ),
        ]
        indexes = [
            models.Index(fields=["variant"], condition=Q(variant__isnull=False), name="idx_quantity_rules_variant"),
            models.Index(fields=["product"], condition=Q(product__isnull=False), name="idx_quantity_rules_product"),
        ]

    def __str__(self) -> str:
        return f"{self.minimum}, in {self.multiple}"
