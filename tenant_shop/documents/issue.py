"""Issuing an order's invoice, and replacing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone, translation

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.languages import readable, shop_languages
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.documents.content import invoice_content
from tenant_shop.documents.credit import credit_whole, issue_credit_notes
from tenant_shop.documents.errors import NoInvoiceForTests, OrderNotInvoiceable
from tenant_shop.documents.find import standing_invoice
from tenant_shop.documents.models import Document
from tenant_shop.documents.number import next_number
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order

Kind = Document.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """An invoice, the note that credits what was left of it, if anything was, and the invoice in its place."""

    before: Document
    credit_note: Document | None
    invoice: Document


def issue_invoice(order_id: UUID, *, actor: str) -> Document:
    """Issue the invoice of an order, once: asked again, it is the same one. A constant number of statements.

    Of what was given back of the order before, the credit notes are issued with it. `actor` is a user's id, or the
    job's name.
    Errors, with no number given out: OrderNotFound; NoInvoiceForTests; OrderNotInvoiceable for an order that was
        cancelled; SellerUnknown while nobody has said who sells.
    """
    with shop_transaction():
        order = lock_order(order_id)
        known = Document.objects.filter(order=order, kind=Kind.INVOICE).order_by("-sequence").first()
        if known is not None:
            return known
        if order.is_test:
            raise NoInvoiceForTests(order.order_number)
        if order.status == Order.Status.CANCELLED:
            raise OrderNotInvoiceable(order.order_number)
        invoice = _issue(order, shop_settings(), actor=actor)
        issue_credit_notes(order, actor=actor)
    return invoice


def replace_invoice(order: Order, *, actor: str) -> Replaced | None:
    """Credit the order's invoice whole and issue another, if the order is another one now than the invoice says.

    None where there is no invoice, or it still holds; one statement without an invoice, a constant number else. The
    caller's transaction has locked the order, and does nothing afterwards that others may wait for: the counters of
    numbers stay locked. What was given back of the order is credited on the new invoice. `actor` is a user's id.
    Errors, with no number given out: SellerUnknown.
    """
    documents = list(Document.objects.filter(order=order))
    before = standing_invoice(documents)
    if before is None:
        return None
    shop = shop_settings()
    content = _content(order, shop)
    if _says(content) == _says(before.content):
        return None
    content["replaces"] = {"number": before.number, "issued_on": before.content["issued_on"]}
    notes = [each for each in documents if each.invoice_id == before.pk]
    # Whoever takes numbers of both kinds takes the invoice's first, so that no two wait for each other.
    numbered = next_number(Kind.INVOICE, shop)
    note = credit_whole(before, notes, actor=actor)
    invoice = _write(order, content, numbered, actor=actor, replaces=before)
    issue_credit_notes(order, actor=actor)
    return Replaced(before=before, credit_note=note, invoice=invoice)


def _says(content: Mapping[str, Any]) -> dict[str, Any]:
    """What an invoice says about the order itself, and not about the day or the shop."""
    order = {key: content["order"][key] for key in ("ship_to", "is_pickup")}
    names = ("buyer", "lines", "delivery", "discounts", "rates", "subtotal", "tax", "total", "currency")
    return {**{name: content[name] for name in names}, "order": order}


def _issue(order: Order, shop: ShopSettings, *, actor: str) -> Document:
    content = _content(order, shop)
    return _write(order, content, next_number(Kind.INVOICE, shop), actor=actor)


def _content(order: Order, shop: ShopSettings) -> dict[str, Any]:
    language = readable(order.language or shop_languages().own)
    items = list(OrderItem.objects.filter(order=order))
    with translation.override(language):
        return invoice_content(order, items, shop, language=language)


def _write(
    order: Order, content: Mapping[str, Any], numbered: tuple[int, str], *, actor: str, replaces: Document | None = None
) -> Document:
    sequence, number = numbered
    return Document.objects.create(
        kind=Kind.INVOICE,
        sequence=sequence,
        number=number,
        order=order,
        replaces=replaces,
        currency=order.currency,
        total_amount=order.total_amount,
        tax_amount=order.tax_amount,
        content=content,
        actor=actor,
        issued_at=timezone.now(),
    )
