"""Views over the lists of the back office."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.saved_views.keep import MOST_VIEWS, ViewNotKept, keep_view, tidy_query
from tenant_shop.configuration.saved_views.models import SavedView
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.returns.models import Return
from tests.back_office import entries
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopping import configure, everything, order_of, stocked

ORDERS = "/admin/tenant_shop/order/"
KEEP = ORDERS + "views/keep/"
PAID = "payment_status__exact=paid"


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


def tabs(page: Any) -> list[tuple[str, bool]]:
    return [(tab["name"], tab["is_current"]) for tab in page.context["view_tabs"]]


def listed(page: Any) -> set[str]:
    return {order.order_number for order in page.context["cl"].result_list}


def unchanged(before: dict[str, Any]) -> bool:
    after = everything()
    return {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_the_views_that_come_with_the_shop_list_what_they_say(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    unpaid = order_of((stocked(), 1))
    to_send = mark_as_paid(order_of((stocked(), 1)).pk, actor="ann")
    promised = order_of((stocked(), 1), payment_method="cash_on_delivery")
    Order.objects.filter(pk=promised.pk).update(payment_status="authorized")
    back = order_of((stocked(), 1))
    Order.objects.filter(pk=back.pk).update(status="delivered", payment_status="paid", fulfillment_status="fulfilled")
    Return.objects.create(order=back, reason="damaged")
    page = browser.get(ORDERS)
    assert tabs(page) == [
        ("All", True),
        ("Unfulfilled", False),
        ("Unpaid", False),
        ("To capture", False),
        ("Open returns", False),
        ("Test orders", False),
    ]
    found = {
        tab["name"]: listed(browser.get(f"{ORDERS}?{tab['query']}"))
        for tab in page.context["view_tabs"]
        if tab["query"]
    }
    assert found == {
        "Unfulfilled": {to_send.order_number, promised.order_number},
        "Unpaid": {unpaid.order_number},
        "To capture": {promised.order_number},
        "Open returns": {back.order_number},
        "Test orders": set(),
    }
    current = browser.get(f"{ORDERS}?returns=open&p=0")
    assert ("Open returns", True) in tabs(current)
    assert "Keep this list as a view" not in current.content.decode()


def test_a_view_is_kept_from_the_list_renamed_and_deleted(acme: TenantInfo) -> None:
    browser = staff_browser(acme, AccessRole.EDITOR)
    asked = browser.get(f"{ORDERS}?q=ann&o=-6&{PAID}")
    assert "Keep this list as a view" in asked.content.decode()
    kept = {"name": " Paid  by Ann ", "query": asked.context["current_query"] + "&p=3", "is_shared": "on"}

    page = browser.post(KEEP, kept, follow=True)

    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared) == ("Paid by Ann", f"o=-6&{PAID}&q=ann", True)
    assert page.redirect_chain == [(f"{ORDERS}?{view.query}", 302)]
    assert ("Paid by Ann", True) in tabs(page)
    assert "The view Paid by Ann is kept for everybody." in page.content.decode()
    browser.post(f"{ORDERS}views/{view.pk}/rename/", {"name": "Ann"})
    view.refresh_from_db()
    assert view.name == "Ann"
    gone = browser.post(f"{ORDERS}views/{view.pk}/delete/", follow=True)
    assert not SavedView.objects.exists()
    assert "The view Ann is deleted. What it listed is where it was." in gone.content.decode()
    assert [entry.action for entry in entries(acme)] == [
        "keep_view_savedview",
        "rename_view_savedview",
        "delete_view_savedview",
    ]


def test_a_view_of_ones_own_is_nobody_elses(acme: TenantInfo) -> None:
    ann, bob = staff_browser(acme), staff_browser(acme, AccessRole.EDITOR)
    ann.post(KEEP, {"name": "Mine", "query": PAID})
    view = SavedView.objects.get()
    assert ("Mine", False) in tabs(ann.get(ORDERS))
    assert ("Mine", False) not in tabs(bob.get(ORDERS))
    before = everything()
    for verb in ("rename", "delete"):
        answer = bob.post(f"{ORDERS}views/{view.pk}/{verb}/", {"name": "Bob's"}, follow=True)
        assert "There is no such view any more." in answer.content.decode()
    assert unchanged(before)
    bob.post(KEEP, {"name": "Mine", "query": "q=bob"})
    assert SavedView.objects.filter(name="Mine").count() == 2


def test_lists_of_products_and_customers_have_views_of_their_own(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    CustomerFactory()
    for name, query in (("product", "visibility__exact=hidden"), ("customer", "status__exact=suspended")):
        browser.post(f"/admin/tenant_shop/{name}/views/keep/", {"name": name, "query": query, "is_shared": "on"})
        shown = tabs(browser.get(f"/admin/tenant_shop/{name}/?{query}"))
        assert [tab for tab, is_current in shown if is_current] == [name]
    assert ("product", False) not in tabs(browser.get(ORDERS))


def test_what_cannot_be_kept_is_said_and_nothing_changes(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    browser.post(KEEP, {"name": "Paid", "query": PAID, "is_shared": "on"})
    before = everything()
    for sent, sentence in (
        ({"name": "  ", "query": PAID}, "Give the view a name of up to 60 characters."),
        ({"name": "x" * 61, "query": PAID}, "Give the view a name of up to 60 characters."),
        ({"name": "Long", "query": "q=" + "x" * 1000}, "This list is narrowed by too much to be kept."),
        ({"name": "Paid", "query": "q=a", "is_shared": "on"}, "There is a view called Paid already."),
    ):
        assert sentence in browser.post(KEEP, sent, follow=True).content.decode()
    assert unchanged(before)
    for number in range(1, MOST_VIEWS):
        keep_view("order", str(number), "q=a", is_shared=True, owner="ann")
    with pytest.raises(ViewNotKept):
        keep_view("order", "One more", "q=a", is_shared=False, owner="ann")
    assert SavedView.objects.count() == MOST_VIEWS


def test_a_viewer_and_another_shops_staff_see_views_and_change_none(acme: TenantInfo, make_shop: Any) -> None:
    staff_browser(acme).post(KEEP, {"name": "Paid", "query": PAID, "is_shared": "on"})
    view = SavedView.objects.get()
    viewer = staff_browser(acme, AccessRole.VIEWER)
    page = viewer.get(f"{ORDERS}?{PAID}")
    assert ("Paid", True) in tabs(page)
    assert "Change this view" not in page.content.decode()
    before = everything()
    assert viewer.post(KEEP, {"name": "Mine", "query": PAID}).status_code == 403
    assert viewer.post(f"{ORDERS}views/{view.pk}/delete/").status_code == 403
    other = staff_browser(make_shop("globex"), email="owner@globex.example")
    other.post(f"{ORDERS}views/{view.pk}/delete/")
    assert unchanged(before)


def test_the_same_list_is_the_same_text_and_leads_nowhere_else() -> None:
    assert tidy_query("?b=2&a=1&p=3&_popup=1&c=") == "a=1&b=2"
    assert tidy_query("//evil.example/?x") == ""
    assert tidy_query("q=a%26b&q=c") == "q=a%26b&q=c"
