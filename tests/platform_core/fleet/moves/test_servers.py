"""Servers are added, drained and retired; a shop with a region is never outside of it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.errors import NoServerAvailable, OutsideRegion, UnknownServer
from platform_core.fleet.hosting import drain
from platform_core.fleet.hosting.add import add_server
from platform_core.fleet.hosting.drain import drain_server
from platform_core.fleet.hosting.errors import ServerRefused
from platform_core.fleet.hosting.retire import retire_server
from platform_core.fleet.models import DatabaseServer, TemplateVersion
from platform_core.fleet.moves.models import Move
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.kept import drop_kept
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.fleet.restores.restore import restore_shop, undo_restore
from platform_core.fleet.restores.verify import verify_backup
from platform_core.fleet.servers import place_shop
from platform_core.fleet.spares import refill_spares
from platform_core.management.operator import Refused
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant
from tenant_shop.models import Customer
from tests.platform_core.fleet.conftest import Ask, Fleet, ask
from tests.platform_core.fleet.moves.conftest import Left, MakeFullShop, SecondServer
from tests.second_server import NO_TEMPLATE
from tests.shopper import Shopper

__all__ = ["ask"]


def run(*arguments: str) -> tuple[Any, str]:
    """The document that a command writes to stdout, and what it writes to stderr."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


def emails(slug: str = "acme") -> list[str]:
    with tenant_context(directory.by_slug(slug)):
        return sorted(Customer.objects.values_list("email", flat=True))


@pytest.mark.slow
def test_a_drained_server_takes_no_shop_and_loses_those_it_has_and_is_retired_when_empty(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left
) -> None:
    refill_spares("primary")
    for slug in ("acme", "bean"):
        make_full_shop(slug, customers=1)
    with pytest.raises(ServerRefused, match="it takes shops"):
        retire_server("primary")

    document, said = run("servers", "drain", "primary")

    assert [(shop["slug"], shop["server"], shop["method"]) for shop in document["moved"]] == [
        ("acme", "second", "replication"),
        ("bean", "second", "replication"),
    ]
    assert (document["failed"], document["left"]) == ({}, [])
    assert "1 of 2: acme is on second, closed for " in said
    assert [emails("acme"), emails("bean")] == [["c0@acme.example"], ["c0@bean.example"]]
    assert place_shop() == "second"
    assert fleet.names() == {"acme", "bean"}  # kept for the way back; no spare is left
    assert left_behind() == []
    with pytest.raises(ServerRefused, match="is kept on it until"):
        retire_server("primary")
    for name in list(KeptDatabase.objects.values_list("name", flat=True)):
        KeptDatabase.objects.filter(name=name).update(kept_until="2020-01-01T00:00Z")
        drop_kept(name)
    fleet.make_database("stranger")
    with pytest.raises(ServerRefused, match="1 database is on it"):
        retire_server("primary")
    assert DatabaseServer.objects.get(key="primary").state == "draining"
    assert TemplateVersion.objects.filter(server="primary").exists()


@pytest.mark.slow
def test_an_empty_server_is_retired_and_looked_after_no_more(fleet: Fleet, second: SecondServer) -> None:
    drain_server("second")

    retire_server("second")

    assert DatabaseServer.objects.get(key="second").state == "retired"
    assert second.names() == set()
    assert not TemplateVersion.objects.filter(server="second").exists()
    with pytest.raises(ServerRefused, match="it is retired"):
        drain_server("second")
    second.stop()
    assert reconcile(fix=True).findings == []
    with platform_scope():
        assert set(AuditLog.objects.values_list("action", flat=True)) >= {"drain_server", "retire_server"}


