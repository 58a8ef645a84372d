"""What is out of step is found; what is ours is mended; what may be a merchant's is never dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DataError
from django.utils import timezone

from platform_core.fleet.models import DatabaseServer, ProvisioningRun, SpareDatabase, TemplateVersion
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.provision.run import create_shop
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.fleet.spares import refill_spares
from platform_core.tenancy.context import TenantInfo, current_tenant
from platform_core.tenancy.hooks import ShopProfile, shop_hooks
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tests.databases import PREFIX
from tests.platform_core.fleet.conftest import Ask, Fleet


def kinds(*, fix: bool = False) -> list[tuple[str, str, bool]]:
    return [
        (finding.kind.value, finding.database.removeprefix(PREFIX), finding.fixed)
        for finding in reconcile(fix=fix).findings
    ]


def test_a_fleet_in_step_has_no_findings(fleet: Fleet, ask: Ask) -> None:
    create_shop(ask("acme"))
    refill_spares("primary")
    cancel_tenant(Tenant.objects.get().pk, reason="")
    assert reconcile(fix=True).findings == []


def test_a_run_gone_silent_is_resumed(fleet: Fleet, ask: Ask) -> None:
    requested = request_shop(ask("acme"))
    assert kinds() == []
    ProvisioningRun.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=3))
    assert kinds() == [("stuck_run", "acme", False)]
    assert Tenant.objects.get().status == "pending_setup"
    assert kinds(fix=True) == [("stuck_run", "acme", True)]
    assert Tenant.objects.get(pk=requested.tenant_id).status == "active"
    assert kinds() == []


@pytest.mark.usefixtures("refusing_at_once")
def test_a_run_that_another_worker_holds_is_left_alone(fleet: Fleet, ask: Ask) -> None:
    requested = request_shop(ask("acme"))
    ProvisioningRun.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=3))
    with owner_connection("primary") as other, only_one(other, f"provisioning {requested.run_id}"):
        assert kinds(fix=True) == [("stuck_run", "acme", False)]
    assert Tenant.objects.get().status == "pending_setup"


def test_a_failed_run_is_tried_again(fleet: Fleet, ask: Ask) -> None:
    request_shop(ask("acme"))
    ProvisioningRun.objects.update(state="failed", error="TemplateBusy: …")
    assert kinds() == [("failed_run", "acme", False)]
    assert kinds(fix=True) == [("failed_run", "acme", True)]
    assert Tenant.objects.get().status == "active"


def test_a_run_that_fails_again_stays_a_finding(fleet: Fleet, ask: Ask) -> None:
    fleet.make_database("acme")
    request_shop(ask("acme"))
    ProvisioningRun.objects.update(state="failed")
    assert kinds(fix=True) == [("failed_run", "acme", False)]
    refill_spares("primary", wanted=0)
    assert fleet.names() == {"acme"}
    assert fleet.execute("acme", "SELECT * FROM tenant_sentinel") == []


def test_a_run_that_cannot_succeed_keeps_nothing_else_from_being_mended(
    fleet: Fleet, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_shop(ask("poisoned"))
    request_shop(ask("silent"))
    fleet.make_database("lost")
    ProvisioningRun.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=3))
    seed = shop_hooks.seed
    assert seed is not None

    def refuse_one(profile: ShopProfile) -> None:
        if current_tenant().slug == "poisoned":
            raise DataError("no such thing")  # Django's, not the driver's
        seed(profile)

    monkeypatch.setattr(shop_hooks, "seed", refuse_one)
    found = kinds(fix=True)
    assert set(found) >= {
        ("stuck_run", "poisoned", False),
        ("stuck_run", "silent", True),
        ("orphan_database", "lost", True),
    }
    assert dict(Tenant.objects.values_list("slug", "status")) == {"poisoned": "pending_setup", "silent": "active"}


def test_a_shop_that_nothing_would_make_is_reported(fleet: Fleet) -> None:
    Tenant.objects.create(slug="acme", name="Acme", database_name=f"{PREFIX}acme", contact_email="a@b.example")
    assert kinds(fix=True) == [("pending_without_run", "acme", False)]


def test_a_shop_without_its_database_is_reported(fleet: Fleet, make_shop: Callable[..., TenantInfo]) -> None:
    make_shop("acme")
    fleet.execute("platform", f'DROP DATABASE "{PREFIX}acme"')
    assert kinds(fix=True) == [("missing_database", "acme", False)]


def test_a_database_that_no_shop_was_let_into_is_dropped(fleet: Fleet) -> None:
    fleet.make_database("lost")
    assert kinds() == [("orphan_database", "lost", False)]
    assert fleet.names() == {"lost"}
    assert kinds(fix=True) == [("orphan_database", "lost", True)]
    assert fleet.names() == set()


def test_a_database_of_a_known_shop_is_never_dropped(fleet: Fleet, make_shop: Callable[..., TenantInfo]) -> None:
    tenant = make_shop("acme")
    for name in ("acme_before_the_move", "spare_0123456789ab"):
        fleet.make_database(name)
        fleet.databases.write_sentinel(f"{PREFIX}{name}", tenant.id)
    expected = [
        ("misplaced_database", "acme_before_the_move", False),
        ("misplaced_database", "spare_0123456789ab", False),
    ]
    assert kinds(fix=True) == expected
    assert fleet.names() == {"acme", "acme_before_the_move", "spare_0123456789ab"}


def test_a_database_of_an_unknown_shop_is_never_dropped(fleet: Fleet) -> None:
    fleet.make_database("acme")
    fleet.databases.write_sentinel(f"{PREFIX}acme", uuid4())
    assert kinds(fix=True) == [("unknown_shop", "acme", False)]
    assert fleet.names() == {"acme"}


def test_a_database_that_is_no_shops_is_never_dropped(fleet: Fleet) -> None:
    fleet.make_database("books", template="template0")
    assert kinds(fix=True) == [("foreign_database", "books", False)]
    assert fleet.names() == {"books"}


def test_a_spare_without_its_database_is_forgotten(fleet: Fleet) -> None:
    refill_spares("primary", wanted=1)
    name = SpareDatabase.objects.get().name
    fleet.execute("platform", f'DROP DATABASE "{name}"')
    assert kinds() == [("spare_without_database", name.removeprefix(PREFIX), False)]
    assert kinds(fix=True) == [("spare_without_database", name.removeprefix(PREFIX), True)]
    assert not SpareDatabase.objects.exists()


def test_a_spare_without_its_row_is_dropped(fleet: Fleet) -> None:
    fleet.make_database("spare_0123456789ab")
    assert kinds(fix=True) == [("spare_without_row", "spare_0123456789ab", True)]
    assert fleet.names() == set()


def test_a_spare_that_no_run_needs_any_more_is_dropped(fleet: Fleet, ask: Ask) -> None:
    refill_spares("primary", wanted=1)
    requested = request_shop(ask("acme"))
    SpareDatabase.objects.update(state="claimed", claimed_by=requested.run_id)
    assert kinds(fix=True) == []
    cancel_tenant(requested.tenant_id, reason="")
    [(kind, _, fixed)] = kinds(fix=True)
    assert (kind, fixed) == ("abandoned_spare", True)
    assert fleet.names() == set()
    assert not SpareDatabase.objects.exists()


def test_what_is_left_of_templates_is_dropped(fleet: Fleet) -> None:
    fleet.make_database("tenant_template_building_0123abcd", template="template0")
    fleet.make_database("tenant_template_old_0123abcd", template="template0")
    TemplateVersion.objects.create(
        server_id="primary", version="x", database_name=f"{PREFIX}tenant_template_building_4567abcd", schema_digest="0"
    )
    found = [
        ("template_leftover", "tenant_template_building_0123abcd"),
        ("template_leftover", "tenant_template_old_0123abcd"),
        ("unfinished_template", "tenant_template_building_4567abcd"),
    ]
    assert kinds() == [(*finding, False) for finding in found]
    assert kinds(fix=True) == [(*finding, True) for finding in found]
    assert fleet.names() == set()
    assert kinds() == []


def test_a_template_that_is_being_built_is_left_alone(fleet: Fleet) -> None:
    fleet.make_database("tenant_template_building_0123abcd", template="template0")
    with owner_connection("primary") as other, only_one(other, "tenant template"):
        assert kinds(fix=True) == []
    assert fleet.names() == {"tenant_template_building_0123abcd"}


def test_a_server_without_addresses_is_reported_and_the_others_are_looked_at(fleet: Fleet) -> None:
    DatabaseServer.objects.create(key="atlantis")
    fleet.make_database("lost")
    assert kinds(fix=True) == [("unreachable_server", "", False), ("orphan_database", "lost", True)]


def test_a_server_that_is_down_is_reported_and_the_others_are_looked_at(fleet: Fleet, settings: object) -> None:
    servers = settings.DATABASE_SERVERS  # type: ignore[attr-defined]
    down = {"app": "host=/nowhere", "owner": "host=/nowhere dbname=x"}
    settings.DATABASE_SERVERS = {**servers, "east": down}  # type: ignore[attr-defined]
    DatabaseServer.objects.create(key="east")
    fleet.make_database("lost")
    assert kinds(fix=True) == [("unreachable_server", "", False), ("orphan_database", "lost", True)]
