"""The page on which the shop's owners and admins say what it is called and where its money goes."""

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.accounts.sessions.models import UserSession
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.settings import shop_settings
from tests.people import staff_browser

PAGE = "/admin/settings/"
FORM = {
    "store_name": "Acme Outdoor",
    "store_email": "hello@acme.example",
    "payment_instructions": "Acme Ltd\r\nIBAN DE02 1203 0000 0000 2020 51",
}


def changes(shop: TenantInfo) -> list[AuditLog]:
    with tenant_scope(shop.id):
        return list(AuditLog.objects.filter(action="change_settings"))


@pytest.mark.parametrize("role", [AccessRole.OWNER, AccessRole.ADMIN])
def test_those_who_run_the_shop_change_its_settings(role: AccessRole, acme: TenantInfo) -> None:
    browser = staff_browser(acme, role)
    assert PAGE in browser.get("/admin/").content.decode()

    answer = browser.post(PAGE, FORM)

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    with tenant_context(acme):
        shop = shop_settings()
    assert (shop.store_name, shop.store_email) == ("Acme Outdoor", "hello@acme.example")
    assert shop.payment_instructions == "Acme Ltd\nIBAN DE02 1203 0000 0000 2020 51"
    assert "IBAN DE02 1203 0000 0000 2020 51" in browser.get(PAGE).content.decode()
    (entry,) = changes(acme)
    assert entry.metadata["changes"] == [{"changed": {"fields": ["Name", "E-mail address", "Bank account"]}}]
    assert entry.old_values == {
        "store_name": "My Store",
        "store_email": "store@example.com",
        "payment_instructions": "",
    }
    assert entry.new_values == {
        "store_name": "Acme Outdoor",
        "store_email": "hello@acme.example",
        "payment_instructions": "Acme Ltd\nIBAN DE02 1203 0000 0000 2020 51",
    }


def test_another_bank_account_is_named_by_who_has_just_proven_who_they_are(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    browser.post(PAGE, FORM)
    UserSession.objects.update(confirmed_at=timezone.now() - UserSession.FRESH_FOR)

    renamed = browser.post(PAGE, {**FORM, "store_name": "Acme"})
    refused = browser.post(PAGE, {**FORM, "payment_instructions": "Mallory\r\nIBAN DE99"})

    assert (renamed.status_code, renamed["Location"]) == (302, PAGE)
    assert (refused.status_code, refused["Location"].partition("?")[0]) == (302, "/confirm/")
    with tenant_context(acme):
        shop = shop_settings()
    assert (shop.store_name, shop.payment_instructions) == ("Acme", "Acme Ltd\nIBAN DE02 1203 0000 0000 2020 51")
    assert len(changes(acme)) == 2


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_others_do_not_see_the_page_and_change_nothing(role: AccessRole, acme: TenantInfo) -> None:
    browser = staff_browser(acme, role)
    assert f'"{PAGE}"' not in browser.get("/admin/").content.decode()
    with tenant_context(acme):
        before = shop_settings()

    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, FORM).status_code == 403

    with tenant_context(acme):
        assert shop_settings() == before
    assert changes(acme) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("store_name", ""), ("store_name", "x" * 256), ("store_email", "nobody"), ("payment_instructions", "x" * 1001)],
)
def test_a_bad_setting_is_refused_and_nothing_moves(field: str, value: str, acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        before = shop_settings()

    assert browser.post(PAGE, {**FORM, field: value}).status_code == 422

    with tenant_context(acme):
        assert shop_settings() == before
    assert changes(acme) == []


def test_returns_are_told_in_days_or_in_ones_own_words(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    assert browser.post(PAGE, {**FORM, "return_days": "30", "returns_text": " Bring it back. "}).status_code == 302
    with tenant_context(acme):
        shop = shop_settings()
    assert (shop.return_days, shop.returns_text) == (30, "Bring it back.")
    for days in ("-1", "366", "many"):
        assert browser.post(PAGE, {**FORM, "return_days": days}).status_code == 422, days
    assert browser.post(PAGE, {**FORM, "return_days": "", "returns_text": ""}).status_code == 302
    with tenant_context(acme):
        shop = shop_settings()
    assert (shop.return_days, shop.returns_text) == (0, "")
