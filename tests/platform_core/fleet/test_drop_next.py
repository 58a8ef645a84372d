"""Which cancelled shop is dropped next: none before its owners had their time, none of which somebody has spoken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.fleet import drop_next as dropping
from platform_core.fleet.drop_next import drop_next
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant


@pytest.fixture
def dropped(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    found: list[UUID] = []

    def drop(tenant_id: UUID, *, reason: str) -> Any:
        found.append(tenant_id)
        return mock.Mock()

    monkeypatch.setattr(dropping, "drop_shop", drop)
    return found


@pytest.fixture
def gone(make_shop: Callable[..., TenantInfo], settings: Any) -> TenantInfo:
    """A shop that was cancelled a moment ago, where owners have no time at all."""
    settings.EXPORT_WINDOW_DAYS = 0
    shop, _ = make_shop("acme"), make_shop("open")
    Tenant.objects.update(activated_at=timezone.now())
    cancel_tenant(shop.id, reason="closing")
    return shop


def test_a_shop_is_dropped_when_its_owners_have_had_their_time_and_not_before(
    gone: TenantInfo, dropped: list[UUID], settings: Any
) -> None:
    settings.EXPORT_WINDOW_DAYS = 1
    assert (drop_next(), dropped) == (None, [])
    settings.EXPORT_WINDOW_DAYS = 0
    assert drop_next() is not None
    assert dropped == [gone.id]


@pytest.mark.parametrize("word", ["drop_tenant", "keep_tenant", "erase_tenant"])
def test_what_somebody_has_said_about_it_before_is_not_overruled(
    gone: TenantInfo, dropped: list[UUID], word: str
) -> None:
    record(word, resource_type="tenant", resource_id=gone.id, tenant_id=gone.id)
    assert (drop_next(), dropped) == (None, [])


def test_none_is_dropped_where_that_is_off_that_never_opened_or_is_a_sandbox(
    gone: TenantInfo, dropped: list[UUID], settings: Any
) -> None:
    Tenant.objects.filter(pk=gone.id).update(activated_at=None)
    assert drop_next() is None
    Tenant.objects.filter(pk=gone.id).update(activated_at=timezone.now(), sandbox_of=UUID(int=1))
    assert drop_next() is None
    Tenant.objects.filter(pk=gone.id).update(sandbox_of=None)
    settings.DROP_CANCELLED = False
    assert (drop_next(), dropped) == (None, [])
