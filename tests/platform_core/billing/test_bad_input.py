"""What goes wrong in billing: at the same moment, on strange days, with clocks and prices that nobody meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from platform_core.billing.change import change_subscription, preview_change
from platform_core.billing.dunning import dunning_run
from platform_core.billing.end import end_with_period
from platform_core.billing.errors import NothingToChange, PlanNotOffered
from platform_core.billing.models import BillingCycle, BillingInvoice, TenantSubscription
from platform_core.billing.open_trial import open_trial
from platform_core.billing.periods import period_from
from platform_core.billing.prices import share
from platform_core.billing.run import billing_run, billing_run_task
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from platform_core.tenants.person import person_of
from tests.platform_core.billing.bills import everything
from tests.platform_core.billing.conftest import Merchant
from tests.together import together

PAID, SECOND = date(2026, 1, 15), date(2026, 2, 15)


def bill(on: date) -> None:
    assert [each.error for each in billing_run(on) if each.error] == []


def test_an_upgrade_and_a_cancellation_at_once_end_in_the_plan_that_was_paid_for(merchant: Merchant) -> None:
    """Whichever comes first: the upgrade is charged once; it takes an end back that came before it."""
    shop = merchant()
    bill(PAID)
    asked = {"plan": "premium", "cycle": "monthly", "today": PAID, "expected_total": Decimal(60)}
    upgraded, ended = together(
        partial(change_subscription, shop.pk, **asked), partial(end_with_period, shop.pk, reason="leaving")
    )
    subscription = TenantSubscription.objects.get()
    assert (upgraded.total_amount, ended) == (Decimal(60), date(2026, 2, 14))
    assert (subscription.plan.name, BillingInvoice.objects.count()) == ("premium", 2)
    bill(SECOND)
    assert BillingInvoice.objects.count() == (2 if subscription.ends_with_period else 3)


def test_two_different_upgrades_at_once_charge_one_and_show_the_other_anew(merchant: Merchant) -> None:
    shop = merchant()
    bill(PAID)
    results = together(
        *(
            partial(change_subscription, shop.pk, plan=plan, cycle="monthly", today=PAID, expected_total=Decimal(total))
            for plan, total in (("premium", 60), ("enterprise", 270))
        )
    )
    charged = [each for each in results if isinstance(each, BillingInvoice)]
    # After Enterprise Premium would wait for the period's end, after Premium Enterprise costs less: either is told.
    assert len(charged) == 1
    assert sum(each.total_amount for each in BillingInvoice.objects.all()) == Decimal(30) + charged[0].total_amount


@pytest.mark.parametrize(
    ("begins", "periods"),
    [
        # 29 February 2028 is a day of its own; a year later there is none.
        (date(2028, 2, 15), [(date(2028, 2, 29), date(2028, 3, 28)), (date(2028, 3, 29), date(2028, 4, 28))]),
        (date(2028, 1, 17), [(date(2028, 1, 31), date(2028, 2, 28)), (date(2028, 2, 29), date(2028, 3, 30))]),
    ],
)
def test_periods_go_over_a_leap_day(merchant: Merchant, begins: date, periods: list[tuple[date, date]]) -> None:
    merchant(begins=begins)
    bill(periods[1][0])
    rows = BillingInvoice.objects.order_by("invoice_number").values_list("period_start", "period_end")
    assert list(rows) == periods


def test_a_leap_day_is_a_day_that_is_paid_for(merchant: Merchant) -> None:
    """From 15 February to 14 March there are 29 days in a leap year, and 28 in another."""
    totals = []
    for slug, year in (("leap", 2028), ("plain", 2027)):
        shop = merchant(slug, begins=date(year, 2, 1))
        bill(date(year, 2, 15))
        totals.append(preview_change(shop.pk, plan="premium", cycle="monthly", today=date(year, 3, 1)).total)
    # 14 days are left: 90 x 14 / 29 - 30 x 14 / 29 = 43.45 - 14.48, and by 28: 45.00 - 15.00.
    assert totals == [Decimal("28.97"), Decimal("30.00")]


def test_a_year_that_begins_on_a_leap_day_ends_on_27_or_28_february() -> None:
    first = period_from(date(2028, 2, 29), anchor=date(2028, 2, 29), cycle=BillingCycle.ANNUAL)
    second = period_from(date(2029, 2, 28), anchor=date(2028, 2, 29), cycle=BillingCycle.ANNUAL)
    assert (first.last, second.last) == (date(2029, 2, 27), date(2030, 2, 27))
    assert period_from(date(2031, 2, 28), anchor=date(2028, 2, 29), cycle=BillingCycle.ANNUAL).last == date(2032, 2, 28)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
def test_days_are_those_of_utc_wherever_the_machine_and_the_merchant_are(merchant: Merchant, zone: str) -> None:
    """One second before midnight UTC nothing is billed, at midnight the first period, all of it, and once."""
    merchant(timezone=zone)
    midnight = datetime(2026, 1, 15, tzinfo=UTC)
    with time_machine.travel((midnight - timedelta(seconds=1)).astimezone(ZoneInfo(zone)), tick=False):
        billing_run_task()
    assert BillingInvoice.objects.count() == 0
    with time_machine.travel(midnight.astimezone(ZoneInfo(zone)), tick=False):
        billing_run_task()
        billing_run_task()
    invoice = BillingInvoice.objects.get()
    assert (invoice.issued_date, invoice.period_start, invoice.total_amount) == (PAID, PAID, Decimal(30))


def test_a_clock_that_is_moved_back_bills_follows_and_gives_back_nothing(merchant: Merchant) -> None:
    merchant()
    bill(date(2026, 3, 20))
    list(dunning_run(date(2026, 3, 20)))
    before = everything()
    for day in (date(2026, 3, 19), date(2026, 1, 20), date(2025, 6, 1)):
        bill(day)
        assert list(dunning_run(day)) == []
        call_command("billing_run", "--date", day.isoformat())
    assert everything() == before
    bill(date(2026, 3, 20))
    assert everything() == before


def test_an_upgrade_on_a_day_before_the_period_charges_no_more_than_a_period(merchant: Merchant) -> None:
    """The clock was moved back between billing and the change."""
    shop = merchant()
    bill(PAID)
    assert preview_change(shop.pk, plan="premium", cycle="monthly", today=date(2026, 1, 10)).total == Decimal(60)


def test_a_plan_that_somebody_has_cannot_be_deleted_and_one_that_is_offered_no_more_renews(merchant: Merchant) -> None:
    shop = merchant()
    with pytest.raises(ProtectedError):
        TenantPlan.objects.get(name="basic").delete()
    TenantPlan.objects.filter(name="basic").update(is_active=False, is_public=False)
    bill(SECOND)
    assert [each.total_amount for each in BillingInvoice.objects.all()] == [Decimal(30)] * 2
    with pytest.raises((PlanNotOffered, NothingToChange)):
        preview_change(shop.pk, plan="basic", cycle="annual", today=SECOND)


def test_a_plan_that_waits_for_somebody_cannot_be_deleted(merchant: Merchant) -> None:
    shop = merchant(plan="premium")
    bill(PAID)
    change_subscription(shop.pk, plan="basic", cycle="monthly", today=PAID, expected_total=Decimal(0))
    with pytest.raises(ProtectedError), transaction.atomic():
        TenantPlan.objects.get(name="basic").delete()


@pytest.mark.parametrize("column", ["monthly_price", "annual_price", "setup_fee"])
def test_a_price_below_zero_is_refused_by_the_database(column: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TenantPlan.objects.filter(name="basic").update(**{column: Decimal("-0.01")})


def test_a_plan_that_costs_nothing_is_changed_to_at_the_end_and_from_at_once(merchant: Merchant) -> None:
    TenantPlan.objects.filter(name="premium").update(monthly_price=0)
    shop = merchant()
    bill(PAID)
    assert preview_change(shop.pk, plan="premium", cycle="monthly", today=PAID).is_now is False
    change_subscription(shop.pk, plan="premium", cycle="monthly", today=PAID, expected_total=Decimal(0))
    bill(SECOND)
    assert BillingInvoice.objects.count() == 1
    seen = preview_change(shop.pk, plan="enterprise", cycle="monthly", today=SECOND)
    assert (seen.is_now, seen.total) == (True, Decimal(300))


@given(days=st.integers(1, 366), left=st.integers(0, 366), cents=st.integers(0, 10**9))
def test_a_share_is_never_below_nothing_nor_above_the_whole(days: int, left: int, cents: int) -> None:
    whole = Decimal(cents) / 100
    assert 0 <= share(whole, min(left, days), days, "USD") <= whole


@pytest.mark.parametrize("email", ["owner@acme.example", "OWNER@acme.example", "owner+again@acme.example"])
def test_a_second_shop_of_the_same_mail_address_has_no_second_trial(merchant: Merchant, email: str) -> None:
    merchant()
    second = merchant("brick")
    TenantSubscription.objects.filter(tenant=second).delete()
    Tenant.objects.filter(pk=second.pk).update(contact_email=email)
    assert person_of(email) == "owner@acme.example"
    assert open_trial(second.pk, plan="basic", today=date(2026, 1, 5)) is True
    bill(date(2026, 1, 5))
    invoice = BillingInvoice.objects.get()
    assert (invoice.tenant_id, invoice.period_start, invoice.total_amount) == (
        second.pk, date(2026, 1, 5), Decimal(30),
    )  # fmt: skip
    bill(date(2026, 1, 6))
    assert BillingInvoice.objects.count() == 1


def test_two_shops_of_one_mail_address_at_the_same_moment_have_one_trial(merchant: Merchant) -> None:
    shops = [merchant(slug) for slug in ("acme", "brick")]
    TenantSubscription.objects.all().delete()
    Tenant.objects.update(contact_email="owner@acme.example")
    together(*(partial(open_trial, shop.pk, plan="basic", today=PAID) for shop in shops))
    assert TenantSubscription.objects.filter(trial_end=None).count() == 1
    assert TenantSubscription.objects.count() == 2
