"""An order that is changed has its invoice credited whole and replaced, in one transaction."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.documents.errors import SellerUnknown
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.models import Document, DocumentCounter
from tenant_shop.documents.print import print_document, print_invoices
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.edit_order import edit_order, preview_edit
from tenant_shop.orders.editing import Change, OrderEditedMeanwhile, mark_of
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.verification.verify_shop import verify_shop
from tests.documents import numbers, selling, text_of
from tests.people import staff_browser
from tests.shopping import ADDRESS, at_once, everything, order_of, stocked
from tests.statements import StatementCount

D = Decimal
STAFF = str(UUID(int=7))


@pytest.fixture(autouse=True)
def _selling(shop: TenantInfo) -> None:
    selling(prices_include_tax=True)


def invoiced(pieces: int = 2, *, is_paid: bool = True) -> tuple[Order, OrderItem]:
    order = order_of((stocked(name="Mug", sku="MUG"), pieces))
    if is_paid:
        mark_as_paid(order.pk, actor=STAFF)
    issue_invoice(order.pk, actor=STAFF)
    return Order.objects.get(pk=order.pk), OrderItem.objects.get(order=order)


def asked(order: Order, change: Change) -> dict[str, Any]:
    order = Order.objects.get(pk=order.pk)
    items = list(OrderItem.objects.filter(order=order))
    total = preview_edit(order, items, change).total
    return {
        "order_id": order.pk, "change": change, "seen": mark_of(order, items), "key": uuid4().hex, "actor": STAFF,
        "expected_total": total,
    }  # fmt: skip


def edit(order: Order, change: Change) -> Order:
    return edit_order(**asked(order, change))


def by_number(number: str) -> Document:
    return Document.objects.get(number=number)


def test_a_cheaper_order_has_its_invoice_credited_whole_and_a_new_one(shop: TenantInfo) -> None:
    order, mugs = invoiced()
    assert preview_edit(order, [mugs], Change(pieces={mugs.pk: 1})).invoice == "INV-000001"

    changed = edit(order, Change(pieces={mugs.pk: 1}))

    assert (numbers("invoice"), numbers("credit_note")) == (["INV-000001", "INV-000002"], ["CN-000001"])
    old, note, new = by_number("INV-000001"), by_number("CN-000001"), by_number("INV-000002")
    assert (note.invoice, note.about, note.total_amount, note.tax_amount) == (
        old, old.pk, old.total_amount, old.tax_amount,
    )  # fmt: skip
    assert (new.replaces, new.total_amount, new.tax_amount, new.actor) == (
        old, changed.total_amount, changed.tax_amount, STAFF,
    )  # fmt: skip
    assert [(line["sku"], line["quantity"]) for line in note.content["lines"]] == [("MUG", 2)]
    assert [(line["sku"], line["quantity"]) for line in new.content["lines"]] == [("MUG", 1)]
    # Sales follow the order itself: nothing is taken off them once more.
    assert CreditNote.objects.count() == 0
    last = OrderStatusHistory.objects.filter(order=order).last()
    assert last is not None
    assert str(last.comment).endswith(" Invoice INV-000001 is credited by CN-000001 and replaced by INV-000002.")
    assert verify_shop() == []


def test_papers_say_what_replaces_what_and_only_the_last_invoice_is_printed_with_others(shop: TenantInfo) -> None:
    order, mugs = invoiced()
    before = text_of(print_document(by_number("INV-000001")))

    edit(order, Change(pieces={mugs.pk: 1}))

    assert text_of(print_document(by_number("INV-000001"))) == before
    assert "The order was changed. A new invoice replaces this one." in text_of(
        print_document(by_number("CN-000001"))
    ).replace("\n", " ")
    new = text_of(print_document(by_number("INV-000002")))
    assert "Replaces invoice" in new
    assert "INV-000001" in new
    printed = text_of(print_invoices([order.pk]))
    assert "Invoice INV-000002" in printed
    assert "Invoice INV-000001" not in printed


def test_an_order_that_costs_more_is_invoiced_anew_before_the_rest_is_paid_and_once_only(shop: TenantInfo) -> None:
    order, mugs = invoiced()

    changed = edit(order, Change(pieces={mugs.pk: 3}))
    facts = dict(by_number("INV-000002").content["payment"]["facts"])
    assert (facts["Amount"], facts["Already paid"]) == ("€10.00", "€24.90")
    mark_as_paid(order.pk, actor=STAFF)

    new = issue_invoice(order.pk, actor=STAFF)
    assert (new.number, new.total_amount, new.content["payment"]["is_paid"]) == (
        "INV-000002", changed.total_amount, False,
    )  # fmt: skip
    assert numbers("invoice") == ["INV-000001", "INV-000002"]
    assert verify_shop() == []


def test_an_address_on_the_bill_replaces_the_invoice_and_a_change_that_says_nothing_new_does_not(
    shop: TenantInfo,
) -> None:
    order, mugs = invoiced()

    edit(order, Change(pieces={mugs.pk: 2}))
    assert numbers("invoice") == ["INV-000001"]
    edit(order, Change(billing_address={**ADDRESS, "city": "Bremen"}))

    assert numbers("invoice") == ["INV-000001", "INV-000002"]
    assert any("Bremen" in line for line in by_number("INV-000002").content["buyer"]["lines"])
    assert verify_shop() == []


def test_changed_again_and_given_back_each_invoice_has_its_own_credit_notes(shop: TenantInfo) -> None:
    order, mugs = invoiced(3)
    edit(order, Change(pieces={mugs.pk: 2}))
    edit(order, Change(pieces={mugs.pk: 1}))
    payment = Payment.objects.get(order=order)
    refund_amount(payment.pk, amount=D("20.00"), key="owed", actor=STAFF)
    assert numbers("credit_note") == ["CN-000001", "CN-000002"]

    (back,) = refund_lines(order.pk, wanted={mugs.pk: 1}, shipping=False, restock=True, key="k", actor=STAFF)

    last = by_number("CN-000003")
    assert (last.invoice, last.total_amount) == (by_number("INV-000003"), D("10.00"))
    # It is about the goods, and not about the money that was owed since the order was changed.
    assert (last.about, [line["sku"] for line in last.content["lines"]]) == (back.pk, ["MUG"])
    assert [each.replaces and each.replaces.number for each in Document.objects.filter(kind="invoice")] == [
        None, "INV-000001", "INV-000002",
    ]  # fmt: skip
    assert verify_shop() == []


def test_a_plain_amount_that_was_given_back_is_credited_on_the_new_invoice_too(shop: TenantInfo) -> None:
    order, _ = invoiced()
    refund_amount(Payment.objects.get(order=order).pk, amount=D("4.00"), key="sorry", actor=STAFF)
    (sorry,) = Document.objects.filter(kind="credit_note")

    edit(order, Change(billing_address={**ADDRESS, "city": "Bremen"}))

    old, new = by_number("INV-000001"), by_number("INV-000002")
    on_old = list(Document.objects.filter(invoice=old).order_by("sequence"))
    assert [note.total_amount for note in on_old] == [D("4.00"), old.total_amount - D("4.00")]
    assert sum(note.tax_amount for note in on_old) == old.tax_amount
    (on_new,) = Document.objects.filter(invoice=new)
    assert (on_new.total_amount, on_new.about) == (D("4.00"), sorry.about)
    assert verify_shop() == []


def test_a_changed_order_that_is_cancelled_has_its_last_invoice_credited(shop: TenantInfo) -> None:
    order, mugs = invoiced(is_paid=False)
    changed = edit(order, Change(pieces={mugs.pk: 1}))

    cancel_order(order.pk, reason="", actor=STAFF)

    note = by_number("CN-000002")
    assert (note.invoice, note.total_amount) == (by_number("INV-000002"), changed.total_amount)
    assert verify_shop() == []


def test_an_order_without_an_invoice_gets_none_by_a_change(shop: TenantInfo) -> None:
    order = order_of((stocked(), 2))
    (mugs,) = OrderItem.objects.filter(order=order)
    assert preview_edit(order, [mugs], Change(pieces={mugs.pk: 1})).invoice == ""

    edit(order, Change(pieces={mugs.pk: 1}))

    assert Document.objects.count() == 0


def test_a_change_that_cannot_be_invoiced_is_refused_and_takes_no_number(shop: TenantInfo) -> None:
    order, mugs = invoiced()
    sent = asked(order, Change(pieces={mugs.pk: 1}))
    selling(prices_include_tax=True, invoice_seller="")
    before = everything()

    with pytest.raises(SellerUnknown):
        edit_order(**sent)

    assert everything() == before


def test_of_two_who_change_it_at_once_one_replaces_the_invoice(shop: TenantInfo) -> None:
    order, mugs = invoiced()
    one, other = asked(order, Change(pieces={mugs.pk: 1})), asked(order, Change(pieces={mugs.pk: 3}))

    results = at_once(shop, [lambda: edit_order(**one), lambda: edit_order(**other)])

    assert sum(isinstance(each, OrderEditedMeanwhile) for each in results) == 1
    assert numbers("invoice") == ["INV-000001", "INV-000002"]
    assert [each.last_number for each in DocumentCounter.objects.order_by("kind")] == [1, 2]
    assert verify_shop() == []


def test_numbers_of_both_kinds_are_taken_in_one_order_so_that_nobody_waits_for_each_other(shop: TenantInfo) -> None:
    taken: list[str] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if "document_counters" in sql:
            taken.append(parameters[0])
        return execute(sql, parameters, many, context)

    order, mugs = invoiced()
    refunded = mark_as_paid(order_of((stocked(), 2)).pk, actor=STAFF)
    refund_amount(Payment.objects.get(order=refunded).pk, amount=D("4.00"), key="sorry", actor=STAFF)
    with shop_connection().execute_wrapper(note):
        edit(order, Change(pieces={mugs.pk: 1}))
        issue_invoice(refunded.pk, actor=STAFF)

    assert taken == ["invoice", "credit_note"] * 2


def test_replacing_takes_as_many_statements_for_many_lines_as_for_few(shop: TenantInfo) -> None:
    counts = []
    for lines in (2, 12):
        order = order_of(*((stocked(), 2) for _ in range(lines)))
        issue_invoice(order.pk, actor=STAFF)
        change = Change(pieces={item.pk: 1 for item in OrderItem.objects.filter(order=order)})
        sent = asked(order, change)
        with StatementCount() as found:
            edit_order(**sent)
        counts.append(found.count)

    assert counts[0] == counts[1]


def test_the_orders_page_links_them_all_and_says_what_stands_beside_what(shop: TenantInfo) -> None:
    order, mugs = invoiced()
    edit(order, Change(pieces={mugs.pk: 1}))

    page = staff_browser(shop, AccessRole.VIEWER).get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()

    for document in Document.objects.all():
        assert f"documents/{document.pk}/" in page
    assert "replaces INV-000001" in page
    assert "takes back from INV-000001" in page
