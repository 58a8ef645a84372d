"""Companies, their members, and purchases that wait for an approval."""

from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from smartseller.money import display
from smartseller.words import Together, words_index
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order

LONGEST_TERMS_DAYS = 365
# What the shop's people search a company by, of its own.
COMPANY_WORDS = Together("name", "tax_id")


class Company(models.Model):
    """A company that buys here. Amounts are in the shop's currency. Only an approved one buys as a company.

    `tax_id` is normalised. What is known of it is `tax_id_state`, since `tax_id_checked_at`, by `tax_id_checked_by`:
    the name of a register, or a user's id.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        BLOCKED = "blocked"

    class TaxIdState(models.TextChoices):
        UNCHECKED = "unchecked"  # there is none, or no rule for its country
        FORMAT_OK = "format_ok"  # it could be one; nobody has confirmed that it is
        CONFIRMED = "confirmed"
        REFUSED = "refused"

    class ApprovalRule(models.TextChoices):
        NONE = "none"
        ABOVE = "above"
        ALL = "all"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255)
    tax_id = models.CharField("tax id", max_length=30, blank=True, default="", db_default="")
    tax_id_state = models.CharField(
        "tax id", max_length=20, choices=TaxIdState, default=TaxIdState.UNCHECKED, db_default="unchecked"
    )
    tax_id_checked_at = models.DateTimeField("tax id checked at", null=True, blank=True)
    tax_id_checked_by = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="A register's name, or a user's id."
    )
    tax_id_note = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="What the register said last."
    )
    address_line_1 = models.CharField("street and house number", max_length=255, blank=True, default="", db_default="")
    address_line_2 = models.CharField("second line", max_length=255, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    city = models.CharField(max_length=100, blank=True, default="", db_default="")
    state_province = models.CharField("state or region", max_length=100, blank=True, default="", db_default="")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 code.")
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING, db_default="pending")
    group = models.ForeignKey(
        "tenant_shop.CustomerGroup",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="companies",
        db_index=False,
        db_constraint=False,
        help_text="Whose prices hold for all of its members, whatever group they are in themselves.",
    )
    pay_later = models.BooleanField("may pay later", default=False, db_default=False)
    payment_days = models.IntegerField(
        default=30, db_default=30, help_text="Days from the order until an invoice is due."
    )
    credit_limit = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="What may be open at once of orders that are paid later.",
    )
    approval_rule = models.CharField(
        max_length=20,
        choices=ApprovalRule,
        default=ApprovalRule.NONE,
        db_default="none",
        help_text="Which orders of buyers and approvers somebody has to approve.",
    )
    approval_above = models.DecimalField(
        max_digits=15, decimal_places=3, null=True, blank=True, help_text="For the rule “above”: totals beyond this."
    )
    purchase_number_required = models.BooleanField(
        default=False, db_default=False, help_text="Whether every order needs a purchase-order number."
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "companies"
        verbose_name_plural = "companies"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "blocked"]), name="companies_status_check"
            ),
            models.CheckConstraint(
                condition=Q(tax_id_state="unchecked")
                | (Q(tax_id_state__in=["format_ok", "confirmed", "refused"]) & ~Q(tax_id="")),
                name="companies_tax_id_state_check",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="companies_country_check"),
            models.CheckConstraint(
                condition=Q(payment_days__gte=1, payment_days__lte=LONGEST_TERMS_DAYS, credit_limit__gte=0),
                name="companies_terms_check",
            ),
            models.CheckConstraint(
                condition=Q(approval_rule__in=["none", "all"])
                | Q(approval_rule="above", approval_above__isnull=False, approval_above__gte=0),
                name="companies_approval_check",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "created_at"], name="idx_companies_status"),
            models.Index(fields=["tax_id"], condition=~Q(tax_id=""), name="idx_companies_tax_id"),
            models.Index(fields=["created_at", "id"], name="idx_companies_newest"),
            words_index(COMPANY_WORDS, name="idx_companies_words"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED


class CompanyMember(models.Model):
    """Somebody who buys for a company. One customer belongs to one company at most.

    Buyers order; approvers also decide on what others want to order; admins also decide on what they themselves want,
    and who is a member.
    """

    class Role(models.TextChoices):
        BUYER = "buyer"
        APPROVER = "approver"
        ADMIN = "admin"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="members", db_index=False, db_constraint=False)
    customer = models.OneToOneField(
        Customer, models.CASCADE, related_name="membership", db_index=False, db_constraint=False
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.BUYER, db_default="buyer")
    order_limit = models.DecimalField(
        max_digits=15, decimal_places=3, null=True, blank=True, help_text="Orders beyond it need an approval."
    )
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "company_members"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["buyer", "approver", "admin"]), name="company_members_role_check"
            ),
            models.CheckConstraint(
                condition=Q(order_limit=None) | Q(order_limit__gte=0), name="company_members_order_limit_check"
            ),
        ]
        indexes = [models.Index(fields=["company"], name="idx_company_members_company")]

    def __str__(self) -> str:
        return str(self.customer)

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def sees_all_orders(self) -> bool:
        return self.role in (self.Role.APPROVER, self.Role.ADMIN)

    def needs_approval(self, total: Decimal) -> bool:
        """Whether an order that costs `total` has to be approved by somebody else. Pure."""
        if self.is_admin:
            return False
        company = self.company
        beyond_own = self.order_limit is not None and total > self.order_limit
        match company.approval_rule:
            case Company.ApprovalRule.ALL:
                return True
            case Company.ApprovalRule.ABOVE:
                return beyond_own or (company.approval_above is not None and total > company.approval_above)
        return beyond_own


class PurchaseRequest(models.Model):
    """A cart with the checkout's answers that waits for an approval. While it is pending nobody can change the cart.

    `answers` are the arguments of `place_order` as the buyer gave them; `total` is what the buyer saw, in `currency`.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    company = models.ForeignKey(Company, models.CASCADE, related_name="requests", db_index=False, db_constraint=False)
    customer = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="purchase_requests",
        db_index=False,
        db_constraint=False,
    )
    # Not a foreign key: what was asked for outlives its cart.
    cart_id = models.UUIDField(editable=False)
    idempotency_key = models.CharField(max_length=255, null=True, blank=True, editable=False)
    answers = models.JSONField(default=dict, db_default={}, blank=True)
    total = models.DecimalField(max_digits=15, decimal_places=3)
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING, db_default="pending")
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    decided_by = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    order = models.OneToOneField(
        Order,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="purchase_request",
        db_index=False,
        db_constraint=False,
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "purchase_requests"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="pending", decided_at=None)
                | Q(status__in=["approved", "rejected", "withdrawn", "expired"], decided_at__isnull=False),
                name="purchase_requests_status_check",
            ),
            models.CheckConstraint(
                condition=Q(order=None) | Q(status="approved"), name="purchase_requests_order_check"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$", total__gte=0), name="purchase_requests_total_check"
            ),
            models.UniqueConstraint(
                fields=["cart_id"], condition=Q(status="pending"), name="purchase_requests_pending_cart"
            ),
            models.UniqueConstraint(fields=["idempotency_key"], name="purchase_requests_idempotency_key"),
        ]
        indexes = [
            models.Index(fields=["company", "-created_at"], name="idx_purchase_requests_company"),
            models.Index(fields=["customer"], name="idx_purchase_requests_customer"),
            models.Index(fields=["status", "created_at", "id"], name="idx_purchase_requests_status"),
            models.Index(fields=["created_at", "id"], name="idx_purchase_requests_newest"),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="idx_purchase_requests_expiry"),
        ]

    def __str__(self) -> str:
        return display(self.total, self.currency)

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING

    def is_by(self, customer_id: UUID) -> bool:
        return self.customer_id == customer_id
