"""What a customer agreed to, and when: rows are added, never changed."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenancy.transactions import shop_transaction
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.customers.models import Customer


class CustomerConsent(models.Model):
    """One answer of a customer's; the latest of a kind holds. That about marketing stands in
    `customers.marketing_consent` too; which terms an order agreed to stands with the order.
    """

    class Kind(models.TextChoices):
        MARKETING_EMAIL = "marketing_email"
        TERMS = "terms"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=20, choices=Kind)
    is_granted = models.BooleanField()
    place = models.CharField(max_length=20, help_text="Where it was given: registration, profile, erasure.")
    terms_version = models.CharField(
        max_length=64, default="", db_default="", blank=True, help_text="The digest of the terms that were agreed to."
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "customer_consents"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="marketing_email", terms_version="")
                | Q(kind="terms", is_granted=True, terms_version__regex=r"^[0-9a-f]{64}$"),
                name="customer_consents_kind_check",
            )
        ]
        indexes = [models.Index(fields=["customer"], name="idx_customer_consents_customer")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.is_granted}"


def record_consent(customer: Customer, *, is_granted: bool, place: str) -> None:
    """Write down what the customer says about marketing mails; nothing when they said the same before.

    `customer` is changed along.
    """
    if customer.marketing_consent == is_granted:
        return
    with shop_transaction():
        Customer.objects.filter(pk=customer.pk).update(marketing_consent=is_granted)
        CustomerConsent.objects.create(
            customer=customer, kind=CustomerConsent.Kind.MARKETING_EMAIL, is_granted=is_granted, place=place
        )
    customer.marketing_consent = is_granted


def record_terms(customer: Customer, version: str, *, place: str) -> None:
    """Write down which version of the terms (`pages/terms.py`) the customer agreed to, in the caller's transaction."""
    CustomerConsent.objects.create(
        customer=customer, kind=CustomerConsent.Kind.TERMS, is_granted=True, terms_version=version, place=place
    )
