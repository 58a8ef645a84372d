"""Which ways to pay are offered."""

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.payments.methods import offered, payment_methods
from tests.shopping import configure


@pytest.fixture
def codes_of() -> Callable[..., list[str]]:
    """The codes that a shop with these settings offers."""

    def ask(*methods: str, **settings: Any) -> list[str]:
        shop = ShopSettings(
            store_name="Acme",
            store_email="acme@example.com",
            currency="EUR",
            timezone="UTC",
            country="DE",
            language="en",
            tax_rate=Decimal(0),
            prices_include_tax=False,
            shipping_rates=(),
            payment_methods=methods,
            theme={},
            facets={},
            **settings,
        )
        return [method.code for method in offered(shop)]

    return ask


def test_they_come_in_the_merchants_order_each_once(codes_of: Callable[..., list[str]]) -> None:
    assert codes_of("cash_on_delivery", "bank_transfer", "cash_on_delivery") == ["cash_on_delivery", "bank_transfer"]


def test_an_unknown_one_is_left_out_and_logged(
    codes_of: Callable[..., list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert codes_of("gold", "bank_transfer") == ["bank_transfer"]
    assert "gold" in caplog.text


def test_test_cards_are_offered_in_test_mode_only(codes_of: Callable[..., list[str]]) -> None:
    assert codes_of("test_card", "bank_transfer") == ["bank_transfer"]
    assert codes_of("test_card", "bank_transfer", test_mode=True) == ["test_card", "bank_transfer"]


@pytest.mark.parametrize(
    ("key", "test_mode", "is_offered"),
    [
        ("pk_live_1", False, True),
        ("pk_live_1", True, False),
        ("pk_test_1", True, True),
        ("pk_test_1", False, False),
        ("", False, False),
        ("", True, False),
    ],
)
def test_a_stripe_account_is_used_in_its_own_mode_only(
    codes_of: Callable[..., list[str]], key: str, test_mode: bool, is_offered: bool
) -> None:
    assert codes_of("stripe_card", stripe_key=key, test_mode=test_mode) == (["stripe_card"] if is_offered else [])


def test_a_shop_offers_what_its_settings_say(shop: TenantInfo) -> None:
    configure(payment_methods=["cash_on_delivery"])
    assert [(method.code, method.name) for method in payment_methods()] == [("cash_on_delivery", "Cash on delivery")]


@pytest.mark.parametrize("value", ["true", 1, [True], {}])
def test_only_a_plain_true_puts_a_shop_into_test_mode(shop: TenantInfo, value: Any) -> None:
    configure(payment_methods=["bank_transfer", "test_card"], test_mode=value)
    assert [method.code for method in payment_methods()] == ["bank_transfer"]
