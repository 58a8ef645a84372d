"""A shop that was closed for good opens again, with what was agreed, as long as its database is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.open_trial import open_trial
from platform_core.billing.recurring.models import RecurringChange
from platform_core.billing.run import billing_run
from platform_core.fleet.reopen import reopen_shop
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant

PAID = date(2026, 1, 15)


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    """Billed for the month from 15 January on."""
    shop = make_shop("acme", activated_at=timezone.now())
    open_trial(shop.id, plan="basic", today=date(2026, 1, 1))
    list(billing_run(PAID))
    return shop


def periods() -> list[tuple[date | None, date | None]]:
    return list(BillingInvoice.objects.order_by("invoice_number").values_list("period_start", "period_end"))


def test_it_opens_in_its_paid_period_and_is_billed_when_that_is_over(acme: TenantInfo) -> None:
    cancel_tenant(acme.id, reason="a mistake", today=date(2026, 1, 20))
    assert gate_of(directory.by_slug("acme")) is Gate.GONE

    reopen_shop(acme.id, reason="a mistake", today=date(2026, 1, 22))

    assert gate_of(directory.by_slug("acme")) is Gate.OPEN
    subscription = TenantSubscription.objects.get()
    assert (subscription.status, subscription.cancelled_at, subscription.amount) == ("active", None, Decimal("29.000"))
    list(billing_run(date(2026, 2, 15)))
    assert periods() == [(PAID, date(2026, 2, 14)), (date(2026, 2, 15), date(2026, 3, 14))]
    moves = RecurringChange.objects.order_by("day", "id").values_list("day", "move", "annual_change")
    assert list(moves) == [
        (PAID, "new", Decimal(348)), (date(2026, 1, 20), "churn", Decimal(-348)),
        (date(2026, 1, 22), "return", Decimal(348)),
    ]  # fmt: skip
    with platform_scope():
        entry = AuditLog.objects.get(action="reopen_tenant")
    assert (entry.old_values, entry.new_values) == ({"status": "cancelled"}, {"status": "active"})


def test_months_on_which_it_was_closed_are_not_billed_and_what_it_owes_is_followed_anew(acme: TenantInfo) -> None:
    cancel_tenant(acme.id, reason="did not pay", today=date(2026, 3, 1))
    reopen_shop(acme.id, reason="pays after all", today=date(2026, 4, 10))
    assert TenantSubscription.objects.get().status == "past_due"
    list(billing_run(date(2026, 4, 10)))
    assert periods() == [(PAID, date(2026, 2, 14)), (date(2026, 4, 10), date(2026, 5, 9))]


@pytest.mark.parametrize("how", ["open", "never opened", "a sandbox", "about to be dropped", "dropped"])
def test_what_cannot_be_opened_stays_as_it_is(acme: TenantInfo, how: str) -> None:
    changes: dict[str, Any] = {
        "never opened": {"activated_at": None},
        "a sandbox": {"sandbox_of": acme.id},
        "dropped": {"database_name": "smartseller_gone"},
    }
    if how != "open":
        cancel_tenant(acme.id, reason="closing")
    Tenant.objects.filter(pk=acme.id).update(**changes.get(how, {"epoch": 1}))
    if how == "about to be dropped":
        KeptDatabase.objects.create(
            tenant_id=acme.id, server="primary", name=acme.database_name, schema_version="", kept_until=timezone.now()
        )
    before = [list(model.objects.values()) for model in (Tenant, TenantSubscription)]
    with pytest.raises(StandingRefused):
        reopen_shop(acme.id, reason="why not")
    assert [list(model.objects.values()) for model in (Tenant, TenantSubscription)] == before
