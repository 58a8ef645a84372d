"""Two walks: a merchant switches two-factor log-in on and uses it; an operator visits the merchant's shop."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.utils import timezone

from platform_core.accounts.mailbox.reset import ask_for_reset
from platform_core.accounts.models import PlatformRole, PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo
from tests.browser import NARROW, WIDE, Site
from tests.people import PASSWORD, code_now, let_in, make_user
from tests.platform_core.accounts.posting import mails, path_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("platform")]

NEW = "seven green kettles sing"
Violations = Callable[[Any], list[str]]
# Where pictures of the pages go, for people to look at; nowhere unless it is said.
PICTURES = os.environ.get("PICTURES_OF_ACCOUNTS", "")


@pytest.fixture
def is_sound(violations: Violations) -> Callable[[Any, str], None]:
    """Nothing for axe to say, on a desk and on a phone, where nothing is wider than the screen."""

    def look(page: Any, name: str) -> None:
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": 900})
            if PICTURES:
                page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)
            assert violations(page) == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)

    return look


def type_log_in(page: Any, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_a_merchant_sets_up_two_factor_logs_in_with_it_and_forgets_the_password(
    make_shop: Callable[..., TenantInfo], site: Site, browser: Any, is_sound: Callable[[Any, str], None]
) -> None:
    acme, user = make_shop("acme"), make_user()
    let_in(user, acme)
    page = browser.new_context().new_page()
    page.goto(site.url("", "/account/"))
    is_sound(page, "log-in")
    type_log_in(page, user.email)
    page.get_by_role("heading", name="Your account").wait_for()
    is_sound(page, "account")

    page.get_by_role("link", name="Switch on two-factor log-in").click()
    page.get_by_role("img", name="QR code").wait_for()
    page.get_by_text("No camera? Type the key").click()
    is_sound(page, "set-up")
    secret = page.locator(".two-factor__secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(timezone.now()))
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    is_sound(page, "recovery-codes")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    page.get_by_role("link", name="I have them in a safe place").click()
    page.get_by_text("10 recovery codes left").wait_for()
    is_sound(page, "account-with-factor")

    # At the shop's door the telephone is asked for, or one of the codes.
    desk = browser.new_context().new_page()
    desk.goto(site.url("acme", "/login/"))
    type_log_in(desk, user.email)
    desk.get_by_label("Code that your authenticator app shows").wait_for()
    is_sound(desk, "shop-code")
    desk.get_by_label("Code that your authenticator app shows").fill(codes[0])
    desk.get_by_role("button", name="Log in").click()
    desk.wait_for_url("**/dashboard/")
    desk.goto(site.url("acme", "/switch/"))
    is_sound(desk, "switch")
    desk.goto(site.url("acme", "/admin/security/"))
    is_sound(desk, "security")

    # A new password by mail logs out both, and does not go past the telephone.
    ask_for_reset(user.email)
    link = path_in(next(message for message in mails() if message.subject == "Choose a new password"))
    phone = browser.new_context().new_page()
    phone.goto(site.url("", "/password/"))
    is_sound(phone, "forgotten")
    phone.goto(site.url("", link))
    is_sound(phone, "choose")
    phone.get_by_label("New password").fill(NEW)
    phone.get_by_role("button", name="Save the new password").click()
    phone.get_by_text("Your password is changed").wait_for()
    type_log_in(phone, user.email, NEW)
    phone.get_by_role("heading", name="One more proof").wait_for()
    is_sound(phone, "code")
    phone.goto(site.url("", link))
    phone.get_by_role("heading", name="This link is over").wait_for()
    is_sound(phone, "link-over")
    desk.goto(site.url("acme", "/dashboard/"))
    desk.wait_for_url("**/login/**")


def test_an_operator_visits_a_shop_and_the_merchant_sees_it_and_forbids_it(
    make_shop: Callable[..., TenantInfo], site: Site, browser: Any, is_sound: Callable[[Any, str], None]
) -> None:
    acme, owner = make_shop("acme"), make_user()
    let_in(owner, acme)
    operator = make_user("op@smartseller.example", role=PlatformRole.SUPPORT)
    page = browser.new_context().new_page()
    page.goto(site.url("", "/login/"))
    type_log_in(page, operator.email)
    page.get_by_label("Code").fill(code_now(PlatformUser.objects.get(pk=operator.pk)))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    page.goto(site.url("", f"/admin/platform_core/tenant/{acme.id}/change/"))
    page.get_by_role("link", name="Log in as one of its people").click()
    page.get_by_label("Why").wait_for()
    is_sound(page, "visit-form")
    page.get_by_label("Why").fill("Ticket 4711: prices do not show")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/dashboard/")
    banner = page.get_by_text("You are here as owner@acme.example")
    banner.wait_for()
    is_sound(page, "visit-dashboard")
    page.goto(site.url("acme", "/admin/tenant_shop/product/"))
    banner.wait_for()
    is_sound(page, "visit-products")

    merchant = browser.new_context().new_page()
    merchant.goto(site.url("acme", "/login/?next=/admin/audit/"))
    type_log_in(merchant, owner.email)
    merchant.get_by_text("GET /admin/tenant_shop/product/").first.wait_for()
    is_sound(merchant, "audit-log")
    merchant.goto(site.url("acme", "/admin/security/"))
    merchant.get_by_text("op@smartseller.example as owner@acme.example").wait_for()
    merchant.get_by_label("SmartSeller's support may log in as one of us").uncheck()
    merchant.get_by_role("button", name="Save").click()
    merchant.get_by_text("It holds from the next click on").wait_for()

    page.goto(site.url("acme", "/admin/tenant_shop/order/"))
    page.wait_for_url("**/login/**")
    with tenant_scope(acme.id):
        actions = set(AuditLog.objects.values_list("action", flat=True))
    assert {"start_impersonation", "visit_page", "end_impersonation", "change_security"} <= actions
    page.goto(site.url("", "/admin/platform_core/auditlog/"))
    page.get_by_text("start_impersonation").first.wait_for()
    is_sound(page, "console-audit-log")
