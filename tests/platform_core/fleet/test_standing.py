"""Suspending, resuming, cancelling: which change is possible from where, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.billing.models import TenantSubscription
from platform_core.billing.open_trial import open_trial
from platform_core.billing.prices import price_of
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.change_plan import change_plan
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.suspend import suspend_tenant
from tests.together import together

Change = Callable[..., Tenant]
MakeShop = Callable[..., TenantInfo]


def audit() -> list[tuple[str, dict[str, str] | None, dict[str, str] | None, dict[str, str]]]:
    with platform_scope():
        return list(
            AuditLog.objects.order_by("created_at").values_list("action", "old_values", "new_values", "metadata")
        )


def test_a_suspended_shop_is_closed_at_once_and_opens_again(make_shop: MakeShop) -> None:
    shop = make_shop("acme")
    assert gate_of(directory.by_slug("acme")) is Gate.OPEN

    suspended = suspend_tenant(shop.id, reason="invoice 42 is overdue")
    assert suspended.suspended_at is not None
    assert gate_of(directory.by_slug("acme")) is Gate.SUSPENDED

    resumed = resume_tenant(shop.id)
    assert resumed.suspended_at is None
    assert gate_of(directory.by_slug("acme")) is Gate.OPEN
    assert audit() == [
        ("suspend_tenant", {"status": "active"}, {"status": "suspended"}, {"reason": "invoice 42 is overdue"}),
        ("resume_tenant", {"status": "suspended"}, {"status": "active"}, {}),
    ]


@pytest.mark.parametrize("status", ["active", "suspended", "pending_setup"])
def test_a_cancelled_shop_is_gone_and_its_subscription_ends(make_shop: MakeShop, status: str) -> None:
    shop = make_shop("acme", status=status)
    open_trial(shop.id, plan="premium", today=date(2026, 2, 20))

    cancel_tenant(shop.id, reason="closing down")

    assert gate_of(directory.by_slug("acme")) is Gate.GONE
    subscription = TenantSubscription.objects.get()
    assert subscription.status == "cancelled"
    assert subscription.cancelled_at is not None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (suspend_tenant, "suspended"),
        (suspend_tenant, "pending_setup"),
        (suspend_tenant, "cancelled"),
        (resume_tenant, "active"),
        (resume_tenant, "pending_setup"),
        (resume_tenant, "cancelled"),
        (cancel_tenant, "cancelled"),
    ],
)
def test_a_change_that_the_standing_does_not_allow_moves_nothing(
    make_shop: MakeShop, change: Change, status: str
) -> None:
    shop = make_shop("acme", status=status)
    before = Tenant.objects.values().get()
    with pytest.raises(StandingRefused):
        change(shop.id, reason="no")
    assert Tenant.objects.values().get() == before
    assert audit() == []


def test_a_trial_freezes_the_price_and_lasts_fourteen_days(make_shop: MakeShop) -> None:
    shop = make_shop("acme")
    assert open_trial(shop.id, plan="premium", today=date(2026, 2, 20)) is True
    assert open_trial(shop.id, plan="basic", today=date(2026, 2, 21)) is False
    subscription = TenantSubscription.objects.get()
    assert (subscription.plan.name, subscription.amount, subscription.currency) == ("premium", Decimal("79.000"), "USD")
    assert (subscription.current_period_start, subscription.current_period_end) == (date(2026, 2, 20), date(2026, 3, 5))
    assert subscription.trial_end == date(2026, 3, 5)


def test_no_trial_is_opened_of_a_plan_that_does_not_exist(make_shop: MakeShop) -> None:
    assert open_trial(make_shop("acme").id, plan="gold", today=date(2026, 2, 20)) is False
    assert not TenantSubscription.objects.exists()


def test_a_shop_that_is_not_there_cannot_change(platform: object) -> None:
    with pytest.raises(Tenant.DoesNotExist):
        suspend_tenant(UUID(int=0), reason="")


@pytest.mark.parametrize(
    ("change", "status", "becomes"),
    [
        (suspend_tenant, "active", "suspended"),
        (resume_tenant, "suspended", "active"),
        (cancel_tenant, "active", "cancelled"),
    ],
)
def test_of_two_operators_at_once_one_does_it_and_the_other_is_told_that_it_is_done(
    make_shop: MakeShop, change: Change, status: str, becomes: str
) -> None:
    shop = make_shop("acme", status=status)
    answers = together(*[partial(change, shop.id, reason="twice")] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["StandingRefused", "Tenant"]
    assert Tenant.objects.get().status == becomes
    (entry,) = audit()
    assert entry[1:3] == ({"status": status}, {"status": becomes})


def test_two_operators_who_give_other_plans_at_once_follow_each_other(make_shop: MakeShop) -> None:
    shop = make_shop("acme", plan_type="basic")
    open_trial(shop.id, plan="basic", today=date(2026, 2, 20))
    answers = together(*[partial(change_plan, shop.id, plan=plan) for plan in ("premium", "enterprise")])
    assert [type(answer).__name__ for answer in answers] == ["Tenant", "Tenant"]
    first, last = sorted(audit(), key=lambda entry: entry[1] != {"plan": "basic"})  # moments are those of the asking
    assert (first[1], last[1]) == ({"plan": "basic"}, first[2])
    given = TenantSubscription.objects.get()
    assert {"plan": Tenant.objects.get().plan_type} == {"plan": given.plan.name} == last[2]
    assert given.amount == price_of(given.plan, given.billing_cycle, given.currency)
