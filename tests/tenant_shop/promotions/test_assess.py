"""What a discount code takes off, and when it does not hold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tenant_shop.promotions.assess import Goods, assess, describe
from tenant_shop.promotions.errors import CouponRefused, Refusal
from tenant_shop.promotions.models import DiscountCode

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHIRT, MUG = UUID(int=1), UUID(int=2)
CLOTHES, KITCHEN = UUID(int=11), UUID(int=12)
CART = [
    Goods(product_id=SHIRT, category_id=CLOTHES, amount=Decimal("60.00")),
    Goods(product_id=MUG, category_id=KITCHEN, amount=Decimal("40.00")),
]


def code(**values: Any) -> DiscountCode:
    return DiscountCode(**{"code": "SAVE", "name": "Save", "type": "percentage", "value": Decimal(10), **values})


def parts(discount_code: DiscountCode, goods: list[Goods] = CART, currency: str = "EUR") -> tuple[Decimal, ...]:
    return assess(discount_code, goods, currency=currency, at=NOW).parts


def test_a_percentage_is_shared_by_what_the_lines_cost() -> None:
    assert parts(code()) == (Decimal("6.00"), Decimal("4.00"))


def test_the_whole_discount_is_rounded_half_up_then_shared_by_largest_remainder() -> None:
    thirds = [Goods(product_id=SHIRT, category_id=None, amount=Decimal("3.33")) for _ in range(3)]
    # 15 % of 9.99 is 1.4985
    assert parts(code(value=Decimal(15)), thirds) == (Decimal("0.50"), Decimal("0.50"), Decimal("0.50"))
    assert parts(code(value=Decimal(10)), thirds) == (Decimal("0.34"), Decimal("0.33"), Decimal("0.33"))


def test_yen_are_discounted_in_whole_yen() -> None:
    goods = [Goods(product_id=SHIRT, category_id=None, amount=Decimal(999))]
    assert parts(code(value=Decimal(15)), goods, "JPY") == (Decimal(150),)


def test_a_fixed_amount_never_exceeds_what_the_lines_cost() -> None:
    assert parts(code(type="fixed_amount", value=Decimal(25))) == (Decimal("15.00"), Decimal("10.00"))
    assert parts(code(type="fixed_amount", value=Decimal(500))) == (Decimal("60.00"), Decimal("40.00"))


def test_free_shipping_takes_nothing_off_the_goods() -> None:
    discount = assess(code(type="free_shipping", value=Decimal(0)), CART, currency="EUR", at=NOW)
    assert discount.free_shipping
    assert discount.amount == 0


def test_a_code_for_products_or_categories_discounts_those_lines_only() -> None:
    assert parts(code(applicable_products=[SHIRT])) == (Decimal("6.00"), Decimal(0))
    assert parts(code(applicable_categories=[KITCHEN])) == (Decimal(0), Decimal("4.00"))
    both = code(applicable_products=[SHIRT], applicable_categories=[KITCHEN])
    assert parts(both) == (Decimal("6.00"), Decimal("4.00"))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"is_active": False}, Refusal.INACTIVE),
        ({"starts_at": NOW + timedelta(seconds=1)}, Refusal.NOT_STARTED),
        ({"ends_at": NOW}, Refusal.ENDED),
        ({"usage_limit": 3, "usage_count": 3}, Refusal.USED_UP),
        ({"minimum_order_amount": Decimal("100.01")}, Refusal.BELOW_MINIMUM),
        ({"applicable_products": [UUID(int=9)]}, Refusal.NOT_APPLICABLE),
    ],
)
def test_each_rule_refuses_with_its_reason(values: dict[str, Any], reason: Refusal) -> None:
    with pytest.raises(CouponRefused) as refused:
        parts(code(**values))
    assert (refused.value.coupon_code, refused.value.reason) == ("SAVE", reason)


@pytest.mark.parametrize(
    "values",
    [
        {"starts_at": NOW, "ends_at": NOW + timedelta(seconds=1)},
        {"usage_limit": 3, "usage_count": 2},
        {"minimum_order_amount": Decimal("100.00")},
    ],
)
def test_at_the_limit_it_holds(values: dict[str, Any]) -> None:
    assert sum(parts(code(**values))) == Decimal("10.00")


def test_the_refusal_names_the_missing_minimum() -> None:
    with pytest.raises(CouponRefused) as refused:
        parts(code(minimum_order_amount=Decimal(150)))
    assert str(refused.value) == "The code SAVE needs an order of at least €150.00."


def test_a_code_describes_itself() -> None:
    assert describe(code(value=Decimal("12.500")), "EUR") == "12.5% off"
    assert describe(code(value=Decimal("100.000")), "EUR") == "100% off"
    assert describe(code(type="fixed_amount", value=Decimal("5.000")), "JPY") == "¥5 off"
    assert describe(code(type="free_shipping"), "EUR") == "Free delivery"
