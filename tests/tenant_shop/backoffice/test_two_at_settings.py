"""Two people at one page of settings: the second is told what the first changed, and neither loses anything."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.documents.begin_numbers import begin_numbers, next_written
from tenant_shop.documents.models import Document
from tests.back_office import entries
from tests.people import staff_browser

SHOP, TAX, INVOICES = "/admin/settings/", "/admin/settings/tax/", "/admin/settings/invoices/"
PAGES = [
    SHOP, TAX, INVOICES, "/admin/settings/region/", "/admin/settings/notices/", "/admin/settings/payments/",
    "/admin/languages/", "/admin/points/", "/admin/settings/filters/",
]  # fmt: skip


@pytest.fixture
def people(make_shop: Callable[..., TenantInfo]) -> tuple[TenantInfo, Client, Client]:
    acme = make_shop("acme")
    return acme, staff_browser(acme), staff_browser(acme, AccessRole.ADMIN)


def opened(browser: Client, page: str) -> dict[str, Any]:
    """What the page's form would send if nothing were changed in it."""
    return controls(browser.get(page).content.decode())


def controls(page: str) -> dict[str, Any]:
    start = page.index('<form method="post" class="max-w-2xl"')
    markup = page[start : page.index("</form>", start)]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", markup):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        box = 'type="checkbox"' in tag
        if name and (not box or re.search(r"\schecked[\s>=]", tag)):
            text = unescape(value[1]) if value else "on" if box else ""
            found[name[1]] = [*found.get(name[1], []), text] if box and value else text
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', markup, re.DOTALL):
        chosen = re.search(r'<option[^>]*value="([^"]*)"[^>]*selected', body)
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', markup, re.DOTALL):
        found[name] = unescape(body).removeprefix("\n")
    return found


def kept(shop: TenantInfo) -> Any:
    with tenant_context(shop):
        return shop_settings()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_nobody_touched_saves_and_changes_nothing(
    page: str, people: tuple[TenantInfo, Client, Client]
) -> None:
    acme, browser, _ = people
    before = kept(acme)
    form = opened(browser, page)

    answer = browser.post(page, form, follow=True)

    assert "seen" in form
    assert "Nothing was different." in answer.content.decode()
    assert kept(acme) == before
    assert entries(acme) == []


def test_who_saves_second_is_told_and_loses_nothing(people: tuple[TenantInfo, Client, Client]) -> None:
    acme, first, second = people
    one, other = opened(first, SHOP), opened(second, SHOP)

    assert first.post(SHOP, {**one, "store_phone": "+49 30 1", "return_days": "30"}).status_code == 302
    answer = second.post(SHOP, {**other, "store_name": "Acme Two", "return_days": "14"})

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "This was changed while you were editing. Nothing is saved yet" in page
    assert "Telephone: “+49 30 1” was written by somebody else; it is put in here." in page
    assert "Days for returns: somebody else wrote “30”; yours is kept below." in page
    shop = kept(acme)
    assert (shop.store_name, shop.store_phone, shop.return_days) == ("My Store", "+49 30 1", 30)
    assert len(entries(acme)) == 1

    again = controls(answer.content.decode())
    assert (again["store_name"], again["store_phone"], again["return_days"]) == ("Acme Two", "+49 30 1", "14")
    assert second.post(SHOP, again).status_code == 302
    shop = kept(acme)
    assert (shop.store_name, shop.store_phone, shop.return_days) == ("Acme Two", "+49 30 1", 14)
    assert entries(acme)[-1].new_values == {"store_name": "Acme Two", "return_days": 14}


def test_ticks_numbers_and_lists_are_told_of_too(people: tuple[TenantInfo, Client, Client]) -> None:
    acme, _, second = people
    tax, payments = opened(second, TAX), opened(second, f"{SHOP}payments/")
    with tenant_context(acme):
        change_settings({"prices_include_tax": True, "tax_rate": "0.19", "payment_methods": ["cash_on_delivery"]})

    told = second.post(TAX, {**tax, "reverse_charge": "on"})
    page = unescape(told.content.decode())
    assert "Prices include tax: “yes” was written by somebody else; it is put in here." in page
    assert "Rate in % without another: “19” was written by somebody else; it is put in here." in page
    assert second.post(TAX, controls(told.content.decode())).status_code == 302
    shop = kept(acme)
    assert (shop.prices_include_tax, str(shop.tax_rate), shop.reverse_charge) == (True, "0.19", True)

    told = second.post(f"{SHOP}payments/", {**payments, "test_mode": "on"})
    again = controls(told.content.decode())
    assert again["payment_methods"] == ["cash_on_delivery"]
    assert second.post(f"{SHOP}payments/", again).status_code == 302
    shop = kept(acme)
    assert (list(shop.payment_methods), shop.test_mode) == (["cash_on_delivery"], True)


def test_a_number_that_went_on_meanwhile_is_nobodys_change(people: tuple[TenantInfo, Client, Client]) -> None:
    acme, browser, _ = people
    form = opened(browser, INVOICES)
    with tenant_context(acme):
        begin_numbers(Document.Kind.INVOICE, 40)

    assert browser.post(INVOICES, {**form, "invoice_tax_id": "DE1"}).status_code == 302

    assert kept(acme).invoice_tax_id == "DE1"
    with tenant_context(acme):
        assert next_written(Document.Kind.INVOICE) == 40


def test_a_mistake_does_not_make_an_old_page_a_new_one(people: tuple[TenantInfo, Client, Client]) -> None:
    """The page that comes back with a mistake still says what it was opened with."""
    acme, _, second = people
    form = opened(second, SHOP)

    wrong = second.post(SHOP, {**form, "store_email": "nobody"})
    with tenant_context(acme):
        change_settings({"store_phone": "+49 30 1"})
    again = controls(wrong.content.decode())

    assert second.post(SHOP, {**again, "store_email": "a@acme.example"}).status_code == 422
    assert kept(acme).store_phone == "+49 30 1"


def test_words_of_mails_and_filters_of_lists_are_told_of_too(
    people: tuple[TenantInfo, Client, Client],
) -> None:
    acme, first, second = people
    mail, filters = "/admin/settings/mails/order_placed/en/", "/admin/settings/filters/"
    words = {"subject": "Thanks", "title": "Thanks", "text": "Thank you."}
    one, other, forgets = (mail_form(first, mail), mail_form(second, mail), mail_form(second, mail))
    lists = opened(second, filters)

    assert first.post(mail, {**one, **words}).status_code == 302
    answer = second.post(mail, {**other, **words, "subject": "Danke"})
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Subject: somebody else wrote “Thanks”; yours is kept below." in page
    assert second.post(mail, {**forgets, "action": "forget"}).status_code == 422
    assert kept(acme).email_templates["order_placed"]["en"]["subject"] == "Thanks"
    assert second.post(mail, mail_controls(answer.content.decode())).status_code == 302
    assert kept(acme).email_templates["order_placed"]["en"]["subject"] == "Danke"

    with tenant_context(acme):
        change_settings({"facets": {"options": ["Size"]}})
    answer = second.post(filters, {**lists, "tags": "linen", "auto_tags": ""})
    assert answer.status_code == 422
    assert "Options: only these: “Size” was written by somebody else" in unescape(answer.content.decode())
    assert kept(acme).facets == {"options": ["Size"]}


def mail_form(browser: Client, page: str) -> dict[str, Any]:
    return mail_controls(browser.get(page).content.decode())


def mail_controls(page: str) -> dict[str, Any]:
    return controls(page.replace('<form method="post" novalidate>', '<form method="post" class="max-w-2xl">'))
