"""The Host header decides the shop, and nothing else does."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path

from platform_core.tenancy import directory, gate
from platform_core.tenancy.context import active_tenant
from platform_core.tenancy.errors import UnknownTenant
from platform_core.tenancy.hosts import CustomHost, PlatformHost, ShopHost, read_host
from smartseller.errors import RuleViolation
from tenant_shop.catalog.models import Category


class Refused(RuleViolation):
    code = "refused"


def whoami(request):
    return HttpResponse(f"{active_tenant().slug}: {Category.objects.count()}")


def stream(request):
    def body():
        yield f"{active_tenant().slug}: "
        yield f"{Category.objects.count()}"

    return StreamingHttpResponse(body())


def refuse(request):
    raise Refused("That is not possible <b>now</b>.")


def fail(request):
    raise ValueError("secret detail")


urlpatterns = [
    path("whoami/", whoami),
    path("stream/", stream),
    path("refuse/", refuse),
    path("fail/", fail),
    path("readyz", lambda request: HttpResponse("ok")),
    path("dashboard/", whoami),
]
handler404 = "platform_core.tenancy.status_pages.page_not_found"
handler500 = "platform_core.tenancy.status_pages.server_error"


@pytest.fixture(autouse=True)
def shop_urls(monkeypatch):
    monkeypatch.setattr("platform_core.tenancy.middleware.SHOP_URLCONF", __name__)


def get(host, url="/whoami/", **extra):
    return Client(raise_request_exception=False).get(url, headers={"host": host}, **extra)


@pytest.mark.parametrize(
    ("header", "reading"),
    [
        ("localhost", PlatformHost()),
        ("LOCALHOST:8000", PlatformHost()),
        ("www.localhost", PlatformHost()),
        ("localhost.", PlatformHost()),
        ("acme.localhost", ShopHost("acme")),
        ("Acme.LocalHost:8000", ShopHost("acme")),
        ("acme.localhost.:8000", ShopHost("acme")),
        ("shop.acme.localhost", None),
        ("acme.example", CustomHost("acme.example")),
        ("-acme.localhost", None),
        ("acme_.localhost", None),
        ("acme..localhost", None),
        ("[::1]", None),
        ("a" * 64 + ".example", None),
        (".".join(["a" * 60] * 5), None),
    ],
)
def test_what_a_host_header_stands_for(header, reading):
    assert read_host(header) == reading


@pytest.mark.parametrize("host", ["acme.localhost", "ACME.localhost", "acme.localhost:9999", "acme.localhost."])
def test_a_shop_answers_to_its_name_in_every_spelling(make_shop, host):
    make_shop("acme")
    response = get(host)
    assert (response.status_code, response.content) == (200, b"acme: 0")


def test_a_shop_answers_to_its_own_domain_but_its_staff_are_sent_to_the_platforms(make_shop):
    make_shop("acme", domain="shop.acme.example")
    assert get("shop.acme.example").content == b"acme: 0"
    response = get("shop.acme.example", "/dashboard/?tab=1")
    assert (response.status_code, response["Location"]) == (302, "http://acme.localhost:8000/dashboard/?tab=1")


@pytest.mark.parametrize("host", ["nobody.localhost", "evil.example", "shop.acme.localhost", "127.0.0.2"])
def test_nobodys_host_is_not_found(make_shop, host):
    make_shop("acme")
    assert get(host).status_code == 404


@pytest.mark.parametrize("host", ["acme.localhost:8000@evil.example", "acme.localhost/x", "a b", "acme.localhost\\@x"])
def test_a_malformed_host_is_a_bad_request(make_shop, host):
    make_shop("acme")
    assert get(host).status_code == 400


def test_a_forwarded_host_is_not_believed(make_shop):
    make_shop("acme")
    make_shop("globex")
    response = get("acme.localhost", HTTP_X_FORWARDED_HOST="globex.localhost", HTTP_FORWARDED="host=globex.localhost")
    assert response.content == b"acme: 0"


@pytest.mark.parametrize(
    ("values", "status", "headers"),
    [
        ({"status": "pending_setup"}, 202, {"Refresh": "2"}),
        ({"availability": "maintenance"}, 503, {"Retry-After": "5"}),
        ({"availability": "moving"}, 503, {"Retry-After": "5"}),
        ({"schema_version": "0000"}, 503, {"Retry-After": "5"}),
        ({"status": "suspended"}, 403, {}),
        ({"status": "cancelled"}, 410, {}),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else str(value),
)
def test_a_shop_that_is_not_open_says_why(make_shop, values, status, headers):
    make_shop("acme", **values)
    response = get("acme.localhost")
    assert response.status_code == status
    assert {name: response[name] for name in headers} == headers
    assert response["Cache-Control"] == "no-store"
    assert get("acme.localhost", "/readyz").status_code == 200, "the view itself says what the state means"


def test_why_a_shop_answers_503_is_in_the_log_once(make_shop, caplog):
    gate._note.cache_clear()
    make_shop("acme", schema_version="0001_initial")
    for _ in range(3):
        assert get("acme.localhost").status_code == 503
    said = [record.getMessage() for record in caplog.records if "answers with 503" in record.getMessage()]
    assert said == [
        "acme answers with 503: its database is at 0001_initial, and this release needs "
        + gate.shop_hooks.oldest_schema_version
    ]


def test_a_query_that_postgresql_cannot_hold_is_a_bad_request(make_shop):
    make_shop("acme")
    assert get("acme.localhost", "/whoami/?q=%00").status_code == 400
    assert get("localhost", "/?q=a%00b").status_code == 400
    refused = get("acme.localhost", "/de/products/?q=%00")
    assert refused.status_code == 400
    assert "Die Anfrage wurde nicht verstanden." in refused.content.decode()


def test_a_suspended_shop_shows_its_merchant_the_bill(make_shop):
    make_shop("acme", status="suspended")
    assert get("acme.localhost", "/dashboard/").status_code == 402
    assert "write to help@smartseller.example" in get("acme.localhost", "/dashboard/").content.decode()


def test_a_streamed_body_is_produced_inside_its_shop(make_shop):
    make_shop("acme")
    response = get("acme.localhost", "/stream/")
    assert active_tenant() is None
    assert b"".join(response.streaming_content) == b"acme: 0"
    assert active_tenant() is None


def test_an_error_of_the_business_is_shown_with_its_status_and_escaped(make_shop):
    make_shop("acme")
    response = get("acme.localhost", "/refuse/")
    assert response.status_code == 409
    assert "That is not possible &lt;b&gt;now&lt;/b&gt;." in response.content.decode()


def test_a_fault_of_the_program_shows_nothing_of_itself(make_shop):
    make_shop("acme")
    response = get("acme.localhost", "/fail/")
    assert response.status_code == 500
    assert b"secret detail" not in response.content


def test_a_known_shop_is_found_without_a_query_or_redis(make_shop, count_statements):
    make_shop("acme")
    get("acme.localhost")
    with count_statements() as statements:
        assert get("acme.localhost").status_code == 200
    assert statements.count == 1, statements.sql


def test_a_change_is_seen_at_once_where_it_was_made_and_elsewhere_when_announced(make_shop, platform):
    shop = make_shop("acme")
    assert get("acme.localhost").status_code == 200
    platform.update_tenant("acme", status="suspended")
    assert get("acme.localhost").status_code == 200, "still within its time to live"
    directory.forget(shop.id)
    assert get("acme.localhost").status_code == 403


@pytest.mark.parametrize(
    ("slug", "change", "kept"),
    [
        ("acme", lambda shop: directory.drop(shop.id.hex), False),
        ("acme", lambda shop: directory.clear(), False),
        ("acme", lambda shop: directory.drop("plan:premium"), False),
        ("acme", lambda shop: directory.drop("plan:basic"), True),
        ("acme", lambda shop: directory.drop(uuid4().hex), True),
        ("not-yet-there", lambda shop: directory.drop(uuid4().hex), False),
        ("not-yet-there", lambda shop: None, True),
    ],
    ids=[
        "the shop changed",
        "messages were missed",
        "its plan changed",
        "another plan changed",
        "another shop changed",
        "a shop came to be",
        "nothing happened",
    ],
)
def test_what_was_read_before_a_change_is_not_kept_after_it(slug, change, kept, make_shop, monkeypatch):
    shop = make_shop("acme")
    read = directory._read

    def changed_meanwhile(field, value):
        found = read(field, value)
        change(shop)
        return found

    monkeypatch.setattr(directory, "_read", changed_meanwhile)
    if slug == "acme":
        assert directory.by_slug(slug) == shop
    else:
        with pytest.raises(UnknownTenant):
            directory.by_slug(slug)
    assert (("slug", slug) in directory._entries) == kept
    assert directory._forgotten_during == []


def test_known_shops_are_served_while_the_platforms_database_is_down_and_strangers_get_503(make_shop):
    make_shop("acme")
    get("acme.localhost")
    right = connections["default"].settings_dict["NAME"]
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = "no_such_database"
    try:
        with override_settings(TENANT_DIRECTORY_TTL=-1):
            assert get("acme.localhost").status_code == 200
            response = get("globex.localhost")
            assert (response.status_code, response["Retry-After"]) == (503, "5")
    finally:
        connections["default"].settings_dict["NAME"] = right
    assert get("globex.localhost").status_code == 404


def test_a_shops_database_that_is_down_is_503_and_recovers_by_itself(make_shop, platform):
    shop = make_shop("acme")
    with platform.unreachable(shop):
        response = get("acme.localhost")
        assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert get("acme.localhost").status_code == 200


def test_redis_down_costs_the_cache_and_nothing_else(make_shop, settings):
    make_shop("acme")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    cache.set("x", 1)
    assert cache.get("x") is None
    directory.forget(make_shop("globex").id)
    assert get("acme.localhost").status_code == 200


def test_a_shop_that_shows_no_page_answers_in_the_browsers_language(make_shop, client):
    make_shop("acme", status="suspended")
    for asked, language, words in (
        ("ar, en;q=0.5", 'lang="ar" dir="rtl"', "مغلق حاليًا"),
        ("fr-CH", 'lang="fr" dir="ltr"', "est fermé pour le moment"),
        ("xx, *", 'lang="en" dir="ltr"', "is closed at the moment"),
    ):
        page = client.get("/", headers={"host": "acme.localhost", "accept-language": asked}).content.decode()
        assert language in page
        assert words in page
