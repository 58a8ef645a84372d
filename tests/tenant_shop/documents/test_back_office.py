"""The back office issues and prints documents, and sends what is ticked."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import order_batches
from tenant_shop.documents import print as printing
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.models import Document
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.verification.verify_shop import verify_shop
from tests.documents import pages_of, selling, text_of
from tests.people import staff_browser
from tests.shopping import configure, everything, order_of, stocked

LIST = "/admin/tenant_shop/order/"


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        selling()
        yield shop


def paid(*wanted: Any, **changes: Any) -> Order:
    return mark_as_paid(order_of(*wanted, **changes).pk, actor="ann")


def ticked(browser: Any, action: str, *orders: Order) -> Any:
    return browser.post(LIST, {"action": action, "_selected_action": [str(order.pk) for order in orders]}, follow=True)


def test_an_editor_issues_an_invoice_and_prints_it(acme: TenantInfo) -> None:
    order = paid((stocked(name="Mug"), 2))
    browser = staff_browser(acme, AccessRole.EDITOR)
    path = f"{LIST}{order.pk}/"
    assert "Issue the invoice" in browser.get(f"{path}change/").content.decode()
    answer = browser.post(f"{path}invoice/", follow=True).content.decode()
    assert "Invoice INV-000001 is issued." in answer
    assert "Issue the invoice" not in answer
    invoice = Document.objects.get()
    pdf = browser.get(f"{path}documents/{invoice.pk}/")
    assert (pdf["Content-Type"], pdf["Content-Disposition"]) == ("application/pdf", 'inline; filename="INV-000001.pdf"')
    assert "no-store" in pdf["Cache-Control"]
    assert "Invoice INV-000001" in text_of(pdf.content)
    with tenant_scope(acme.id):
        assert AuditLog.objects.get(resource_id=order.pk).action == "invoice_order"


def test_a_viewer_prints_and_issues_nothing(acme: TenantInfo) -> None:
    order = paid((stocked(), 1))
    other = issue_invoice(paid((stocked(), 1)).pk, actor="ann")
    browser = staff_browser(acme, AccessRole.VIEWER)
    before = everything()
    assert browser.post(f"{LIST}{order.pk}/invoice/").status_code == 403
    assert browser.get(f"{LIST}{order.pk}/documents/{other.pk}/").status_code == 404
    assert browser.get(f"{LIST}{other.order_id}/documents/{other.pk}/").status_code == 200
    assert text_of(ticked(browser, "print_slips", order).content).count(order.order_number) >= 1
    ticked(browser, "send_selected", order)
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_a_document_of_another_shop_is_none_here(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    with tenant_context(make_shop("globex")):
        selling()
        theirs = issue_invoice(order_of((stocked(), 1)).pk, actor="ann")

    browser = staff_browser(acme)

    assert browser.get(f"{LIST}{theirs.order_id}/documents/{theirs.pk}/").status_code == 404
    assert browser.get(f"{LIST}{theirs.order_id}/packing-slip/").status_code == 404


def test_without_an_address_it_is_said_what_is_missing(acme: TenantInfo) -> None:
    configure(invoice_seller="")
    order = paid((stocked(), 1))

    answer = staff_browser(acme).post(f"{LIST}{order.pk}/invoice/", follow=True).content.decode()

    assert "Write your address under Settings, Invoices first." in answer
    assert not Document.objects.exists()


def test_what_is_ticked_is_sent_and_what_cannot_be_is_said_with_its_reason(acme: TenantInfo) -> None:
    mug = stocked(name="Mug", stock=20)
    ready, partly, unpaid, cancelled = paid((mug, 2)), paid((mug, 3)), order_of((mug, 1)), order_of((mug, 1))
    fulfil_order(partly.pk, pieces={partly.items.get().pk: 1}, key="a", actor="ann")
    cancel_order(cancelled.pk, reason="", actor="ann")
    browser = staff_browser(acme, AccessRole.EDITOR)

    answers = [ticked(browser, "send_selected", ready, partly, unpaid, cancelled).content.decode() for _ in range(2)]

    assert "2 orders are sent; the customers are told by mail." in answers[0]
    assert f"Order {unpaid.order_number} is pending" in answers[0]
    assert f"Order {cancelled.order_number} is cancelled" in answers[0]
    assert f"Order {ready.order_number} is shipped" in answers[1]
    assert "told by mail" not in answers[1]
    assert [order.status for order in Order.objects.order_by("created_at")] == [
        "shipped", "shipped", "pending", "cancelled",
    ]  # fmt: skip
    assert sorted(parcel.pieces for parcel in Shipment.objects.all()) == [1, 2, 2]


def test_ticked_orders_are_printed_as_one_pdf_each_from_its_first_page(acme: TenantInfo) -> None:
    mug = stocked(name="Mug", sku="MUG", stock=20)
    first, second, third = (paid((mug, pieces)) for pieces in (1, 2, 3))
    for order in (first, second):
        issue_invoice(order.pk, actor="ann")
    browser = staff_browser(acme)

    invoices = pages_of(ticked(browser, "print_invoices", second, first, third).content)
    slips = pages_of(ticked(browser, "print_slips", first, second, third).content)
    picks = pages_of(ticked(browser, "print_pick_list", first, second, third).content)

    assert ["Invoice INV-000001" in invoices[0], "Invoice INV-000002" in invoices[1]] == [True, True]
    assert all("Page 1 of 1" in page for page in invoices + slips + picks)
    assert (len(invoices), len(slips), len(picks)) == (2, 3, 2)
    assert not any("€" in page for page in slips + picks)
    assert "MUG Mug 3 6" in picks[0].replace("\n", " ")
    page = browser.get(LIST).content.decode()
    assert f"Not printed, for there is no invoice yet: {third.order_number}." in page


def test_above_the_limit_nothing_is_printed_or_sent_and_it_is_said(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (printing, order_batches):
        monkeypatch.setattr(room, "MOST", 1)
    monkeypatch.setattr(order_batches, "MOST_AT_ONCE", 1)
    orders = [paid((stocked(), 1)) for _ in range(2)]
    browser = staff_browser(acme)

    printed = ticked(browser, "print_slips", *orders).content.decode()
    sent = ticked(browser, "send_selected", *orders).content.decode()

    assert "2 orders are chosen. At most 1 are printed at once: choose fewer." in printed
    assert "2 orders are chosen. At most 1 are sent at once: choose fewer." in sent
    assert not Shipment.objects.exists()


def test_invoices_are_set_up_and_wrong_beginnings_refused(acme: TenantInfo) -> None:
    path = "/admin/settings/invoices/"
    form = {
        "invoice_issue": "by_hand", "invoice_seller": "Ann Ltd\r\n\r\n 1 Main Street ", "invoice_tax_id": "GB1",
        "invoice_footer": "", "invoice_prefix": "R-", "credit_note_prefix": "G-", "invoice_mail": "link",
        "next_invoice": "1", "next_credit_note": "1",
    }  # fmt: skip
    browser = staff_browser(acme)
    for wrong in (
        {"invoice_prefix": "#read("}, {"invoice_prefix": ""}, {"credit_note_prefix": "R-"}, {"invoice_prefix": "R2"},
        {"next_invoice": "0"}, {"next_invoice": "9999999999"}, {"invoice_mail": "fax"},
    ):  # fmt: skip
        assert browser.post(path, form | wrong).status_code == 422
    assert browser.post(path, form).status_code == 302
    order = order_of((stocked(), 1))
    invoice = issue_invoice(order.pk, actor="ann")
    cancel_order(order.pk, reason="", actor="ann")

    assert invoice.content["seller"] == ["Ann Ltd", "1 Main Street"]
    assert [document.number for document in Document.objects.order_by("created_at")] == ["R-000001", "G-000001"]
    taken = browser.post(path, form | {"invoice_prefix": "G-", "credit_note_prefix": "H-", "next_invoice": "2"})
    assert taken.status_code == 422


def test_numbers_go_on_from_a_higher_one_and_never_from_a_lower_one(acme: TenantInfo) -> None:
    path = "/admin/settings/invoices/"
    browser = staff_browser(acme)
    page = browser.get(path)
    form = {name: page.context["form"].initial[name] for name in page.context["form"].fields}
    assert (form["next_invoice"], form["next_credit_note"]) == (1, 1)

    assert browser.post(path, form | {"next_invoice": 4711}).status_code == 302
    first, second = (issue_invoice(order_of((stocked(), 1)).pk, actor="ann") for _ in range(2))
    before = everything()
    refused = browser.post(path, form | {"next_invoice": 4712, "invoice_tax_id": "GB2"})

    assert [(each.number, each.sequence) for each in (first, second)] == [("INV-004711", 1), ("INV-004712", 2)]
    assert (refused.status_code, "The next one that is free is 4713." in refused.content.decode()) == (422, True)
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}
    assert browser.post(path, form | {"next_invoice": 4713}).status_code == 302
    assert verify_shop() == []
    with tenant_scope(acme.id):
        (entry,) = AuditLog.objects.filter(action="change_settings")
    assert (entry.old_values or {})["next_invoice"] == 1
    assert (entry.new_values or {})["next_invoice"] == 4711
