"""An editor is invited, works, sees neither staff nor bills, and after being removed the next click is the log-in."""

import re
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.staff.mail import send_invitations
from tests.browser import NARROW, WIDE
from tests.people import PASSWORD, let_in, make_user


def link_of(shop: TenantInfo) -> str:
    """The path in the mail that invites."""
    with tenant_context(shop):
        send_invitations(timezone.now())
    found = re.search(r"/join/\S+/", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def log_in(page: Any, site: Any, email: str) -> None:
    page.goto(site.url("acme", "/login/"))
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/dashboard/")


@pytest.mark.slow
def test_an_editor_is_invited_works_and_is_removed(acme: TenantInfo, site: Any, browser: Any, violations: Any) -> None:
    let_in(make_user(), acme)
    owner = browser.new_context(viewport={"width": WIDE, "height": 900}).new_page()
    editor = browser.new_context(viewport={"width": NARROW, "height": 800}, java_script_enabled=True).new_page()
    log_in(owner, site, "owner@acme.example")
    owner.goto(site.url("acme", "/admin/staff/"))
    owner.get_by_label("E-mail address").fill("ed@acme.example")
    owner.get_by_label("Role").select_option("editor")
    owner.get_by_role("button", name="Invite").click()
    owner.get_by_text("ed@acme.example is invited").wait_for()
    editor.goto(site.url("acme", link_of(acme)))
    assert violations(editor) == []
    editor.get_by_label("First name").fill("Ed")
    editor.get_by_label("Password", exact=True).fill(PASSWORD)
    editor.get_by_label("The password again").fill(PASSWORD)
    editor.get_by_role("button", name="Accept the invitation").click()
    editor.wait_for_url("**/dashboard/")

    editor.goto(site.url("acme", "/admin/tenant_shop/product/"))
    assert editor.locator("a[href='/admin/tenant_shop/order/']").count() > 0
    assert editor.locator("a[href='/admin/staff/'], a[href='/admin/plan/'], a[href='/admin/audit/']").count() == 0
    for path in ("/admin/staff/", "/admin/plan/", "/admin/audit/"):
        assert editor.goto(site.url("acme", path)).status == 403
    editor.goto(site.url("acme", "/admin/tenant_shop/product/"))

    owner.goto(site.url("acme", "/admin/staff/"))
    owner.get_by_role("link", name="Change ed@acme.example").click()
    owner.get_by_role("button", name="Save").wait_for()
    assert violations(owner) == []
    owner.get_by_role("button", name="Remove ed@acme.example").click()
    owner.get_by_text("ed@acme.example does not work here any more.").wait_for()
    editor.locator("a[href='/admin/tenant_shop/order/']").first.dispatch_event("click")
    editor.wait_for_url("**/login/**")
    owner.goto(site.url("acme", "/admin/audit/"))
    owner.get_by_role("region", name="Audit log").get_by_text("Remove").first.wait_for()
    owner.context.close()
    editor.context.close()
