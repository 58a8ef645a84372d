from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.utils import timezone

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.one_time_login import one_time_token
from platform_core.accounts.sessions.models import UserSession
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice.access import staff_access
from tests.people import let_in, log_in, make_user, platform_browser, shop_browser, staff_browser
from tests.statements import StatementCount

DOORS = ("/admin/", "/admin/tenant_shop/order/", "/dashboard/")


@pytest.fixture
def bolt(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("bolt")


def is_shut(response: object) -> bool:
    location = getattr(response, "headers", {}).get("Location", "")
    return getattr(response, "status_code", 0) == 302 and "/login/" in location


@pytest.mark.parametrize("door", DOORS)
def test_staff_come_in(door: str, acme: TenantInfo) -> None:
    assert staff_browser(acme).get(door).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_visitors_are_led_to_the_log_in_and_back(door: str, acme: TenantInfo) -> None:
    browser, user = shop_browser(acme), make_user()
    let_in(user, acme)

    refused = browser.get(door, follow=True)
    wanted = refused.wsgi_request.GET["next"]
    response = browser.post(
        "/login/", {"username": user.email, "password": "a long and quiet password", "next": wanted}
    )

    assert response.headers["Location"] == door


def test_the_session_lives_in_the_shops_database_only(acme: TenantInfo) -> None:
    staff_browser(acme)

    assert Session.objects.count() == 0
    with tenant_context(acme):
        assert Session.objects.count() == 1


@pytest.mark.parametrize("door", DOORS)
def test_a_session_of_one_shop_is_nothing_in_another(door: str, acme: TenantInfo, bolt: TenantInfo) -> None:
    browser = staff_browser(acme)
    thief = shop_browser(bolt)
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value

    assert is_shut(thief.get(door))
    assert browser.get(door).status_code == 200


def test_access_to_one_shop_does_not_log_in_to_another(acme: TenantInfo, bolt: TenantInfo) -> None:
    user = make_user()
    let_in(user, acme)

    response = log_in(shop_browser(bolt), user)

    assert response.status_code == 422
    assert "do not match" in response.content.decode()
    with tenant_context(bolt):
        assert Session.objects.count() == 0


@pytest.mark.parametrize("door", [*DOORS, "/api/v1/products/"])
def test_a_session_of_somebody_without_access_is_refused(door: str, acme: TenantInfo, bolt: TenantInfo) -> None:
    """Even a real session in this shop's database, were one made for a stranger, opens nothing."""
    user, browser = make_user(), shop_browser(bolt)
    let_in(user, acme)
    with tenant_context(bolt):
        browser.force_login(user)

    response = browser.get(door)

    assert is_shut(response) or response.status_code == 401


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", [PlatformRole.SUPER_ADMIN, PlatformRole.ADMIN, PlatformRole.SUPPORT])
def test_platform_staff_are_not_let_into_a_shop(door: str, role: PlatformRole, acme: TenantInfo) -> None:
    operator, browser = make_user("op@smartseller.example", role=role), shop_browser(acme)

    assert log_in(browser, operator).status_code == 422
    with tenant_context(acme):
        browser.force_login(operator)
    assert is_shut(browser.get(door))


def test_an_operator_with_an_access_comes_in(acme: TenantInfo) -> None:
    operator, browser = make_user("op@smartseller.example", role=PlatformRole.SUPPORT), shop_browser(acme)
    let_in(operator, acme)

    log_in(browser, operator)

    assert browser.get("/dashboard/").status_code == 200


@pytest.mark.parametrize("end", ["expired", "withdrawn", "deleted", "account closed"])
def test_an_access_that_ended_is_refused_at_the_next_request(end: str, acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    access = TenantAccess.objects.get()
    match end:
        case "expired":
            TenantAccess.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "withdrawn":
            TenantAccess.objects.update(is_active=False)
        case "deleted":
            access.delete()
        case _:
            PlatformUser.objects.update(is_active=False)

    assert all(is_shut(browser.get(door)) for door in DOORS)
    assert browser.get("/api/v1/orders/").status_code == 401


def test_a_password_changed_elsewhere_ends_the_session(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    user = PlatformUser.objects.get()
    user.set_password("another password entirely")
    user.save(update_fields=["password"])

    assert is_shut(browser.get("/dashboard/"))


def test_asking_for_the_access_costs_one_statement_a_request(acme: TenantInfo) -> None:
    user = make_user()
    let_in(user, acme)
    request = RequestFactory().get("/")
    user.session = UserSession.objects.create(user=user, tenant_id=acme.id)
    request.user = user

    with tenant_context(acme), StatementCount() as statements:
        assert staff_access(request) is not None
        assert staff_access(request) is not None

    assert statements.count == 1


def test_the_platforms_one_time_link_lets_in_once(acme: TenantInfo) -> None:
    user = make_user()
    let_in(user, acme)
    token = one_time_token(user, tenant_id=acme.id)
    browser, other = shop_browser(acme), shop_browser(acme)

    welcomed = browser.get("/welcome/", {"token": token})

    assert welcomed.headers["Location"] == "/dashboard/"
    assert browser.get("/dashboard/").status_code == 200
    assert other.get("/welcome/", {"token": token}).status_code == 403
    assert is_shut(other.get("/dashboard/"))


def test_a_one_time_link_gives_no_access(acme: TenantInfo) -> None:
    stranger, browser = make_user(), shop_browser(acme)

    response = browser.get("/welcome/", {"token": one_time_token(stranger, tenant_id=acme.id)})

    assert response.status_code == 403
    assert is_shut(browser.get("/dashboard/"))


def test_a_one_time_link_of_another_shop_is_refused(acme: TenantInfo, bolt: TenantInfo) -> None:
    user = make_user()
    let_in(user, acme)
    let_in(user, bolt)

    response = shop_browser(bolt).get("/welcome/", {"token": one_time_token(user, tenant_id=acme.id)})

    assert response.status_code == 403


def test_the_admins_own_log_in_leads_to_the_shops(acme: TenantInfo) -> None:
    response = shop_browser(acme).get("/admin/login/?next=/admin/tenant_shop/order/")

    assert response.headers["Location"] == "/login/?next=%2Fadmin%2Ftenant_shop%2Forder%2F"


def test_logging_out_of_the_admin_ends_the_session(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    browser.post("/admin/logout/")

    assert is_shut(browser.get("/admin/"))


def test_the_log_in_page_of_a_shop_sets_no_session(acme: TenantInfo) -> None:
    browser = shop_browser(acme)

    assert browser.get("/login/").status_code == 200
    assert "sessionid" not in browser.cookies


def test_a_log_in_on_the_platform_is_none_in_a_shop(acme: TenantInfo) -> None:
    user, browser = make_user(), platform_browser()
    let_in(user, acme)
    log_in(browser, user)

    assert is_shut(browser.get("/dashboard/", SERVER_NAME="acme.localhost"))
