"""What was bought with an order."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.orders.models import Order


class OrderItem(models.Model):
    """A line of an order: what was bought, as it was called and priced then."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="items", db_index=False, db_constraint=False)
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="order_items", db_index=False, db_constraint=False
    )
    # Empty only in imported history. A sold variant is taken off sale (`is_active`), not deleted.
    variant = models.ForeignKey(
        ProductVariant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="order_items",
        db_index=False,
        db_constraint=False,
    )
    position = models.IntegerField(default=0, db_default=0)
    product_name = models.CharField(max_length=255)
    product_sku = models.CharField(max_length=100)
    variant_info = models.JSONField(default=dict, db_default={}, blank=True)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=13, decimal_places=3)
    total_price = models.DecimalField(
        max_digits=15, decimal_places=3, help_text="`quantity` times `unit_price`, before the discount."
    )
    discount_amount = models.DecimalField(
        max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0), help_text="The line's share."
    )
    points_amount = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="What of the discount the customer's points took off.",
    )
    tax_amount = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    tax_rate = models.DecimalField(
        max_digits=7, decimal_places=6, default=Decimal(0), db_default=Decimal(0), help_text="0.19 for 19 %."
    )
    quantity_fulfilled = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "order_items"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_items_quantity_check"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, total_price__gte=0, discount_amount__gte=0, tax_amount__gte=0),
                name="order_items_amounts_check",
            ),
            models.CheckConstraint(condition=Q(tax_rate__gte=0), name="order_items_tax_rate_check"),
            models.CheckConstraint(
                condition=Q(points_amount__gte=0, points_amount__lte=F("discount_amount")),
                name="order_items_points_amount_check",
            ),
            models.CheckConstraint(
                condition=Q(quantity_fulfilled__gte=0, quantity_fulfilled__lte=F("quantity")),
                name="order_items_quantity_fulfilled_check",
            ),
        ]
        indexes = [
            models.Index(fields=["order"], name="idx_order_items_order"),
            models.Index(fields=["product"], name="idx_order_items_product"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_name}"

    @property
    def net_of_discount(self) -> Decimal:
        """What the line costs after its share of the discount."""
        return self.total_price - self.discount_amount
