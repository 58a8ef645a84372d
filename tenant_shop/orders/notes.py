"""What the shop's people write down about an order, for themselves: notes and tags. Customers never read them."""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenancy.transactions import shop_transaction
from smartseller.database import CurrentTimestamp
from smartseller.errors import RuleViolation
from smartseller.ids import uuid7
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order

LONGEST_NOTE = 2000
LONGEST_TAG = 40
MOST_TAGS = 20


class OrderNote(models.Model):
    """A note about an order, added and never changed; it goes with its customer when they are erased."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="staff_notes", db_index=False, db_constraint=False)
    text = models.TextField()
    actor = models.CharField(max_length=100, help_text="A user's id.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "order_notes"
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="order_notes_text_check")]
        indexes = [models.Index(fields=["order"], name="idx_order_notes_order")]

    def __str__(self) -> str:
        return self.text


class NotWritten(RuleViolation):
    """A note without words, too long a one, or tags that are none."""

    code = "note_invalid"
    status: ClassVar[int] = 422


def write_note(order_id: UUID, text: str, *, actor: str) -> OrderNote:
    """Write `text` down about an order. `actor` is a user's id. Errors: OrderNotFound; NotWritten."""
    words = read_note(text)
    with shop_transaction():
        return OrderNote.objects.create(order=lock_order(order_id), text=words, actor=actor)


def tag_order(order_id: UUID, tags: Iterable[str]) -> Order:
    """Give the order these tags and no others: each once, however it is written, in the order in which they come.

    Errors, with nothing changed: OrderNotFound; NotWritten for too many or too long ones.
    """
    kept = read_tags(tags)
    with shop_transaction():
        order = lock_order(order_id)
        order.tags = kept
        order.save(update_fields=["tags"])
    return order


def read_note(text: str) -> str:
    """The words of a note. Errors: NotWritten."""
    words = text.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise NotWritten(f"A note has up to {LONGEST_NOTE} characters, and at least one.")
    return words


def read_tags(tags: Iterable[str]) -> list[str]:
    """Each tag once, however it is written, in the order in which they come. Errors: NotWritten."""
    kept: dict[str, str] = {}
    for tag in tags:
        if words := " ".join(tag.split()):
            kept.setdefault(words.casefold(), words)
    if len(kept) > MOST_TAGS or any(len(words) > LONGEST_TAG for words in kept.values()):
        raise NotWritten(f"There is room for {MOST_TAGS} tags of up to {LONGEST_TAG} characters.")
    return list(kept.values())
