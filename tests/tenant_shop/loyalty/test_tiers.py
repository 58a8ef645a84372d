"""A tier is what was spent within twelve months, less what came back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.change_rules import change_rules
from tenant_shop.loyalty.rules import DEFAULTS, loyalty_rules
from tenant_shop.loyalty.tiers import assign_tiers, spent_in_a_year
from tenant_shop.loyalty.upkeep import keep_loyalty
from tenant_shop.orders.models import Order
from tenant_shop.payments.refund import refund_amount
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory
from tests.loyalty import arrived, earned, entries, payment_of, points, run_programme, tier
from tests.shopping import configure, everything
from tests.statements import StatementCount


@pytest.fixture(autouse=True)
def programme(shop: TenantInfo) -> None:
    configure()
    run_programme(silver_from="100", gold_from="200", platinum_from="300")


def bought(customer: Customer, amount: str, *, days_ago: int = 40, **values: object) -> Order:
    """A delivered order that nobody paid here: history."""
    at = timezone.now() - timedelta(days=days_ago)
    fields = {"subtotal_amount": amount, "total_amount": amount, "status": "delivered", "delivered_at": at, **values}
    return OrderFactory(customer=customer, **fields)


@pytest.mark.parametrize(
    ("amount", "reached"),
    [("99.99", "bronze"), ("100", "silver"), ("199.99", "silver"), ("200", "gold"), ("300", "platinum")],
)
def test_a_tier_begins_at_its_threshold(amount: str, reached: str) -> None:
    ann = CustomerFactory()
    bought(ann, amount)
    keep_loyalty(timezone.now())
    assert tier(ann) == reached


def test_only_what_was_delivered_in_the_last_twelve_months_and_the_shops_currency_counts() -> None:
    ann = CustomerFactory()
    bought(ann, "90")
    bought(ann, "500", days_ago=366)
    bought(ann, "500", currency="USD")
    bought(ann, "500", status="shipped")
    bought(CustomerFactory(), "500")
    now = timezone.now()
    assert spent_in_a_year(ann.pk, currency="EUR", at=now) == Decimal("90")
    assign_tiers(loyalty_rules(shop_settings().loyalty), currency="EUR", at=now, customer_id=ann.pk)
    assert tier(ann) == "bronze"


def test_time_takes_a_tier_away_at_night() -> None:
    ann = CustomerFactory()
    bought(ann, "250")
    now = timezone.now()
    assert [keep_loyalty(now), keep_loyalty(now), tier(ann)] == [1, 0, "gold"]
    assert [keep_loyalty(now + timedelta(days=366)), tier(ann)] == [1, "bronze"]


def test_what_came_back_was_not_spent() -> None:
    ann = CustomerFactory()
    order = earned(ann, price="100.00")
    assert tier(ann) == "silver"
    refund_amount(payment_of(order).pk, amount=Decimal("5.00"), key=str(uuid4()), actor="ann")
    keep_loyalty(timezone.now())
    assert tier(ann) == "bronze"


def test_the_night_gives_points_that_are_missing_once() -> None:
    ann = CustomerFactory()
    arrived(ann, price="60.00")
    arrived(None, price="60.00")
    arrived(ann, price="60.00", at=timezone.now() - timedelta(days=3))  # before the programme
    keep_loyalty(timezone.now())
    keep_loyalty(timezone.now())
    assert (entries(ann), points(ann)) == ([("earned", 60)], 60)


def test_an_order_that_cannot_be_counted_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ann, bob = CustomerFactory(), CustomerFactory()
    broken = arrived(ann, price="150.00")
    arrived(bob, price="150.00")
    Order.objects.filter(pk=broken.pk).update(metadata={"shipping_tax": "much"}, tax_included=True)
    keep_loyalty(timezone.now())
    assert (points(ann), points(bob)) == (0, 150)
    assert f"the points of order {broken.pk} could not be given" in caplog.text


def test_nothing_happens_while_the_programme_is_off() -> None:
    bought(CustomerFactory(), "500")
    change_rules(DEFAULTS, now=timezone.now())
    before = everything()
    keep_loyalty(timezone.now())
    assert everything() == before


def test_the_night_costs_the_same_whatever_the_number_of_customers(shop: TenantInfo) -> None:
    def cost() -> int:
        with StatementCount() as seen:
            keep_loyalty(timezone.now())
        return seen.count

    bought(CustomerFactory(), "500")
    few = cost()
    for _ in range(5):
        bought(CustomerFactory(), "500")
    assert cost() == few


def test_turned_on_again_the_programme_begins_anew() -> None:
    then = timezone.now() - timedelta(hours=1)
    change_rules(DEFAULTS, now=then)
    assert change_rules({**DEFAULTS, "is_on": True}, now=then) == ["is_on"]
    rules = loyalty_rules(shop_settings().loyalty)
    assert (rules.is_on, rules.since) == (True, then)
    assert change_rules({**DEFAULTS, "is_on": True, "points_per_unit": "2"}, now=timezone.now()) == ["points_per_unit"]
    assert loyalty_rules(shop_settings().loyalty).since == then


@pytest.mark.parametrize(
    "stored",
    [
        {"is_on": True, "points_per_unit": "many"},
        {"is_on": True, "points_per_unit": "NaN"},
        {"is_on": True, "gold_from": "1"},
        {"is_on": True, "silver_multiplier": None},
        {"is_on": True, "since": "2026-01-01T00:00:00"},
    ],
)
def test_rules_that_cannot_be_read_give_nothing(stored: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    Setting.objects.update_or_create(key="loyalty", defaults={"value": stored})
    assert not loyalty_rules(shop_settings().loyalty).is_on
    assert "the setting loyalty has unusable rules" in caplog.text


def test_a_shop_starts_without_a_programme(make_shop: Callable[..., TenantInfo]) -> None:
    assert not loyalty_rules({}).is_on
