"""Merchants without shops: billing asks the platform's database only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from platform_core.billing.cards.give import begin_card, finish_card
from platform_core.billing.open_trial import open_trial
from platform_core.billing.run import billing_run
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from tests.databases import WorkerDatabases
from tests.localstripe import KEY, PUBLIC_KEY, LocalStripe, running

Merchant = Callable[..., Tenant]
GOOD, SECRET = "4242424242424242", "whsec_platform"
PAID = date(2026, 1, 15)
PRICES = {"basic": ("30.00", "300.00"), "premium": ("90.00", "900.00"), "enterprise": ("300.00", None)}


@pytest.fixture(autouse=True)
def plans(platform: WorkerDatabases, kept_plans: None) -> None:
    for name, (month, year) in PRICES.items():
        TenantPlan.objects.filter(name=name).update(
            monthly_price=Decimal(month), annual_price=year and Decimal(year), setup_fee=0
        )


@pytest.fixture
def merchant(platform: WorkerDatabases) -> Merchant:
    """`merchant("acme", begins=date(2026, 1, 1))` tries the plan out for fourteen days from then on."""

    def make(slug: str = "acme", *, plan: str = "basic", begins: date = date(2026, 1, 1), **values: Any) -> Tenant:
        made = Tenant.objects.create(
            slug=slug, name=slug.title(), subdomain=slug, database_name=f"none_{slug.replace('-', '_')}",
            status="active", plan_type=plan, contact_email=f"owner@{slug}.example", **values,
        )  # fmt: skip
        assert open_trial(made.pk, plan=plan, today=begins)
        return made

    return make


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStripe]:
    pytest.importorskip("stripe")
    with running(tmp_path_factory.mktemp("stripe")) as local:
        yield local


@pytest.fixture
def local(server: LocalStripe, settings: Any) -> LocalStripe:
    settings.STRIPE_API_URL = server.url
    settings.BILLING_STRIPE_SECRET_KEY, settings.BILLING_STRIPE_PUBLIC_KEY = KEY, PUBLIC_KEY
    settings.BILLING_STRIPE_WEBHOOK_SECRET = SECRET
    return server


def give(local: LocalStripe, shop: Tenant, number: str = GOOD) -> str:
    made = begin_card(shop.pk)
    local.set_up(made.reference, number)
    finish_card(made.reference, tenant_id=shop.pk)
    return made.reference


@pytest.fixture
def acme(local: LocalStripe, merchant: Merchant) -> Tenant:
    """A merchant who has a good card, and an invoice of 30.00."""
    made = merchant()
    give(local, made)
    list(billing_run(PAID))
    return made
