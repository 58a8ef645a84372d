"""Which ways to pay are offered."""

import logging

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.payments.methods import offered, payment_methods
from tests.shopping import configure


def test_they_come_in_the_merchants_order_each_once() -> None:
    methods = offered(["cash_on_delivery", "bank_transfer", "cash_on_delivery"])
    assert [method.code for method in methods] == ["cash_on_delivery", "bank_transfer"]


def test_an_unknown_one_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert [method.code for method in offered(["gold", "bank_transfer"])] == ["bank_transfer"]
    assert "gold" in caplog.text


def test_a_shop_offers_what_its_settings_say(shop: TenantInfo) -> None:
    configure(payment_methods=["cash_on_delivery"])
    assert [(method.code, method.name) for method in payment_methods()] == [("cash_on_delivery", "Cash on delivery")]
