"""Operators cannot reach the console without a second factor, and their visits in shops are seen and end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from platform_core.accounts.impersonation.errors import NotAllowedIn
from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.impersonation.start import start_impersonation
from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.two_factor.secret import unseal
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import tenant_scope
from platform_core.fleet.models import DatabaseServer
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.people import PASSWORD, let_in, log_in, make_user, platform_browser, shop_browser, staff_browser

pytestmark = pytest.mark.usefixtures("platform")

WHY = "Ticket 4711: prices do not show"


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")


@pytest.fixture
def owner(acme: TenantInfo) -> PlatformUser:
    user = make_user()
    let_in(user, acme)
    return user


def console(role: PlatformRole = PlatformRole.SUPPORT) -> Client:
    browser = platform_browser()
    log_in(browser, make_user("op@smartseller.example", role=role))
    return browser


def visit(acme: TenantInfo, owner: PlatformUser, browser: Client | None = None, minutes: int = 15) -> Client:
    """A browser in which an operator is in the shop in the owner's place."""
    form = {"person": owner.pk, "minutes": minutes, "reason": WHY}
    answer = (browser or console()).post(f"/admin/platform_core/tenant/{acme.id}/log-in/", form)
    assert answer.status_code == 302, answer.content.decode()
    inside = shop_browser(acme)
    path = answer.headers["Location"].removeprefix("http://acme.localhost:8000")
    assert inside.get(path).headers["Location"] == "/dashboard/"
    return inside


def logged(acme: TenantInfo) -> list[AuditLog]:
    with tenant_scope(acme.id):
        return list(AuditLog.objects.order_by("created_at", "id"))


@pytest.mark.parametrize("role", [role for role in PlatformRole if role != PlatformRole.MERCHANT])
def test_operators_without_a_second_factor_see_the_page_that_gives_one_and_nothing_else(role: PlatformRole) -> None:
    operator = PlatformUser.objects.create_user("op@smartseller.example", PASSWORD, role=role)
    browser = platform_browser()

    assert log_in(browser, operator).headers["Location"] == "/account/two-factor/"
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == "/account/two-factor/"
    assert browser.get("/admin/platform_core/tenant/").status_code == 302
    page = browser.get("/account/two-factor/").content.decode()
    assert "cannot work without it" in page
    operator.refresh_from_db()
    code = pyotp.TOTP(unseal(operator)).at(timezone.now())
    codes = browser.post("/account/two-factor/", {"code": code}).content.decode()

    assert codes.count("<code>") == 10
    assert browser.get("/admin/").status_code == 200


def test_an_operators_session_from_before_the_second_factor_opens_no_console() -> None:
    operator = make_user("op@smartseller.example", role=PlatformRole.SUPER_ADMIN)
    browser = platform_browser()
    log_in(browser, operator)
    operator.sessions.update(two_factor_at=None)

    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/account/confirm/")


def test_an_operator_is_let_into_a_shop_with_a_second_factor_only(acme: TenantInfo) -> None:
    operator = PlatformUser.objects.create_user("op@smartseller.example", PASSWORD, role=PlatformRole.SUPPORT)
    let_in(operator, acme)

    answer = log_in(shop_browser(acme), operator)

    assert answer.status_code == 403
    assert "/account/two-factor/" in answer.content.decode()


def test_a_visit_is_seen_on_every_page_logged_at_every_request_and_told_to_the_merchant(
    acme: TenantInfo, owner: PlatformUser
) -> None:
    inside = visit(acme, owner)
    paths = ["/dashboard/", "/admin/tenant_shop/order/", "/admin/settings/all/"]
    for path in paths:
        page = inside.get(path).content.decode()
        assert page.count("You are here as owner@acme.example") == 1, path
        assert WHY in page

    entries = logged(acme)
    operator = PlatformUser.objects.get(email="op@smartseller.example")
    assert [entry.action for entry in entries[:2]] == ["start_impersonation", "log_in"]
    assert entries[0].new_values["reason"] == WHY
    seen = [entry.metadata["name"] for entry in entries if entry.action == "visit_page"]
    assert seen == [f"GET {path}" for path in paths]
    assert {entry.user_id for entry in entries} == {operator.pk}
    marks = entries[-1].metadata
    assert (marks["in_place_of"], marks["platform_staff"]) == ("owner@acme.example", True)
    assert all(entry.request_id for entry in entries if entry.action == "visit_page")

    merchants = shop_browser(acme)
    log_in(merchants, owner)
    page = merchants.get("/admin/audit/", {"platform": "on"}).content.decode()
    assert "GET /admin/tenant_shop/order/" in page
    assert "in the place of owner@acme.example" in page
    assert WHY in merchants.get("/admin/security/").content.decode()


