"""Which discounts hold together, and what they give together: never more than the goods, exact, never dearer."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartseller.money import quantize, smallest_unit
from tenant_shop.promotions.assess import Goods
from tenant_shop.promotions.combine import Savings, combine
from tenant_shop.promotions.errors import Refusal
from tenant_shop.promotions.find import MOST_AUTOMATIC
from tenant_shop.promotions.models import DiscountCode

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHIRT, MUG = UUID(int=1), UUID(int=2)
CART = [
    Goods(product_id=SHIRT, category_id=None, amount=Decimal("60.00")),
    Goods(product_id=MUG, category_id=None, amount=Decimal("40.00"), on_sale=True),
]
SHIPPING = Decimal("4.90")


def discount(value: Any, *, code: str | None = None, beside: str = "", **values: Any) -> DiscountCode:
    """Ten means ten percent; `beside` names the kinds that it combines with."""
    flags = {f"combines_with_{kind}": True for kind in beside.split()}
    defaults = {"type": "percentage", "name": f"{value} off", "value": Decimal(value), "code": code}
    return DiscountCode(**{**defaults, **flags, **values})


def free_delivery(**values: Any) -> DiscountCode:
    return discount(0, **{"type": "free_shipping", "name": "Free delivery", **values})


def together(*discounts: DiscountCode, goods: list[Goods] = CART, **values: Any) -> Savings:
    code = next((each.code for each in discounts if each.code), None)
    known: dict[str, Any] = {"currency": "EUR", "shipping": SHIPPING, "barred": {}, "coupon_code": code}
    return combine(discounts, goods, at=NOW, **{**known, **values})


def by_title(savings: Savings) -> dict[str, tuple[Decimal, ...]]:
    return {each.discount.title: each.parts for each in savings.given}


def test_an_automatic_discount_needs_no_code() -> None:
    found = together(discount(10, name="Spring"))
    assert (by_title(found), found.refusal) == ({"Spring": (Decimal("6.00"), Decimal("4.00"))}, None)


def test_of_two_that_do_not_combine_the_better_one_holds() -> None:
    assert by_title(together(discount(5), discount(20), discount(10))) == {"20 off": (Decimal(12), Decimal(8))}


def test_a_code_that_saves_less_is_refused_with_what_saves_more() -> None:
    found = together(discount(5, code="FIVE"), discount(20, name="Summer sale"))
    assert list(by_title(found)) == ["Summer sale"]
    assert found.refusal is not None
    assert (found.refusal.reason, found.refusal.other) == (Refusal.NOT_COMBINED, "Summer sale")
    assert str(found.refusal) == "The code FIVE cannot be combined with “Summer sale”, which saves you more."


def test_a_code_that_saves_as_much_as_an_automatic_discount_holds_instead() -> None:
    assert list(by_title(together(discount(10, code="TEN"), discount(10)))) == ["TEN"]


@pytest.mark.parametrize(
    ("code_allows", "other_allows", "holding"),
    [
        ("order", "product", ["MUGS", "order"]),
        ("order", "", ["order"]),
        ("", "product", ["order"]),
        ("product shipping", "order shipping", ["order"]),
    ],
)
def test_both_must_allow_each_others_kind(code_allows: str, other_allows: str, holding: list[str]) -> None:
    mugs = discount(10, code="MUGS", beside=code_allows, applicable_products=[MUG])
    assert list(by_title(together(mugs, discount(10, name="order", beside=other_allows)))) == holding


def test_products_are_discounted_first_then_the_order_then_delivery() -> None:
    half_mugs = discount(50, name="mugs", beside="order shipping", applicable_products=[MUG])
    tenth = discount(10, name="order", beside="product shipping")
    found = together(free_delivery(beside="product order"), tenth, half_mugs)
    assert by_title(found) == {
        "Free delivery": (0, 0),
        "mugs": (0, Decimal("20.00")),
        "order": (Decimal("6.00"), Decimal("2.00")),
    }
    assert (found.amount, found.parts, found.free_shipping) == (28, (Decimal("6.00"), Decimal("22.00")), True)


def test_a_line_takes_the_best_discount_on_products_only() -> None:
    everything = discount(10, name="all", beside="product", applicable_products=[SHIRT, MUG])
    mugs = discount(30, name="mugs", beside="product", applicable_products=[MUG])
    assert by_title(together(everything, mugs)) == {"all": (6, 0), "mugs": (0, 12)}


def test_an_order_takes_one_discount_on_the_order_even_if_both_would_combine() -> None:
    assert list(by_title(together(discount(10, beside="order"), discount(20, beside="order")))) == ["20 off"]


def test_free_delivery_is_weighed_by_what_delivery_costs() -> None:
    assert list(by_title(together(discount(4), free_delivery()))) == ["Free delivery"]
    assert list(by_title(together(discount(5), free_delivery()))) == ["5 off"]
    assert list(by_title(together(discount(4), free_delivery(), shipping=Decimal(0)))) == ["4 off"]


def test_what_is_reduced_already_is_left_out_if_the_discount_says_so() -> None:
    assert by_title(together(discount(10, excludes_sale_items=True))) == {"10 off": (Decimal("6.00"), 0)}
    only_mugs = discount(10, code="MUGS", excludes_sale_items=True, applicable_products=[MUG])
    found = together(only_mugs)
    assert (found.given, found.refusal and found.refusal.reason) == ((), Refusal.ONLY_REDUCED)


def test_what_the_customer_may_not_use_is_told_of_a_code_and_passed_over_otherwise() -> None:
    code, automatic = discount(30, code="ONCE"), discount(20)
    barred = {code.pk: Refusal.USED_BY_CUSTOMER, automatic.pk: Refusal.NOT_FIRST_ORDER}
    found = together(code, automatic, discount(10), barred=barred)
    assert list(by_title(found)) == ["10 off"]
    assert found.refusal is not None
    assert found.refusal.reason is Refusal.USED_BY_CUSTOMER


def test_a_code_that_nobody_knows_is_refused_and_the_automatic_ones_hold() -> None:
    found = together(discount(10), coupon_code=" gone ")
    assert list(by_title(found)) == ["10 off"]
    assert found.refusal is not None
    assert (found.refusal.coupon_code, found.refusal.reason) == ("GONE", Refusal.UNKNOWN)


KINDS = ["product", "order", "shipping"]
CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])


@st.composite
def discounts(draw: st.DrawFn) -> DiscountCode:
    return discount(
        draw(st.integers(0, 100)),
        name=str(draw(st.integers(0, 10**9))),
        type=draw(st.sampled_from(["percentage", "fixed_amount", "free_shipping"])),
        beside=" ".join(draw(st.sets(st.sampled_from(KINDS)))),
        applicable_products=draw(st.sampled_from([None, None, [SHIRT], [MUG], [SHIRT, MUG]])),
        excludes_sale_items=draw(st.booleans()),
        minimum_order_amount=draw(st.sampled_from([None, None, Decimal(20)])),
    )


def goods(currency: str) -> st.SearchStrategy[list[Goods]]:
    amounts = st.decimals(min_value=0, max_value=500, places=3).map(lambda amount: quantize(amount, currency))
    line = st.builds(
        Goods,
        product_id=st.sampled_from([SHIRT, MUG]),
        category_id=st.none(),
        amount=amounts,
        on_sale=st.booleans(),
    )
    return st.lists(line, min_size=1, max_size=5)


@given(data=st.data(), currency=CURRENCIES, found=st.lists(discounts(), max_size=7))
def test_never_more_than_the_goods_exact_to_the_minor_unit_and_one_more_never_dearer(
    data: st.DataObject, currency: str, found: list[DiscountCode]
) -> None:
    lines = data.draw(goods(currency))
    shipping = quantize(data.draw(st.decimals(min_value=0, max_value=20, places=3)), currency)
    costs = [sum((line.amount for line in lines), shipping)]
    for count in range(len(found) + 1):
        savings = together(*found[:count], goods=lines, currency=currency, shipping=shipping)
        assert savings.amount == sum(each.amount for each in savings.given)
        for place, line in enumerate(lines):
            parts = [each.parts[place] for each in savings.given]
            assert savings.parts[place] == sum(parts)
            assert 0 <= savings.parts[place] <= line.amount
            assert all(part >= 0 and part % smallest_unit(currency) == 0 for part in parts)
        costs.append(costs[0] - savings.amount - (shipping if savings.free_shipping else 0))
    assert costs[1:] == sorted(costs[1:], reverse=True)


def test_as_many_as_a_shop_may_have_at_once_are_weighed_without_trying_every_choice() -> None:
    every = " ".join(KINDS)
    many = [discount(number + 1, beside=every, applicable_products=[SHIRT]) for number in range(MOST_AUTOMATIC)]
    found = together(*many)
    assert by_title(found) == {f"{MOST_AUTOMATIC} off": (Decimal("12.00"), 0)}
