"""The ways to pay that a shop can offer."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings, shop_settings

logger = logging.getLogger(__name__)

# Stripe's public keys say whether money moves.
STRIPE_LIVE, STRIPE_TEST = "pk_live_", "pk_test_"
# Whether this installation has Stripe's client, which is an extra.
HAS_STRIPE = find_spec("stripe") is not None
# How long goods are held for a shopper who pays by card: the bank's question may take a while.
CARD_TIME = timedelta(minutes=30)
# Only for companies that may, whatever the shop offers others.
PAY_LATER = "pay_later"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """A way to pay, and how long an order may wait for the money; None for goods that are paid when they arrive.

    `is_online` when a gateway takes the money while the shopper looks on, so that a page of its own follows.
    """

    code: str
    label: Promise
    explanation: Promise
    gateway: str
    due_after: timedelta | None
    is_online: bool = False

    @property
    def name(self) -> str:
        """In the active language."""
        return str(self.label)

    @property
    def description(self) -> str:
        """What the shopper will have to do, in the active language."""
        return str(self.explanation)


KNOWN = {
    method.code: method
    for method in (
        PaymentMethod(
            code="bank_transfer",
            label=_("Bank transfer"),
            explanation=_("You pay in advance. We send the goods when your money has arrived, within seven days."),
            gateway="manual",
            due_after=timedelta(days=7),
        ),
        PaymentMethod(
            code="cash_on_delivery",
            label=_("Cash on delivery"),
            explanation=_("You pay when the goods are handed to you."),
            gateway="manual",
            due_after=None,
        ),
        PaymentMethod(
            code="stripe_card",
            label=_("Credit or debit card"),
            explanation=_("You give your card on the next page. Your bank may ask you to confirm the payment."),
            gateway="stripe",
            due_after=CARD_TIME,
            is_online=True,
        ),
        PaymentMethod(
            code="test_card",
            label=_("Test card"),
            explanation=_("For trying out: you give a test card on the next page, and no money moves."),
            gateway="demo",
            due_after=CARD_TIME,
            is_online=True,
        ),
        PaymentMethod(
            code=PAY_LATER,
            label=_("Pay later"),
            explanation=_("We send the goods now, and your company pays the invoice within its terms."),
            gateway="manual",
            due_after=None,
        ),
    )
}
# What a merchant can offer to everybody.
FOR_EVERYBODY = tuple(code for code in KNOWN if code != PAY_LATER)


def payment_methods() -> list[PaymentMethod]:
    """What the active shop offers, in the merchant's order; one SELECT."""
    return offered(shop_settings())


def offered(shop: ShopSettings) -> list[PaymentMethod]:
    """What a shop with these settings offers, in the merchant's order; a code that is not known is logged.

    A method whose gateway cannot take money the way the shop sells is left out: test cards while it sells for real, a
    Stripe account in the other mode.
    """
    methods = []
    for code in dict.fromkeys(shop.payment_methods):
        if code not in FOR_EVERYBODY:
            logger.warning("the setting payment_methods names %r, which is not known", code)
        elif is_usable(KNOWN[code].gateway, shop):
            methods.append(KNOWN[code])
    return methods


def offered_to(shop: ShopSettings, company: Company | None) -> list[PaymentMethod]:
    """As `offered`, and first what is offered to the company that buys; None for who buys for themselves."""
    later = [KNOWN[PAY_LATER]] if company is not None and company.is_approved and company.pay_later else []
    return [*later, *offered(shop)]


def offered_again(shop: ShopSettings, *, is_test: bool) -> list[PaymentMethod]:
    """As `offered`, for an order that is placed already. In the other mode than it was placed in no gateway takes its
    money: a test card would pay for real goods, and a real one for nothing."""
    return [method for method in offered(shop) if method.gateway == "manual" or is_test == shop.test_mode]


def is_usable(gateway: str, shop: ShopSettings) -> bool:
    """Whether a shop may take money through `gateway` now."""
    match gateway:
        case "demo":
            return shop.test_mode
        case "stripe":
            return HAS_STRIPE and shop.stripe_key.startswith(STRIPE_TEST if shop.test_mode else STRIPE_LIVE)
    return True
