"""Two at once, and a run that is killed or done again in part: each is billed once."""

from __future__ import annotations

import signal
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from platform_core.billing import renew as renewing
from platform_core.billing.change import change_subscription
from platform_core.billing.errors import (
    NoSubscription,
)
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.configuration.models import PlatformSetting
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tests.platform_core.billing.bills import bills, run
from tests.platform_core.billing.conftest import Merchant
from tests.platform_core.fleet.children import die, in_child
from tests.together import together

FIRST_PAID, SECOND = date(2026, 1, 15), date(2026, 2, 15)


@pytest.mark.parametrize("at", ["begin_period", "note_recurring", "issue_invoice", "record"])
def test_a_run_that_is_killed_in_the_middle_bills_each_once_when_it_is_done_again(merchant: Merchant, at: str) -> None:
    for slug in ("acme", "brick", "cairn"):
        merchant(slug)
    original, calls = getattr(renewing, at), 0

    def second_dies(*args: Any, **how: Any) -> Any:
        nonlocal calls
        calls += 1
        result = original(*args, **how)
        if calls == 2:
            die()
        return result

    def work() -> None:
        with mock.patch.object(renewing, at, second_dies):
            run(FIRST_PAID)

    assert in_child(work) == signal.SIGKILL
    assert [bill[0] for bill in bills()] == ["SS-2026-000001"]
    assert run(FIRST_PAID) == ["SS-2026-000002", "SS-2026-000003"]
    assert sorted(BillingInvoice.objects.values_list("tenant__slug", flat=True)) == ["acme", "brick", "cairn"]


def test_runs_at_the_same_moment_bill_each_once_and_number_without_a_gap(merchant: Merchant) -> None:
    for number in range(12):
        merchant(f"shop-{number}")
    numbers = together(*[partial(run, FIRST_PAID)] * 4)
    assert sorted(number for found in numbers for number in found) == [f"SS-2026-{n:06d}" for n in range(1, 13)]
    assert BillingInvoice.objects.values("tenant").distinct().count() == 12


def test_of_two_upgrades_at_once_one_is_charged(merchant: Merchant) -> None:
    shop = merchant()
    run(FIRST_PAID)
    asked = {"plan": "premium", "cycle": "monthly", "today": FIRST_PAID, "expected_total": Decimal("60.00")}
    results = together(*[partial(change_subscription, shop.pk, **asked)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["BillingInvoice", "NothingToChange"]
    assert [bill[4] for bill in bills()] == [Decimal("30.00"), Decimal("60.00")]


def test_an_upgrade_while_the_shop_is_cancelled_is_charged_before_or_not_at_all(merchant: Merchant) -> None:
    shop = merchant()
    run(FIRST_PAID)
    asked = {"plan": "premium", "cycle": "monthly", "today": FIRST_PAID, "expected_total": Decimal("60.00")}
    upgraded, _ = together(
        partial(change_subscription, shop.pk, **asked), partial(cancel_tenant, shop.pk, reason="closing")
    )
    subscription = TenantSubscription.objects.get()
    assert subscription.status == "cancelled"
    if isinstance(upgraded, NoSubscription):
        assert (subscription.plan.name, BillingInvoice.objects.count()) == ("basic", 1)
    else:
        assert (subscription.plan.name, BillingInvoice.objects.count()) == ("premium", 2)


def test_a_shop_that_cannot_be_billed_holds_no_other_up(merchant: Merchant, capsys: pytest.CaptureFixture[str]) -> None:
    for slug in ("acme", "brick"):
        merchant(slug)
    PlatformSetting.objects.create(key="billing.taxes", value={"country": "DE", "rates": {"US": "a lot"}})
    Tenant.objects.filter(slug="brick").update(country="FR")
    with pytest.raises(CommandError, match=r"1 of 2 could not be billed: acme\."):
        call_command("billing_run", "--date", "2026-01-15")
    assert "SS-2026-000001" in capsys.readouterr().out
    PlatformSetting.objects.all().delete()
    call_command("billing_run", "--date", "2026-01-15")
    assert sorted(BillingInvoice.objects.values_list("invoice_number", "tenant__slug")) == [
        ("SS-2026-000001", "brick"), ("SS-2026-000002", "acme"),
    ]  # fmt: skip
