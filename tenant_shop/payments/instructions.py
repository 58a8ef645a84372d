"""What a shopper has to do to pay, for the confirmation page and the mail."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from smartseller.formats import amount, day
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.confirm import is_on_trust
from tenant_shop.orders.models import Order
from tenant_shop.payments.methods import KNOWN, PAY_LATER
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.status import balance

BANK_TRANSFER = "bank_transfer"
# Also who got some of it back has paid.
HAS_PAID = (Order.PaymentStatus.PAID, Order.PaymentStatus.PARTIALLY_REFUNDED, Order.PaymentStatus.REFUNDED)
OVER = (Order.Status.CANCELLED, Order.Status.REFUNDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToPay:
    """In the active language. `account` has the merchant's own lines: where the money goes. `facts` are names with
    values: how much, with which reference, until when. All but `title` are empty when there is nothing to do."""

    title: str
    text: str = ""
    account: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


def how_to_pay(order: Order, shop: ShopSettings) -> HowToPay:
    """A transfer needs an account: without one in the settings the shopper is told to expect a mail with it."""
    method = KNOWN.get(order.payment_method or "")
    title = method.name if method else _("Payment")
    is_settled = order.payment_status in HAS_PAID or not order.payable_amount
    if method is None or is_settled or order.status in OVER:
        return HowToPay(title=title)
    if method.is_online:
        text = _("Your payment has not arrived yet. You can pay on the page of your order.")
        return HowToPay(title=title, text=text if order.is_awaiting_payment else "")
    is_invoice = method.code == PAY_LATER and order.payment_status == Order.PaymentStatus.PENDING
    is_accepted = method.code == BANK_TRANSFER and is_on_trust(order)
    if not order.is_awaiting_payment and not is_invoice and not is_accepted:
        return HowToPay(title=title, text=method.description)
    is_transfer = is_invoice or method.code == BANK_TRANSFER
    account = tuple(line.strip() for line in shop.payment_instructions.splitlines() if line.strip())
    text = _("We do not wait for your money before we send the goods.") if is_accepted else method.description
    if is_transfer and not account:
        text = " ".join([text, _("The shop will send you its bank details by e-mail.")])
    return HowToPay(title=title, text=text, account=account if is_transfer else (), facts=_facts(order, shop))


def _facts(order: Order, shop: ShopSettings) -> tuple[tuple[str, str], ...]:
    """What is missing, and what was paid before: an order may have grown since. One statement."""
    paid = balance(PaymentEntry.objects.filter(payment__order=order)).captured
    missing = max(order.payable_amount - paid, Decimal(0))
    facts = [(_("Amount"), amount(missing, order.currency)), (_("Reference"), order.order_number)]
    if paid:
        facts.append((_("Already paid"), amount(paid, order.currency)))
    if order.credited_amount:
        facts.append((_("Taken off for what came back"), amount(order.credited_amount, order.currency)))
    if order.payment_due_at is not None:
        facts.append((_("Pay by"), day(timezone.localtime(order.payment_due_at, shop.zone).date())))
    return tuple(facts)
