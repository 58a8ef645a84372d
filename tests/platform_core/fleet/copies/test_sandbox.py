"""Sandboxes: a shop's copy that nobody outside notices, one a shop, and over by itself."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from platform_core.accounts.grant_access import grant_access
from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.accounts.staff.change import change_staff, remove_staff
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import platform_scope
from platform_core.fleet.backups.turns import longest_without_backup, take_due
from platform_core.fleet.copies.errors import SandboxRefused
from platform_core.fleet.copies.sandbox import ask_for_sandbox, end_outdated, end_sandbox, sandbox_of
from platform_core.fleet.models import ProvisioningRun, ProvisioningStep
from platform_core.fleet.provision import steps, watch
from platform_core.fleet.provision.labels import label_of
from platform_core.fleet.provision.run import run_provisioning
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.management.operator import Refused
from platform_core.metrics.add_up import add_up_days
from platform_core.metrics.models import PlatformMetric, PlatformSales
from platform_core.metrics.roll_up_shop import _keep_days
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import ShopDay, ShopReport
from platform_core.tenants.models import Tenant
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import Event, OutboxEvent, Webhook, WebhookDelivery
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Fleet

NAMES = [step.name for step in steps.OF_A_SANDBOX]
FEW = {("after", "fill_from_shop"), ("before", "let_people_in")}


@pytest.fixture
def acme(make_full_shop: MakeFullShop) -> TenantInfo:
    """A shop that takes real money, with an owner and an editor."""
    shop = make_full_shop("acme")
    for email, role in (("owner@acme.example", AccessRole.OWNER), ("ed@acme.example", AccessRole.EDITOR)):
        user = PlatformUser.objects.create(email=email, role="merchant")
        grant_access(user_id=user.pk, tenant_id=shop.id, role=role)
    with tenant_context(shop):
        Setting.objects.create(key="gateway.stripe", value="sealed for acme")
        Setting.objects.update_or_create(key="payment_methods", defaults={"value": ["bank_transfer", "stripe_card"]})
        Setting.objects.update_or_create(key="test_mode", defaults={"value": False})
        books = Webhook.objects.create(
            name="Books",
            url="https://books.example/",
            events=["order.created"],
            secret="s",
            previous_secret="p",
            custom_headers={"Authorization": "sealed"},
        )
        told = Event.objects.create(position=1, type="order.created", data={}, occurred_at=timezone.now())
        WebhookDelivery.objects.create(webhook=books, event=told, next_attempt_at=timezone.now())
        OutboxEvent.objects.create(topic="mail.customer", payload={"email": "c1@acme.example"})
    return shop


def make(shop: TenantInfo, *, anonymise: bool = False) -> TenantInfo:
    requested = ask_for_sandbox(shop.id, anonymise=anonymise)
    run_provisioning(requested.run_id)
    return directory.by_slug(requested.slug)


def people(shop: TenantInfo) -> set[tuple[str, str]]:
    return set(TenantAccess.objects.filter(tenant=shop.id).values_list("platform_user__email", "role"))


def test_a_sandbox_has_everything_and_nobody_outside_hears_of_it(fleet: Fleet, acme: TenantInfo) -> None:
    sandbox = make(acme)

    assert (sandbox.slug, sandbox.sandbox_of, sandbox.is_sandbox, acme.is_sandbox) == (
        "acme-sandbox", acme.id, True, False,
    )  # fmt: skip
    assert people(sandbox) == people(acme) == {("owner@acme.example", "owner"), ("ed@acme.example", "editor")}
    with tenant_context(sandbox):
        assert set(Customer.objects.values_list("email", flat=True)) == {f"c{n}@acme.example" for n in range(3)}
        settings = shop_settings()
        assert (settings.test_mode, settings.payment_methods) == (True, ("bank_transfer", "test_card"))
        assert not Setting.objects.filter(key__startswith="gateway.").exists()
        Setting.objects.filter(key="test_mode").update(value=False)
        assert shop_settings().test_mode is True  # whatever is written there
        neutralised = Webhook.objects.values_list("is_active", "secret", "previous_secret", "custom_headers")
        assert neutralised.get() == (False, None, None, {})
        assert not WebhookDelivery.objects.exists()
        assert not OutboxEvent.objects.filter(delivered_at=None).exists()
        with default_storage.open("pictures/one.jpg") as picture:
            assert picture.read() == b"picture of acme"
    with tenant_context(acme):
        assert shop_settings().test_mode is False
        assert Webhook.objects.get().is_active
        assert WebhookDelivery.objects.get().state == "waiting"
        assert OutboxEvent.objects.filter(delivered_at=None).count() == 1
    visitor = Client(headers={"host": "acme-sandbox.localhost"})
    assert visitor.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    page = visitor.get("/").content.decode()
    assert 'content="noindex, nofollow"' in page
    assert "Sandbox: this is a copy of a shop, to try things in." in page
    real = Client(headers={"host": "acme.localhost"})
    assert b"Disallow: /admin/" in real.get("/robots.txt").content
    assert "Sandbox" not in real.get("/").content.decode()
    assert reconcile().findings == []


def test_nobody_may_do_more_in_it_than_in_the_shop_or_longer(fleet: Fleet, acme: TenantInfo) -> None:
    """It has the same customers: who is sent away from them, or may not see them, must not find them there."""
    ends = timezone.now() + timedelta(days=3)
    hidden = {"tenant_shop.view_customer": False}
    TenantAccess.objects.filter(platform_user__email="ed@acme.example").update(permissions=hidden, expires_at=ends)
    for email, values in (
        ("gone@acme.example", {"expires_at": timezone.now() - timedelta(hours=1)}),
        ("second@acme.example", {}),
    ):
        user = PlatformUser.objects.create(email=email, role="merchant")
        TenantAccess.objects.create(platform_user=user, tenant_id=acme.id, role=AccessRole.OWNER, **values)
    sandbox = make(acme)
    in_shop = {access.platform_user.email: access for access in TenantAccess.objects.filter(tenant=acme.id)}

    def there() -> dict[str, tuple[Any, ...]]:
        found = TenantAccess.objects.filter(tenant=sandbox.id, is_active=True)
        return {
            row[0]: row[1:] for row in found.values_list("platform_user__email", "role", "permissions", "expires_at")
        }

    assert there() == {
        "owner@acme.example": ("owner", {}, None),
        "second@acme.example": ("owner", {}, None),
        "ed@acme.example": ("editor", hidden, ends),
    }
    owner = in_shop["owner@acme.example"].platform_user_id
    by: dict[str, Any] = {"tenant_id": acme.id, "actor_id": owner, "origin": Origin(user_id=owner, ip_address=None)}
    change_staff(in_shop["second@acme.example"].pk, role=AccessRole.VIEWER, expires_at=ends, exceptions=None, **by)
    remove_staff(in_shop["ed@acme.example"].pk, **by)
    assert there() == {"owner@acme.example": ("owner", {}, None), "second@acme.example": ("viewer", {}, ends)}


def test_an_anonymised_one_says_of_nobody_who_they_are(fleet: Fleet, acme: TenantInfo) -> None:
    sandbox = make(acme, anonymise=True)
    text = fleet.execute("acme_sandbox", "SELECT string_agg(c::text, ' ') FROM customers c")[0][0]
    assert "acme.example" not in text
    assert "Ünal" not in text
    with tenant_context(sandbox):
        assert Customer.objects.count() == 3
        assert set(Customer.objects.values_list("first_name", flat=True)) == {"Customer"}


def test_one_for_each_shop_and_none_of_a_sandbox_or_a_closed_shop(fleet: Fleet, acme: TenantInfo) -> None:
    sandbox = make(acme)
    before = (Tenant.objects.count(), fleet.names())
    for shop in (acme, sandbox):
        with pytest.raises(SandboxRefused):
            ask_for_sandbox(shop.id, anonymise=True)
    Tenant.objects.filter(pk=sandbox.id).update(sandbox_of=None)
    for values, why in (
        ({"status": "cancelled"}, "it is cancelled"),
        ({"status": "active", "schema_version": "0001_initial"}, "at 0001_initial, and here they are made at 00"),
    ):
        Tenant.objects.filter(pk=acme.id).update(**values)
        with pytest.raises(SandboxRefused, match=why):
            ask_for_sandbox(acme.id, anonymise=True)
    assert (Tenant.objects.count(), fleet.names()) == before
    with pytest.raises(SandboxRefused, match="no sandbox"):
        end_sandbox(acme.id, reason="")


@pytest.mark.slow
def test_it_ends_by_itself_and_is_dropped_a_day_later(fleet: Fleet, acme: TenantInfo, settings: Any) -> None:
    sandbox = make(acme)
    assert end_outdated() == 0
    Tenant.objects.filter(pk=sandbox.id).update(sandbox_until=timezone.now())
    assert end_outdated() == 1
    ended = f"ended_{sandbox.id.hex}"
    assert fleet.names() == {"acme", ended}
    assert Client(headers={"host": "acme-sandbox.localhost"}).get("/").status_code == 404
    with tenant_context(sandbox), pytest.raises(OperationalError):
        Customer.objects.count()
    assert sandbox_of(acme.id) is None
    again = make(acme)
    assert (again.slug, again.id == sandbox.id) == ("acme-sandbox", False)
    folder = Path(settings.MEDIA_ROOT) / sandbox.id.hex
    assert any(path.is_file() for path in folder.rglob("*"))

    KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    assert [(found.kind.value, found.fixed) for found in reconcile(fix=True).findings] == [("kept_long_enough", True)]

    assert fleet.names() == {"acme", "acme_sandbox"}
    assert not any(path.is_file() for path in folder.rglob("*"))
    assert reconcile().findings == []
    with platform_scope():
        told = list(AuditLog.objects.filter(tenant=acme.id).order_by("created_at").values_list("action", flat=True))
    assert told == ["make_sandbox", "end_sandbox", "make_sandbox"]


def test_nobody_backs_a_sandbox_up_or_misses_its_backup(fleet: Fleet, acme: TenantInfo) -> None:
    make(acme)
    Tenant.objects.filter(slug="acme-sandbox").update(created_at=timezone.now() - timedelta(days=9))
    taken = []
    while (turn := take_due(timezone.now())) is not None:
        taken.append(turn.tenant.slug if turn.tenant else "platform")
        type(turn).objects.filter(pk=turn.pk).update(due_at=timezone.now() + timedelta(days=1), taken_until=None)
    assert sorted(taken) == ["acme", "platform"]
    assert longest_without_backup(timezone.now()) < timedelta(hours=1)


def test_the_platform_counts_no_sandbox_and_not_its_sales(fleet: Fleet, acme: TenantInfo) -> None:
    sandbox = make(acme)
    today = timezone.now().date()
    report = ShopReport(
        timezone="Europe/Berlin", currency="EUR", days=1,
        closed=(ShopDay(day=today, orders=3, revenue=Decimal(60), customers=3, products=1),),
    )  # fmt: skip
    for shop in (acme, sandbox):
        _keep_days(shop, report)
    add_up_days(today, today)
    found = PlatformMetric.objects.get(date=today)
    assert (found.total_tenants, found.active_tenants, found.total_orders, found.total_customers) == (1, 1, 3, 3)
    assert PlatformSales.objects.get().revenue == Decimal(60)


def test_the_command_makes_and_ends_it(fleet: Fleet, acme: TenantInfo) -> None:
    out, said = io.StringIO(), io.StringIO()
    with mock.patch.object(watch, "NOTE_SECONDS", 0.0):
        call_command("tenant", "sandbox", "acme", "--anonymise", "--json", stdout=out, stderr=said)
    assert [step["name"] for step in json.loads(out.getvalue())["steps"]] == NAMES
    assert said.getvalue().splitlines() == [f"the sandbox of acme: {label_of(name)}" for name in NAMES]
    copied = dict(ProvisioningStep.objects.filter(done_bytes__gt=0).values_list("name", "done_bytes"))
    assert copied.keys() == {"fill_from_shop", "files_from_shop"}
    assert copied["files_from_shop"] > 3000
    call_command("tenant", "sandbox", "acme", "--end", "--json", stdout=io.StringIO())
    with pytest.raises(Refused, match="has no sandbox"):
        call_command("tenant", "sandbox", "acme", "--end", stdout=io.StringIO())


@contextmanager
def killed_around(when: str, name: str) -> Iterator[None]:
    def wrap(step: steps.Step) -> steps.Step:
        def do(site: Any) -> None:
            if when == "before":
                die()
            step.do(site)
            die()

        return steps.Step(step.name, do) if step.name == name else step

    with mock.patch.object(steps, "OF_A_SANDBOX", tuple(map(wrap, steps.OF_A_SANDBOX))):
        yield


@pytest.mark.parametrize(
    ("when", "name"),
    [
        pytest.param(when, name, marks=() if (when, name) in FEW else pytest.mark.slow)
        for name in NAMES
        for when in ("before", "after")
    ],
)
def test_a_kill_at_any_step_loses_and_doubles_nothing(fleet: Fleet, acme: TenantInfo, when: str, name: str) -> None:
    requested = ask_for_sandbox(acme.id, anonymise=True)
    with killed_around(when, name):
        assert in_child(lambda: run_provisioning(requested.run_id)) == signal.SIGKILL
    directory.clear()
    assert ProvisioningRun.objects.get().state == "running"

    run_provisioning(requested.run_id)

    sandbox = directory.by_slug("acme-sandbox")
    with tenant_context(sandbox):
        assert set(Customer.objects.values_list("first_name", flat=True)) == {"Customer"}
        assert Customer.objects.count() == 3
        assert default_storage.size("pictures/more/two.jpg") == 3000
        assert default_storage.listdir("pictures")[1] == ["one.jpg"]
    assert people(sandbox) == people(acme)
    assert fleet.names() == {"acme", "acme_sandbox"}
    assert reconcile().findings == []
