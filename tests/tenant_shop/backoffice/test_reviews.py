"""Reviews are read, shown, kept back with a reason, answered and let wait again; markup in them is text."""

from typing import Any
from unittest import mock

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import reviews_waiting
from tenant_shop.backoffice.reviews_waiting import count_anew
from tenant_shop.reviews.models import ProductReview
from tenant_shop.reviews.moderate import LONGEST_REASON, LONGEST_REPLY, ReplyRefused, decide_review, reply_to_review
from tests.back_office import entries
from tests.factories.catalog import ProductFactory
from tests.factories.customers import CustomerFactory
from tests.people import shop_browser, staff_browser
from tests.shopping import everything
from tests.statements import StatementCount

LIST = "/admin/tenant_shop/productreview/"
Status = ProductReview.Status


def write(**values: Any) -> ProductReview:
    usual = {"rating": 4, "title": "Good", "content": "It <b>holds</b>.", "is_verified_purchase": True}
    product = values.pop("product", None) or ProductFactory(slug="axe", stock=3)
    return ProductReview.objects.create(product=product, customer=CustomerFactory(), **usual | values)


def form(**changes: str) -> dict[str, str]:
    return {"status": "pending", "reason": "", "reply": ""} | changes


def test_the_queue_shows_who_said_what_of_which_product_and_markup_is_text(acme: TenantInfo) -> None:
    with tenant_context(acme):
        write(title="<script>alert(1)</script>")
        write(product=ProductFactory(name="Saw"), status="approved")
    browser = staff_browser(acme)

    page = browser.get(LIST, {"status__exact": "pending"})
    told = page.content.decode()

    assert page.context["cl"].result_count == 1
    assert 'aria-label="4 of 5">★★★★☆<' in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</span><br>It &lt;b&gt;holds&lt;/b&gt;.</div>" in told
    assert "<script>alert(1)" not in told


def test_one_is_kept_back_with_a_reason_and_waits_again(acme: TenantInfo) -> None:
    with tenant_context(acme):
        review = write()
    browser, path = staff_browser(acme), f"{LIST}{review.pk}/change/"

    browser.post(path, form(status="rejected", reason=" Names a neighbour. "))
    with tenant_context(acme):
        review.refresh_from_db()
    kept_back = (review.status, review.reason)
    browser.post(LIST, {"action": "wait_again", "_selected_action": [review.pk]})
    with tenant_context(acme):
        review.refresh_from_db()

    assert kept_back == ("rejected", "Names a neighbour.")
    assert (review.status, review.reason, review.title) == ("pending", "", "Good")
    first, second = entries(acme)
    assert (first.new_values, second.new_values) == (
        {"status": "rejected", "reason": "•••"},
        {"status": "pending"},
    )


def test_many_are_shown_at_once_and_back_again(acme: TenantInfo) -> None:
    with tenant_context(acme):
        product = ProductFactory()
        keys = [write(product=product).pk for _ in range(3)]
    browser = staff_browser(acme)

    told = browser.post(LIST, {"action": "approve", "_selected_action": keys}, follow=True).content.decode()
    with tenant_context(acme):
        shown = set(ProductReview.objects.values_list("status", flat=True))
    browser.post(LIST, {"action": "wait_again", "_selected_action": keys})

    assert "3 reviews are shown now." in told
    assert shown == {"approved"}
    with tenant_context(acme):
        assert set(ProductReview.objects.values_list("status", flat=True)) == {"pending"}
    assert len(entries(acme)) == 6


