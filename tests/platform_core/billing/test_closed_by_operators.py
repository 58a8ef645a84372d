"""Shops that operators close and open: what is billed meanwhile, and that money opens no shop that they closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from platform_core.billing.change import preview_change
from platform_core.billing.dunning import dunning_run
from platform_core.billing.errors import PlanNotOffered, ShopClosed
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.recurring.read import monthly_recurring_revenue
from platform_core.billing.run import billing_run
from platform_core.mails.models import PlatformMail
from platform_core.plans.models import TenantPlan
from platform_core.tenants.change_plan import change_plan
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.suspend import suspend_tenant
from tests.platform_core.billing.bills import bills, everything
from tests.platform_core.billing.conftest import Merchant

ISSUED, DUE = date(2026, 1, 15), date(2026, 1, 29)


def night(day: date) -> list[str]:
    assert [billed.error for billed in billing_run(day) if billed.error] == []
    return [step.topic.removeprefix("billing.") for step in dunning_run(day)]


def nights(first: date, last: date) -> list[tuple[int, str]]:
    """The steps, with the days since the bill was due."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [((day - DUE).days, step) for day in days for step in night(day)]


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def standing() -> tuple[str, str]:
    return TenantSubscription.objects.get().status, Tenant.objects.get().status


def test_a_shop_that_is_closed_for_bills_is_closed_for_another_reason_and_no_money_opens_it(merchant: Merchant) -> None:
    shop = merchant()
    nights(ISSUED, after(16))
    assert standing() == ("suspended", "suspended")
    suspend_tenant(shop.pk, reason="it sells what it must not")
    before = everything()
    with pytest.raises(StandingRefused):
        suspend_tenant(shop.pk, reason="again")
    assert everything() == before
    for number in BillingInvoice.objects.values_list("invoice_number", flat=True):
        mark_paid(number, on=after(20), today=after(20))
    assert standing() == ("suspended", "suspended")
    resume_tenant(shop.pk, today=after(40))
    assert standing() == ("active", "active")


def test_a_shop_that_an_operator_closed_is_not_billed_before_it_opens(merchant: Merchant) -> None:
    shop = merchant()
    night(ISSUED)
    mark_paid("SS-2026-000001", on=ISSUED, today=ISSUED)
    suspend_tenant(shop.pk, reason="under a court's order")
    with pytest.raises(ShopClosed):
        preview_change(shop.pk, plan="premium", cycle="monthly", today=ISSUED)
    assert monthly_recurring_revenue(date(2026, 2, 14), "USD") == Decimal(30)
    nights(date(2026, 2, 14), date(2026, 4, 2))
    assert standing() == ("suspended", "suspended")
    assert monthly_recurring_revenue(date(2026, 2, 15), "USD") == 0
    resume_tenant(shop.pk, today=date(2026, 4, 3))
    night(date(2026, 4, 3))
    night(date(2026, 4, 4))
    assert standing() == ("active", "active")
    assert monthly_recurring_revenue(date(2026, 4, 3), "USD") == Decimal(30)
    assert [bill[2:4] for bill in bills()] == [("01-15", "02-14"), ("04-03", "05-02")]


def test_one_that_opens_within_its_period_goes_on_as_if_nothing_had_been(merchant: Merchant) -> None:
    shop = merchant()
    night(ISSUED)
    suspend_tenant(shop.pk, reason="a mistake")
    before = TenantSubscription.objects.values().get()
    resume_tenant(shop.pk, today=date(2026, 1, 20))
    assert TenantSubscription.objects.values().get() == before
    night(date(2026, 2, 15))
    assert [bill[2:4] for bill in bills()] == [("01-15", "02-14"), ("02-15", "03-14")]


def test_a_trial_that_ends_behind_closed_doors_is_followed_by_a_period_from_the_day_it_opens(
    merchant: Merchant,
) -> None:
    TenantPlan.objects.filter(name="basic").update(setup_fee=10)
    shop = merchant()
    suspend_tenant(shop.pk, reason="looked at")
    nights(ISSUED, date(2026, 1, 31))
    assert BillingInvoice.objects.count() == 0
    resume_tenant(shop.pk, today=date(2026, 2, 1))
    night(date(2026, 2, 1))
    assert bills() == [("SS-2026-000001", "period", "02-01", "02-28", Decimal(40))]


def test_a_shop_that_an_operator_opens_though_it_owes_is_followed_anew_and_told_again(merchant: Merchant) -> None:
    """One invoice for a year, so that it is the one that is followed."""
    shop = merchant()
    TenantSubscription.objects.update(billing_cycle="annual", amount=Decimal(300))
    nights(ISSUED, after(16))
    resume_tenant(shop.pk, reason="the money is on its way", today=after(17))
    assert standing() == ("past_due", "active")
    assert monthly_recurring_revenue(after(17), "USD") == Decimal(25)
    assert nights(after(17), after(50)) == [(24, "suspended"), (40, "closed")]
    assert PlatformMail.objects.filter(topic="billing.suspended").count() == 2
    assert standing() == ("cancelled", "cancelled")


def test_a_plan_without_a_price_of_the_shops_cycle_is_not_given_for_nothing(merchant: Merchant) -> None:
    shop = merchant()
    TenantSubscription.objects.update(billing_cycle="annual", amount=Decimal(300))
    before = everything()
    with pytest.raises(PlanNotOffered):
        change_plan(shop.pk, plan="enterprise")
    assert everything() == before
