"""Coupons for plans: for how many periods, for whom, and that no limit is passed however many come at once."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.billing.change import change_subscription, preview_change
from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.models import CouponUse, PlanCoupon
from platform_core.billing.coupons.redeem import redeem_coupon
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.recurring.read import monthly_recurring_revenue
from platform_core.billing.run import billing_run
from platform_core.configuration.models import PlatformSetting
from tests.platform_core.billing.conftest import Merchant
from tests.together import together

TRIAL, PAID, SECOND = date(2026, 1, 5), date(2026, 1, 15), date(2026, 2, 15)


def coupon(code: str = "SPRING", kind: str = "percentage", value: str = "20", **values: Any) -> PlanCoupon:
    return PlanCoupon.objects.create(code=code, kind=kind, value=Decimal(value), **values)


def totals() -> list[str]:
    rows = BillingInvoice.objects.order_by("invoice_number")
    return [f"{row.discount_amount:.2f} {row.total_amount:.2f}" for row in rows]


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        (1, ["6.00 24.00", "0.00 30.00", "0.00 30.00"]),
        (2, ["6.00 24.00", "6.00 24.00", "0.00 30.00"]),
        (None, ["6.00 24.00", "6.00 24.00", "6.00 24.00"]),
    ],
)
def test_a_coupon_holds_once_for_some_periods_or_for_ever(
    merchant: Merchant, periods: int | None, expected: list[str]
) -> None:
    coupon(periods=periods)
    redeem_coupon(merchant().pk, " spring ", today=TRIAL)
    list(billing_run(date(2026, 3, 20)))
    assert totals() == expected
    assert BillingInvoice.objects.order_by("invoice_number")[0].discounts == [
        {"code": "SPRING", "description": "Coupon SPRING: 20 % off", "amount": "6.00"}
    ]
    assert monthly_recurring_revenue(date(2026, 3, 20), "USD") == Decimal(expected[-1].split()[1])


def test_tax_is_on_what_is_left_and_a_fee_is_not_cheaper(merchant: Merchant) -> None:
    PlatformSetting.objects.create(key="billing.taxes", value={"country": "DE", "rates": {"DE": "0.19"}})
    coupon(kind="fixed", value="50")
    shop = merchant(country="DE")
    TenantSubscription.objects.update(setup_fee=Decimal(10))
    redeem_coupon(shop.pk, "SPRING", today=TRIAL)
    list(billing_run(PAID))
    invoice = BillingInvoice.objects.get()
    assert (invoice.subtotal, invoice.discount_amount, invoice.tax_amount, invoice.total_amount) == (
        Decimal(40), Decimal(30), Decimal("1.90"), Decimal("11.90"),
    )  # fmt: skip


def test_an_upgrade_charges_at_the_coupons_price_and_gives_back_what_was_paid(merchant: Merchant) -> None:
    coupon(value="50", periods=None)
    shop = merchant()
    redeem_coupon(shop.pk, "SPRING", today=TRIAL)
    list(billing_run(PAID))
    today = date(2026, 1, 20)
    seen = preview_change(shop.pk, plan="premium", cycle="monthly", today=today)
    # 26 of 31 days: 75.48 less half of 90 x 26 / 31 = 37.74, less 15 x 26 / 31 = 12.58.
    assert (seen.subtotal, [each.amount for each in seen.discounts], seen.total) == (
        Decimal("62.90"), [Decimal("37.74")], Decimal("25.16"),
    )  # fmt: skip
    invoice = change_subscription(shop.pk, plan="premium", cycle="monthly", today=today, expected_total=seen.total)
    assert invoice is not None
    assert (invoice.discount_amount, invoice.total_amount) == (Decimal("37.74"), Decimal("25.16"))
    list(billing_run(SECOND))
    assert totals() == ["15.00 15.00", "37.74 25.16", "45.00 45.00"]


def test_a_coupon_that_comes_late_holds_from_the_next_period_or_from_the_year_that_begins(merchant: Merchant) -> None:
    coupon(value="10")
    shop = merchant()
    list(billing_run(PAID))
    redeem_coupon(shop.pk, "SPRING", today=PAID)
    assert preview_change(shop.pk, plan="premium", cycle="monthly", today=PAID).total == Decimal(60)
    seen = preview_change(shop.pk, plan="basic", cycle="annual", today=PAID)
    assert seen.total == Decimal(300) - Decimal(30) - Decimal(30)
    change_subscription(shop.pk, plan="basic", cycle="annual", today=PAID, expected_total=seen.total)
    assert CouponUse.objects.get().periods_left == 0
    list(billing_run(date(2027, 1, 15)))
    assert totals() == ["0.00 30.00", "30.00 240.00", "0.00 300.00"]


def test_a_free_period_is_used_up_without_an_invoice(merchant: Merchant) -> None:
    coupon(value="100")
    redeem_coupon(merchant().pk, "SPRING", today=TRIAL)
    list(billing_run(SECOND))
    assert totals() == ["0.00 30.00"]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"first_day": date(2026, 1, 6)}, "unknown"),
        ({"last_day": date(2026, 1, 4)}, "unknown"),
        ({"is_active": False}, "unknown"),
        ({"plans": ["premium"]}, "other_plan"),
        ({"most_uses": 1, "uses": 1}, "used_up"),
        ({"kind": "fixed", "currency": "EUR"}, "unknown"),
    ],
)
def test_a_coupon_that_does_not_hold_is_refused_and_changes_nothing(
    merchant: Merchant, terms: dict[str, Any], reason: str
) -> None:
    coupon(**terms)
    shop = merchant()
    for code, expected in (("SPRING", reason), ("AUTUMN", "unknown")):
        with pytest.raises(CouponRefused) as refused:
            redeem_coupon(shop.pk, code, today=TRIAL)
        assert refused.value.reason == expected
    assert CouponUse.objects.count() == 0


def test_the_first_and_the_last_day_count(merchant: Merchant) -> None:
    coupon(first_day=TRIAL, last_day=TRIAL)
    redeem_coupon(merchant().pk, "SPRING", today=TRIAL)


def test_a_person_has_a_coupon_once_however_many_shops_and_ways_to_write_the_address(merchant: Merchant) -> None:
    coupon()
    redeem_coupon(merchant().pk, "SPRING", today=TRIAL)
    for slug, email in (("brick", "owner@acme.example"), ("cairn", "Owner+2@ACME.example")):
        other = merchant(slug)
        other.contact_email = email
        other.save()
        with pytest.raises(CouponRefused) as refused:
            redeem_coupon(other.pk, "SPRING", today=TRIAL)
        assert refused.value.reason == "had_it"
    assert PlanCoupon.objects.get().uses == 1


def test_one_coupon_is_taken_at_a_time(merchant: Merchant) -> None:
    coupon()
    coupon("AUTUMN")
    shop = merchant()
    redeem_coupon(shop.pk, "SPRING", today=TRIAL)
    with pytest.raises(CouponRefused) as refused:
        redeem_coupon(shop.pk, "AUTUMN", today=TRIAL)
    assert refused.value.reason == "one_runs"


def test_no_limit_is_passed_by_redeeming_at_the_same_moment(merchant: Merchant) -> None:
    coupon(most_uses=3)
    shops = [merchant(f"shop-{number}") for number in range(8)]
    results = together(*[partial(redeem_coupon, shop.pk, "SPRING", today=TRIAL) for shop in shops])
    assert sorted(type(result).__name__ for result in results) == ["CouponRefused"] * 5 + ["CouponUse"] * 3
    assert (PlanCoupon.objects.get().uses, CouponUse.objects.count()) == (3, 3)
    coupon("ONCE")
    results = together(*[partial(redeem_coupon, shops[0].pk, "ONCE", today=TRIAL)] * 4)
    assert CouponUse.objects.filter(code="ONCE").count() <= 1


@pytest.mark.parametrize(
    "terms",
    [{"value": "0"}, {"value": "-5"}, {"value": "101"}, {"code": "lower"}, {"periods": 0}, {"most_uses": 1, "uses": 2}],
)
def test_impossible_coupons_are_refused_by_the_database(terms: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        coupon(**terms)


def test_operators_make_list_and_stop_coupons(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(
        "coupons", "add", "spring", "--percent", "20", "--periods", "3", "--most-uses", "100", "--plans", "basic"
    )
    call_command("coupons", "add", "FRIENDS", "--amount", "5.00", "--for-ever", "--last-day", "2026-05-31")
    call_command("coupons", "stop", "friends")
    capsys.readouterr()
    call_command("coupons", "list", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {
            "code": "FRIENDS", "off": "5.000 USD", "periods": "for ever", "plans": "any", "first day": "",
            "last day": "2026-05-31", "uses": "0", "active": "no",
        },
        {
            "code": "SPRING", "off": "20 %", "periods": "3", "plans": "basic", "first day": "", "last day": "",
            "uses": "0 of 100", "active": "yes",
        },
    ]  # fmt: skip
    for wrong in ("add SPRING --percent 5", "add X --percent 5", "add HALF --percent 0", "stop AUTUMN"):
        with pytest.raises(CommandError):
            call_command("coupons", *wrong.split())
    assert PlanCoupon.objects.count() == 2
    with platform_scope():
        told = AuditLog.objects.order_by("created_at", "id").values_list("action", "metadata__name", "metadata__by")
        assert list(told) == [
            ("add_plancoupon", "SPRING", "manage.py coupons"), ("add_plancoupon", "FRIENDS", "manage.py coupons"),
            ("stop_coupon", "FRIENDS", "manage.py coupons"),
        ]  # fmt: skip
