"""Who may use a discount once more: guests by address, accounts by themselves and by what is proven theirs."""

from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.customers.models import Customer
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import CouponRefused, TotalChanged
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.promotions.errors import Refusal
from tenant_shop.promotions.limits import Shopper
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import cart_with, configure, everything, order_from, stocked, submission


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


@pytest.fixture
def ann(selling: None) -> Customer:
    return CustomerFactory(email="Ann@example.com", email_verified=True)


def order(email: str, customer: Customer | None = None, code: str | None = "ONCE") -> Order:
    cart_id = cart_with((stocked(), 1))
    if code:
        apply_coupon(cart_id, code)
    return order_from(cart_id, email=email, customer_id=customer.pk if customer else None)


def is_refused(email: str, customer: Customer | None = None) -> Refusal | None:
    """Why the code is refused; it is refused with nothing changed."""
    cart_id = cart_with((stocked(), 1))
    apply_coupon(cart_id, "ONCE")
    sent = submission(cart_id, email=email, customer_id=customer.pk if customer else None)
    before = everything()
    try:
        place_order(**sent)
    except CouponRefused as refusal:
        assert everything() == before
        return refusal.reason
    return None


@pytest.mark.parametrize("rule", [{"usage_limit_per_customer": 1}, {"first_order_only": True}])
def test_a_guest_is_the_address_however_it_is_written(rule: dict[str, Any]) -> None:
    DiscountCodeFactory(code="ONCE", **rule)
    order("ann@example.com")
    assert is_refused(" ANN@example.COM") is not None
    assert is_refused("bob@example.com") is None


@pytest.mark.parametrize("rule", [{"usage_limit_per_customer": 1}, {"first_order_only": True}])
def test_an_account_is_itself_whatever_address_it_types(ann: Customer, rule: dict[str, Any]) -> None:
    DiscountCodeFactory(code="ONCE", **rule)
    order("other@example.com", ann)
    assert is_refused("third@example.com", ann) is not None


@pytest.mark.parametrize("rule", [{"usage_limit_per_customer": 1}, {"first_order_only": True}])
def test_a_proven_address_is_the_same_person_logged_in_or_not(ann: Customer, rule: dict[str, Any]) -> None:
    DiscountCodeFactory(code="ONCE", **rule)
    order("work@example.com", ann)
    assert is_refused("ann@example.com") is not None, "a guest with the address of the account"
    bob = CustomerFactory(email="bob@example.com", email_verified=True)
    order("bob@example.com")
    assert is_refused("new@example.com", bob) is not None, "the account, after an order as a guest"


def test_an_address_that_is_not_proven_takes_nothing_from_its_owner(selling: None) -> None:
    thief = CustomerFactory(email="ann@example.com", email_verified=False)
    DiscountCodeFactory(code="ONCE", usage_limit_per_customer=1)
    order("thief@example.com", thief)
    assert is_refused("ann@example.com") is None


@pytest.mark.parametrize("rule", [{"usage_limit_per_customer": 1}, {"first_order_only": True}])
def test_a_customer_is_told_why_of_the_account_and_not_of_an_address_that_they_type(
    ann: Customer, rule: dict[str, Any]
) -> None:
    DiscountCodeFactory(code="ONCE", **rule)
    order("bob@example.com")
    assert is_refused("bob@example.com", ann) is Refusal.NOT_WITH_ADDRESS
    order("ann@example.com", ann)
    reason = Refusal.USED_BY_CUSTOMER if "usage_limit_per_customer" in rule else Refusal.NOT_FIRST_ORDER
    assert is_refused("ann@example.com", ann) is reason


def test_a_wrong_total_is_answered_alike_whether_the_address_is_known_or_not() -> None:
    DiscountCodeFactory(code="ONCE", value=50, first_order_only=True)
    order("ann@example.com")
    cart_id = cart_with((stocked(price="10.00"), 1))
    apply_coupon(cart_id, "ONCE")
    sent = submission(cart_id)
    totals = set()
    for email in ("ann@example.com", "new@example.com"):
        with pytest.raises(TotalChanged) as refused:
            place_order(**{**sent, "email": email, "expected_total": sent["expected_total"] + 1})
        totals.add(refused.value.actual)
    assert totals == {sent["expected_total"]}


def test_a_first_order_is_the_first_that_was_not_cancelled() -> None:
    DiscountCodeFactory(code="ONCE", first_order_only=True)
    cancelled = order("ann@example.com", code=None)
    assert is_refused("ann@example.com") is Refusal.NOT_WITH_ADDRESS
    cancel_order(cancelled.pk, reason="", actor="test")
    assert is_refused("ann@example.com") is None


def test_a_use_that_was_given_back_can_be_used_again() -> None:
    code = DiscountCodeFactory(code="ONCE", usage_limit=1, usage_limit_per_customer=1)
    automatic = DiscountCodeFactory(code=None, usage_limit=1, combines_with_order=True, type="free_shipping", value=0)
    DiscountCode.objects.filter(pk=code.pk).update(combines_with_shipping=True)
    first = order("ann@example.com")
    assert sorted(first.redemptions.values_list("discount_id", flat=True)) == sorted([code.pk, automatic.pk])
    cancel_order(first.pk, reason="", actor="test")
    assert list(DiscountCode.objects.values_list("usage_count", flat=True)) == [0, 0]
    assert verify_shop() == []
    assert order("ann@example.com").redemptions.count() == 2
    assert verify_shop() == []


def test_what_a_customer_used_up_is_told_before_ordering_and_the_order_is_possible_without() -> None:
    DiscountCodeFactory(code="ONCE", usage_limit_per_customer=1)
    order("ann@example.com")
    cart_id = cart_with((stocked(price="10.00"), 1))
    apply_coupon(cart_id, "ONCE")
    with pytest.raises(CouponRefused):
        apply_coupon(cart_id, "ONCE", shopper=Shopper(email="ann@example.com"))
    seen = quote(cart_id, country="DE", shipping_code=None, shopper=Shopper(email="ann@example.com"))
    assert (seen.discount, seen.remarks) == (0, ("You have used the code ONCE already.",))
    without = order_from(cart_id, expected_total=seen.total)
    assert (without.discount_amount, without.discount_codes) == (0, [])


def test_limits_of_one_shop_say_nothing_in_another(make_shop: Any) -> None:
    DiscountCodeFactory(code="ONCE", usage_limit_per_customer=1)
    order("ann@example.com")
    with tenant_context(make_shop("globex")):
        configure()
        DiscountCodeFactory(code="ONCE", usage_limit_per_customer=1)
        assert is_refused("ann@example.com") is None
