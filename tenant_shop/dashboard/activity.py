"""What happened lately in the shop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, DecimalField, F, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse

from smartseller.money import display
from tenant_shop.backoffice.today import MayAsk
from tenant_shop.customers.find import ERASED_AT
from tenant_shop.customers.models import Customer
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview

NEWEST = 10


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, what, and where it is looked at."""

    at: datetime
    text: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where events come from: rows, and a sentence with `who`, `what` and `money` in it, for who may see
    `model`.
    """

    model: str
    page: str
    icon: str
    rows: Callable[[], QuerySet[Any, Any]]
    words: str


def _rows(queryset: QuerySet[Any, Any], kind: str, *, newest: str = "-id", **columns: Any) -> QuerySet[Any, Any]:
    """The newest of one kind. Ids are in the order of time, and always indexed."""
    rows: QuerySet[Any, Any] = (
        queryset.order_by(newest)
        .annotate(
            kind=Value(kind, CharField()),
            at=Cast(columns.pop("at", F("created_at")), DateTimeField()),
            who=Cast(columns.pop("who", Value("")), TextField()),
            what=Cast(columns.pop("what", Value("")), TextField()),
            sum=Cast(columns.pop("sum", Value(None)), DecimalField(max_digits=15, decimal_places=3)),
            money=Cast(columns.pop("currency", Value("")), TextField()),
            target=Cast(columns.pop("target", F("id")), UUIDField()),
        )
        .values_list("kind", "at", "who", "what", "sum", "money", "target")
    )
    return rows[:NEWEST]


SOURCES = {
    "placed": Source(
        model="order",
        page="order",
        icon="receipt_long",
        rows=lambda: _rows(
            Order.objects.all(), "placed", newest="-created_at", who=F("order_number"), what=F("customer_email"),
            sum=F("total_amount"), currency=F("currency"),
        ),
        words="Order {who} was placed: {money}",
    ),
    "moved": Source(
        model="order",
        page="order",
        icon="sync_alt",
        rows=lambda: _rows(
            OrderStatusHistory.objects.filter(previous_status__isnull=False), "moved", who=F("order__order_number"),
            what=F("new_status"), target=F("order_id"),
        ),
        words="Order {who} is {what} now",
    ),
    "given_back": Source(
        model="order",
        page="order",
        icon="undo",
        rows=lambda: _rows(
            PaymentRefund.objects.filter(state=PaymentRefund.State.SUCCEEDED), "given_back",
            who=F("payment__order__order_number"), sum=F("amount"), currency=F("currency"),
            target=F("payment__order_id"),
        ),
        words="{money} of order {who} went back",
    ),
    "returned": Source(
        model="return",
        page="return",
        icon="assignment_return",
        rows=lambda: _rows(Return.objects.all(), "returned", who=F("order__order_number")),
        words="Something of order {who} is to come back",
    ),
    "reviewed": Source(
        model="productreview",
        page="productreview",
        icon="star",
        rows=lambda: _rows(ProductReview.objects.all(), "reviewed", who=F("product__name"), what=F("rating")),
        words="{who} was given {what} of 5 stars",
    ),
    "joined": Source(
        model="customer",
        page="customer",
        icon="person_add",
        rows=lambda: _rows(
            Customer.objects.exclude(email__endswith=ERASED_AT), "joined",
            who=Coalesce(F("email"), Value("")),
        ),
        words="{who} became a customer",
    ),
}  # fmt: skip


def latest_events(user: MayAsk, language: str) -> list[Event]:
    """The newest things that `user` may see, newest first; one statement, or none."""
    seen = [source for source in SOURCES.values() if user.has_perm(f"tenant_shop.view_{source.model}")]
    if not seen:
        return []
    first, *others = [source.rows() for source in seen]
    rows = first.union(*others, all=True).order_by("-at")[:NEWEST] if others else first
    return [_event(row, language) for row in rows]


def _event(row: tuple[Any, ...], language: str) -> Event:
    kind, at, who, what, amount, currency, target = row
    source = SOURCES[kind]
    money = "" if amount is None else display(amount, currency, language)
    text = source.words.format(who=who, what=what, money=money)
    return Event(at, text, reverse(f"admin:tenant_shop_{source.page}_change", args=[target]), source.icon)
