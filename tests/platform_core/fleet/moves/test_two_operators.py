"""Two operators move, drain, retire, take in or set up at the same moment: it is done once, and nothing is half."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_core.fleet.copies.export import ask_for_export, run_export
from platform_core.fleet.copies.import_archive import import_archive
from platform_core.fleet.hosting.drain import drain_server
from platform_core.fleet.hosting.retire import retire_server
from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.moves.models import Move
from platform_core.fleet.moves.move import move_shop, undo_move
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.setup import set_up_platform
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant
from tenant_shop.models import Customer
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.moves.conftest import Left, MakeFullShop, SecondServer
from tests.platform_core.fleet.twice import twice
from tests.second_server import NO_TEMPLATE

pytestmark = pytest.mark.slow


def test_a_shop_is_moved_once_and_goes_back_once(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left
) -> None:
    shop = make_full_shop("acme")
    assert twice(lambda: move_shop(shop.id, to="second")) == ["MoveRefused", "done"]
    assert (Move.objects.get().state, directory.by_slug("acme").server) == ("succeeded", "second")
    assert twice(lambda: undo_move(shop.id)) == ["MoveRefused", "done"]
    now = directory.by_slug("acme")
    assert (now.server, now.epoch, now.availability, now.database_name) == ("primary", 3, "open", shop.database_name)
    assert KeptDatabase.objects.count() == 1
    assert left_behind() == []
    assert reconcile().findings == []


def test_a_server_is_drained_by_both_and_retired_by_both(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left
) -> None:
    shops = [make_full_shop(slug, customers=1) for slug in ("acme", "bean")]
    for shop in shops:
        move_shop(shop.id, to="second")

    assert twice(lambda: drain_server("second")) == ["done", "done"]

    assert {directory.by_slug(slug).server for slug in ("acme", "bean")} == {"primary"}
    assert Move.objects.filter(state="succeeded", source="second").count() == 2
    assert left_behind() == []
    KeptDatabase.objects.all().delete()
    second.clean()
    outcomes = twice(lambda: retire_server("second"))
    assert "done" in outcomes
    assert DatabaseServer.objects.get(key="second").state == "retired"
    assert second.names() - {NO_TEMPLATE} == set()


def test_an_archive_is_taken_in_once_at_one_address(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("acme", customers=2)
    path = backups / run_export(ask_for_export(shop.id).pk).location
    outcomes = twice(lambda: import_archive(path, slug="again", owner_email="ann@acme.example"))
    assert "done" in outcomes
    assert Tenant.objects.filter(slug="again", status="active").count() == 1
    with tenant_context(directory.by_slug("again")):
        assert Customer.objects.count() == 2
    assert fleet.names() == {"acme", "again"}
    assert reconcile().findings == []


def test_the_platform_is_set_up_by_both(fleet: Fleet) -> None:
    assert twice(set_up_platform) == ["done", "done"]
    assert reconcile().findings == []
