"""Orders."""

from decimal import Decimal
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Lower
from django.utils import timezone

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from smartseller.words import Together, words_index
from tenant_shop.customers.models import Customer

# What the shop's people search an order by.
ORDER_WORDS = Together(
    "order_number",
    "customer_email",
    "customer_phone",
    "purchase_number",
    "company_name",
    KT("shipping_address__first_name"),
    KT("shipping_address__last_name"),
)


class NextOrderNumber(Func):
    """The next number of the month. It locks the month's counter until the transaction ends.

    Recorded in migrations by its dotted path: do not move it.
    """

    template = "generate_order_number()"
    output_field = models.CharField()


class Order(models.Model):
    """A customer's committed purchase. Amounts are frozen when it is placed, in `currency`."""

    class Status(models.TextChoices):
        PENDING = "pending"
        CONFIRMED = "confirmed"
        PROCESSING = "processing"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        CANCELLED = "cancelled"
        REFUNDED = "refunded"

    class PaymentStatus(models.TextChoices):
        PENDING = "pending"
        AUTHORIZED = "authorized"
        PAID = "paid"
        PARTIALLY_REFUNDED = "partially_refunded"
        REFUNDED = "refunded"
        FAILED = "failed"

    class FulfillmentStatus(models.TextChoices):
        UNFULFILLED = "unfulfilled"
        PARTIAL = "partial"
        FULFILLED = "fulfilled"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    order_number = models.CharField(max_length=50, db_default=NextOrderNumber(), editable=False)
    # Sequential numbers can be guessed; links for guests carry this instead.
    public_token = models.UUIDField(default=uuid4, db_default=RandomUUID(), editable=False)
    # Not a foreign key: the answer to "was this cart ordered already?" must outlive the cart.
    cart_id = models.UUIDField(null=True, blank=True, editable=False)
    idempotency_key = models.CharField(
        max_length=255, null=True, blank=True, editable=False, help_text="Names a submission; the same one orders once."
    )

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="orders", db_index=False, db_constraint=False
    )
    customer_email = models.EmailField(max_length=255)
    customer_phone = models.CharField(max_length=20, null=True, blank=True)

    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING, db_default="pending")
    payment_status = models.CharField(
        max_length=20, choices=PaymentStatus, default=PaymentStatus.PENDING, db_default="pending"
    )
    fulfillment_status = models.CharField(
        max_length=20, choices=FulfillmentStatus, default=FulfillmentStatus.UNFULFILLED, db_default="unfulfilled"
    )

    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")
    tax_included = models.BooleanField(
        default=False, db_default=False, help_text="Whether prices and the subtotal contain the tax."
    )
    subtotal_amount = models.DecimalField(max_digits=15, decimal_places=3)
    tax_amount = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    shipping_amount = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    discount_amount = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    points_spent = models.IntegerField(default=0, db_default=0, help_text="Points of the customer's that it took.")
    points_amount = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="What of the discount the points took off.",
    )
    total_amount = models.DecimalField(max_digits=15, decimal_places=3)

    shipping_address = models.JSONField()
    billing_address = models.JSONField()
    shipping_method = models.CharField(max_length=100, null=True, blank=True)
    shipping_carrier = models.CharField(max_length=100, null=True, blank=True)
    tracking_number = models.CharField(max_length=100, null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    payment_method = models.CharField(max_length=50, null=True, blank=True)
    payment_reference = models.CharField(max_length=255, null=True, blank=True)
    payment_gateway = models.CharField(max_length=50, null=True, blank=True)
    payment_due_at = models.DateTimeField(
        null=True, blank=True, help_text="Unpaid then, the order is cancelled; an invoice is overdue."
    )
    owed_amount = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="What the customer is owed: taken for a cancelled order, or beyond the total.",
    )
    credited_amount = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="What of the total need not be paid any more: goods came back before they were paid.",
    )

    # Who buys, if it is a company: as it was called then. Whether tax is owed by the buyer instead of the shop.
    company = models.ForeignKey(
        "tenant_shop.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        db_index=False,
        db_constraint=False,
    )
    company_name = models.CharField(max_length=255, blank=True, default="", db_default="")
    company_tax_id = models.CharField(max_length=30, blank=True, default="", db_default="")
    reverse_charge = models.BooleanField(default=False, db_default=False)
    purchase_number = models.CharField(
        max_length=50, blank=True, default="", db_default="", help_text="The buyer's own number for the order."
    )

    is_test = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Placed while the shop was in test mode: it is no sale.",
    )
    notes = models.TextField(null=True, blank=True)
    tags = ArrayField(models.TextField(), null=True, blank=True)
    discount_codes = ArrayField(models.CharField(max_length=50), null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, db_default={}, blank=True)

    class Meta:
        db_table = "orders"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["order_number"], name="orders_order_number_key"),
            models.UniqueConstraint(fields=["public_token"], name="orders_public_token_key"),
            models.UniqueConstraint(fields=["cart_id"], name="orders_cart_key"),
            models.UniqueConstraint(fields=["idempotency_key"], name="orders_idempotency_key"),
            models.CheckConstraint(
                condition=Q(
                    status__in=["pending", "confirmed", "processing", "shipped", "delivered", "cancelled", "refunded"]
                ),
                name="orders_status_check",
            ),
            models.CheckConstraint(
                condition=Q(
                    payment_status__in=["pending", "authorized", "paid", "partially_refunded", "refunded", "failed"]
                ),
                name="orders_payment_status_check",
            ),
            models.CheckConstraint(
                condition=Q(fulfillment_status__in=["unfulfilled", "partial", "fulfilled"]),
                name="orders_fulfillment_status_check",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="orders_currency_check"),
            models.CheckConstraint(
                condition=Q(
                    subtotal_amount__gte=0,
                    tax_amount__gte=0,
                    shipping_amount__gte=0,
                    discount_amount__gte=0,
                    total_amount__gte=0,
                ),
                name="orders_amounts_check",
            ),
            models.CheckConstraint(condition=Q(owed_amount__gte=0), name="orders_owed_amount_check"),
            models.CheckConstraint(
                condition=Q(credited_amount__gte=0, credited_amount__lte=F("total_amount")),
                name="orders_credited_amount_check",
            ),
            models.CheckConstraint(
                condition=Q(reverse_charge=False) | (Q(tax_amount=0, tax_included=False) & ~Q(company_tax_id="")),
                name="orders_reverse_charge_check",
            ),
            models.CheckConstraint(
                condition=Q(points_spent=0, points_amount=0)
                | Q(points_spent__gt=0, points_amount__gt=0, points_amount__lte=F("discount_amount")),
                name="orders_points_check",
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], name="idx_orders_customer"),
            models.Index(fields=["status"], name="idx_orders_status"),
            models.Index(fields=["created_at"], name="idx_orders_created_at"),
            models.Index(fields=["updated_at"], name="idx_orders_updated_at"),
            models.Index(fields=["total_amount"], name="idx_orders_total_amount"),
            models.Index(fields=["payment_due_at"], condition=Q(status="pending"), name="idx_orders_payment_due_at"),
            models.Index(fields=["created_at"], condition=Q(owed_amount__gt=0), name="idx_orders_owed"),
            models.Index(Lower("customer_email"), condition=Q(customer=None), name="idx_orders_guest_email"),
            models.Index(
                fields=["company", "created_at"], condition=Q(company__isnull=False), name="idx_orders_company"
            ),
            models.Index(fields=["created_at"], condition=Q(is_test=True), name="idx_orders_tests"),
            # An order without tags, as all are when they are placed, costs it nothing.
            GinIndex(fields=["tags"], condition=Q(tags__isnull=False), name="idx_orders_tags"),
            models.Index(
                fields=["payment_due_at"],
                condition=Q(payment_method="pay_later", payment_status="pending"),
                name="idx_orders_pay_later_due",
            ),
            # Ten microseconds of the database for each order, and twice that whenever one changes (docs/orders.md).
            words_index(ORDER_WORDS, name="idx_orders_known_by"),
        ]

    def __str__(self) -> str:
        return self.order_number

    @property
    def language(self) -> str:
        """The language that the customer read when placing it, BCP 47; "" when nobody said."""
        return str(self.metadata.get("language", ""))

    @property
    def terms_version(self) -> str:
        """The digest of the pages that held when it was ordered; "" when the shop had none."""
        return str(self.metadata.get("terms_version", ""))

    @property
    def agreed_to(self) -> str:
        """The sentence about terms that was ticked when it was placed; "" where none was asked for."""
        return str(self.metadata.get("agreed_to", ""))

    @property
    def is_pickup(self) -> bool:
        """Whether the customer comes and gets it: the delivery address is a name only."""
        return bool(self.metadata.get("is_pickup"))

    @property
    def payable_amount(self) -> Decimal:
        """What of the total is to be paid, whether it was paid or not."""
        return self.total_amount - self.credited_amount

    @property
    def is_cancellable(self) -> bool:
        """Nothing of it has left the house."""
        return (
            self.status in (self.Status.PENDING, self.Status.CONFIRMED, self.Status.PROCESSING)
            and self.fulfillment_status == self.FulfillmentStatus.UNFULFILLED
        )

    @property
    def is_fulfillable(self) -> bool:
        """It is to be sent, or some of it is."""
        return (
            self.status in (self.Status.CONFIRMED, self.Status.PROCESSING)
            and self.fulfillment_status != self.FulfillmentStatus.FULFILLED
        )

    @property
    def is_awaiting_payment(self) -> bool:
        return self.status == self.Status.PENDING and self.payment_status in (
            self.PaymentStatus.PENDING,
            self.PaymentStatus.FAILED,
        )

    @property
    def is_confirmable(self) -> bool:
        """It waits for money that no gateway takes: staff may accept it before that has come."""
        return self.is_awaiting_payment and self.payment_gateway in (None, "", "manual")

    @property
    def is_overdue(self) -> bool:
        """Still unpaid after `payment_due_at`: to be cancelled, its stock put back on sale."""
        return self.is_awaiting_payment and self.payment_due_at is not None and self.payment_due_at <= timezone.now()
