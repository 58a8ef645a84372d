"""One matrix says who may do what, and every address behind the counter keeps to it."""

import re
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import Resolver404, resolve

from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.accounts.permissions import AREA_OF, AREAS, RANKS, RUN, shop_permits
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hosts import shop_url
from smartseller.urls import shop as shop_urls
from tenant_shop.backoffice.look import PLACES
from tenant_shop.backoffice.site import backoffice
from tests.people import let_in, log_in, make_user, shop_browser, staff_browser
from tests.shopping import everything
from tests.tenant_shop.backoffice.doors import doors, furnish, path_of
from tests.tenant_shop.backoffice.roles_table import NOBODY, TABLE

ROLES = (AccessRole.OWNER, AccessRole.ADMIN, AccessRole.EDITOR, AccessRole.VIEWER)
ACTIONS = {"view": "look", "add": "add", "change": "change", "delete": "delete", "publish": "publish"}
LINK = re.compile(r'<a [^>]*?href="(/[^"#]*)')
# The admin draws its form around what a viewer only reads, too: what can be sent has a button.
FORM = re.compile(r'<form ([^>]*?method="post"[^>]*)>(.*?)</form>', re.IGNORECASE | re.DOTALL)
ACTION = re.compile(r'(?<![\w:-])action="([^"#]*)')
SUBMIT = re.compile(r'<button(?![^>]*type="button")|<input[^>]*type="submit"')
DOCS = Path(__file__).parents[3] / "docs" / "roles.md"


@pytest.fixture
def ids(acme: TenantInfo) -> dict[str, Any]:
    return furnish(acme)


def query_of(name: str) -> dict[str, str]:
    """What an address needs besides itself."""
    if name == "admin:autocomplete":
        return {"app_label": "tenant_shop", "model_name": "product", "field_name": "category", "term": ""}
    return {}


def answered(browser: Client, ids: dict[str, Any], method: str, names: set[str]) -> dict[str, Any]:
    found = {}
    for name, route in doors():
        if name in names:
            path = path_of(route, ids)
            found[name] = browser.get(path, query_of(name)) if method == "get" else browser.post(path)
    return found


def answers(browser: Client, ids: dict[str, Any], method: str, names: set[str]) -> dict[str, str]:
    return {name: str(response.status_code) for name, response in answered(browser, ids, method, names).items()}


def test_every_address_has_a_row() -> None:
    assert sorted({name for name, _ in doors()}) == sorted(TABLE)


def test_every_model_of_a_shop_and_every_permission_that_is_asked_for_is_in_the_matrix() -> None:
    models = {model._meta.model_name for model in apps.get_app_config("tenant_shop").get_models()}
    technical = {"schemaversion", "tenantsentinel"}
    places = {model for _, group in PLACES for *_, model in group if model and "." in model}

    assert models - technical <= AREA_OF.keys()
    assert {permission.partition("_")[2].partition("_")[2] for permission in places} <= AREA_OF.keys()
    assert {model._meta.model_name for model in backoffice._registry} <= AREA_OF.keys()


def test_no_role_may_do_less_than_the_one_below_it() -> None:
    for area in AREAS:
        granted = [area.of(role) for role in RANKS]
        assert all(lower <= higher for lower, higher in pairwise(granted)), area.title


@pytest.mark.parametrize("permission", ["tenant_shop.view_nothing", "tenant_shop.fly_order", "nonsense", ""])
def test_what_is_not_in_the_matrix_is_nobodys(permission: str) -> None:
    assert not any(shop_permits(role, {}, permission) for role in (*RANKS, "king"))


def test_an_exception_goes_before_the_role_and_only_true_grants() -> None:
    exceptions: dict[str, Any] = {"tenant_shop.view_order": False, "tenant_shop.view_staff": 1}

    assert not shop_permits("owner", exceptions, "tenant_shop.view_order")
    assert not shop_permits("owner", exceptions, "tenant_shop.view_staff")
    assert shop_permits("viewer", {"tenant_shop.delete_order": True}, "tenant_shop.delete_order")


def test_the_documented_matrix_is_the_one_that_is_asked() -> None:
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith("| ")]

    assert rows[1:] == [
        f"| {area.title} | " + " | ".join(_words(area.of(role)) for role in ROLES) + " |" for area in AREAS
    ]


def _words(actions: frozenset[str]) -> str:
    if actions == RUN:
        return "everything"
    return ", ".join(word for action, word in ACTIONS.items() if action in actions) or "\N{EN DASH}"


def test_nobody_gets_in_without_logging_in(acme: TenantInfo, ids: dict[str, Any]) -> None:
    visitor = shop_browser(acme)

    assert answers(visitor, ids, "get", set(TABLE)) == {name: NOBODY.get(name, "302") for name in TABLE}


@pytest.mark.slow
def test_a_viewer_who_sends_forms_by_hand_is_refused_and_nothing_changes(acme: TenantInfo, ids: dict[str, Any]) -> None:
    viewer = staff_browser(acme, AccessRole.VIEWER)
    refused = {name: post for name, (_, post) in TABLE.items() if post in ("403", "405")}
    before = _state(acme)

    assert answers(viewer, ids, "post", set(refused)) == refused

    assert _state(acme) == before