def test_an_answer_stands_below_the_review_in_the_shop_and_its_markup_is_text(acme: TenantInfo) -> None:
    with tenant_context(acme):
        review = write(status="approved")
    browser, visitor = staff_browser(acme), shop_browser(acme)
    path = f"{LIST}{review.pk}/change/"
    before = visitor.get("/products/axe/").content.decode()

    browser.post(path, form(status="approved", reply="Thank <i>you</i>!"))
    answered = visitor.get("/products/axe/").content.decode()
    browser.post(path, form(status="approved", reply=""))
    after = visitor.get("/products/axe/").content.decode()

    assert ["Answer of the shop" in page for page in (before, answered, after)] == [False, True, False]
    assert "Thank &lt;i&gt;you&lt;/i&gt;!" in answered
    assert "It &lt;b&gt;holds&lt;/b&gt;." in answered
    with tenant_context(acme):
        review.refresh_from_db()
    assert (review.reply, review.replied_at) == ("", None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"reply": "x" * (LONGEST_REPLY + 1)}, "Up to 2000 characters."),
        ({"status": "rejected", "reason": "x" * (LONGEST_REASON + 1)}, "Up to 500 characters."),
        ({"status": "approved", "reason": "Rude."}, "Only what is kept back has a reason."),
        ({"status": "loud"}, "Select a valid choice"),
        ({"reply": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(
    changes: dict[str, str], problem: str, acme: TenantInfo
) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        review = write()
        before = everything()

    response = browser.post(f"{LIST}{review.pk}/change/", form(**changes))

    assert (response.status_code, problem in response.content.decode()) == (200, True)
    with tenant_context(acme):
        assert everything() == before


def test_verbs_refuse_what_is_too_long_and_do_nothing_twice(shop: TenantInfo) -> None:
    review = write()

    with pytest.raises(ReplyRefused):
        reply_to_review(review.pk, "x" * (LONGEST_REPLY + 1))
    with pytest.raises(ReplyRefused):
        decide_review(review.pk, Status.REJECTED, reason="x" * (LONGEST_REASON + 1))
    assert decide_review(review.pk, Status.PENDING) is None
    first = reply_to_review(review.pk, "Thanks").replied_at
    assert reply_to_review(review.pk, " Thanks ").replied_at == first


def test_viewers_and_other_shops_decide_nothing(acme: TenantInfo, make_shop: Any) -> None:
    viewer = staff_browser(acme, AccessRole.VIEWER)
    stranger = staff_browser(make_shop("other"), email="other@example.com")
    with tenant_context(acme):
        review = write()
        before = everything()
    path = f"{LIST}{review.pk}/change/"

    assert viewer.post(path, form(reply="Hm")).status_code == 403
    assert stranger.post(path, form(reply="Hm")).status_code == 302  # there is none: back to the first page
    viewer.post(LIST, {"action": "approve", "_selected_action": [review.pk]})
    stranger.post(LIST, {"action": "approve", "_selected_action": [review.pk]})

    with tenant_context(acme):
        assert everything() == before


def test_the_queue_costs_the_same_however_long_it_is(acme: TenantInfo) -> None:
    browser, counts = staff_browser(acme), []
    browser.get(LIST)
    for _ in range(2):
        with tenant_context(acme):
            write(product=ProductFactory())
        with StatementCount() as statements:
            browser.get(LIST)
        counts.append(statements.count)

    assert counts[0] == counts[1]


def test_the_sidebar_counts_what_waits_and_what_is_decided_here_at_once(acme: TenantInfo) -> None:
    counted = '<span class="frame-count">{}<span class="sr-only"> waiting</span></span>'
    with tenant_context(acme):
        product = ProductFactory()
        keys = [write(product=product).pk for _ in range(3)]
        count_anew()
    browser = staff_browser(acme)
    assert counted.format(3) in browser.get("/admin/settings/all/").content.decode()

    browser.post(LIST, {"action": "approve", "_selected_action": keys[:2]})
    assert counted.format(1) in browser.get("/admin/settings/all/").content.decode()
    browser.post(f"{LIST}{keys[2]}/change/", form(status="approved"))
    assert "frame-count" not in browser.get("/admin/settings/all/").content.decode()
    with tenant_context(acme), mock.patch.object(reviews_waiting, "MOST", 2):
        ProductReview.objects.update(status="pending")
        count_anew()
        assert reviews_waiting.reviews_waiting() == "1+"
