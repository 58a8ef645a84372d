"""Discounts, by code or automatic, and the orders that used them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.customers.models import Customer
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order


class Kind(StrEnum):
    """What a discount is taken off; the order in which they are taken."""

    PRODUCT = "product"
    ORDER = "order"
    SHIPPING = "shipping"


class DiscountCode(models.Model):
    """Something that makes an order cheaper: for who enters its code (stored in capitals) or, without one, by itself.

    `value` is a percentage for `percentage`, an amount in the shop's currency for `fixed_amount`, unused otherwise.
    """

    class Type(models.TextChoices):
        PERCENTAGE = "percentage"
        FIXED_AMOUNT = "fixed_amount"
        FREE_SHIPPING = "free_shipping"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    code = models.CharField(max_length=50, null=True, blank=True, help_text="Empty: given without a code.")
    name = models.CharField(max_length=255)
    description = models.TextField(null=True, blank=True)
    type = models.CharField(max_length=20, choices=Type)
    value = models.DecimalField(max_digits=13, decimal_places=3)
    usage_limit = models.IntegerField(null=True, blank=True, help_text="Empty: no limit.")
    usage_count = models.IntegerField(default=0, db_default=0)
    usage_limit_per_customer = models.IntegerField(null=True, blank=True, help_text="Empty: no limit.")
    minimum_order_amount = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    applicable_products = ArrayField(models.UUIDField(), null=True, blank=True, help_text="Empty: every product.")
    applicable_categories = ArrayField(models.UUIDField(), null=True, blank=True, help_text="Empty: every category.")
    excludes_sale_items = models.BooleanField(
        default=False, db_default=False, help_text="Nothing off what is reduced already."
    )
    first_order_only = models.BooleanField(default=False, db_default=False)
    combines_with_product = models.BooleanField("combines with discounts on products", default=False, db_default=False)
    combines_with_order = models.BooleanField("combines with discounts on the order", default=False, db_default=False)
    combines_with_shipping = models.BooleanField("combines with free delivery", default=False, db_default=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="The first moment when it no longer holds.")
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "discount_codes"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="discount_codes_code_key"),
            models.CheckConstraint(condition=Q(code=Upper("code")), name="discount_codes_code_check"),
            models.CheckConstraint(
                condition=Q(type__in=["percentage", "fixed_amount", "free_shipping"]), name="discount_codes_type_check"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (~Q(type="percentage") | Q(value__lte=100)),
                name="discount_codes_value_check",
            ),
            models.CheckConstraint(condition=Q(usage_count__gte=0), name="discount_codes_usage_count_check"),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"], condition=Q(code=None, is_active=True), name="idx_discounts_automatic"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What the shopper knows it by: its code or, when it is automatic, its name."""
        return self.name if self.code is None else self.code

    @property
    def is_automatic(self) -> bool:
        return self.code is None

    @property
    def kind(self) -> Kind:
        if self.type == self.Type.FREE_SHIPPING:
            return Kind.SHIPPING
        return Kind.PRODUCT if self.applicable_products or self.applicable_categories else Kind.ORDER

    @property
    def is_limited(self) -> bool:
        """Whether its row must be locked before it is used: who may use it depends on who did."""
        return self.usage_limit is not None or self.usage_limit_per_customer is not None or self.first_order_only

    def allows(self, other: "DiscountCode") -> bool:
        """Whether this one agrees to hold beside `other`; both must."""
        allowed: bool = getattr(self, f"combines_with_{other.kind}")
        return allowed

    def is_running(self, at: datetime) -> bool:
        """Whether the code holds at the moment `at` (aware), used up or not."""
        begun = self.starts_at is None or self.starts_at <= at
        return self.is_active and begun and (self.ends_at is None or at < self.ends_at)

    @property
    def is_used_up(self) -> bool:
        """By what this object knows; only the locked row decides."""
        return self.usage_limit is not None and self.usage_count >= self.usage_limit


class DiscountRedemption(models.Model):
    """An order's use of a discount. Released, not deleted, when the order is not paid after all.

    `amount` is what it took off the goods, `shipping_amount` what delivery would have cost, in the order's currency.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    discount = models.ForeignKey(
        DiscountCode, models.PROTECT, related_name="redemptions", db_index=False, db_constraint=False
    )
    order = models.ForeignKey(Order, models.CASCADE, related_name="redemptions", db_index=False, db_constraint=False)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    customer_email = models.CharField(max_length=255, help_text="In lower case.")
    title = models.CharField(max_length=255, default="", db_default="", help_text="What it was called then.")
    amount = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    shipping_amount = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "discount_redemptions"
        constraints = [
            models.UniqueConstraint(fields=["order", "discount"], name="discount_redemptions_order_key"),
            models.CheckConstraint(
                condition=Q(customer_email=Lower("customer_email")), name="discount_redemptions_email_check"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, shipping_amount__gte=0), name="discount_redemptions_amounts_check"
            ),
        ]
        indexes = [
            models.Index(
                fields=["discount", "customer_email"],
                condition=Q(released_at=None),
                name="idx_redemptions_customer",
            ),
            models.Index(
                fields=["discount", "customer"], condition=Q(released_at=None), name="idx_redemptions_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.discount_id} by {self.customer_email}"


class OrderItemDiscount(models.Model):
    """What a discount took off a line of an order. A line's shares add up to its `discount_amount`."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    item = models.ForeignKey(OrderItem, models.CASCADE, related_name="discounts", db_index=False, db_constraint=False)
    redemption = models.ForeignKey(
        DiscountRedemption, models.CASCADE, related_name="shares", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=15, decimal_places=3, help_text="In the order's currency.")

    class Meta:
        db_table = "order_item_discounts"
        constraints = [
            models.UniqueConstraint(fields=["item", "redemption"], name="order_item_discounts_item_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="order_item_discounts_amount_check"),
        ]
        indexes = [models.Index(fields=["redemption"], name="idx_item_discounts_redemption")]

    def __str__(self) -> str:
        return f"{self.amount} off {self.item_id}"
