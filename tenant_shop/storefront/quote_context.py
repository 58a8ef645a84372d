"""A quote in the words of its template."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from tenant_shop.companies.requests import request_of_offer
from tenant_shop.quotes.models import QuoteEvent, QuoteLine, QuoteRequest
from tenant_shop.storefront.cart_context import cart_tax_note, options_text
from tenant_shop.storefront.locale import Money, money_in
from tenant_shop.storefront.visit import Visit

Status = QuoteRequest.Status
STATUS_TEXTS = {
    Status.REQUESTED: gettext_lazy("Waiting for an answer"),
    Status.ANSWERED: gettext_lazy("Answered"),
    Status.ACCEPTED: gettext_lazy("Ordered"),
    Status.DECLINED: gettext_lazy("Declined"),
    Status.EXPIRED: gettext_lazy("Its time is over"),
}


def status_text(quote: QuoteRequest) -> str:
    return str(STATUS_TEXTS[Status.EXPIRED if quote.is_over else Status(quote.status)])


def quote_context(quote: QuoteRequest, visit: Visit) -> dict[str, Any]:
    """The request with its lines, what is offered if anything is, what happened, and what can be done."""
    money = money_in(quote.currency, visit.language)
    lines = list(quote.lines.all())
    is_offered = quote.status != Status.REQUESTED and bool(quote.revision)
    waits = _waits(quote, visit) if quote.is_open else None
    goods = sum(((line.unit_price or Decimal(0)) * line.quantity for line in lines), Decimal(0))
    return {
        "token": quote.public_token,
        "number": quote.number,
        "asked_at": quote.created_at,
        "status": status_text(quote),
        "is_offered": is_offered,
        "is_open": quote.is_open,
        "waits": waits,
        "can_accept": quote.is_open and waits is None,
        "can_ask_again": waits is None and quote.status in (Status.ANSWERED, Status.DECLINED, Status.EXPIRED),
        "valid_until": quote.valid_until,
        "answer": quote.answer if is_offered else "",
        "lines": [_line(line, money, is_offered=is_offered) for line in lines],
        "subtotal": money(goods) if is_offered else "",
        "shipping": money(quote.shipping_amount) if is_offered and quote.shipping_amount is not None else "",
        "total": money(goods + quote.shipping_amount) if is_offered and quote.shipping_amount is not None else "",
        "tax_note": cart_tax_note(visit, visit.settings.country, ""),
        "order_url": _order_url(quote, visit),
        "events": [_event(event) for event in quote.events.all()],
    }


def _waits(quote: QuoteRequest, visit: Visit) -> dict[str, str] | None:
    """The company that is to approve it, and for who asked the way to their request. One statement where there are
    companies."""
    asked = request_of_offer(quote.pk) if visit.settings.company_accounts else None
    if asked is None:
        return None
    is_mine = asked.customer_id is not None and asked.customer_id == visit.customer_id
    return {
        "company": asked.company.name if is_mine else "",
        "url": reverse("storefront:company_request", args=[asked.pk]) if is_mine else "",
    }


def _line(line: QuoteLine, money: Money, *, is_offered: bool) -> dict[str, Any]:
    offered = line.unit_price if is_offered else None
    return {
        "name": line.product_name,
        "options": options_text(line.variant_info),
        "sku": line.product_sku,
        "quantity": line.quantity,
        "list_price": money(line.list_price),
        "unit_price": money(offered) if offered is not None else "",
        "is_cheaper": offered is not None and offered < line.list_price,
        "total": money((line.list_price if offered is None else offered) * line.quantity),
    }


def _order_url(quote: QuoteRequest, visit: Visit) -> str:
    """Where the order is that came of it: in the account, or behind its own link for a guest."""
    if quote.order is None:
        return ""
    if quote.customer_id is not None and quote.customer_id == visit.customer_id:
        return reverse("storefront:my_order", args=[quote.order.pk])
    return reverse("storefront:order", args=[quote.order.public_token])


def _event(event: QuoteEvent) -> dict[str, Any]:
    by_customer = event.actor.startswith("customer ") or event.actor == "guest"
    return {
        "at": event.created_at,
        "status": str(STATUS_TEXTS[Status(event.new_status)]),
        "note": event.note,
        "by_customer": by_customer,
    }