def test_what_is_changed_on_a_visit_is_the_operators_doing(acme: TenantInfo, owner: PlatformUser) -> None:
    inside = visit(acme, owner)
    inside.post("/admin/tenant_shop/brand/add/", {"name": "Stark", "slug": "stark", "is_active": "on"})

    (made,) = [entry for entry in logged(acme) if entry.action == "add_brand"]
    assert made.user.email == "op@smartseller.example"
    assert made.metadata["in_place_of"] == "owner@acme.example"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/admin/staff/", {"email": "friend@example.com", "role": "owner"}),
        ("/admin/settings/keys/", {"name": "Mine", "kind": "secret"}),
        ("/admin/settings/payments/", {"payment_methods": ["bank_transfer"]}),
        ("/admin/security/", {}),
        ("/admin/copies/", {"do": "archive"}),
        ("/admin/plan/change/premium/monthly/", {"expected_total": "60.00"}),
        ("/admin/plan/cancel/", {}),
        ("/admin/plan/card/remove/", {}),
        ("/confirm/", {"password": PASSWORD}),
    ],
)
def test_a_visit_does_nothing_dangerous(path: str, form: dict[str, Any], acme: TenantInfo, owner: PlatformUser) -> None:
    inside, before = visit(acme, owner), Tenant.objects.values().get(pk=acme.id)

    assert inside.post(path, form).status_code == 403

    actions = [entry.action for entry in logged(acme) if entry.action not in ("visit_page", "log_in")]
    assert actions == ["start_impersonation"]
    assert Tenant.objects.values().get(pk=acme.id) == before


def test_impersonation_outliving_its_grant_is_refused_at_the_next_click(acme: TenantInfo, owner: PlatformUser) -> None:
    inside = visit(acme, owner, minutes=15)
    now = timezone.now()

    with time_machine.travel(now + timedelta(minutes=14)):
        assert inside.get("/dashboard/").status_code == 200
    with time_machine.travel(now + timedelta(minutes=16)):
        for path in ("/dashboard/", "/admin/", "/switch/", "/api/v1/products/"):
            assert inside.get(path).status_code in (302, 401), path


@pytest.mark.parametrize("end", ["merchant", "operator", "console", "role", "account", "person", "log out everywhere"])
def test_a_visit_ends_with_whatever_it_stands_on(end: str, acme: TenantInfo, owner: PlatformUser) -> None:
    browser = console()
    inside = visit(acme, owner, browser)
    operators = PlatformUser.objects.filter(email="op@smartseller.example")
    match end:
        case "merchant":
            merchants = shop_browser(acme)
            log_in(merchants, owner)
            merchants.post("/admin/security/", {})
        case "operator":
            inside.post("/logout/")
        case "console":
            browser.post(f"/admin/platform_core/impersonation/{Impersonation.objects.get().pk}/end/")
        case "role":
            operators.update(role=PlatformRole.MERCHANT)
        case "account":
            operators.update(is_active=False)
        case "person":
            owner.accesses.update(is_active=False)
        case "log out everywhere":
            browser.post("/account/sessions/end/")

    assert inside.get("/dashboard/").status_code == 302
    if end in ("merchant", "operator", "console"):
        assert logged(acme)[-1].action in ("end_impersonation", "change_security", "log_out")
        assert Impersonation.objects.get().ended_at is not None


