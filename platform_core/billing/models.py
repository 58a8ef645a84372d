from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from platform_core.tenants.called import shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class SubscriptionStatus(models.TextChoices):
    ACTIVE = "active"
    CANCELLED = "cancelled"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"


class BillingCycle(models.TextChoices):
    MONTHLY = "monthly"
    ANNUAL = "annual"


class InvoiceKind(models.TextChoices):
    PERIOD = "period"
    CHANGE = "change"
    CREDIT = "credit"


class InvoiceStatus(models.TextChoices):
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TenantSubscription(models.Model):
    """A merchant's plan over time. The price is frozen when it is agreed.

    Units: `amount` in `currency`, for one billing cycle. Periods are dates in UTC, both days included. Nothing is owed
    for days up to `trial_end`.
    """

    Status = SubscriptionStatus

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="subscriptions")
    plan = models.ForeignKey("platform_core.TenantPlan", models.PROTECT, db_index=False, related_name="subscriptions")

    status = models.CharField(
        max_length=20,
        choices=SubscriptionStatus,
        default=SubscriptionStatus.ACTIVE,
        db_default=SubscriptionStatus.ACTIVE,
    )
    status_since = models.DateField(null=True, blank=True, help_text="Since when what is owed made it past due, …")
    billing_cycle = models.CharField(
        max_length=20, choices=BillingCycle, default=BillingCycle.MONTHLY, db_default=BillingCycle.MONTHLY
    )

    amount = models.DecimalField(max_digits=13, decimal_places=3)
    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")

    current_period_start = models.DateField()
    current_period_end = models.DateField()
    trial_end = models.DateField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    anchor_date = models.DateField(
        null=True, blank=True, help_text="The day from which periods are counted; empty while nothing was billed."
    )
    setup_fee = models.DecimalField(
        max_digits=13, decimal_places=3, default=0, db_default=0, help_text="Agreed, and not billed yet."
    )
    next_plan = models.ForeignKey(
        "platform_core.TenantPlan",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="What it becomes when the period ends.",
    )
    next_cycle = models.CharField(max_length=20, choices=BillingCycle, default="", db_default="", blank=True)
    next_amount = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    ends_with_period = models.BooleanField(default=False, db_default=False, help_text="It is not renewed.")
    period_discount = models.DecimalField(
        max_digits=13, decimal_places=3, default=0, db_default=0, help_text="What a coupon took off the running period."
    )
    annual_value = models.DecimalField(
        max_digits=15, decimal_places=3, default=0, db_default=0, help_text="What it brings in a year, as it was noted."
    )

    payment_method = models.CharField(max_length=50, null=True, blank=True, help_text="stripe, paypal, bank_transfer …")
    external_subscription_id = models.CharField(
        max_length=255, null=True, blank=True, help_text="The payment provider's id."
    )

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "tenant_subscriptions"
        verbose_name = "subscription"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SubscriptionStatus.values), name="tenant_subscriptions_status_check"
            ),
            models.CheckConstraint(
                condition=Q(billing_cycle__in=BillingCycle.values), name="tenant_subscriptions_billing_cycle_check"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="tenant_subscriptions_amount_check"),
            models.CheckConstraint(
                condition=Q(period_discount__gte=0, period_discount__lte=F("amount")),
                name="tenant_subscriptions_discount_check",
            ),
            models.CheckConstraint(
                condition=Q(current_period_end__gte=F("current_period_start")), name="tenant_subscriptions_period_check"
            ),
            models.CheckConstraint(
                condition=Q(next_plan=None, next_cycle="", next_amount=None)
                | Q(next_plan__isnull=False, next_cycle__in=BillingCycle.values, next_amount__gte=0),
                name="tenant_subscriptions_next_check",
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=~Q(status=SubscriptionStatus.CANCELLED),
                name="tenant_subscriptions_one_running",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant"], name="idx_subscriptions_tenant"),
            models.Index(fields=["status"], name="idx_subscriptions_status"),
            models.Index(fields=["current_period_end"], name="idx_subscriptions_period_end"),
        ]

    def __str__(self) -> str:
        return f"{shop_of(self)} {self.status}"


