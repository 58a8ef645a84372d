"""Cache, sessions, files and log lines belong to one shop each."""

import logging

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.errors import NoTenant
from platform_core.tenancy.logs import TenantFilter


@pytest.fixture
def two_shops(make_shop):
    return make_shop("acme"), make_shop("globex")


def test_the_same_cache_key_is_another_entry_in_each_shop_and_on_the_platform(two_shops):
    acme, globex = two_shops
    with tenant_context(acme):
        cache.set("product:1", "acme's")
    with tenant_context(globex):
        assert cache.get("product:1") is None
        cache.set("product:1", "globex's")
    assert cache.get("product:1") is None
    with tenant_context(acme):
        assert cache.get("product:1") == "acme's"
        cache.delete("product:1")
    with tenant_context(globex):
        assert cache.get("product:1") == "globex's"


def test_a_session_lives_in_the_shop_it_began_in(two_shops):
    acme, globex = two_shops
    with tenant_context(acme):
        session = SessionStore()
        session["cart"] = "acme's"
        session.save()
        key = session.session_key
    with tenant_context(globex):
        assert SessionStore(key).load() == {}
    assert SessionStore(key).load() == {}
    with tenant_context(acme):
        assert SessionStore(key).load() == {"cart": "acme's"}


def test_the_same_file_name_is_another_file_in_each_shop(two_shops, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    for shop in two_shops:
        with tenant_context(shop):
            assert default_storage.save("logo.txt", ContentFile(shop.slug.encode())) == "logo.txt"
    for shop in two_shops:
        with tenant_context(shop):
            assert default_storage.open("logo.txt").read() == shop.slug.encode()
            other = next(s for s in two_shops if s is not shop)
            with pytest.raises(SuspiciousFileOperation):
                default_storage.open(f"../{other.id.hex}/logo.txt")
    with pytest.raises(NoTenant):
        default_storage.exists("logo.txt")


def test_log_lines_name_their_shop(two_shops):
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "hello", None, None)
    TenantFilter().filter(record)
    assert record.tenant == "platform"
    with tenant_context(two_shops[1]):
        TenantFilter().filter(record)
    assert record.tenant == "globex"


def test_the_log_line_of_a_refused_request_names_its_shop_too(two_shops, caplog):
    caplog.handler.addFilter(TenantFilter())
    assert Client().get("/nothing-here/", headers={"host": "globex.localhost"}).status_code == 404
    assert [record.tenant for record in caplog.records if record.name == "django.request"] == ["globex"]
