"""Carts and their lines."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Func, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.customers.models import Customer


class ThirtyDaysFromNow(Func):
    """How long a cart is kept. Recorded in migrations by its dotted path: do not move it."""

    template = "(CURRENT_TIMESTAMP + INTERVAL '30 days')"
    output_field = models.DateTimeField()


class ShoppingCart(models.Model):
    """A shopper's cart: a customer's, or a visitor's by session. Completed when an order was made of it.

    A frozen one waits for a decision: it can neither be changed nor ordered, but by its approval. Its customer opens
    another one meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="carts", db_index=False, db_constraint=False
    )
    session_id = models.CharField(max_length=255, null=True, blank=True, help_text="For visitors without an account.")
    quote = models.ForeignKey(
        "tenant_shop.QuoteRequest",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="carts",
        db_index=False,
        db_constraint=False,
        help_text="The offer that this cart stands for; it is nobody's until somebody accepts it.",
    )
    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")
    coupon_code = models.CharField(max_length=50, null=True, blank=True)
    discount_amount = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField(db_default=ThirtyDaysFromNow())
    completed_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True, help_text="Since when it waits for an approval.")

    class Meta:
        db_table = "shopping_carts"
        constraints = [
            models.CheckConstraint(condition=Q(discount_amount__gte=0), name="shopping_carts_discount_amount_check"),
            # One open cart each, so that two clicks at once cannot open two.
            models.UniqueConstraint(
                fields=["session_id"], condition=Q(completed_at=None), name="shopping_carts_open_by_session"
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(completed_at=None, frozen_at=None),
                name="shopping_carts_open_by_customer",
            ),
            models.UniqueConstraint(fields=["quote"], name="shopping_carts_quote_key"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_open(self) -> bool:
        return self.completed_at is None


class CartItem(models.Model):
    """A line of a cart. `unit_price` is what the shopper last saw; the order is priced anew."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    cart = models.ForeignKey(ShoppingCart, models.CASCADE, related_name="items", db_index=False, db_constraint=False)
    # With a product or variant that is deleted the database deletes the lines, and notes what shoppers lose.
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    variant = models.ForeignKey(
        ProductVariant, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=13, decimal_places=3)
    was_short = models.BooleanField(
        default=False, db_default=False, help_text="The shopper was told that there are not as many."
    )
    variant_info = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "cart_items"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_items_variant_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_items_quantity_check"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="cart_items_unit_price_check"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"


class CartLoss(models.Model):
    """Something that was deleted while it was in an open cart: written by a trigger, and told the shopper once."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    cart = models.ForeignKey(ShoppingCart, models.CASCADE, related_name="losses", db_index=False, db_constraint=False)
    name = models.TextField(help_text="What it was called, with its options.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "cart_losses"
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["cart"], name="idx_cart_losses_cart")]

    def __str__(self) -> str:
        return self.name


class SavedItem(models.Model):
    """Something that was laid aside from a cart: by a customer or, on a list that the session knows, by a visitor.

    `unit_price` is what it cost then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    list_id = models.UUIDField(null=True, blank=True, help_text="For visitors without an account.")
    variant = models.ForeignKey(ProductVariant, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=13, decimal_places=3)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField(db_default=ThirtyDaysFromNow())

    class Meta:
        db_table = "saved_items"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "variant"], name="saved_items_customer_key"),
            models.UniqueConstraint(fields=["list_id", "variant"], name="saved_items_list_key"),
            models.CheckConstraint(
                condition=Q(customer=None, list_id__isnull=False) | Q(customer__isnull=False, list_id=None),
                name="saved_items_owner_check",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_price__gte=0), name="saved_items_amounts_check"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="idx_saved_items_expires_at"),
            models.Index(fields=["variant"], name="idx_saved_items_variant"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"