@pytest.mark.slow
def test_a_drain_goes_on_after_a_shop_that_cannot_be_moved_and_takes_up_what_was_cut_short(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop
) -> None:
    for slug in ("acme", "bean"):
        make_full_shop(slug, customers=1)
    Tenant.objects.filter(slug="acme").update(region="nowhere")

    with pytest.raises(Refused, match="1 shop is still on primary: acme"):
        run("servers", "drain", "primary")

    assert directory.by_slug("bean").server == "second"
    assert directory.by_slug("acme").server == "primary"
    assert Shopper("acme.localhost").get("/").status_code == 200
    Tenant.objects.filter(slug="acme").update(region="elsewhere")
    directory.clear()
    with mock.patch.object(drain, "move_shop") as began:
        began.side_effect = KeyboardInterrupt
        with pytest.raises(KeyboardInterrupt):
            drain_server("primary")

    drained = drain_server("primary")

    assert [shop.slug for shop in drained.moved] == ["acme"]
    assert drained.left == []
    assert directory.by_slug("acme").server == "second"


@pytest.mark.slow
def test_a_shop_is_restored_to_another_server_of_its_region_and_back(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop
) -> None:
    shop = make_full_shop("acme", customers=1)
    backup = back_up_shop(shop.id)
    with tenant_context(shop):
        Customer.objects.create(email="late@acme.example", first_name="L", last_name="L")
    Tenant.objects.update(region="eu")
    with pytest.raises(OutsideRegion, match="may be in eu only, and the server second is in elsewhere"):
        restore_shop(shop.id, backup, to="second")
    with pytest.raises(OutsideRegion):
        verify_backup(backup, server="second")
    assert (Restore.objects.count(), second.names()) == (0, {NO_TEMPLATE})
    Tenant.objects.update(region="elsewhere")

    restored = restore_shop(shop.id, backup, to="second")

    now = directory.by_slug("acme")
    assert (now.server, now.epoch, now.availability, now.database_name) == ("second", 2, "open", restored.new_database)
    assert emails() == ["c0@acme.example"]
    assert [(kept.server, kept.name) for kept in KeptDatabase.objects.all()] == [("primary", shop.database_name)]
    assert reconcile(fix=True).findings == []
    Tenant.objects.update(region="")

    undo_restore(shop.id)

    assert directory.by_slug("acme").server == "primary"
    assert emails() == ["c0@acme.example", "late@acme.example"]
    assert [(kept.server, kept.name) for kept in KeptDatabase.objects.all()] == [("second", restored.new_database)]
    assert reconcile(fix=True).findings == []


@pytest.mark.slow
def test_a_shop_whose_server_is_lost_is_restored_elsewhere(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, backups: Path
) -> None:
    shop = make_full_shop("acme", customers=1)
    from platform_core.fleet.moves.move import move_shop

    move_shop(shop.id, to="second")
    backup = back_up_shop(shop.id)
    second.stop()

    document, _ = run("restore", "--tenant", "acme", "--backup", str(backup.pk), "--to", "primary", "--lost", "--yes")

    assert (document["server"], document["state"], document["epoch"]) == ("primary", "succeeded", 3)
    assert emails() == ["c0@acme.example"]


def test_a_shop_is_only_made_in_its_region(fleet: Fleet, ask: Ask) -> None:
    with pytest.raises(NoServerAvailable, match="in eu"):
        request_shop(ask("acme", region="eu"))
    assert Tenant.objects.count() == 0

    requested = request_shop(ask("acme", region="local"))

    assert Tenant.objects.get(pk=requested.tenant_id).region == "local"


def test_a_server_does_not_change_its_region_under_shops_that_are_bound_to_it(fleet: Fleet) -> None:
    fleet.databases.make_shop("acme", region="local")

    with pytest.raises(ServerRefused, match="1 shop on it, acme first, may not be in eu"):
        add_server("primary", region="eu")
    with pytest.raises(UnknownServer):
        add_server("third")

    assert DatabaseServer.objects.get().region == "local"
    with mock.patch("platform_core.fleet.hosting.add.refill_spares") as refilled:
        refilled.return_value.made = 1
        document, _ = run("servers", "add", "primary", "--capacity", "7")
    assert document == [
        {"server": "primary", "region": "local", "state": "open", "shops": 1, "capacity": 7, "spares": 0}
    ]


def test_servers_are_listed_with_what_is_on_them(fleet: Fleet) -> None:
    fleet.databases.make_shop("acme")
    assert run("servers", "list")[0] == [
        {"server": "primary", "region": "local", "state": "open", "shops": 1, "capacity": 1000, "spares": 0}
    ]
    assert Move.objects.count() == 0
