"""Which rate holds where: the delivery address decides."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.errors import TotalChanged
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.taxes.classes import check_tax_class
from tenant_shop.taxes.models import TaxRate, known_classes
from tenant_shop.taxes.rates import local_taxes
from tenant_shop.verification.verify_shop import verify_shop
from tests.shopping import ADDRESS, cart_with, configure, everything, settings_of, stocked, submission


def rate(country: str, tax_class: str, value: str, state: str = "") -> dict[str, str]:
    return {"country": country, "state": state, "tax_class": tax_class, "rate": value}


RATES = (
    rate("DE", "standard", "0.19"),
    rate("DE", "reduced", "0.07"),
    rate("FR", "standard", "0.2"),
    rate("FR", "books", "0.055"),
    rate("US", "standard", "0"),
    rate("US", "standard", "0.0725", "CA"),
    rate("US", "books", "0"),
    rate("", "standard", "0.01"),
)


def settings(**changes: Any) -> ShopSettings:
    return settings_of(**{"tax_rate": Decimal("0.16"), "tax_rates": RATES, **changes})


@pytest.mark.parametrize(
    ("country", "state", "tax_class", "expected"),
    [
        ("DE", "", "standard", "0.19"),
        ("DE", "", "reduced", "0.07"),
        ("DE", "", "books", "0.19"),  # a class without a rate pays the standard one
        ("FR", "", "books", "0.055"),
        ("FR", "", "reduced", "0.2"),
        ("US", "", "standard", "0"),  # an explicit zero is a rate
        ("US", "CA", "standard", "0.0725"),
        ("US", "ca", "standard", "0.0725"),
        ("US", "CA", "books", "0"),  # the country's rate for the class before the state's for another
        ("US", "NY", "standard", "0"),
        ("CH", "", "standard", "0.01"),
        ("FR", "", "zero", "0"),
        (None, "", "standard", "0.19"),
    ],
)
def test_the_nearest_rate_of_the_class_holds(country: str | None, state: str, tax_class: str, expected: str) -> None:
    assert local_taxes(settings(), country, state).on_goods(tax_class).rate == Decimal(expected)


def test_without_a_matching_rate_the_shops_default_holds() -> None:
    only_france = settings(tax_rates=(rate("FR", "standard", "0.2"),))
    assert local_taxes(only_france, "CH").on_goods("reduced").rate == Decimal("0.16")


def test_the_shops_own_country_is_never_everywhere_else() -> None:
    exporter = settings(tax_rates=(rate("", "standard", "0"),))
    assert local_taxes(exporter, "CH").on_goods("standard").rate == 0
    assert local_taxes(exporter, "DE").on_goods("standard").rate == Decimal("0.16")


@pytest.mark.parametrize(("on_shipping", "expected"), [("standard", "0.19"), ("reduced", "0.07"), ("none", "0")])
def test_delivery_is_taxed_by_a_class_or_not_at_all(on_shipping: str, expected: str) -> None:
    assert local_taxes(settings(tax_on_shipping=on_shipping), "DE").on_delivery.rate == Decimal(expected)


@pytest.mark.parametrize("name", ["", "none", "Books", "a b", "-a"])
def test_a_class_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValidationError):
        check_tax_class(name)


def test_the_settings_follow_the_table(shop: TenantInfo) -> None:
    TaxRate.objects.create(country="FR", tax_class="books", rate=Decimal("0.055"))
    kept = TaxRate.objects.create(country="DE", rate=Decimal("0.19"))
    assert shop_settings().tax_rates == (rate("DE", "standard", "0.19"), rate("FR", "books", "0.055"))
    assert [code for code, _ in known_classes()] == ["standard", "reduced", "zero", "books"]

    TaxRate.objects.exclude(pk=kept.pk).delete()
    kept.rate = Decimal("0.2")
    kept.save()
    assert shop_settings().tax_rates == (rate("DE", "standard", "0.2"),)


def test_prices_with_tax_stay_and_the_tax_inside_is_the_buyers_countrys(shop: TenantInfo) -> None:
    configure(tax_rate="0.19", prices_include_tax=True)
    Setting.objects.update_or_create(key="country", defaults={"value": "DE"})
    TaxRate.objects.create(country="FR", rate=Decimal("0.2"))
    cart_id = cart_with((stocked(price="120.00"), 1))

    at_home, abroad = (quote(cart_id, country=country, shipping_code=None) for country in ("DE", "FR"))
    assert (at_home.total, abroad.total) == (Decimal("124.90"), Decimal("124.90"))
    assert [line.tax for line in abroad.lines] == [Decimal("20.00")]
    assert [line.tax for line in at_home.lines] == [Decimal("19.16")]


def test_the_address_of_the_order_decides_and_each_line_remembers_its_rate(shop: TenantInfo) -> None:
    configure(prices_include_tax=False)
    TaxRate.objects.create(country="US", state="CA", rate=Decimal("0.0725"))
    TaxRate.objects.create(country="US", tax_class="books", rate=Decimal(0))
    cart_id = cart_with((stocked(price="10.00"), 1), (stocked(price="20.00", tax_class="books"), 1))
    there = {**ADDRESS, "country": "US", "state_province": "CA", "postal_code": "94105", "city": "San Francisco"}
    expected = quote(cart_id, country="US", state="CA", shipping_code=None).total
    assert expected == Decimal("35.99")  # 0.725 on the mug and 0.355 on delivery, each rounded up

    before = everything()
    with pytest.raises(TotalChanged):
        place_order(
            **submission(cart_id, shipping_address=there, billing_address=ADDRESS, expected_total=Decimal("34.90"))
        )
    assert everything() == before

    order = place_order(**submission(cart_id, shipping_address=there, billing_address=ADDRESS, expected_total=expected))
    assert [(item.tax_rate, item.tax_amount) for item in order.items.all()] == [
        (Decimal("0.0725"), Decimal("0.73")),
        (Decimal(0), Decimal("0.00")),
    ]
    assert (order.tax_amount, order.metadata["shipping_tax"], order.metadata["shipping_tax_rate"]) == (
        Decimal("1.09"),
        "0.36",
        "0.0725",
    )
    assert verify_shop() == []
