"""What an order's page says of its money: how it is paid, what was given back, what still is to be."""

from django.utils.translation import gettext as _

from tenant_shop.orders.models import Order
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.status import balance
from tenant_shop.storefront.locale import Money

Status = Order.PaymentStatus
PAID = (Status.PAID, Status.PARTIALLY_REFUNDED, Status.REFUNDED)
GIVEN_BACK = (Status.PARTIALLY_REFUNDED, Status.REFUNDED)


def money_facts(order: Order, money: Money) -> list[dict[str, str]]:
    """Rows of a list of facts. What is to be done to pay is told elsewhere (`how_to_pay`).

    One statement for an order of which something was given back or is owed, else none.
    """
    facts = []
    if words := _standing(order):
        method = KNOWN.get(order.payment_method or "")
        facts.append({"name": _("Payment"), "value": f"{method.name}: {words}" if method else words})
    if order.payment_status in GIVEN_BACK or order.owed_amount:
        given = balance(PaymentEntry.objects.filter(payment__order=order)).refunded
        if given:
            facts.append({"name": _("Money given back"), "value": money(given)})
    if order.owed_amount:
        facts.append({"name": _("Goes back to you"), "value": money(order.owed_amount)})
    return facts


def _standing(order: Order) -> str:
    """Where the payment stands, in words; "" where the page says what is to be done, and for what costs nothing."""
    if not order.total_amount or (order.payment_status == Status.REFUNDED and order.credited_amount):
        return ""
    if order.payment_status in PAID:
        return _("paid")
    if order.status == Order.Status.CANCELLED:
        return _("not paid")
    return _("reserved, not taken yet") if order.payment_status == Status.AUTHORIZED else ""
