"""What the shop's people write down about a customer, for themselves: notes and tags."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenancy.transactions import shop_transaction
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.customers.find import not_erased
from tenant_shop.customers.models import Customer
from tenant_shop.orders.notes import read_note, read_tags


class CustomerNote(models.Model):
    """A note about a customer, added and never changed. It is theirs to be told of, and goes with them when they are
    erased."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="staff_notes", db_index=False, db_constraint=False
    )
    text = models.TextField()
    actor = models.CharField(max_length=100, help_text="A user's id.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "customer_notes"
        ordering = ["-created_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="customer_notes_text_check")]
        indexes = [models.Index(fields=["customer"], name="idx_customer_notes_customer")]

    def __str__(self) -> str:
        return self.text


def note_customer(customer_id: UUID, text: str, *, actor: str) -> CustomerNote:
    """Write `text` down about a customer. `actor` is a user's id. Errors: Customer.DoesNotExist; NotWritten."""
    words = read_note(text)
    with shop_transaction():
        return CustomerNote.objects.create(customer=_locked(customer_id), text=words, actor=actor)


def tag_customer(customer_id: UUID, tags: Iterable[str]) -> Customer:
    """Give the customer these tags and no others, as an order has them.

    Errors, with nothing changed: Customer.DoesNotExist; NotWritten for too many or too long ones.
    """
    kept = read_tags(tags)
    with shop_transaction():
        customer = _locked(customer_id)
        customer.tags = kept
        customer.save(update_fields=["tags"])
    return customer


def _locked(customer_id: UUID) -> Customer:
    """Who is erased has no notes."""
    return not_erased().select_for_update(no_key=True).get(pk=customer_id)
