"""What an order's page tells of its money, its returns and its mails."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.text import capfirst

from smartseller.formats import percent
from tenant_shop.backoffice.base import amount, moment
from tenant_shop.backoffice.order_mails import mails_shown
from tenant_shop.backoffice.payments import failures_of
from tenant_shop.orders.models import Order
from tenant_shop.orders.tax_by_rate import tax_by_rate
from tenant_shop.payments.models import PaymentEntry, PaymentRefund
from tenant_shop.payments.stand import Stand, entries_and_refunds, made_elsewhere, stand_of
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.returns.models import Return

State = PaymentRefund.State
BECAME = {
    State.PENDING: "on its way back",
    State.SUCCEEDED: "given back",
    State.FAILED: "did not go back",
    State.CREDITED: "need not be paid",
}


def money_of(order: Order) -> dict[str, Any]:
    """For `order_actions.html` and `order_timeline.html`. At most ten statements, however many rows there are."""
    prefetch_related_objects([order], "items")
    entries, refunds = entries_and_refunds(order)
    returns = list(Return.objects.filter(order=order).prefetch_related("lines"))
    stand = stand_of(order, entries, refunds)
    return {
        "failed_refunds": failures_of(order),
        "stand": stand,
        "parts": _parts(order),
        "sums": _sums(order, stand),
        "discounts": _discounts(order),
        "taxes": _taxes(order),
        "refunds": [*_refunds(order, refunds), *_made_elsewhere(entries, refunds)],
        "returns": [_return(each) for each in returns],
        **mails_shown(order, entries=entries, refunds=refunds, returns=returns),
    }


def _parts(order: Order) -> list[tuple[str, str]]:
    """What its total is made of besides tax; what is nothing is left out but for goods and delivery."""
    off = order.discount_amount - order.points_amount
    parts = {
        "Goods": amount(order.subtotal_amount, order.currency),
        "Discount": off and f"\N{MINUS SIGN} {amount(off, order.currency)}",
        "Points": order.points_spent
        and f"{order.points_spent:,} points: \N{MINUS SIGN} {amount(order.points_amount, order.currency)}",
        "Delivery": amount(order.shipping_amount, order.currency),
    }
    return [(name, str(said)) for name, said in parts.items() if said]


def _taxes(order: Order) -> list[tuple[str, str]]:
    """By rate; of orders from elsewhere, whose lines do not say, in one."""
    by_rate = [(percent(rate * 100), amount(tax, order.currency)) for rate, tax in tax_by_rate(order)]
    return by_rate or ([("", amount(order.tax_amount, order.currency))] if order.tax_amount else [])


def _sums(order: Order, stand: Stand) -> list[tuple[str, str]]:
    """Where the money stands; what is nothing is left out but for what everybody asks for."""
    always = {"Total", "Paid", "Open"}
    sums = {
        "Total": order.total_amount,
        "Need not be paid": order.credited_amount,
        "Paid": stand.captured,
        "Promised by a card": stand.promised,
        "Given back": stand.refunded,
        "On its way back": stand.returning,
        "Open": stand.open,
        "Could be given back": stand.refundable,
    }
    return [(name, amount(value, order.currency)) for name, value in sums.items() if value or name in always]


def _discounts(order: Order) -> list[tuple[str, str]]:
    """What took how much off, by the name that it had then; of a cancelled order what had taken it."""
    used = DiscountRedemption.objects.select_related("discount").filter(order=order).order_by("created_at", "id")
    if order.status != Order.Status.CANCELLED:
        used = used.filter(released_at=None)
    told = []
    for redemption in used:
        off = redemption.amount + redemption.shipping_amount
        # By code it was called by its code: what the merchant calls it stands beside.
        names = dict.fromkeys(name for name in (redemption.title, redemption.discount.name) if name)
        told.append((" · ".join(names) or "Discount", amount(off, order.currency)))
    return told


def _refunds(order: Order, refunds: Iterable[PaymentRefund]) -> Iterable[dict[str, Any]]:
    names = {item.pk: item.product_name for item in order.items.all()}
    for refund in refunds:
        yield {
            "at": moment(refund.created_at),
            "amount": amount(refund.amount, refund.currency),
            "became": BECAME[State(refund.state)],
            "problem": refund.problem if refund.state == State.FAILED else "",
            "reason": refund.reason,
            "lines": _lines(refund, names),
        }


def _made_elsewhere(entries: Iterable[PaymentEntry], refunds: Iterable[PaymentRefund]) -> Iterable[dict[str, Any]]:
    for entry in made_elsewhere(entries, refunds):
        yield {
            "at": moment(entry.created_at),
            "amount": amount(entry.amount, entry.currency),
            "became": "given back",
            "problem": "",
            "reason": "",
            "lines": [f"at the payment service ({entry.gateway})"] if entry.provider_event_id else [],
        }


def _lines(refund: PaymentRefund, names: Mapping[UUID, str]) -> list[str]:
    """What of the order it is for; nothing for a plain amount. A line that was taken out since has no name."""
    pieces = [
        f"{line['quantity']} \N{MULTIPLICATION SIGN} {names.get(UUID(line['item']), 'a line that is gone')}"
        for line in refund.lines
        if line["quantity"]
    ]
    delivery = [f"delivery {amount(refund.shipping_amount, refund.currency)}"] if refund.shipping_amount else []
    return [*pieces, *delivery, *(["back on sale"] if refund.restock else [])]


def _return(asked: Return) -> dict[str, Any]:
    pieces = sum(line.quantity for line in asked.lines.all())
    return {
        "at": moment(asked.created_at),
        "url": reverse("admin:tenant_shop_return_change", args=[asked.pk]),
        "status": asked.get_status_display(),
        "about": f"{pieces} {'piece' if pieces == 1 else 'pieces'}, {asked.get_reason_display().lower()}",
        "answer": capfirst(asked.answer),
    }
