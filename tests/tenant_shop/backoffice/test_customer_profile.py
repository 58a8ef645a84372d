"""A customer's profile: what they bought, agreed to and wrote, and their data."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.forms.models import model_to_dict

from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.consents import record_consent
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.customers.notes import CustomerNote, note_customer
from tenant_shop.customers.profile import profile_of
from tenant_shop.customers.tokens import CustomerToken
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount
from tests.back_office import entries
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopping import configure, everything, order_of, stocked
from tests.statements import StatementCount


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


@pytest.fixture
def ann(acme: TenantInfo) -> Customer:
    return CustomerFactory(email="ann@example.com")


def page_of(customer: Customer, name: str = "change") -> str:
    return f"/admin/tenant_shop/customer/{customer.pk}/{name}/"


def bought(customer: Customer, pieces: int) -> Order:
    order = order_of((stocked(stock=50), pieces))
    Order.objects.filter(pk=order.pk).update(customer=customer)
    return mark_as_paid(order.pk, actor="bob")


def test_the_value_is_what_orders_that_count_cost_less_what_went_back(ann: Customer) -> None:
    empty = profile_of(ann, shop_settings())
    assert (empty.orders, empty.value, empty.average, empty.newest) == (0, None, None, [])
    first, second = bought(ann, 1), bought(ann, 2)
    gone = bought(ann, 3)
    cancel_order(gone.pk, reason="", actor="bob")
    unpaid = order_of((stocked(), 4))
    Order.objects.filter(pk=unpaid.pk).update(customer=ann)
    bought(CustomerFactory(), 5)
    payment = Payment.objects.get(order=first)
    refund_amount(payment.pk, amount=Decimal("4.91"), key="a", actor="bob")

    with StatementCount() as found:
        profile = profile_of(ann, shop_settings())

    assert (profile.orders, profile.value, profile.average) == (2, Decimal("34.89"), Decimal("17.45"))
    assert [order.pk for order in profile.newest] == [unpaid.pk, gone.pk, second.pk, first.pk]
    assert found.count == 7


def test_the_page_shows_orders_consents_and_figures(acme: TenantInfo, ann: Customer) -> None:
    order = bought(ann, 1)
    record_consent(ann, is_granted=True, place="profile")
    viewer = staff_browser(acme, AccessRole.VIEWER)
    page = viewer.get(page_of(ann))
    facts = dict(page.context["profile_facts"])
    assert (facts["Lifetime value, less refunds"], facts["Orders that count"], facts["Average order"]) == (
        "€14.90",
        "1",
        "€14.90",
    )
    words = page.content.decode()
    assert order.order_number in words
    assert "Delivered orders" in words
    assert "Orders and total are those that were delivered, refunds not taken off." in words
    assert "Marketing Email: yes" in words
    assert page_of(ann, "data") not in words
    TenantAccess.objects.update(permissions={"tenant_shop.view_order": False})
    words = viewer.get(page_of(ann)).content.decode()
    assert ("Marketing Email: yes" in words, order.order_number in words) == (True, False)


def test_staff_download_what_is_held_of_a_customer_and_send_the_link_that_erases_it(
    acme: TenantInfo, ann: Customer
) -> None:
    browser = staff_browser(acme, AccessRole.ADMIN)
    order = bought(ann, 1)
    answer = browser.post(page_of(ann, "data"))
    assert answer.json()["customer"]["email"] == "ann@example.com"
    assert [row["order_number"] for row in answer.json()["orders"]] == [order.order_number]
    assert "password_hash" not in answer.json()["customer"]
    refused = browser.post(page_of(ann, "erasure"), follow=True)
    assert not CustomerToken.objects.filter(purpose="erase").exists()
    assert "on its way" not in refused.content.decode()
    Order.objects.filter(pk=order.pk).update(status="delivered", fulfillment_status="fulfilled")
    sent = browser.post(page_of(ann, "erasure"), follow=True)
    assert "The link that erases the account is on its way to ann@example.com." in sent.content.decode()
    assert CustomerToken.objects.get(purpose="erase").customer_id == ann.pk
    ann.refresh_from_db()
    assert ann.status == "active"
    assert [entry.action for entry in entries(acme)] == ["export_customer", "ask_to_erase_customer"]


def test_who_may_not_delete_customers_and_another_shops_staff_get_no_data_and_erase_nobody(
    acme: TenantInfo, ann: Customer, make_shop: Any
) -> None:
    viewer, editor = staff_browser(acme, AccessRole.VIEWER), staff_browser(acme, AccessRole.EDITOR)
    other = staff_browser(make_shop("globex"), email="owner@globex.example")
    before = everything()
    for name in ("data", "erasure", "erase"):
        assert viewer.post(page_of(ann, name), {"email": ann.email}).status_code == 403
        assert editor.post(page_of(ann, name), {"email": ann.email}).status_code == 403
        assert other.post(page_of(ann, name), {"email": ann.email}).status_code == 404
        assert viewer.get(page_of(ann, name)).status_code == 405
    for name in ("note", "tags"):
        assert viewer.post(page_of(ann, name), {"text": "x", "tags": "x"}).status_code == 403
        assert other.post(page_of(ann, name), {"text": "x", "tags": "x"}).status_code == 404
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_an_editor_writes_notes_with_name_and_time_and_keeps_tags(acme: TenantInfo, ann: Customer) -> None:
    browser = staff_browser(acme, AccessRole.EDITOR)
    for text in ("Rang about the <b>mug</b>", "Wants it blue"):
        browser.post(page_of(ann, "note"), {"text": f" {text} "})
    browser.post(page_of(ann, "tags"), {"tags": "VIP,  press , vip"})
    too_many = browser.post(page_of(ann, "tags"), {"tags": ",".join("abcdefghijklmnopqrstu")}, follow=True)
    empty = browser.post(page_of(ann, "note"), {"text": " "})

    ann.refresh_from_db()
    page = browser.get(page_of(ann))
    assert ann.tags == ["VIP", "press"]
    assert "There is room for 20 tags of up to 40 characters." in too_many.content.decode()
    assert empty.status_code == 302
    author = PlatformUser.objects.get(pk=CustomerNote.objects.first().actor).full_name  # type: ignore[union-attr]
    assert [(note["text"], note["by"]) for note in page.context["notes"]] == [
        ("Wants it blue", author),
        ("Rang about the <b>mug</b>", author),
    ]
    words = page.content.decode()
    assert "Rang about the &lt;b&gt;mug&lt;/b&gt;" in words
    assert 'value="VIP, press"' in words
    assert "Erase the account" not in words
    assert [(entry.action, entry.new_values) for entry in entries(acme)] == [
        ("note_customer", None),
        ("note_customer", None),
        ("tag_customer", {"tags": "•••"}),
    ]
    seen = staff_browser(acme, AccessRole.VIEWER).get(page_of(ann)).content.decode()
    assert "Tags: VIP, press" in seen
    assert "Keep the tags" not in seen


def test_who_may_delete_customers_erases_one_whose_address_they_write(acme: TenantInfo, ann: Customer) -> None:
    note_customer(ann.pk, "Ann was here", actor="bob")
    order = bought(ann, 1)
    browser = staff_browser(acme, AccessRole.ADMIN)
    Order.objects.filter(pk=order.pk).update(status="delivered", fulfillment_status="fulfilled")
    before = everything()
    for address in ("other@example.com", "", "ann"):
        browser.post(page_of(ann, "erase"), {"email": address})
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}

    answer = browser.post(page_of(ann, "erase"), {"email": "ANN@example.com"}, follow=True)

    assert "The customer is erased." in answer.content.decode()
    ann.refresh_from_db()
    order.refresh_from_db()
    assert (ann.status, ann.full_name, ann.email.endswith("@erased.invalid")) == ("inactive", "", True)
    assert (order.customer_email, CustomerNote.objects.count()) == (ann.email, 0)
    (entry,) = entries(acme)
    assert entry.action == "erase_customer"
    assert "ann@" not in str(model_to_dict(entry))
    assert browser.post(page_of(ann, "erase"), {"email": ann.email}).status_code == 404
    assert browser.post(page_of(ann, "note"), {"text": "Who?"}).status_code == 404


def test_orders_under_way_keep_staff_from_erasing(acme: TenantInfo, ann: Customer) -> None:
    bought(ann, 1)
    answer = staff_browser(acme).post(page_of(ann, "erase"), {"email": ann.email}, follow=True)
    ann.refresh_from_db()
    assert ann.status == "active"
    assert "orders under way" in answer.content.decode()


def test_what_guests_did_with_a_mailbox_that_nobody_proved_to_read_stays_theirs(
    acme: TenantInfo, ann: Customer
) -> None:
    Customer.objects.filter(pk=ann.pk).update(email_verified=False)
    order = order_of((stocked(), 1), email=ann.email)
    Order.objects.filter(pk=order.pk).update(status="delivered")

    staff_browser(acme).post(page_of(ann, "erase"), {"email": ann.email})

    ann.refresh_from_db()
    order.refresh_from_db()
    assert (ann.status, order.customer_email) == ("inactive", "ann@example.com")


def test_what_they_are_worth_stands_above_the_form_and_an_address_is_called_as_it_is(acme: TenantInfo) -> None:
    with tenant_context(acme):
        customer = CustomerFactory(email="clara@example.com")
    page = staff_browser(acme).get(f"/admin/tenant_shop/customer/{customer.pk}/change/").content.decode()

    assert page.index('aria-label="At a glance"') < page.index('id="customer_form"') < page.index('id="profile"')
    assert ">clara@example.com</a>" in page
    assert "Clara@example.com" not in page


def test_language_and_country_are_chosen_by_name_and_what_is_there_is_kept(acme: TenantInfo) -> None:
    with tenant_context(acme):
        customer = CustomerFactory(email="clara@example.com", language="nl")
        CustomerAddress.objects.create(
            customer=customer, type="both", address_line_1="1 Main Street", city="Nowhere", country="XK"
        )
    page = staff_browser(acme).get(f"/admin/tenant_shop/customer/{customer.pk}/change/").content.decode()

    assert '<option value="nl" selected>nl</option>' in page
    assert '<option value="de">Deutsch</option>' in page
    assert re.search(r'<option value="XK" selected>[^<]+</option>', page)
    assert '<option value="DE">Germany</option>' in page


def test_all_orders_of_an_account_are_a_list_whatever_address_they_name(acme: TenantInfo, ann: Customer) -> None:
    first, second, other = bought(ann, 1), bought(ann, 2), bought(CustomerFactory(), 1)
    Order.objects.filter(pk=first.pk).update(customer_email="before@example.com")
    browser = staff_browser(acme, AccessRole.VIEWER)
    orders = f"/admin/tenant_shop/order/?customer={ann.pk}"
    assert f'href="{orders}">All of their orders</a>' in browser.get(page_of(ann)).content.decode()

    page = browser.get(orders)
    assert {order.pk for order in page.context["cl"].result_list} == {first.pk, second.pk}
    assert list(browser.get("/admin/tenant_shop/order/?customer=nobody").context["cl"].result_list) == []
    TenantAccess.objects.update(permissions={"tenant_shop.view_customer": False})
    assert "One customer" in (words := browser.get(f"{orders}&status__exact=cancelled").content.decode())
    assert ann.email not in words
    assert other.pk


@pytest.mark.parametrize("status", ["suspended", "inactive"])
def test_who_may_not_log_in_any_more_gets_their_data_and_is_erased_all_the_same(
    acme: TenantInfo, ann: Customer, status: str
) -> None:
    Customer.objects.filter(pk=ann.pk).update(status=status)
    browser = staff_browser(acme, AccessRole.ADMIN)
    words = browser.get(page_of(ann)).content.decode()
    assert page_of(ann, "data") in words
    assert page_of(ann, "erasure") not in words
    assert browser.post(page_of(ann, "data")).json()["customer"]["email"] == "ann@example.com"
    assert browser.post(page_of(ann, "erasure")).status_code == 404
    browser.post(page_of(ann, "note"), {"text": "Asked to be forgotten"})
    assert CustomerNote.objects.filter(customer=ann).count() == 1

    browser.post(page_of(ann, "erase"), {"email": "ann@example.com"})

    ann.refresh_from_db()
    assert (ann.status, ann.email.endswith("@erased.invalid"), CustomerNote.objects.count()) == ("inactive", True, 0)
    assert page_of(ann, "data") not in browser.get(page_of(ann)).content.decode()
