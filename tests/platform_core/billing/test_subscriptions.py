"""A subscription from its trial on: what is billed when, what a change costs, and that nobody is billed twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from platform_core.billing.change import change_subscription, preview_change
from platform_core.billing.end import end_with_period, keep_on
from platform_core.billing.errors import (
    InvoiceNotPayable,
    NoSubscription,
    NothingToChange,
    PlanNotOffered,
    PreviewOutdated,
    RenewalDue,
    SubscriptionClosed,
)
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice, InvoiceCounter, TenantSubscription
from platform_core.billing.renew import renew
from platform_core.billing.tax_ids.models import TaxIdCheck
from platform_core.configuration.models import PlatformSetting
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from tests.platform_core.billing.bills import bills, everything, lines, run
from tests.platform_core.billing.conftest import Merchant

FIRST_PAID, SECOND = date(2026, 1, 15), date(2026, 2, 15)


def test_a_trial_costs_nothing_and_is_followed_by_a_period_that_bears_the_setup_fee(merchant: Merchant) -> None:
    TenantPlan.objects.filter(name="basic").update(setup_fee=Decimal("49.00"))
    merchant()
    assert run(date(2026, 1, 14)) == []
    assert run(FIRST_PAID) == ["SS-2026-000001"]
    assert run(SECOND) == ["SS-2026-000002"]
    assert bills() == [
        ("SS-2026-000001", "period", "01-15", "02-14", Decimal("79.00")),
        ("SS-2026-000002", "period", "02-15", "03-14", Decimal("30.00")),
    ]
    first = BillingInvoice.objects.order_by("issued_date")[0]
    assert lines(first) == [("plan", "basic", "2026-01-15", "30.00"), ("setup", "basic", "2026-01-15", "49.00")]
    assert (first.issued_date, first.due_date, first.status) == (FIRST_PAID, date(2026, 1, 29), "pending")
    assert first.buyer == {
        "name": "Acme", "email": "owner@acme.example", "country": "US", "address": {}, "tax_id": "",
    }  # fmt: skip


def test_a_run_that_is_done_again_bills_nobody_twice(merchant: Merchant) -> None:
    merchant()
    assert run(FIRST_PAID) == ["SS-2026-000001"]
    before = everything()
    assert run(FIRST_PAID) == run(date(2026, 2, 14)) == []
    assert everything() == before


def test_whoever_was_not_billed_for_a_while_gets_an_invoice_for_each_period(merchant: Merchant) -> None:
    merchant(begins=date(2026, 1, 17))
    assert run(date(2026, 4, 2)) == ["SS-2026-000001", "SS-2026-000002", "SS-2026-000003"]
    assert [bill[2:4] for bill in bills()] == [("01-31", "02-27"), ("02-28", "03-30"), ("03-31", "04-29")]


def test_prices_stay_as_they_were_agreed(merchant: Merchant) -> None:
    merchant()
    TenantPlan.objects.filter(name="basic").update(monthly_price=Decimal(99))
    run(FIRST_PAID)
    assert bills()[0][4] == Decimal("30.00")


def test_a_free_plan_renews_without_an_invoice(merchant: Merchant) -> None:
    TenantPlan.objects.filter(name="basic").update(monthly_price=0)
    merchant()
    assert run(SECOND) == []
    assert TenantSubscription.objects.get().current_period_end == date(2026, 3, 14)
    assert InvoiceCounter.objects.count() == 0


def test_an_upgrade_is_at_once_and_charges_the_days_that_are_left(merchant: Merchant) -> None:
    shop = merchant()
    run(FIRST_PAID)
    today = date(2026, 1, 20)
    seen = preview_change(shop.pk, plan="premium", cycle="monthly", today=today)
    # 26 of 31 days: 90 x 26 / 31 = 75.4838…, 30 x 26 / 31 = 25.1612…
    assert (seen.total, seen.is_now, seen.price) == (Decimal("50.32"), True, Decimal("90.00"))
    invoice = change_subscription(shop.pk, plan="premium", cycle="monthly", today=today, expected_total=seen.total)
    assert lines(invoice) == [
        ("plan", "premium", "2026-01-20", "75.48"), ("unused", "basic", "2026-01-20", "-25.16"),
    ]  # fmt: skip
    assert Tenant.objects.get().plan_type == "premium"
    run(SECOND)
    assert [bill[4] for bill in bills()] == [Decimal("30.00"), Decimal("50.32"), Decimal("90.00")]


def test_a_downgrade_waits_for_the_end_of_the_period_at_the_price_that_was_confirmed(merchant: Merchant) -> None:
    shop = merchant(plan="premium")
    run(FIRST_PAID)
    seen = preview_change(shop.pk, plan="basic", cycle="monthly", today=date(2026, 1, 20))
    assert (seen.total, seen.is_now, seen.period.first) == (Decimal("0.00"), False, SECOND)
    change_subscription(shop.pk, plan="basic", cycle="monthly", today=date(2026, 1, 20), expected_total=Decimal(0))
    assert Tenant.objects.get().plan_type == "premium"
    TenantPlan.objects.filter(name="basic").update(monthly_price=Decimal(55), is_active=False)
    run(SECOND)
    assert [bill[4] for bill in bills()] == [Decimal("90.00"), Decimal("30.00")]
    assert Tenant.objects.get().plan_type == "basic"
    assert TenantSubscription.objects.get().next_plan is None


def test_a_change_that_waits_can_be_taken_back(merchant: Merchant) -> None:
    shop = merchant(plan="premium")
    run(FIRST_PAID)
    today, none = date(2026, 1, 20), Decimal(0)
    change_subscription(shop.pk, plan="basic", cycle="monthly", today=today, expected_total=none)
    change_subscription(shop.pk, plan="premium", cycle="monthly", today=today, expected_total=none)
    with pytest.raises(NothingToChange):
        change_subscription(shop.pk, plan="premium", cycle="monthly", today=today, expected_total=none)
    run(SECOND)
    assert [bill[4] for bill in bills()] == [Decimal("90.00"), Decimal("90.00")]


@pytest.mark.parametrize(
    ("today", "unused", "last"),
    [
        (FIRST_PAID, "-30.00", date(2027, 1, 14)),
        (date(2026, 1, 31), "-14.52", date(2027, 1, 30)),
        (date(2026, 2, 14), "-0.97", date(2027, 2, 13)),
    ],
)
def test_from_months_to_years_a_year_begins_at_once(merchant: Merchant, today: date, unused: str, last: date) -> None:
    shop = merchant()
    run(FIRST_PAID)
    seen = preview_change(shop.pk, plan="basic", cycle="annual", today=today)
    assert (seen.total, seen.period.first, seen.period.last) == (300 + Decimal(unused), today, last)
    invoice = change_subscription(shop.pk, plan="basic", cycle="annual", today=today, expected_total=seen.total)
    assert lines(invoice) == [
        ("plan", "basic", today.isoformat(), "300.00"), ("unused", "basic", today.isoformat(), unused),
    ]  # fmt: skip
    assert run(last) == []
    assert len(run(date(2027, 3, 1))) == 1
    assert BillingInvoice.objects.order_by("-issued_date")[0].total_amount == Decimal("300.00")


def test_from_years_to_months_waits_for_the_end_of_the_year(merchant: Merchant) -> None:
    shop = merchant()
    run(FIRST_PAID)
    change_subscription(shop.pk, plan="basic", cycle="annual", today=FIRST_PAID, expected_total=Decimal(270))
    seen = preview_change(shop.pk, plan="premium", cycle="monthly", today=date(2026, 6, 1))
    assert (seen.total, seen.is_now, seen.period.first, seen.period.last) == (
        Decimal(0), False, date(2027, 1, 15), date(2027, 2, 14),
    )  # fmt: skip


def test_a_change_during_the_trial_costs_nothing_and_brings_the_other_plans_fee(merchant: Merchant) -> None:
    TenantPlan.objects.filter(name="premium").update(setup_fee=Decimal(10))
    shop = merchant()
    change_subscription(shop.pk, plan="premium", cycle="annual", today=date(2026, 1, 14), expected_total=Decimal(0))
    assert Tenant.objects.get().plan_type == "premium"
    assert BillingInvoice.objects.count() == 0
    run(FIRST_PAID)
    assert bills() == [("SS-2026-000001", "period", "01-15", "01-14", Decimal("910.00"))]


def refused_changes() -> list[Any]:
    paid, month = date(2026, 1, 20), "monthly"
    return [
        pytest.param({"plan": "gold", "cycle": month, "today": paid}, PlanNotOffered, id="unknown plan"),
        pytest.param({"plan": "enterprise", "cycle": "annual", "today": paid}, PlanNotOffered, id="no annual price"),
        pytest.param({"plan": "premium", "cycle": "weekly", "today": paid}, PlanNotOffered, id="unknown cycle"),
        pytest.param({"plan": "basic", "cycle": month, "today": paid}, NothingToChange, id="the same"),
        pytest.param({"plan": "premium", "cycle": month, "today": paid}, PreviewOutdated, id="seen yesterday"),
        pytest.param({"plan": "premium", "cycle": month, "today": SECOND}, RenewalDue, id="period over"),
    ]


@pytest.mark.parametrize(("asked", "error"), refused_changes())
def test_a_change_that_cannot_be_changes_nothing(merchant: Merchant, asked: dict[str, Any], error: type) -> None:
    shop = merchant()
    run(FIRST_PAID)
    before = everything()
    with pytest.raises(error):
        change_subscription(shop.pk, expected_total=Decimal("52.26"), **asked)
    assert everything() == before


def test_a_suspended_subscription_is_neither_billed_nor_changed(merchant: Merchant) -> None:
    shop = merchant()
    TenantSubscription.objects.update(status="suspended")
    assert run(SECOND) == []
    with pytest.raises(SubscriptionClosed):
        preview_change(shop.pk, plan="premium", cycle="monthly", today=date(2026, 1, 2))


def test_a_subscription_ends_with_its_period_and_the_shop_closes(merchant: Merchant) -> None:
    shop = merchant()
    run(FIRST_PAID)
    assert end_with_period(shop.pk, reason="too quiet") == date(2026, 2, 14)
    with pytest.raises(NothingToChange):
        end_with_period(shop.pk)
    assert run(date(2026, 2, 14)) == []
    assert Tenant.objects.get().status == "active"
    assert run(SECOND) == run(date(2026, 5, 1)) == []
    assert (Tenant.objects.get().status, TenantSubscription.objects.get().status) == ("cancelled", "cancelled")
    with pytest.raises(NoSubscription):
        keep_on(shop.pk)


def test_whoever_thinks_better_of_it_goes_on(merchant: Merchant) -> None:
    shop = merchant()
    run(FIRST_PAID)
    end_with_period(shop.pk)
    keep_on(shop.pk)
    assert run(SECOND) == ["SS-2026-000002"]
    assert Tenant.objects.get().status == "active"


@pytest.mark.parametrize(
    ("country", "tax_id", "said", "tax", "reverse"),
    [
        ("DE", "", "", "5.70", False),
        ("DE", "DE136695976", "confirmed", "5.70", False),
        ("FR", "", "", "6.00", False),
        ("FR", "FR40303265045", "confirmed", "0.00", True),
        ("FR", "FR40303265045", "unchecked", "6.00", False),
        ("FR", "FR40303265045", "refused", "6.00", False),
        ("FR", "FR40303265045", "", "6.00", False),
        ("FR", "FR40303265046", "confirmed", "6.00", False),
        ("FR", "DE136695976", "confirmed", "6.00", False),
        ("US", "", "", "0.00", False),
    ],
)
def test_tax_is_that_of_the_merchants_country_unless_the_merchant_owes_it(
    merchant: Merchant, country: str, tax_id: str, said: str, tax: str, reverse: bool
) -> None:
    PlatformSetting.objects.create(key="billing.taxes", value={"country": "DE", "rates": {"DE": "0.19", "FR": "0.20"}})
    shop = merchant(country=country, tax_id=tax_id)
    if said:
        TaxIdCheck.objects.create(tenant=shop, tax_id=tax_id, state=said, checked_at=timezone.now())
    run(FIRST_PAID)
    invoice = BillingInvoice.objects.get()
    assert (invoice.subtotal, invoice.tax_amount, invoice.reverse_charge) == (Decimal(30), Decimal(tax), reverse)
    assert invoice.total_amount == Decimal(30) + Decimal(tax)


def test_an_invoice_says_for_ever_what_it_said(merchant: Merchant) -> None:
    merchant()
    run(FIRST_PAID)
    for forbidden in (
        partial(BillingInvoice.objects.update, total_amount=1, subtotal=1),
        partial(BillingInvoice.objects.update, buyer={}),
        partial(BillingInvoice.objects.update, line_items=[]),
        partial(BillingInvoice.objects.update, due_date=SECOND),
        BillingInvoice.objects.all().delete,
        partial(InvoiceCounter.objects.update, last_number=9),
        InvoiceCounter.objects.all().delete,
    ):
        with pytest.raises(IntegrityError, match=r"never|one by one"), transaction.atomic():
            forbidden()
    paid = mark_paid("SS-2026-000001", on=date(2026, 1, 16), today=date(2026, 1, 16), reference="SEPA 1")
    assert (paid.status, paid.paid_date, paid.external_payment_id) == ("paid", date(2026, 1, 16), "SEPA 1")
    with pytest.raises(InvoiceNotPayable):
        mark_paid("SS-2026-000001", on=date(2026, 1, 17), today=date(2026, 1, 17))


def test_a_day_that_has_not_come_is_not_billed() -> None:
    with pytest.raises(CommandError, match="has not come yet"):
        call_command("billing_run", "--date", "2999-01-01")


def test_a_period_that_was_billed_cannot_be_billed_again_whatever_the_code_believes(merchant: Merchant) -> None:
    shop = merchant()
    run(FIRST_PAID)
    TenantSubscription.objects.update(current_period_start=date(2026, 1, 1), current_period_end=date(2026, 1, 14))
    before = everything()
    with pytest.raises(IntegrityError, match="billing_invoices_one_per_period"):
        renew(shop.pk, today=FIRST_PAID)
    assert everything() == before