@pytest.mark.slow
def test_forms_that_change_nothing_answer_a_viewer(acme: TenantInfo, ids: dict[str, Any]) -> None:
    """Lists and the like are drawn; the actions of lists are left out for a viewer."""
    viewer = staff_browser(acme, AccessRole.VIEWER)
    drawn = {name: post for name, (_, post) in TABLE.items() if post not in ("403", "405")} | {"admin:logout": "302"}
    before = _state(acme)
    for model in ("order", "product", "productreview", "customer", "return"):
        for action in ("delete_selected", "cancel_selected", "pay_selected", "approve", f"into_{ids['customergroup']}"):
            data = {"action": action, "_selected_action": str(ids[model])}
            viewer.post(f"/admin/tenant_shop/{model}/", data)
    others = {name: status for name, status in drawn.items() if name != "admin:logout"}

    assert answers(viewer, ids, "post", set(others)) == others

    assert _state(acme) == before


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_what_the_table_says(role: AccessRole, acme: TenantInfo, ids: dict[str, Any]) -> None:
    browser, column = staff_browser(acme, role), ROLES.index(role)

    found = answered(browser, ids, "get", set(TABLE))

    assert {name: str(response.status_code) for name, response in found.items()} == {
        name: get.split()[column] for name, (get, _) in TABLE.items()
    }
    # Nor does any page offer what is refused afterwards: a link that leads nowhere, or a viewer's form.
    offers = {name: refused_in(response, column) for name, response in found.items() if response.status_code == 200}
    assert {name: refused for name, refused in offers.items() if refused} == {}


def refused_in(response: Any, column: int) -> set[str]:
    """Where the page leads, or sends a form to, that is refused to the role of that column of the table."""
    if not response["Content-Type"].startswith("text/html"):
        return set()
    page = response.content.decode()
    links = {name for path in LINK.findall(page) if (name := name_of(path)) and TABLE[name][0].split()[column] == "403"}
    if ROLES[column] is not AccessRole.VIEWER:
        return links
    here = response.request["PATH_INFO"]
    sent = {path_in(head, here) for head, body in FORM.findall(page) if SUBMIT.search(body)}
    return links | {name for path in sent if (name := name_of(path)) and TABLE[name][1] in ("403", "405")}


def path_in(head: str, here: str) -> str:
    """Where a form is sent: by itself to its own page."""
    found = ACTION.search(head)
    return found[1] if found and found[1] else here


def name_of(path: str) -> str:
    """The row of the table; "" for what is not behind the counter."""
    try:
        name = resolve(unescape(path).partition("?")[0], urlconf=shop_urls).view_name
    except Resolver404:
        return ""
    return name if name in TABLE else ""


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (AccessRole.OWNER, set()),
        (AccessRole.ADMIN, {"/admin/audit/"}),
        (AccessRole.EDITOR, {"/admin/audit/", "/admin/staff/", "/admin/plan/", "/admin/settings/", "/admin/design/"}),
        (AccessRole.VIEWER, {"/admin/audit/", "/admin/staff/", "/admin/plan/", "/admin/settings/", "/admin/design/"}),
    ],
)
def test_the_menu_hides_what_is_forbidden(role: AccessRole, hidden: set[str], acme: TenantInfo) -> None:
    page = staff_browser(acme, role).get("/admin/").content.decode()

    shown = {path for path in ("/admin/audit/", "/admin/staff/", "/admin/plan/", "/admin/settings/", "/admin/design/")
             if f'href="{path}"' in page}  # fmt: skip
    assert shown == {"/admin/audit/", "/admin/staff/", "/admin/plan/", "/admin/settings/", "/admin/design/"} - hidden


def test_an_exception_holds_in_the_admin_and_the_api_from_the_next_request_on(acme: TenantInfo) -> None:
    browser = staff_browser(acme, AccessRole.EDITOR)
    assert browser.get("/api/v1/orders/").status_code == 200
    TenantAccess.objects.update(permissions={"tenant_shop.view_order": False, "tenant_shop.view_staff": True})

    assert browser.get("/api/v1/orders/").status_code == 403
    assert browser.get("/admin/tenant_shop/order/").status_code == 403
    assert browser.get("/admin/staff/").status_code == 200
    assert "/admin/tenant_shop/order/" not in browser.get("/admin/").content.decode()


def test_a_custom_domain_leads_to_the_platforms_host(acme: TenantInfo, platform: Any) -> None:
    platform.update_tenant("acme", domain="shop.acme.example")
    visitor = Client(SERVER_NAME="shop.acme.example")

    for path in ("/admin/staff/", "/dashboard/", "/login/", "/join/x/"):
        response = visitor.get(path)
        assert (response.status_code, response["Location"]) == (302, shop_url("acme", path))


def test_a_new_role_holds_at_the_next_click(acme: TenantInfo) -> None:
    user, browser = make_user(), shop_browser(acme)
    access = let_in(user, acme, AccessRole.ADMIN)
    log_in(browser, user)
    assert browser.get("/admin/staff/").status_code == 200

    TenantAccess.objects.filter(pk=access.pk).update(role=AccessRole.EDITOR)

    assert browser.get("/admin/staff/").status_code == 403


def _state(shop: TenantInfo) -> Any:
    """Every row of the shop but the sessions', and the people who may enter it."""
    with tenant_context(shop):
        rows = {table: digest for table, digest in everything().items() if table != "django_session"}
    return rows, list(TenantAccess.objects.order_by("pk").values()), PlatformUser.objects.count()
