"""The ways to pay that a shop can offer."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenant_shop.configuration.settings import shop_settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """A way to pay, and how long an order may wait for the money; None for goods that are paid when they arrive."""

    code: str
    label: Promise
    explanation: Promise
    gateway: str
    due_after: timedelta | None

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
    )
}


def payment_methods() -> list[PaymentMethod]:
    """What the active shop offers, in the merchant's order; one SELECT."""
    return offered(shop_settings().payment_methods)


def offered(codes: Iterable[str]) -> list[PaymentMethod]:
    """The methods of `codes`; a code that is not known is skipped with a log line."""
    methods = []
    for code in dict.fromkeys(codes):
        if code in KNOWN:
            methods.append(KNOWN[code])
        else:
            logger.warning("the setting payment_methods names %r, which is not known", code)
    return methods
