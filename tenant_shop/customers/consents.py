"""What a customer agreed to, and when: rows are added, never changed."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenancy.transactions import shop_transaction
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.customers.models import Customer


class CustomerConsent(models.Model):
    """One answer of a customer's; the latest of a kind holds, and stands in `customers.marketing_consent` too."""

    class Kind(models.TextChoices):
        MARKETING_EMAIL = "marketing_email"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=20, choices=Kind)
    is_granted = models.BooleanField()
    place = models.CharField(max_length=20, help_text="Where it was given: registration, profile, erasure.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "customer_consents"
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(kind="marketing_email"), name="customer_consents_kind_check")]
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
