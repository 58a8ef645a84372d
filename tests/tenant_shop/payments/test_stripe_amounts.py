"""Amounts as Stripe counts them."""

from decimal import Decimal

import pytest

from tenant_shop.payments.errors import GatewayRefused
from tenant_shop.payments.gateways.stripe import major_amount, minor_amount

pytest.importorskip("stripe")


@pytest.mark.parametrize(
    ("amount", "currency", "counted"),
    [("14.90", "EUR", 1490), ("1490", "JPY", 1490), ("1.490", "KWD", 1490), ("12", "ISK", 1200), ("0.01", "USD", 1)],
)
def test_amounts_are_counted_as_stripe_counts_them(amount: str, currency: str, counted: int) -> None:
    assert minor_amount(Decimal(amount), currency) == counted
    assert major_amount(counted, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "EUR"), ("0.5", "JPY"), ("1.001", "KWD")])
def test_what_stripe_cannot_express_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(GatewayRefused):
        minor_amount(Decimal(amount), currency)
