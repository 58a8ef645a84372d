"""Merging two accounts in the back office: choose, look, confirm; by who may delete customers, and once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.customers.consents import record_consent
from tenant_shop.customers.merge import merge_customers
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.orders.models import Order
from tests.accounts import account
from tests.back_office import entries
from tests.people import staff_browser
from tests.shopping import configure, everything, order_of, stocked


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


@pytest.fixture
def ann(acme: TenantInfo) -> Customer:
    return account("ann@example.com", first_name="Ann", last_name="Ash")


@pytest.fixture
def twin(acme: TenantInfo) -> Customer:
    customer = account("ann.ash@example.com", first_name="Ann", last_name="Ash")
    record_consent(customer, is_granted=True, place="profile")
    LoyaltyEntry.objects.create(customer=customer, points=40, reason="correction", actor="bob")
    order_of((stocked(), 1), email=customer.email, customer_id=customer.pk)
    return customer


def page_of(customer: Customer, name: str = "merge") -> str:
    return f"/admin/tenant_shop/customer/{customer.pk}/{name}/"


def look(browser: Client, survivor: Customer, email: str) -> Any:
    return browser.post(page_of(survivor), {"do": "look", "email": email})


def token_in(page: Any) -> str:
    found = re.search(r'name="looked_at" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def unchanged(before: dict[str, Any]) -> bool:
    after = everything()
    return {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_staff_choose_look_and_confirm(acme: TenantInfo, ann: Customer, twin: Customer) -> None:
    browser = staff_browser(acme, AccessRole.ADMIN)
    assert page_of(ann) in browser.get(page_of(ann, "change")).content.decode()
    assert browser.get(page_of(ann)).status_code == 200
    before = everything()
    page = look(browser, ann, " Ann.Ash@example.com")
    assert page.status_code == 200
    assert page.context["shown"]["sums"][2] == ("Points", "0", "40")
    assert ("Orders", "1") in page.context["shown"]["moved"]
    words = page.content.decode()
    assert "Marketing mails: <strong>no</strong>" in words
    assert re.search(r'<button[^>]*name="do"[^>]*value="merge"', words), "without scripts, too"
    assert f'href="{page_of(twin)}"' in words
    assert unchanged(before)

    done = browser.post(page_of(ann), {"do": "merge", "looked_at": token_in(page)}, follow=True)

    assert done.redirect_chain[-1][0] == page_of(ann, "change")
    assert "ann.ash@example.com is merged into ann@example.com" in done.content.decode()
    assert Order.objects.get().customer_id == ann.pk
    (entry,) = entries(acme)
    assert (entry.action, entry.resource_id) == ("merge_customer", ann.pk)
    assert (entry.old_values["loyalty_points"], entry.new_values["loyalty_points"]) == ("•••", "•••")
    assert (entry.old_values["marketing_consent"], entry.new_values["marketing_consent"]) == (False, False)
    assert entry.metadata["changes"] == [
        {"merged": {"fields": [f"customer {twin.pk}: 1 orders, 1 answers about terms and mails; +40 points"]}}
    ]
    assert "ann.ash" not in str((entry.old_values, entry.new_values, entry.metadata))


def test_the_page_of_the_one_that_is_no_more_leads_to_the_one_that_stays(
    acme: TenantInfo, ann: Customer, twin: Customer
) -> None:
    merge_customers(ann.pk, twin.pk, actor="bob")
    viewer = staff_browser(acme, AccessRole.VIEWER)
    page = viewer.get(page_of(twin, "change"), follow=True)
    assert page.redirect_chain == [(page_of(ann, "change"), 302)]
    assert "That account was merged into this one." in page.content.decode()
    owner = staff_browser(acme)
    before = everything()
    assert owner.post(page_of(twin, "change"), {"email": "back@example.com"}).status_code == 302
    assert owner.get(page_of(twin)).status_code == 404
    assert unchanged(before)


def test_what_cannot_be_merged_is_said_and_nothing_moves(acme: TenantInfo, ann: Customer, twin: Customer) -> None:
    browser = staff_browser(acme)
    before = everything()
    for email, words in (
        ("nobody@example.com", "No account has this address."),
        ("ann@example.com", "This is the same account."),
        ("", "This field is required."),
    ):
        page = look(browser, ann, email)
        assert (page.status_code, words in page.content.decode()) == (422, True)
    assert unchanged(before)


def test_only_what_was_looked_at_is_merged_by_who_looked(acme: TenantInfo, ann: Customer, twin: Customer) -> None:
    browser, bob = staff_browser(acme), account("bob@example.com")
    token = token_in(look(browser, ann, twin.email))
    colleague = staff_browser(acme, AccessRole.ADMIN)
    before = everything()
    for sent in ("", "forged", token[:-1]):
        page = browser.post(page_of(ann), {"do": "merge", "looked_at": sent}, follow=True)
        assert "Nothing was merged: look again" in page.content.decode()
    page = browser.post(page_of(bob), {"do": "merge", "looked_at": token}, follow=True)
    assert "Nothing was merged: look again" in page.content.decode()
    assert colleague.post(page_of(ann), {"do": "merge", "looked_at": token}).status_code == 403
    assert unchanged(before)
    order_of((stocked(), 1), email=twin.email, customer_id=twin.pk)
    before = everything()
    page = browser.post(page_of(ann), {"do": "merge", "looked_at": token}, follow=True)
    assert "Something has changed since you looked." in page.content.decode()
    assert unchanged(before)


def test_the_second_of_two_clicks_finds_it_done(acme: TenantInfo, ann: Customer, twin: Customer) -> None:
    browser = staff_browser(acme)
    sent = {"do": "merge", "looked_at": token_in(look(browser, ann, twin.email))}
    assert browser.post(page_of(ann), sent).status_code == 302
    before = everything()
    again = browser.post(page_of(ann), sent, follow=True)
    assert "ann.ash@example.com was merged already." in again.content.decode()
    assert unchanged(before)
    assert len(entries(acme)) == 1


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_editors_and_viewers_merge_nobody_by_a_form_of_their_own(
    acme: TenantInfo, ann: Customer, twin: Customer, role: AccessRole
) -> None:
    token = token_in(look(staff_browser(acme), ann, twin.email))
    browser = staff_browser(acme, role)
    before = everything()
    assert browser.get(page_of(ann)).status_code == 403
    assert look(browser, ann, twin.email).status_code == 403
    assert browser.post(page_of(ann), {"do": "merge", "looked_at": token}).status_code == 403
    assert page_of(ann) not in browser.get(page_of(ann, "change")).content.decode()
    assert unchanged(before)


def test_another_shops_staff_and_token_merge_nobody(
    acme: TenantInfo, ann: Customer, twin: Customer, make_shop: Callable[..., TenantInfo]
) -> None:
    globex = make_shop("globex")
    stranger = staff_browser(globex, email="owner@globex.example")
    token = token_in(look(staff_browser(acme), ann, twin.email))
    before = everything()
    assert look(stranger, ann, twin.email).status_code == 404
    assert stranger.post(page_of(ann), {"do": "merge", "looked_at": token}).status_code == 404
    with tenant_context(globex):
        configure()
        theirs = account("theirs@globex.example")
    assert stranger.post(page_of(theirs), {"do": "merge", "looked_at": token}).status_code == 403
    assert "No account has this address." in look(stranger, theirs, twin.email).content.decode()
    assert unchanged(before)