def test_a_merchant_who_forbids_it_is_not_visited(acme: TenantInfo, owner: PlatformUser) -> None:
    Tenant.objects.update(support_may_enter=False)

    answer = console().post(
        f"/admin/platform_core/tenant/{acme.id}/log-in/", {"person": owner.pk, "minutes": 15, "reason": WHY}
    )

    assert answer.status_code == 422
    assert not Impersonation.objects.exists()
    assert logged(acme) == []


def test_developers_and_old_proofs_get_no_visit(acme: TenantInfo, owner: PlatformUser) -> None:
    path = f"/admin/platform_core/tenant/{acme.id}/log-in/"
    form = {"person": owner.pk, "minutes": 15, "reason": WHY}
    assert console(PlatformRole.DEVELOPER).post(path, form).status_code == 403
    PlatformUser.objects.filter(role=PlatformRole.DEVELOPER).update(email="dev@smartseller.example")
    browser = console()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert browser.post(path, form).headers["Location"].startswith("/account/confirm/")
    assert not Impersonation.objects.exists()


def test_rights_are_changed_by_who_has_just_proven_who_they_are(acme: TenantInfo, owner: PlatformUser) -> None:
    browser = console(PlatformRole.SUPER_ADMIN)
    UserSession.objects.update(confirmed_at=timezone.now() - UserSession.FRESH_FOR)
    access = TenantAccess.objects.get(platform_user=owner)
    before = [list(model.objects.order_by("pk").values()) for model in (PlatformUser, TenantAccess)]
    for path in (
        f"platformuser/{owner.pk}/change/",
        f"tenantaccess/{access.pk}/change/",
        f"databaseserver/{DatabaseServer.objects.get().pk}/change/",
        "tenantaccess/add/",
        "tenantaccess/",
    ):
        page = f"/admin/platform_core/{path}"
        asked = browser.post(page, {"role": "super_admin", "capacity": 7, "reason": "Ticket 9"})
        assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, "/account/confirm/"), path
        assert browser.get(page).status_code == 200, "looking is free"
    assert before == [list(model.objects.order_by("pk").values()) for model in (PlatformUser, TenantAccess)]


def test_only_the_merchants_own_people_are_stood_in_for(acme: TenantInfo, owner: PlatformUser) -> None:
    operator = make_user("op@smartseller.example", role=PlatformRole.SUPPORT)
    helper, stranger = make_user("helper@smartseller.example", role=PlatformRole.SUPPORT), make_user("x@example.com")
    let_in(helper, acme, AccessRole.ADMIN)

    def start(person: PlatformUser, reason: str = WHY, minutes: int = 15) -> Impersonation:
        return start_impersonation(
            operator,
            tenant_id=acme.id,
            person_id=person.pk,
            reason=reason,
            lasts=timedelta(minutes=minutes),
            origin=Origin(user_id=operator.pk),
        )

    for person, reason in ((helper, WHY), (stranger, WHY), (owner, "   why   ")):
        with pytest.raises(NotAllowedIn):
            start(person, reason)
    for minutes in (0, -1, 61):
        with pytest.raises(ValueError, match="is none"):
            start(owner, minutes=minutes)
    assert not Impersonation.objects.exists()
    running = start(owner)
    with pytest.raises(IntegrityError):  # whoever writes the row
        Impersonation.objects.filter(pk=running.pk).update(expires_at=timezone.now() + timedelta(hours=5))


def test_a_shop_asks_its_people_for_a_second_factor_and_its_owner_first(acme: TenantInfo, owner: PlatformUser) -> None:
    clerk = staff_browser(acme, AccessRole.EDITOR)
    merchants = shop_browser(acme)
    log_in(merchants, owner)
    wanted = {"staff_two_factor": "on", "support_may_enter": "on"}

    assert merchants.post("/admin/security/", wanted).status_code == 422
    assert not Tenant.objects.get(pk=acme.id).staff_two_factor
    owner.sessions.update(two_factor_at=timezone.now())
    assert merchants.post("/admin/security/", wanted).status_code == 302

    assert clerk.get("/dashboard/").status_code == 302
    refused = log_in(clerk, PlatformUser.objects.get(email="editor@acme.example"))
    assert (refused.status_code, "two-factor" in refused.content.decode()) == (403, True)
    assert merchants.get("/dashboard/").status_code == 200
