"""Customers see their points, their tier and where they came from; nobody sees anybody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.loyalty.change_rules import change_rules
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.rules import DEFAULTS
from tests.accounts import account, logged_in
from tests.loyalty import earned, run_programme
from tests.statements import StatementCount

PAGE = "/account/points/"

pytestmark = pytest.mark.usefixtures("selling")


def test_a_customer_sees_balance_tier_what_is_missing_and_every_entry() -> None:
    run_programme(silver_from="200")
    order = earned(account(), price="80.00")
    bob = account("bob@example.com")
    LoyaltyEntry.objects.create(customer=bob, points=7777, reason="correction", actor="ann")
    text = logged_in().get(PAGE).content.decode()
    assert "<strong>67</strong>" in text  # the price contains 19 % of tax
    assert "Your tier: <strong>Bronze</strong>" in text
    assert "€115.10 more within twelve months, and you are in the tier Silver." in text
    assert "Earned" in text
    assert order.order_number in text
    assert "+67" in text
    assert "7777" not in text.replace(",", "")


def test_without_a_programme_there_is_no_page_and_no_way_to_it() -> None:
    run_programme()
    account()
    shopper = logged_in()
    assert PAGE in shopper.get("/account/").content.decode()
    change_rules(DEFAULTS, now=timezone.now())
    assert PAGE not in shopper.get("/account/").content.decode()
    assert shopper.get(PAGE).status_code == 404


def test_the_page_costs_the_same_whatever_the_number_of_entries() -> None:
    run_programme()
    customer = account()
    shopper = logged_in()

    def cost() -> int:
        with StatementCount() as seen:
            assert shopper.get(PAGE).status_code == 200
        return seen.count

    LoyaltyEntry.objects.create(customer=customer, points=5, reason="correction", actor="ann")
    few = cost()
    for _ in range(30):
        LoyaltyEntry.objects.create(customer=customer, points=5, reason="correction", actor="ann")
    assert cost() == few


def test_a_customer_of_one_shop_has_no_points_page_in_another(make_shop: Callable[..., TenantInfo]) -> None:
    run_programme()
    account()
    shopper: Any = logged_in()
    other = make_shop("globex")
    with tenant_context(other):
        run_programme()
    answer = shopper.client.get(PAGE, headers={"host": "globex.localhost"})
    assert answer.status_code == 302
    assert "/account/log-in/" in answer["Location"]
