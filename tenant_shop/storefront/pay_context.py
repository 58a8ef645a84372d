"""The payment page in the words of its template."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from tenant_shop.orders.models import Order
from tenant_shop.payments.gateways.protocol import Outcome, Reason, Report
from tenant_shop.payments.methods import KNOWN, offered_again
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.storefront.card_form import CardForm
from tenant_shop.storefront.locale import money_in
from tenant_shop.storefront.visit import Visit

REFRESH_SECONDS = 5
REASONS = {
    Reason.DECLINED: gettext_lazy("Your card was declined. Please try another one, or choose another way to pay."),
    Reason.NO_FUNDS: gettext_lazy("There is not enough money on this card. Please try another one."),
    Reason.EXPIRED: gettext_lazy("This card has expired. Please try another one."),
    Reason.NOT_CONFIRMED: gettext_lazy("The payment was not confirmed with your bank. Please try again."),
}
OVER = (Payment.State.FAILED, Payment.State.DROPPED)


def pay_context(
    visit: Visit, order: Order, payment: Payment, report: Report | None, *, card: CardForm | None = None
) -> dict[str, Any]:
    """`report` is what the gateway said just now, None when it was not asked. At most one statement."""
    money = money_in(order.currency, visit.language)
    methods = offered_again(visit.settings, is_test=order.is_test)
    stage = _stage(payment, report)
    can_try = stage == "card" or (stage == "over" and any(method.code == payment.method for method in methods))
    asks_for_card = payment.gateway == "demo" and can_try
    stripe = None
    if payment.gateway == "stripe" and stage == "card" and report is not None:
        stripe = {
            "key": visit.settings.stripe_key,
            "secret": report.page.get("client_secret", ""),
            "script": settings.STRIPE_SCRIPT_URL,
        }
    return {
        "stage": stage,
        "stripe": stripe,
        "number": order.order_number,
        "total": money(payment.amount),
        "attempt": str(payment.pk),
        "method": payment.method,
        "method_name": KNOWN[payment.method].name if payment.method in KNOWN else "",
        "problem": _why_not(payment, report),
        "card": (card or CardForm()) if asks_for_card else None,
        "can_try_again": stage == "over" and can_try and not asks_for_card,
        "next_url": report.next_url if report else "",
        "is_test": payment.gateway == "demo",
        "others": [
            {"value": method.code, "label": method.name, "detail": method.description, "price": "", "checked": False}
            for method in methods
            if method.code != payment.method
        ]
        if stage != "waiting"
        else [],
        "order_token": order.public_token,
    }


def _stage(payment: Payment, report: Report | None) -> str:
    """card: the shopper gives a card here; step: the bank asks; waiting: nobody has to do anything; over: it failed."""
    outcome = report.outcome if report else None
    if outcome is Outcome.DECLINED or outcome is Outcome.DROPPED or (report is None and payment.state in OVER):
        return "over"
    if report is not None and report.next_url:
        return "step"
    if outcome is Outcome.SHOPPER or outcome is Outcome.UNKNOWN:
        return "card"
    return "waiting" if payment.gateway != "manual" else "choose"


def _why_not(payment: Payment, report: Report | None) -> str:
    """Why the last try came to nothing, for the shopper."""
    if report is not None and report.outcome is Outcome.DECLINED:
        return str(REASONS[report.reason or Reason.DECLINED])
    if report is not None or payment.state != Payment.State.FAILED:
        return ""
    entry = PaymentEntry.objects.filter(payment=payment, kind=PaymentEntry.Kind.FAILED).order_by("created_at").last()
    try:
        reason = Reason(entry.details.get("reason", "")) if entry else Reason.DECLINED
    except ValueError:
        reason = Reason.DECLINED
    return str(REASONS[reason])
