"""Keys are made, rolled and revoked behind the counter, by whoever may, and each secret is shown once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.accounts.staff.levels import AS_THE_ROLE
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.change_plan import change_plan
from tenant_shop.integrations.keys.models import ApiKey
from tests.people import staff_browser
from tests.programs import client_with, key_of, publishable_key

PAGE, PRODUCTS = "/admin/settings/keys/", "/api/v1/products/"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WANTED = {"name": "Warehouse", "kind": "secret", "scope_products": "read", "scope_orders": "write"}


def secret_in(page: Any) -> str:
    found = re.search(r'value="((?:sk|pk)_[a-z]+_\w{38})"', page.content.decode())
    assert found
    return found[1]


def keys(shop: TenantInfo) -> list[dict[str, Any]]:
    with tenant_context(shop):
        return list(ApiKey.objects.order_by("pk").values("name", "kind", "is_test", "scopes", "networks", "origins"))


def entries(shop: TenantInfo) -> list[tuple[str, Any]]:
    with tenant_scope(shop.id):
        rows = AuditLog.objects.filter(tenant=shop.id, resource_type="apikey").order_by("created_at", "pk")
        return list(rows.values_list("action", "new_values"))


def test_a_key_is_made_shown_once_and_opens_what_it_was_made_for(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    page = browser.post(PAGE, WANTED | {"networks": "192.0.2.0/24\n127.0.0.1", "last_day": "2099-12-31"})

    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    secret = secret_in(page)
    assert client_with(acme, secret).get(PRODUCTS).status_code == 200
    assert client_with(acme, secret).get("/api/v1/orders/").status_code == 200
    assert secret[16:] not in browser.get(PAGE).content.decode()
    assert keys(acme) == [
        {
            "name": "Warehouse",
            "kind": "secret",
            "is_test": False,
            "scopes": ["read_products", "write_orders"],
            "networks": ["192.0.2.0/24", "127.0.0.1/32"],
            "origins": [],
        }
    ]
    [(action, told)] = entries(acme)
    assert (action, told["prefix"], told["scopes"]) == ("make_api_key", secret[:16], ["read_products", "write_orders"])
    assert told["expires_at"] == "2100-01-01 00:00:00+01:00"  # the end of that day in Berlin
    assert secret[16:] not in str(told)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "   "}, "This field is required."),
        ({"kind": "publishable"}, "A publishable key has no scopes"),
        ({"networks": "everywhere"}, "This is no address and no block of addresses"),
        ({"origins": "*"}, "This is no origin"),
        ({"last_day": "2020-01-01"}, "over before it is made"),
        ({"scope_staff": "write"}, "Select a valid choice"),
    ],
)
def test_what_is_no_key_is_not_made_and_what_was_written_stays(
    changes: dict[str, str], words: str, acme: TenantInfo
) -> None:
    page = staff_browser(acme).post(PAGE, WANTED | changes)

    assert page.status_code == 422
    assert words in page.content.decode()
    assert keys(acme) == []
    assert entries(acme) == []


def test_nobody_is_offered_more_than_the_own_role_may(acme: TenantInfo) -> None:
    browser = staff_browser(acme, AccessRole.ADMIN)
    TenantAccess.objects.filter(tenant=acme.id).update(
        permissions={"tenant_shop.change_order": False, "tenant_shop.view_customer": False}
    )

    offered = dict(browser.get(PAGE).context["form"].fields["scope_orders"].choices)
    assert list(offered) == ["", "read"]
    assert list(dict(browser.get(PAGE).context["form"].fields["scope_customers"].choices)) == [AS_THE_ROLE or ""]
    assert browser.post(PAGE, WANTED).status_code == 422
    assert keys(acme) == []


def test_who_may_not_do_what_a_key_does_cannot_roll_it_either(acme: TenantInfo) -> None:
    made = key_of(acme, "write_orders")
    browser = staff_browser(acme, AccessRole.ADMIN)
    TenantAccess.objects.filter(tenant=acme.id).update(permissions={"tenant_shop.change_order": False})

    page = browser.post(f"{PAGE}{made.key.pk}/roll/", {"overlap": "24"}, follow=True)

    assert "You may not do this yourself" in page.content.decode()
    with tenant_context(acme):
        assert list(ApiKey.objects.values_list("pk", "expires_at")) == [(made.key.pk, None)]


@pytest.mark.parametrize(("overlap", "ends"), [("0", NOON), ("24", NOON + timedelta(days=1))])
def test_a_rolled_key_has_the_same_rights_and_the_old_one_goes_on_for_a_while(
    overlap: str, ends: datetime, acme: TenantInfo
) -> None:
    old = key_of(acme, "read_products", networks=["127.0.0.1"])
    with time_machine.travel(NOON, tick=False):
        browser = staff_browser(acme)
        secret = secret_in(browser.post(f"{PAGE}{old.key.pk}/roll/", {"overlap": overlap}))
        assert client_with(acme, secret).get(PRODUCTS).status_code == 200
        assert client_with(acme, old.secret).get(PRODUCTS).status_code == (200 if overlap != "0" else 401)
    with time_machine.travel(ends, tick=False):
        assert client_with(acme, old.secret).get(PRODUCTS).status_code == 401
        assert client_with(acme, secret).get(PRODUCTS).status_code == 200
    one, two = keys(acme)
    assert one == two
    [(action, told)] = entries(acme)
    assert (action, told["new_key"]) == ("roll_api_key", secret[:16])


def test_rolling_never_lengthens_a_keys_life(acme: TenantInfo) -> None:
    soon = NOON + timedelta(hours=1)
    with time_machine.travel(NOON, tick=False):
        old = key_of(acme, "read_products", expires_at=soon)
        staff_browser(acme).post(f"{PAGE}{old.key.pk}/roll/", {"overlap": "168"})
    with tenant_context(acme):
        assert list(ApiKey.objects.values_list("expires_at", flat=True)) == [soon, soon]


def test_a_revoked_key_opens_nothing_with_the_next_request_and_stays_on_the_page(acme: TenantInfo) -> None:
    made, browser = key_of(acme, "read_products"), staff_browser(acme)
    caller = client_with(acme, made.secret)
    assert caller.get(PRODUCTS).status_code == 200

    for _ in range(2):
        assert browser.post(f"{PAGE}{made.key.pk}/revoke/").status_code == 302

    assert caller.get(PRODUCTS).json()["error"]["code"] == "key_revoked"
    page = browser.get(PAGE).content.decode()
    assert made.key.prefix in page
    assert "revoked" in page
    rolled = browser.post(f"{PAGE}{made.key.pk}/roll/", {"overlap": "0"}, follow=True).content.decode()
    assert "This key does not work any more" in rolled
    assert len(keys(acme)) == 1


def test_a_key_is_changed_without_another_secret_and_the_change_holds_at_once(acme: TenantInfo) -> None:
    made, browser = key_of(acme, "read_products"), staff_browser(acme)
    caller, path = client_with(acme, made.secret), f"{PAGE}{made.key.pk}/"
    shown = browser.get(path).context["form"]
    assert (shown["name"].value(), shown["scope_products"].value(), shown["scope_orders"].value()) == (
        "Warehouse", "read", "",
    )  # fmt: skip

    changed = {
        "name": "Depot", "scope_orders": "write", "networks": "127.0.0.0/8", "origins": "https://depot.example",
        "last_day": "2099-12-31",
    }  # fmt: skip
    assert browser.post(path, changed).status_code == 302

    assert caller.get(PRODUCTS).json()["error"]["code"] == "scope_missing"
    assert caller.get("/api/v1/orders/").status_code == 200
    assert keys(acme) == [
        {
            "name": "Depot", "kind": "secret", "is_test": False, "scopes": ["write_orders"],
            "networks": ["127.0.0.0/8"], "origins": ["https://depot.example"],
        }
    ]  # fmt: skip
    [(action, told)] = entries(acme)
    assert (action, told["scopes"], told["expires_at"]) == (
        "change_api_key", ["write_orders"], "2100-01-01 00:00:00+01:00",
    )  # fmt: skip
    assert browser.post(path, changed).status_code == 302  # once more changes nothing, and says nothing
    assert len(entries(acme)) == 1


def test_a_change_that_cannot_be_leaves_the_key_as_it_was(acme: TenantInfo) -> None:
    made, browser = key_of(acme, "read_products"), staff_browser(acme)
    before, path = keys(acme), f"{PAGE}{made.key.pk}/"
    for change, words in (
        ({"name": " "}, "This field is required."),
        ({"networks": "everywhere"}, "This is no address"),
        ({"origins": "*"}, "This is no origin"),
        ({"last_day": "2020-01-01"}, "revoke it instead"),
        ({"scope_staff": "write"}, "Select a valid choice"),
    ):
        page = browser.post(path, {"name": "Depot", **change})
        assert (page.status_code, words in page.content.decode()) == (422, True), change
    browser.post(f"{path}revoke/")
    assert "does not work any more" in browser.post(path, {"name": "Depot"}).content.decode()
    assert keys(acme) == before


def test_who_changes_a_key_adds_nothing_beyond_the_own_role_and_takes_nothing_by_accident(acme: TenantInfo) -> None:
    made = key_of(acme, "write_orders", "read_customers")
    browser = staff_browser(acme, AccessRole.ADMIN)
    TenantAccess.objects.filter(tenant=acme.id).update(
        permissions={"tenant_shop.change_order": False, "tenant_shop.change_customer": False}
    )
    path, kept = f"{PAGE}{made.key.pk}/", {"name": "Depot", "scope_orders": "write", "scope_customers": "read"}

    assert browser.post(path, {**kept, "scope_customers": "write"}).status_code == 422
    assert browser.post(path, kept).status_code == 302

    [key] = keys(acme)
    assert (key["name"], key["scopes"]) == ("Depot", ["write_orders", "read_customers"])


def test_a_publishable_keys_pages_are_changed_and_a_rolled_key_ends_when_it_would(acme: TenantInfo) -> None:
    page = publishable_key(acme, origins=["https://a.example"])
    soon = NOON + timedelta(hours=1)
    rolled = key_of(acme, "read_products", expires_at=soon, at=NOON)
    with time_machine.travel(NOON, tick=False):
        browser = staff_browser(acme)
        assert browser.post(f"{PAGE}{page.key.pk}/", {"name": "Page", "origins": "*"}).status_code == 302
        form = {"name": "Old", "last_day": "2026-03-10", "scope_products": "read"}
        assert browser.post(f"{PAGE}{rolled.key.pk}/", form).status_code == 302

    with tenant_context(acme):
        assert list(ApiKey.objects.order_by("pk").values_list("name", "origins", "scopes", "expires_at")) == [
            ("Page", ["*"], [], None),
            ("Old", [], ["read_products"], soon),
        ]


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_who_does_not_run_the_shop_sees_no_keys(role: AccessRole, acme: TenantInfo) -> None:
    made, browser = key_of(acme, "read_products"), staff_browser(acme, role)

    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, WANTED).status_code == 403
    assert browser.get(f"{PAGE}{made.key.pk}/").status_code == 403
    for verb in ("", "roll/", "revoke/"):
        assert browser.post(f"{PAGE}{made.key.pk}/{verb}", {"overlap": "0", "name": "Mine"}).status_code == 403
    with tenant_context(acme):
        assert list(ApiKey.objects.values_list("revoked_at", "expires_at")) == [(None, None)]


def test_a_key_whose_maker_has_left_is_marked_and_goes_on(acme: TenantInfo) -> None:
    maker = staff_browser(acme, AccessRole.ADMIN, "maker@acme.example")
    secret = secret_in(maker.post(PAGE, WANTED))
    owner = staff_browser(acme)
    assert "by maker@acme.example" in owner.get(PAGE).content.decode()

    TenantAccess.objects.filter(platform_user__email="maker@acme.example").update(is_active=False)

    assert "who does not work here any more" in owner.get(PAGE).content.decode()
    assert client_with(acme, secret).get(PRODUCTS).status_code == 200
    assert maker.get(PRODUCTS).status_code == 401


def test_a_plan_without_the_api_makes_no_key_and_says_so(acme: TenantInfo) -> None:
    change_plan(acme.id, plan="basic")
    browser = staff_browser(acme)

    page = browser.get(PAGE).content.decode()
    assert "does not include the API" in page
    assert "Make the key" not in page
    assert browser.post(PAGE, WANTED).status_code == 422
    assert keys(acme) == []


def test_another_shops_key_is_not_found(acme: TenantInfo, make_shop: Any) -> None:
    made = key_of(make_shop("bolt"), "read_products")
    browser = staff_browser(acme)
    for verb in ("", "roll/", "revoke/"):
        assert browser.post(f"{PAGE}{made.key.pk}/{verb}", {"overlap": "0", "name": "Mine"}).status_code == 404


def test_the_page_is_found_among_the_settings(acme: TenantInfo) -> None:
    browser: Client = staff_browser(acme)
    assert PAGE in browser.get("/admin/settings/all/?q=tokens").content.decode()
