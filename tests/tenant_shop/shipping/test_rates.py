"""Which deliveries are offered, and for how much."""

import logging
from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.shipping.rates import offers, shipping_options
from tests.shopping import configure, settings_of

STANDARD: dict[str, Any] = {"code": "standard", "name": "Standard", "amount": "4.90"}


def offered(*rows: Any, subtotal: str = "20", weight: str = "500", country: str | None = "DE") -> list[Any]:
    settings = settings_of(shipping_rates=rows)
    options = offers(settings, subtotal=Decimal(subtotal), weight_grams=Decimal(weight), country=country)
    return [(option.code, option.amount) for option in options]


def test_a_rate_without_conditions_serves_everywhere() -> None:
    assert offered(STANDARD) == offered(STANDARD, country=None) == [("standard", Decimal("4.90"))]


def test_a_rate_for_countries_serves_those_only_and_none_unknown() -> None:
    rate = {**STANDARD, "countries": ["de", "AT"]}
    assert offered(rate, country="AT") == [("standard", Decimal("4.90"))]
    assert offered(rate, country="FR") == offered(rate, country=None) == []


@pytest.mark.parametrize(("subtotal", "amount"), [("49.99", "4.90"), ("50.00", "0.00"), ("50.01", "0.00")])
def test_delivery_is_free_from_the_amount_on(subtotal: str, amount: str) -> None:
    assert offered({**STANDARD, "free_above": "50"}, subtotal=subtotal) == [("standard", Decimal(amount))]


@pytest.mark.parametrize(("weight", "served"), [("99", False), ("100", True), ("1000", True), ("1000.01", False)])
def test_weights_are_inclusive_on_both_ends(weight: str, served: bool) -> None:
    assert bool(offered({**STANDARD, "min_weight": 100, "max_weight": 1000}, weight=weight)) is served


@pytest.mark.parametrize(
    "row",
    [
        "standard",
        {},
        {"code": "x", "name": "X"},
        {**STANDARD, "amount": "free"},
        {**STANDARD, "amount": "-1"},
        {**STANDARD, "amount": "NaN"},
        {**STANDARD, "amount": "Infinity"},
        {**STANDARD, "amount": "1e400"},
        {**STANDARD, "free_above": "soon"},
        {**STANDARD, "free_above": "NaN"},
        {**STANDARD, "min_weight": "sNaN"},
        {**STANDARD, "max_weight": "Infinity"},
        {**STANDARD, "countries": 7},
    ],
)
def test_a_row_that_makes_no_sense_is_left_out_and_logged(row: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert offered(row, STANDARD) == [("standard", Decimal("4.90"))]
    assert len(caplog.records) == 1


def test_options_come_from_the_shops_settings_in_one_statement(shop: TenantInfo, count_statements: Any) -> None:
    configure(currency="JPY", shipping_rates=[{**STANDARD, "amount": "499.5", "note": "2 days"}])
    with count_statements() as statements:
        (option,) = shipping_options(subtotal=Decimal(1), weight_grams=0, country="JP")
    assert (option.amount, option.note) == (Decimal(500), "2 days")
    assert statements.count == 1