class BillingInvoice(models.Model):
    """What the platform asks a merchant to pay, or a credit note that takes some of it back, with amounts below zero.
    What it says is frozen when it is issued: the database refuses every change but those of what became of it.

    Units: every amount in `currency`; `tax_rate` is a fraction. `line_items` are `Line`s, `discounts` what coupons took
    off their sum. `buyer` and `seller` are the merchant and the platform as they were called then. Days in UTC, both
    included. A credit note is pending while its invoice is open, or while the money is to be given back.
    """

    Status = InvoiceStatus

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.PROTECT, db_index=False, related_name="invoices")
    subscription = models.ForeignKey(
        TenantSubscription, models.PROTECT, null=True, blank=True, db_index=False, related_name="invoices"
    )

    kind = models.CharField(
        max_length=20, choices=InvoiceKind, default=InvoiceKind.PERIOD, db_default=InvoiceKind.PERIOD
    )
    period_start = models.DateField(null=True, blank=True)
    period_end = models.DateField(null=True, blank=True)

    invoice_number = models.CharField(max_length=50)
    status = models.CharField(
        max_length=20, choices=InvoiceStatus, default=InvoiceStatus.PENDING, db_default=InvoiceStatus.PENDING
    )

    subtotal = models.DecimalField(max_digits=15, decimal_places=3)
    tax_amount = models.DecimalField(max_digits=15, decimal_places=3, default=0, db_default=0)
    discount_amount = models.DecimalField(max_digits=15, decimal_places=3, default=0, db_default=0)
    total_amount = models.DecimalField(max_digits=15, decimal_places=3)
    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")

    issued_date = models.DateField()
    due_date = models.DateField()
    paid_date = models.DateField(null=True, blank=True)

    payment_method = models.CharField(max_length=50, null=True, blank=True)
    external_payment_id = models.CharField(max_length=255, null=True, blank=True)

    tax_rate = models.DecimalField(max_digits=6, decimal_places=5, default=0, db_default=0)
    reverse_charge = models.BooleanField(default=False, db_default=False)
    buyer = models.JSONField(default=dict, db_default={})
    seller = models.JSONField(default=dict, db_default={})
    line_items = models.JSONField(default=list, db_default=[])
    discounts = models.JSONField(default=list, db_default=[])

    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="credit_notes",
        help_text="Of a credit note: the invoice that it takes back from.",
    )
    reason = models.TextField(default="", db_default="", blank=True)
    credited_amount = models.DecimalField(
        max_digits=15, decimal_places=3, default=0, db_default=0, help_text="What credit notes have taken back."
    )

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "billing_invoices"
        verbose_name = "invoice"
        ordering = ["-issued_date", "-invoice_number"]
        constraints = [
            models.UniqueConstraint(fields=["invoice_number"], name="billing_invoices_invoice_number_key"),
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="billing_invoices_status_check"),
            models.CheckConstraint(condition=Q(kind__in=InvoiceKind.values), name="billing_invoices_kind_check"),
            models.CheckConstraint(
                condition=Q(total_amount=F("subtotal") + F("tax_amount") - F("discount_amount")),
                name="billing_invoices_total_check",
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.CREDIT, corrects__isnull=False, total_amount__lt=0, credited_amount=0)
                | (
                    ~Q(kind=InvoiceKind.CREDIT)
                    & Q(corrects=None, credited_amount__gte=0, credited_amount__lte=F("total_amount"))
                ),
                name="billing_invoices_credit_check",
            ),
            models.UniqueConstraint(
                fields=["subscription", "period_start"],
                condition=Q(kind=InvoiceKind.PERIOD),
                name="billing_invoices_one_per_period",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant"], name="idx_invoices_tenant"),
            models.Index(fields=["status"], name="idx_invoices_status"),
            models.Index(fields=["due_date"], name="idx_invoices_due_date"),
            models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="idx_invoices_corrects"),
        ]

    def __str__(self) -> str:
        return self.invoice_number

    @property
    def owed_amount(self) -> Decimal:
        """What is to be paid of it: without what credit notes took back. Of a credit note: what it takes back."""
        return self.total_amount - self.credited_amount


class InvoicePaper(models.Model):
    """An invoice as it is printed: made once, and the same for ever."""

    invoice = models.OneToOneField(BillingInvoice, models.PROTECT, primary_key=True, related_name="paper")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "billing_invoice_papers"

    def __str__(self) -> str:
        return self.sha256


class InvoiceCounter(models.Model):
    """The last number of a series of invoices. Its row is locked while one is issued, so that none is left out."""

    series = models.CharField(max_length=20, primary_key=True)
    last_number = models.BigIntegerField()

    class Meta:
        db_table = "invoice_counters"
        constraints = [models.CheckConstraint(condition=Q(last_number__gte=1), name="invoice_counters_number_check")]

    def __str__(self) -> str:
        return f"{self.series} {self.last_number}"
