"""An order's amounts add up, whatever is ordered."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.plans.limits import read_terms
from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.money import allocate, quantize, smallest_unit
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.orders.pricing import Pricing, Wanted, price_order, want, weight_grams
from tenant_shop.pricing.terms import everybodys
from tenant_shop.promotions.assess import Discount
from tenant_shop.taxes.rates import LocalTaxes, flat_taxes


@pytest.fixture(scope="module", autouse=True)
def inside_a_shop() -> Iterator[None]:
    """Models can only be related inside a shop; no database is asked here."""
    with tenant_context(
        TenantInfo(
            id=UUID(int=1),
            slug="nowhere",
            name="Nowhere",
            status="active",
            availability="open",
            epoch=1,
            server="primary",
            database_name="nowhere",
            domain=None,
            plan="basic",
            plan_terms=read_terms("basic", None),
            currency="EUR",
            timezone="UTC",
            country="DE",
            theme={},
            schema_version="",
        )
    ):
        yield


def wanted(
    price: Decimal, quantity: int = 1, currency: str = "EUR", weight: Decimal | None = None, tax_class: str = "standard"
) -> Wanted:
    product = Product(name="Mug", sku="MUG", price=price, weight=weight, tax_class=tax_class)
    return want(ProductVariant(product=product, sku="MUG"), quantity, everybodys(currency))


NO_TAX = flat_taxes(Decimal(0), included=False)
VAT = flat_taxes(Decimal("0.19"), included=True)
SALES_TAX = flat_taxes(Decimal("0.0875"), included=False)


def test_tax_on_top_is_added_for_each_line_and_for_delivery() -> None:
    priced = price_order(
        [wanted(Decimal("9.99"), 3), wanted(Decimal("0.55"))],
        discount=None,
        shipping=Decimal("4.90"),
        taxes=SALES_TAX,
        currency="USD",
    )
    assert [line.tax for line in priced.lines] == [Decimal("2.62"), Decimal("0.05")]
    assert (priced.subtotal, priced.shipping_tax, priced.tax) == (Decimal("30.52"), Decimal("0.43"), Decimal("3.10"))
    assert priced.total == Decimal("38.52")


def test_each_line_pays_the_rate_of_its_class_and_delivery_that_of_its_own() -> None:
    priced = price_order(
        [
            wanted(Decimal("107.00"), tax_class="reduced"),
            wanted(Decimal("119.00")),
            wanted(Decimal("5.00"), tax_class="zero"),
        ],
        discount=None,
        shipping=Decimal("5.35"),
        taxes=LocalTaxes(
            included=True,
            standard=Decimal("0.19"),
            by_class={"reduced": Decimal("0.07")},
            shipping_class="reduced",
        ),
        currency="EUR",
    )
    assert [(line.tax_rate, line.tax) for line in priced.lines] == [
        (Decimal("0.07"), Decimal("7.00")),
        (Decimal("0.19"), Decimal("19.00")),
        (Decimal(0), Decimal("0.00")),
    ]
    assert (priced.shipping_tax_rate, priced.shipping_tax) == (Decimal("0.07"), Decimal("0.35"))
    assert (priced.tax, priced.total) == (Decimal("26.35"), Decimal("236.35"))


def test_included_tax_changes_no_total() -> None:
    priced = price_order(
        [wanted(Decimal("119.00"))], discount=None, shipping=Decimal("5.95"), taxes=VAT, currency="EUR"
    )
    assert (priced.tax, priced.shipping_tax, priced.total) == (Decimal("19.95"), Decimal("0.95"), Decimal("124.95"))


def test_tax_is_on_what_is_left_after_the_discount() -> None:
    priced = price_order(
        [wanted(Decimal("100.00")), wanted(Decimal("100.00"))],
        discount=Discount((Decimal("50.00"), Decimal("0.00"))),
        shipping=Decimal(0),
        taxes=flat_taxes(Decimal("0.1"), included=False),
        currency="EUR",
    )
    assert [line.tax for line in priced.lines] == [Decimal("5.00"), Decimal("10.00")]
    assert priced.total == Decimal("165.00")


def test_a_code_for_free_delivery_takes_the_delivery_away_and_its_tax() -> None:
    priced = price_order(
        [wanted(Decimal("10.00"))],
        discount=Discount((Decimal("0.00"),), free_shipping=True),
        shipping=Decimal("4.90"),
        taxes=VAT,
        currency="EUR",
    )
    assert (priced.shipping, priced.shipping_tax, priced.total) == (0, 0, Decimal("10.00"))


def test_goods_weigh_what_the_variant_says_or_else_the_product() -> None:
    own = wanted(Decimal(1), 2, weight=Decimal(100))
    own.variant.weight = Decimal(30)
    assert weight_grams([own, wanted(Decimal(1), 3, weight=Decimal(100)), wanted(Decimal(1))]) == Decimal(360)


CLASSES = ["standard", "reduced", "zero", "books"]
LINES = st.lists(
    st.tuples(st.decimals(min_value=0, max_value=9999, places=3), st.integers(1, 99), st.sampled_from(CLASSES)),
    min_size=1,
)
RATE = st.decimals(min_value=0, max_value=Decimal("0.99"), places=4)


@given(
    lines=LINES,
    taxes=st.builds(
        LocalTaxes,
        included=st.booleans(),
        standard=RATE,
        by_class=st.dictionaries(st.sampled_from(CLASSES), RATE),
        shipping_class=st.sampled_from([*CLASSES, "none"]),
    ),
    share=st.integers(0, 100),
    shipping=st.decimals(min_value=0, max_value=500, places=3),
    currency=st.sampled_from(["JPY", "EUR", "KWD"]),
)
def test_the_parts_always_add_up(
    lines: list[tuple[Decimal, int, str]], taxes: LocalTaxes, share: int, shipping: Decimal, currency: str
) -> None:
    ordered = [wanted(price, quantity, currency, tax_class=of_class) for price, quantity, of_class in lines]
    saved = quantize(sum((line.total for line in ordered), Decimal(0)) * share / 100, currency)
    discount = Discount(tuple(allocate(saved, [line.total for line in ordered], currency)))
    priced = price_order(ordered, discount=discount, shipping=shipping, taxes=taxes, currency=currency)
    assert priced.subtotal == sum(line.total for line in priced.lines)
    assert priced.discount == saved == sum(line.discount for line in priced.lines)
    assert priced.tax == sum((line.tax for line in priced.lines), priced.shipping_tax)
    net = priced.subtotal - priced.discount + priced.shipping
    assert priced.total == (net if taxes.included else net + priced.tax)
    for line, of_class in zip(priced.lines, (row[2] for row in lines), strict=True):
        assert line.tax_rate == taxes.on_goods(of_class).rate
        assert line.tax == taxes.on_goods(of_class).on(line.total - line.discount, currency)
    for amount in amounts(priced):
        assert amount >= 0
        assert amount % smallest_unit(currency) == 0


def amounts(priced: Pricing) -> list[Decimal]:
    of_lines = [
        amount
        for line in priced.lines
        for amount in (line.unit_price, line.total, line.discount, line.tax, line.total - line.discount)
    ]
    return [*of_lines, priced.subtotal, priced.discount, priced.shipping, priced.tax, priced.total]
