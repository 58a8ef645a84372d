"""A key opens the shop that made it, and there what its scopes say."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.accounts.permissions import AREA_OF
from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.api.keys.errors import KeyNotMade, ScopeNotYours, TooManyKeys
from smartseller.api.keys.secret import _sum, is_well_formed, make_secret
from smartseller.observability.keys_in_text import without_keys
from tenant_shop.api.v1.documents import Documents, OpenApi
from tenant_shop.api.v1.missing import Missing
from tenant_shop.api.v1.root import Root
from tenant_shop.api.v1.urls import urlpatterns
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.integrations.keys.make import MOST_KEYS, make_key
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.keys.scopes import RESOURCES, SCOPES, permission_for
from tests.factories.catalog import ProductFactory
from tests.people import staff_browser
from tests.programs import client_with, key_of, program, publishable_key
from tests.statements import StatementCount

PRODUCTS, ORDERS = "/api/v1/products/", "/api/v1/orders/"


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")


def code_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_a_secret_is_shown_once_and_what_is_kept_opens_nothing(acme: TenantInfo) -> None:
    made = key_of(acme, "read_orders")

    assert made.secret.startswith("sk_live_")
    assert is_well_formed(made.secret)
    with tenant_context(acme):
        row = ApiKey.objects.values().get()
    assert row["prefix"] == made.secret[:16]
    assert made.secret[16:] not in str(row)
    for kept in (row["prefix"], row["digest"], f"sk_live_{row['digest'][:38]}"):
        assert code_of(client_with(acme, kept).get(PRODUCTS)) == (401, "key_invalid")


@pytest.mark.parametrize(("kind", "is_test"), [("secret", True), ("publishable", False), ("publishable", True)])
def test_a_key_says_what_it_is(kind: str, is_test: bool) -> None:
    secret = make_secret(kind, is_test=is_test)

    assert secret.startswith(f"{'sk' if kind == 'secret' else 'pk'}_{'test' if is_test else 'live'}_")
    assert len(secret) == 46


def test_what_cannot_be_a_key_costs_no_statement(acme: TenantInfo) -> None:
    secret = make_secret("secret", is_test=False)
    client_with(acme, secret).get(PRODUCTS)  # by now it is known which shop it is
    one_letter_off = secret[:20] + ("a" if secret[20] != "a" else "b") + secret[21:]

    for text in (one_letter_off, secret[:-1], secret + "a", "", "x" * 100_000, "sk_live_" + "\N{DIGIT NINE}" * 38):
        with StatementCount() as statements:
            assert code_of(client_with(acme, text).get(PRODUCTS)) == (401, "key_invalid")
        assert statements.count == 0


def test_a_key_costs_one_statement(acme: TenantInfo) -> None:
    with tenant_context(acme):
        ProductFactory()
    caller = program(acme, "read_products")
    caller.get(PRODUCTS)  # by now it is known which shop it is

    with StatementCount() as statements:
        assert caller.get(PRODUCTS).status_code == 200

    # The key, since when nothing is missing, the rows, their variants, and which custom fields are told.
    assert statements.count == 5


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ((), (403, "scope_missing")),
        (("read_orders",), (403, "scope_missing")),
        (("read_products",), (200, None)),
        (("write_products",), (200, None)),  # who writes reads
    ],
)
def test_reading_needs_the_scope(scopes: tuple[str, ...], expected: tuple[int, str | None], acme: TenantInfo) -> None:
    response = program(acme, *scopes).get(PRODUCTS)

    assert (response.status_code, response.json().get("error", {}).get("code")) == expected


def test_a_refusal_names_the_scope_that_is_missing(acme: TenantInfo) -> None:
    error = program(acme, "write_orders").get(PRODUCTS).json()["error"]

    assert error["message"] == "The key needs the scope read_products."


def test_a_publishable_key_reads_nothing_that_shoppers_do_not_see(acme: TenantInfo) -> None:
    caller = client_with(acme, publishable_key(acme).secret)

    for path in (PRODUCTS, ORDERS):
        assert code_of(caller.get(path)) == (403, "publishable_key")


def test_another_shops_key_is_no_key_here_whatever_was_copied(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo]
) -> None:
    bolt = make_shop("bolt")
    made = key_of(acme, "read_products")
    with tenant_context(acme):
        row = ApiKey.objects.values().get()
    with tenant_context(bolt):
        ApiKey.objects.create(**row)

    assert client_with(acme, made.secret).get(PRODUCTS).status_code == 200
    assert code_of(client_with(bolt, made.secret).get(PRODUCTS)) == (401, "key_invalid")


def test_a_forged_host_leads_to_that_hosts_shop_and_its_keys(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo]
) -> None:
    make_shop("bolt")
    caller = client_with(acme, key_of(acme, "read_products").secret)

    assert code_of(caller.get(PRODUCTS, SERVER_NAME="bolt.localhost")) == (401, "key_invalid")
    assert caller.get(PRODUCTS, headers={"X-Forwarded-Host": "bolt.localhost"}).status_code == 200
    assert caller.get(PRODUCTS, SERVER_NAME="evil.example").status_code == 404
    assert code_of(caller.get(PRODUCTS, SERVER_NAME="localhost")) == (401, "key_invalid")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"revoked_at": timezone.now()}, "key_revoked"),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "key_expired"),
    ],
)
def test_a_key_whose_time_is_over_opens_nothing(values: dict[str, Any], code: str, acme: TenantInfo) -> None:
    made = key_of(acme, "read_products")
    with tenant_context(acme):
        ApiKey.objects.update(**values)

    response = client_with(acme, made.secret).get(PRODUCTS)

    assert code_of(response) == (401, code)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_wrong_key_is_refused_even_where_a_session_would_do(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    assert browser.get(PRODUCTS).status_code == 200
    for header in ("Bearer nonsense", "Bearer", "Basic c2tfbGl2ZV86", ""):
        assert code_of(browser.get(PRODUCTS, headers={"Authorization": header})) == (401, "key_invalid")


@pytest.mark.parametrize(
    "query", ["api_key={}", "x={}", "access_token=abc", "key={}", "cursor=sk_live_abcdefghijk", "{}"]
)
def test_a_key_in_the_address_is_refused_whoever_asks(query: str, acme: TenantInfo) -> None:
    made = key_of(acme, "read_products")
    address = f"{PRODUCTS}?{query.format(made.secret)}"

    assert code_of(Client(SERVER_NAME="acme.localhost").get(address)) == (400, "key_in_address")
    assert code_of(client_with(acme, made.secret).get(address)) == (400, "key_in_address")


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        (["192.0.2.7"], "192.0.2.7", 200),
        (["192.0.2.0/24"], "192.0.2.200", 200),
        (["192.0.2.9/24"], "192.0.2.200", 200),  # as people write it
        (["192.0.2.0/24"], "::ffff:192.0.2.200", 200),
        (["2001:db8::/32"], "2001:db8::1", 200),
        (["192.0.2.0/24"], "192.0.3.1", 403),
        (["192.0.2.0/24"], "2001:db8::1", 403),
        (["192.0.2.0/24"], "unix:", 403),
    ],
)
def test_a_key_is_good_at_its_addresses_only(networks: list[str], address: str, status: int, acme: TenantInfo) -> None:
    caller = program(acme, "read_products", networks=networks)

    assert caller.get(PRODUCTS, REMOTE_ADDR=address).status_code == status
    assert caller.get(PRODUCTS, REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=address).status_code == 403


def test_a_test_key_works_while_the_shop_is_tried_out_and_a_live_one_always(acme: TenantInfo) -> None:
    test, live = program(acme, "read_products", is_test=True), program(acme, "read_products")

    assert code_of(test.get(PRODUCTS)) == (403, "test_key_in_live_mode")
    with tenant_context(acme):
        change_settings({"test_mode": True})
    assert (test.get(PRODUCTS).status_code, live.get(PRODUCTS).status_code) == (200, 200)


def test_a_session_reads_as_its_role_does_and_writes_nothing(acme: TenantInfo) -> None:
    viewer = staff_browser(acme, AccessRole.VIEWER)

    assert viewer.get(ORDERS).status_code == 200
    assert viewer.post(ORDERS).status_code == 405


def test_every_view_says_what_it_is_about() -> None:
    views = {getattr(pattern.callback, "cls", pattern.callback.view_class) for pattern in urlpatterns}

    for_everybody = {Root, Missing, Documents, OpenApi}
    assert [view for view in views - for_everybody if view.scopes is None] == []


def test_publishable_keys_open_carts_and_what_is_on_sale() -> None:
    views = {pattern.name: getattr(pattern.callback, "cls", None) for pattern in urlpatterns}
    opened = {
        name: view.scopes for name, view in views.items() if getattr(view, "scopes", None) and view.scopes.publishable
    }

    assert {name.partition("-")[0] for name in opened} == {"cart", "carts", "checkout", "storefront"}
    assert {scopes.resource for scopes in opened.values()} == {"carts", "products"}
    assert all(not scopes.is_public("POST") for name, scopes in opened.items() if name.startswith("storefront"))


def test_every_scope_is_something_that_people_may_or_may_not() -> None:
    assert {permission_for(scope).partition("_")[2].partition("_")[2] for scope in SCOPES} <= AREA_OF.keys()
    assert {f"read_{name}" for name in RESOURCES} <= SCOPES
    assert "write_staff" not in SCOPES


def test_nobody_gives_a_key_more_than_the_own_role_may(acme: TenantInfo) -> None:
    with pytest.raises(ScopeNotYours) as refusal:
        key_of(acme, "read_orders", "write_orders", permits=lambda permission: "change" not in permission)

    assert refusal.value.scope == "write_orders"
    with tenant_context(acme):
        assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "options",
    [
        {"scopes": ["read_everything"]},
        {"scopes": ["read_orders"], "kind": ApiKey.Kind.PUBLISHABLE},
        {"name": "  "},
        {"networks": ["192.0.2.300"]},
        {"networks": ["example.com"]},
        {"origins": ["*"]},
        {"origins": ["null"]},
        {"origins": ["https://example.com/path"]},
        {"origins": ["https://a@example.com"]},
        {"origins": ["javascript://x"]},
        {"expires_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_what_is_no_key_is_not_made(options: dict[str, Any], acme: TenantInfo) -> None:
    with tenant_context(acme):
        with pytest.raises(KeyNotMade):
            make_key(**{"name": "A", "scopes": [], "permits": bool, "at": timezone.now(), **options})
        assert not ApiKey.objects.exists()


def test_a_shop_has_so_many_keys_that_work(acme: TenantInfo) -> None:
    with tenant_context(acme):
        ApiKey.objects.bulk_create(
            ApiKey(name="A", prefix=f"sk_live_{number}", digest="0" * 64) for number in range(MOST_KEYS)
        )
    with pytest.raises(TooManyKeys):
        key_of(acme)
    with tenant_context(acme):
        ApiKey.objects.filter(prefix="sk_live_0").update(revoked_at=timezone.now())
    key_of(acme)


def test_of_a_key_in_a_text_the_first_letters_are_left() -> None:
    secret = make_secret("secret", is_test=False)

    assert without_keys(f"GET /?k={secret}&x=1") == f"GET /?k={secret[:12]}…&x=1"
    assert without_keys("no keys here, sk_live_ or not") == "no keys here, sk_live_ or not"


def test_a_guess_costs_what_a_key_costs_and_nothing_tells_them_apart(acme: TenantInfo) -> None:
    """Unknown beginning or known one with another end: one statement, one comparison, one answer."""
    made = key_of(acme, "read_products")
    body = made.secret[:16] + "0" * 24
    client_with(acme, made.secret).get(PRODUCTS)
    answers = []
    for guess in (make_secret("secret", is_test=False), body + _sum(body)):
        with StatementCount() as statements:
            answers.append(client_with(acme, guess).get(PRODUCTS))
        assert statements.count == 1
    assert [code_of(answer) for answer in answers] == [(401, "key_invalid")] * 2
    assert answers[0].json()["error"]["message"] == answers[1].json()["error"]["message"]


def test_a_refused_key_is_logged_with_its_shop_and_without_the_key(
    acme: TenantInfo, caplog: pytest.LogCaptureFixture
) -> None:
    secret = make_secret("secret", is_test=False)
    client_with(acme, secret).get(PRODUCTS)

    told = [record for record in caplog.records if record.name == "django.request"]
    assert [record.getMessage() for record in told] == ["Unauthorized: /api/v1/products/"]
    assert secret[16:] not in caplog.text
