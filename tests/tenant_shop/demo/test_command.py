"""`manage.py demo_shops`: safe to repeat, safe to break off, not for production."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from platform_core.accounts.models import PlatformUser
from platform_core.tenancy import directory
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo
from smartseller.settings import base, local
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.configuration.models import Setting
from tenant_shop.customers.models import Customer
from tenant_shop.demo import fill
from tenant_shop.demo.shops import SLUGS, demo_shop
from tests.databases import WorkerDatabases
from tests.people import make_user
from tests.tenant_shop.demo.conftest import Visit

PRODUCTION = Path(base.__file__).with_name("production.py")


def state_of(connection: Any) -> dict[str, Any]:
    """Every row of a database, as digests by table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" AS t')
            found[table] = cursor.fetchone()
    return found


def files() -> dict[str, tuple[int, object]]:
    return {
        name: (default_storage.size(name), default_storage.get_modified_time(name))
        for name in (f"products/{file}" for file in default_storage.listdir("products")[1])
    }


def everything(visit: Visit) -> list[Any]:
    found: list[Any] = [state_of(connections["default"])]
    for slug in SLUGS:
        with visit(slug):
            found += [state_of(shop_connection()), files()]
    return found


@pytest.mark.slow
def test_a_second_run_changes_nothing(visit: Visit) -> None:
    before = everything(visit)
    said = io.StringIO()

    call_command("demo_shops", stderr=said)

    assert everything(visit) == before
    assert said.getvalue().splitlines() == [
        "Fernmoor Outdoor is there already.",
        "Kasumino Clay & Paper is there already.",
    ]


@pytest.mark.slow
def test_the_list_names_every_door_and_a_password_that_opens_it(visit: Visit) -> None:
    printed = io.StringIO()

    call_command("demo_shops", "--list", "--json", stdout=printed)

    places = json.loads(printed.getvalue())
    assert {key for place in places for key in place} == {"name", "url", "login", "password"}
    assert {place["url"] for place in places} == {
        "http://localhost:8000/",
        "http://localhost:8000/admin/",
        *(
            f"http://{slug}.localhost:8000{path}"
            for slug in SLUGS
            for path in ("/", "/account/", "/account/company/", "/dashboard/", "/admin/")
        ),
    }
    for place in places:
        if "/account/" in place["url"]:
            with visit(place["url"].partition("://")[2].partition(".")[0]):
                assert check_password(place["password"], Customer.objects.get(email=place["login"]).password_hash)
        elif place["login"]:
            assert PlatformUser.objects.get(email=place["login"]).check_password(place["password"])
    operator = next(place["login"] for place in places if place["url"] == "http://localhost:8000/admin/")
    assert PlatformUser.objects.get(email=operator).is_superuser


@pytest.mark.slow
def test_a_fill_that_breaks_off_leaves_an_empty_shop_and_the_next_one_fills_it(
    shop: TenantInfo, small_pictures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo, now, staff = demo_shop("kasumino"), timezone.now(), str(make_user().pk)

    def break_off(*args: Any, **kwargs: Any) -> int:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(fill, "write_reviews", break_off)
        before = state_of(shop_connection())
        with pytest.raises(RuntimeError, match="the power is gone"):
            fill.fill_shop(demo, staff=staff, now=now)
        assert state_of(shop_connection()) == before

    filled = fill.fill_shop(demo, staff=staff, now=now)
    assert filled is not None
    assert filled.products == Product.objects.count() == len(demo.products)
    assert len(files()) == filled.pictures
    assert ProductImage.objects.exclude(renditions_due_at=now).count() == 0


def test_a_shop_with_products_is_left_alone(shop: TenantInfo, small_pictures: None) -> None:
    from tests.factories.catalog import ProductFactory

    ProductFactory()
    before = state_of(shop_connection())

    assert fill.fill_shop(demo_shop("fernmoor"), staff=str(make_user().pk), now=timezone.now()) is None

    assert state_of(shop_connection()) == before
    assert not Setting.objects.filter(key="store_name", value="Fernmoor Outdoor").exists()


@pytest.mark.parametrize("arguments", [[], ["--list", "--json"]])
def test_settings_that_do_not_allow_it_refuse_it_and_nothing_is_made(
    platform: WorkerDatabases, settings: Any, arguments: list[str]
) -> None:
    settings.DEMO_SHOPS = False

    with pytest.raises(CommandError, match="passwords that everybody knows"):
        call_command("demo_shops", *arguments)

    assert PlatformUser.objects.count() == 0
    assert directory.serving() == []


def test_only_local_and_test_settings_allow_it() -> None:
    assert base.DEMO_SHOPS is False
    assert local.DEMO_SHOPS is True
    assert settings.DEMO_SHOPS is True
    assert "DEMO_SHOPS" not in PRODUCTION.read_text()
