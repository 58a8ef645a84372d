"""Pages elsewhere, versions that end, and answers that are made smaller."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from platform_core.tenancy import middleware
from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.api.versions import VERSIONS
from tenant_shop.integrations.keys.models import ApiKey
from tests.people import staff_browser
from tests.programs import client_with, key_of, program, publishable_key
from tests.statements import StatementCount

PAGES, YORE = "/api/v1/probe-of-pages/", "/api/v1/probe-of-yore/"
PAGE = "https://example.com"
WHOLE: dict[str | None, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: bytes,
}
ASKS = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture(autouse=True)
def _probed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SHOP_URLCONF", "tests.tenant_shop.api.probe")


def cors(response: Any) -> dict[str, str]:
    return {
        name.removeprefix("Access-Control-"): value
        for name, value in response.headers.items()
        if name.startswith("Access-Control-Allow")
    }


def visitor() -> Client:
    return Client(SERVER_NAME="acme.localhost")


@pytest.mark.parametrize("path", [PAGES, "/api/v1/", "/api/v1/nothing/"])
def test_a_browser_may_ask_where_a_key_is_good(path: str, acme: TenantInfo) -> None:
    publishable_key(acme, origins=[PAGE])

    response = visitor().options(path, headers=ASKS)

    assert (response.status_code, response.content) == (204, b"")
    assert cors(response) == {
        "Allow-Origin": PAGE,
        "Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
        "Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, API-Version, Prefer",
    }
    assert response.headers["Access-Control-Max-Age"] == "600"
    assert "Origin" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "values",
    [
        {"origins": []},
        {"origins": ["https://example.org"]},
        {"origins": ["http://example.com"]},
        {"origins": ["https://example.com:8443"]},
        {"origins": [PAGE], "expires_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"origins": [PAGE], "revoked_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_where_no_key_is_good_a_browser_may_not(values: dict[str, Any], acme: TenantInfo) -> None:
    publishable_key(acme)
    with tenant_context(acme):
        ApiKey.objects.update(**values)

    assert cors(visitor().options(PAGES, headers=ASKS)) == {}


@pytest.mark.parametrize("origin", ["", "null", "https://example.com\x00", "https://example.com.evil.example", "*"])
def test_only_the_very_origin_is_meant(origin: str, acme: TenantInfo) -> None:
    publishable_key(acme, origins=[PAGE])
    assert cors(visitor().options(PAGES, headers=ASKS | {"Origin": origin})) == {}


def test_asking_costs_one_statement(acme: TenantInfo) -> None:
    publishable_key(acme, origins=["*"])
    visitor().options(PAGES, headers=ASKS)
    with StatementCount() as statements:
        assert cors(visitor().options(PAGES, headers=ASKS))["Allow-Origin"] == PAGE
    assert statements.count == 1


@pytest.mark.parametrize("origins", [["*"], [PAGE], ["https://EXAMPLE.com/"]])
def test_a_page_reads_answers_and_errors_with_a_key_that_is_good_there(origins: list[str], acme: TenantInfo) -> None:
    page = client_with(acme, publishable_key(acme, origins=origins).secret)

    for path, status in ((PAGES, 200), ("/api/v1/orders/", 403), ("/api/v1/nothing/", 404)):
        response = page.get(path, headers={"Origin": PAGE})
        assert (response.status_code, cors(response)) == (status, {"Allow-Origin": PAGE})
        assert "RateLimit-Remaining" in response.headers["Access-Control-Expose-Headers"]
        assert "Origin" in response.headers["Vary"]
    wrong = visitor().get(PAGES, headers={"Origin": PAGE, "Authorization": "Bearer nonsense"})
    assert (wrong.status_code, cors(wrong)) == (401, {"Allow-Origin": PAGE})


def test_a_key_is_of_no_use_in_a_page_that_it_does_not_name(acme: TenantInfo) -> None:
    secret = client_with(acme, key_of(acme, "write_products").secret)

    response = secret.post("/api/v1/probe/", {"name": "a"}, content_type="application/json", headers={"Origin": PAGE})

    assert (response.status_code, response.json()["error"]["code"]) == (403, "origin_not_allowed")
    assert cors(response) == {}
    assert secret.get("/api/v1/probe/").json() == {"brands": 0}
    own = secret.get("/api/v1/probe/", headers={"Origin": "http://acme.localhost"})  # the shop's own page about its API
    assert (own.status_code, cors(own)) == (200, {})


def test_a_session_is_never_let_into_a_page_elsewhere(acme: TenantInfo) -> None:
    response = staff_browser(acme).get("/api/v1/products/", headers={"Origin": PAGE})
    assert cors(response) == {}


def test_another_shops_keys_open_nothing_here(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    publishable_key(make_shop("bolt"), origins=["*"])
    assert cors(visitor().options(PAGES, headers=ASKS)) == {}


def test_every_answer_says_its_version_and_one_that_is_none_is_refused(acme: TenantInfo) -> None:
    caller = program(acme, "read_products")

    assert caller.get(PAGES).headers["API-Version"] == VERSIONS[0]
    assert caller.get(PAGES, headers={"API-Version": VERSIONS[0]}).status_code == 200
    refused = caller.get(PAGES, headers={"API-Version": "2019-01-01"})
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["code"], error["versions"]) == ("api_version_unknown", list(VERSIONS))
    assert refused.headers["API-Version"] == VERSIONS[0]
    assert visitor().get(PAGES).headers["API-Version"] == VERSIONS[0]  # 401


def test_what_is_on_its_way_out_says_until_when_and_where_to_look(acme: TenantInfo) -> None:
    caller = program(acme, "write_products")
    body = {"data": {"name": "a"}, "content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    with time_machine.travel(datetime(2026, 6, 30, tzinfo=UTC), tick=False):
        for response in (caller.get(YORE), caller.post(YORE, **body), caller.post(YORE, **body)):
            assert response.headers["Deprecation"] == "@1767225600"
            assert response.headers["Sunset"] == "Wed, 01 Jul 2026 00:00:00 GMT"
            assert response.headers["Link"] == '<https://example.com/changes>; rel="deprecation"; type="text/html"'
    with time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC), tick=False):
        response = caller.get(YORE)
    assert (response.status_code, response.json()["error"]["code"]) == (410, "sunset")
    assert "Deprecation" not in caller.get(PAGES).headers


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.8", "br"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("deflate, GZIP ; q=1.0", "gzip"),
        ("", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip; q=0.000, br;q=x", None),
        ("x-gzip-not", None),
    ],
)
def test_who_takes_brotli_or_gzip_gets_it_and_the_etag_stays(
    accepts: str, encoding: str | None, acme: TenantInfo
) -> None:
    caller = program(acme, "read_products")

    response = caller.get(f"{PAGES}?words=1000", headers={"Accept-Encoding": accepts})

    assert response.headers.get("Content-Encoding") == encoding
    assert WHOLE[encoding](response.content) == b'{"text":"' + b"harbour " * 1000 + b'"}'
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert response.headers["ETag"] == '"a1"'
    assert "Accept-Encoding" in response.headers["Vary"]


def test_a_session_gets_no_brotli_which_cannot_be_padded(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    for accepts, encoding in (("gzip, br", "gzip"), ("br", None)):
        response = browser.get(f"{PAGES}?words=1000", headers={"Accept-Encoding": accepts})
        assert response.headers.get("Content-Encoding") == encoding


def test_what_is_short_is_left_as_it_is(acme: TenantInfo) -> None:
    response = program(acme, "read_products").get(f"{PAGES}?words=2", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


def test_an_answer_that_is_sent_again_is_kept_whole_and_made_small_for_each(acme: TenantInfo) -> None:
    caller = program(acme, "write_products")

    def send(accepts: str) -> Any:
        return caller.post(
            "/api/v1/probe/",
            {"name": "a" * 80},
            content_type="application/json",
            headers={"Idempotency-Key": "n1", "Accept-Encoding": accepts},
        )

    plain = send("identity")
    again = send("gzip")
    assert again.headers["Idempotent-Replayed"] == "true"
    body = gzip.decompress(again.content) if "Content-Encoding" in again.headers else again.content
    assert body == plain.content


def test_a_key_that_ends_while_a_page_is_open_is_refused_readably(acme: TenantInfo) -> None:
    made = publishable_key(acme, origins=[PAGE])
    publishable_key(acme, origins=[PAGE])
    with tenant_context(acme):
        ApiKey.objects.filter(pk=made.key.pk).update(revoked_at=timezone.now() - timedelta(seconds=1))
    response = client_with(acme, made.secret).get(PAGES, headers={"Origin": PAGE})
    assert (response.json()["error"]["code"], cors(response)) == ("key_revoked", {"Allow-Origin": PAGE})
