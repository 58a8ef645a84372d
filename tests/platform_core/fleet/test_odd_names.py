"""A name that SQL would take for its own words, and names that no shop's database can have."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.drop import drop_shop
from platform_core.fleet.migrate.run import migrate_shops
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.restores.restore import restore_shop, undo_restore
from platform_core.fleet.restores.verify import verify_backup
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tenant_shop.models import Customer, Setting
from tests.platform_core.fleet.backups.conftest import MakeFullShop, backups, make_full_shop
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, Release, order, release

__all__ = ["backups", "make_full_shop", "release"]


@pytest.mark.slow
def test_a_shop_whose_name_is_sqls_own_words_lives_and_dies_like_any_other(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, release: Release
) -> None:
    slug = "select-from-user"
    shop = make_full_shop(slug, customers=1)
    assert reconcile().findings == []
    release(COLUMN)
    assert migrate_shops(order()).counts == {"succeeded": 1}
    directory.clear()
    backup = back_up_shop(shop.id)
    verify_backup(backup)
    with tenant_context(directory.by_slug(slug)):
        Customer.objects.all().delete()
    restore_shop(shop.id, backup)
    directory.clear()
    with tenant_context(directory.by_slug(slug)):
        assert Customer.objects.count() == 1
    undo_restore(shop.id)
    directory.clear()
    with tenant_context(directory.by_slug(slug)):
        assert Customer.objects.count() == 0
        assert Setting.objects.filter(key="greeting").exists()
    cancel_tenant(shop.id, reason="closed")
    drop_shop(shop.id, reason="closed")
    KeptDatabase.objects.update(kept_until="2020-01-01T00:00:00Z")
    reconcile(fix=True)
    assert fleet.names() == set()


@pytest.mark.parametrize("database", ['smartseller_"x"', "smartseller_x'y", "smartseller_x; DROP", "Smartseller_x", ""])
def test_a_name_that_no_shop_can_have_is_refused_by_the_platforms_database(fleet: Fleet, database: str) -> None:
    with pytest.raises(IntegrityError, match="tenants_database_name_plain"):
        Tenant.objects.create(slug="acme", name="Acme", database_name=database, contact_email="a@acme.example")
    assert not Tenant.objects.exists()
