"""Quotes in the back office: read, answered, corrected, declined; by whom, and not across shops."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.models import QuoteRequest
from tenant_shop.orders.place import place_order
from tests.accounts import account
from tests.back_office import entries
from tests.companies import company_of, joined
from tests.people import staff_browser
from tests.quoting import WEEK, acceptance, answered, asked, take_requests
from tests.shopping import configure, stocked

LIST = "/admin/tenant_shop/quoterequest/"


@pytest.fixture
def quote(acme: TenantInfo) -> QuoteRequest:
    with tenant_context(acme):
        configure()
        take_requests()
        return asked((stocked(name="Mug", sku="MUG", stock=30), 20), note="For our café.", name="Ann")


def form(acme: TenantInfo, quote: QuoteRequest, price: str = "8.00", **changes: Any) -> dict[str, Any]:
    with tenant_context(acme):
        line = quote.lines.get().pk.hex
        revision = QuoteRequest.objects.get().revision
    until = timezone.now() + WEEK
    return {
        line: price,
        "shipping": "12",
        "valid_until_0": f"{until:%Y-%m-%d}",
        "valid_until_1": "12:00",
        "note": "Gladly.",
        "revision": revision,
        **changes,
    }


def test_a_request_is_read_and_answered(acme, quote):
    browser = staff_browser(acme)
    assert "Quotes" in browser.get("/admin/").content.decode()
    page = browser.get(f"{LIST}{quote.pk}/change/").content.decode()
    assert "For our café." in page
    assert f"{LIST}{quote.pk}/answer/" in page
    answer = browser.get(f"{LIST}{quote.pk}/answer/").content.decode()
    assert "20 \N{MULTIPLICATION SIGN} Mug (MUG)" in answer
    assert "30 in stock." in answer
    assert browser.post(f"{LIST}{quote.pk}/answer/", form(acme, quote)).status_code == 302
    with tenant_context(acme):
        made = QuoteRequest.objects.get()
        assert (made.status, made.answer, made.shipping_amount) == ("answered", "Gladly.", Decimal("12.000"))
        assert made.lines.get().unit_price == Decimal("8.000")
    assert [entry.action for entry in entries(acme)][-1] == "answer_quoterequest"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"valid_until_0": "2026-01-01"}, "The offer would have ended already."),
        ({"shipping": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"revision": "7"}, "was changed meanwhile"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(acme, quote, change, sentence):
    page = staff_browser(acme).post(f"{LIST}{quote.pk}/answer/", form(acme, quote, **change))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    with tenant_context(acme):
        assert QuoteRequest.objects.get().status == "requested"


def test_a_line_without_a_price_is_refused(acme, quote):
    page = staff_browser(acme).post(f"{LIST}{quote.pk}/answer/", form(acme, quote, price=""))
    assert "This field is required." in page.content.decode()


def test_an_offer_that_waits_for_an_approval_says_whose_and_its_history_who_did_what(acme, quote):
    browser = staff_browser(acme)
    with tenant_context(acme):
        configure(company_accounts=True)
        company = company_of(account(), approval_rule="all")
        buyer = joined(company, "bob@example.com")
        offer = answered(quote, "8.00")
        before = browser.get(f"{LIST}{quote.pk}/change/").content.decode()
        send_for_approval(**acceptance(offer, customer_id=buyer.customer_id))
    page = browser.get(f"{LIST}{quote.pk}/change/").content.decode()
    assert ("decides on it" in before, "Example Ltd decides on it, since" in page) == (False, True)
    assert ("the guest" in page, "the shop" in page) == (True, True)


def test_what_was_accepted_is_not_answered_any_more(acme, quote):
    with tenant_context(acme):
        place_order(**acceptance(answered(quote, "8.00")))
    browser = staff_browser(acme)
    sent = browser.post(f"{LIST}{quote.pk}/answer/", form(acme, quote, price="9.00"))
    assert sent["Location"] == f"{LIST}{quote.pk}/change/"
    assert "cannot be answered any more" in browser.get(sent["Location"]).content.decode()
    with tenant_context(acme):
        assert quote.lines.get().unit_price == Decimal("8.000")


@pytest.mark.parametrize(("role", "may_act"), [("owner", True), ("admin", True), ("editor", True), ("viewer", False)])
def test_who_may_answer(acme, quote, role, may_act):
    browser = staff_browser(acme, AccessRole(role))
    assert browser.get(f"{LIST}{quote.pk}/change/").status_code == 200
    assert browser.get(f"{LIST}{quote.pk}/answer/").status_code == (200 if may_act else 403)
    sent = browser.post(f"{LIST}{quote.pk}/answer/", form(acme, quote))
    assert sent.status_code == (302 if may_act else 403)
    with tenant_context(acme):
        assert QuoteRequest.objects.get().status == ("answered" if may_act else "requested")


def test_a_request_is_declined_and_a_viewer_declines_nothing(acme, quote):
    action = {"action": "decline", "_selected_action": [quote.pk]}
    staff_browser(acme, AccessRole.VIEWER).post(LIST, action)
    with tenant_context(acme):
        assert QuoteRequest.objects.get().status == "requested"
    assert staff_browser(acme).post(LIST, action).status_code == 302
    with tenant_context(acme):
        assert QuoteRequest.objects.get().status == "declined"


def test_nobody_answers_for_another_shop(acme, quote, make_shop):
    other = staff_browser(make_shop("other"))
    assert other.get(f"{LIST}{quote.pk}/answer/").status_code == 404
    assert other.post(f"{LIST}{quote.pk}/answer/", form(acme, quote)).status_code == 404


def test_the_merchant_turns_requests_on(acme):
    browser = staff_browser(acme)
    page = browser.get("/admin/settings/").content.decode()
    assert "Requests for quotes" in page
