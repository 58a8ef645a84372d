from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

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


class InvoiceStatus(models.TextChoices):
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TenantSubscription(models.Model):
    """A merchant's plan over time. The price is frozen when it is agreed.

    Units: `amount` in `currency`, for one billing cycle. Periods are dates in UTC, both days included.
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
    billing_cycle = models.CharField(
        max_length=20, choices=BillingCycle, default=BillingCycle.MONTHLY, db_default=BillingCycle.MONTHLY
    )

    amount = models.DecimalField(max_digits=13, decimal_places=3)
    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")

    current_period_start = models.DateField()
    current_period_end = models.DateField()
    trial_end = models.DateField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    payment_method = models.CharField(max_length=50, null=True, blank=True, help_text="stripe, paypal, bank_transfer …")
    external_subscription_id = models.CharField(
        max_length=255, null=True, blank=True, help_text="The payment provider's id."
    )

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "tenant_subscriptions"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=SubscriptionStatus.values), name="tenant_subscriptions_status_check"
            ),
            models.CheckConstraint(
                condition=Q(billing_cycle__in=BillingCycle.values), name="tenant_subscriptions_billing_cycle_check"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant"], name="idx_subscriptions_tenant"),
            models.Index(fields=["status"], name="idx_subscriptions_status"),
            models.Index(fields=["current_period_end"], name="idx_subscriptions_period_end"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.status}"


class BillingInvoice(models.Model):
    """What the platform asks a merchant to pay. Amounts and lines are frozen when it is issued.

    Units: every amount in `currency`.
    """

    Status = InvoiceStatus

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.PROTECT, db_index=False, related_name="invoices")
    subscription = models.ForeignKey(
        TenantSubscription, models.PROTECT, null=True, blank=True, db_index=False, related_name="invoices"
    )

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

    line_items = models.JSONField(default=list, db_default=[])

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "billing_invoices"
        ordering = ["-issued_date", "-invoice_number"]
        constraints = [
            models.UniqueConstraint(fields=["invoice_number"], name="billing_invoices_invoice_number_key"),
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="billing_invoices_status_check"),
        ]
        indexes = [
            models.Index(fields=["tenant"], name="idx_invoices_tenant"),
            models.Index(fields=["status"], name="idx_invoices_status"),
            models.Index(fields=["due_date"], name="idx_invoices_due_date"),
        ]

    def __str__(self) -> str:
        return self.invoice_number
