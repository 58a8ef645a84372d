from collections.abc import Callable

import pytest

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.audit.models import AuditLog
from platform_core.audit.record import record
from platform_core.audit.scope import platform_scope
from platform_core.fleet.models import DatabaseServer
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo
from tests.people import let_in, log_in, make_user, platform_browser

pytestmark = pytest.mark.usefixtures("platform")

MODELS = (
    "tenant",
    "tenantaccess",
    "tenantplan",
    "tenantsubscription",
    "databaseserver",
    "provisioningrun",
    "sparedatabase",
    "templateversion",
    "platformuser",
    "auditlog",
)


def operator_browser(role: PlatformRole = PlatformRole.SUPER_ADMIN) -> object:
    browser = platform_browser()
    log_in(browser, make_user("op@smartseller.example", role=role))
    return browser


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(model: str, make_shop: Callable[..., TenantInfo]) -> None:
    shop = make_shop("acme")
    let_in(make_user(), shop)
    record("create_tenant", resource_type="tenant", resource_id=shop.id, tenant_id=shop.id)
    browser = operator_browser()

    assert browser.get("/admin/").status_code == 200
    assert browser.get(f"/admin/platform_core/{model}/").status_code == 200


def test_a_merchant_does_not_get_in(make_shop: Callable[..., TenantInfo]) -> None:
    merchant, browser = make_user(), platform_browser()
    let_in(merchant, make_shop("acme"))
    log_in(browser, merchant)

    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == "/shops/"
    assert browser.get("/admin/platform_core/tenant/").status_code == 302


def test_visitors_are_led_to_the_log_in() -> None:
    assert platform_browser().get("/admin/", follow=True).redirect_chain[-1][0].startswith("/login/?next=")


def test_the_audit_log_shows_every_shops_entries_and_changes_none(make_shop: Callable[..., TenantInfo]) -> None:
    for slug in ("acme", "bolt"):
        record(f"visit_{slug}", resource_type="tenant", tenant_id=make_shop(slug).id)
    browser = operator_browser()
    with platform_scope():
        entry = AuditLog.objects.get(action="visit_acme")

    page = browser.get("/admin/platform_core/auditlog/").content.decode()

    assert "visit_acme" in page
    assert "visit_bolt" in page
    assert browser.get(f"/admin/platform_core/auditlog/{entry.pk}/change/").status_code == 200
    assert browser.post(f"/admin/platform_core/auditlog/{entry.pk}/change/", {"action": "x"}).status_code == 403
    assert browser.post(f"/admin/platform_core/auditlog/{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_shops_are_shown_and_not_edited(make_shop: Callable[..., TenantInfo]) -> None:
    shop = make_shop("acme")
    url = f"/admin/platform_core/tenant/{shop.id}/"
    browser = operator_browser()

    assert browser.get(f"{url}change/").status_code == 200
    assert browser.post(f"{url}change/", {"status": "cancelled"}).status_code == 403
    assert browser.post(f"{url}delete/", {"post": "yes"}).status_code == 403


def test_a_changed_server_is_audited() -> None:
    server = DatabaseServer.objects.get()

    operator_browser().post(
        f"/admin/platform_core/databaseserver/{server.pk}/change/",
        {"region": "eu", "capacity": 500, "state": "draining"},
    )

    server.refresh_from_db()
    assert (server.key, server.capacity, server.state) == ("primary", 500, "draining")
    with platform_scope():
        entry = AuditLog.objects.get(action="change_databaseserver")
    assert entry.user == PlatformUser.objects.get()


@pytest.mark.parametrize("role", [PlatformRole.SUPPORT, PlatformRole.DEVELOPER])
def test_support_and_developers_change_no_plan(role: PlatformRole) -> None:
    plan = TenantPlan.objects.get(name="basic")

    response = operator_browser(role).post(f"/admin/platform_core/tenantplan/{plan.pk}/change/", {"name": "free"})

    assert response.status_code == 403
    plan.refresh_from_db()
    assert plan.name == "basic"


def test_an_admin_cannot_make_a_super_admin_of_himself() -> None:
    browser = operator_browser(PlatformRole.ADMIN)
    user = PlatformUser.objects.get()

    response = browser.post(
        f"/admin/platform_core/platformuser/{user.pk}/change/", {"email": user.email, "role": "super_admin"}
    )

    user.refresh_from_db()
    assert response.status_code == 403
    assert user.role == PlatformRole.ADMIN


def test_an_access_is_granted_in_the_console_and_audited_under_its_shop(make_shop: Callable[..., TenantInfo]) -> None:
    shop, user = make_shop("acme"), make_user()

    operator_browser().post(
        "/admin/platform_core/tenantaccess/add/",
        {"platform_user": user.pk, "tenant": shop.id, "role": "viewer", "permissions": "{}", "is_active": "on"},
    )

    assert TenantAccess.objects.get().role == "viewer"
    with platform_scope():
        assert AuditLog.objects.get(action="add_tenantaccess").tenant_id == shop.id
