"""Each refund of an order that has an invoice has a credit note, with the tax that the order's lines say."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.models import Document
from tenant_shop.documents.print import print_document
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.gateways.protocol import RefundNews
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.payments.refund_news import take_refund_news
from tenant_shop.payments.settle import settle
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.refund import refund_return
from tenant_shop.taxes.models import TaxRate
from tests.documents import numbers, rates_of, selling, text_of
from tests.shopping import order_of, stocked

D = Decimal


@pytest.fixture
def order(shop: TenantInfo) -> Order:
    """Three mugs of 3.33 at 19 % and a book of 20.00 at 7 %, delivery at 19 %; paid, with its invoice."""
    selling()
    TaxRate.objects.create(country="DE", rate="0.19")
    TaxRate.objects.create(country="DE", rate="0.07", tax_class="reduced")
    mugs = stocked(name="Mug", sku="MUG", price="3.33")
    book = stocked(name="Book", sku="BOOK", price="20.00", tax_class="reduced")
    made = order_of((mugs, 3), (book, 1))
    mark_as_paid(made.pk, actor="ann")
    issue_invoice(made.pk, actor="ann")
    return Order.objects.get(pk=made.pk)


def back(order: Order, *, shipping: bool = False, **pieces: int) -> list[PaymentRefund]:
    """Give pieces back by SKU."""
    wanted = {item.pk: pieces[item.product_sku] for item in order.items.all() if item.product_sku in pieces}
    return refund_lines(order.pk, wanted=wanted, shipping=shipping, restock=False, key=str(uuid4()), actor="ann")


def amount_back(order: Order, amount: str) -> PaymentRefund:
    payment = Payment.objects.get(order=order)
    return refund_amount(payment.pk, amount=D(amount), key=str(uuid4()), actor="ann", reason="Sorry")


def notes() -> list[Document]:
    return list(Document.objects.filter(kind="credit_note").order_by("sequence"))


def sums(documents: list[Document]) -> dict[str, tuple[Decimal, Decimal]]:
    """(with tax, the tax) by rate, together."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for document in documents:
        for rate, (gross, tax) in rates_of(document).items():
            before = found.get(rate, (D(0), D(0)))
            found[rate] = (before[0] + gross, before[1] + tax)
    return found


def test_an_invoice_holds_the_stored_tax_by_rate(order: Order) -> None:
    invoice = Document.objects.get()
    taxes = {item.product_sku: item.tax_amount for item in order.items.all()}

    assert taxes == {"MUG": D("1.900"), "BOOK": D("1.400")}
    assert rates_of(invoice) == {"0.19": (D("17.72"), D("2.83")), "0.07": (D("21.40"), D("1.40"))}
    assert sum(gross for gross, _ in rates_of(invoice).values()) == invoice.total_amount == D("39.12")


def test_a_refund_of_a_line_has_a_credit_note_with_the_lines_stored_tax(order: Order) -> None:
    (refund,) = back(order, BOOK=1)

    (note,) = notes()
    assert (note.number, note.about, note.total_amount, note.tax_amount) == (
        "CN-000001", refund.pk, D("21.40"), D("1.40"),
    )  # fmt: skip
    assert note.invoice == Document.objects.get(kind="invoice")
    assert [(line["sku"], line["quantity"], line["tax"]) for line in note.content["lines"]] == [("BOOK", 1, "1.400")]


def test_pieces_one_by_one_take_back_exactly_the_lines_tax(order: Order) -> None:
    for _ in range(3):
        back(order, MUG=1)

    assert [note.tax_amount for note in notes()] == [D("0.63"), D("0.64"), D("0.63")]
    assert sums(notes()) == {"0.19": (D("11.89"), D("1.90"))}


def test_delivery_has_its_own_tax(order: Order) -> None:
    back(order, shipping=True, BOOK=1)

    (note,) = notes()
    assert rates_of(note) == {"0.19": (D("5.83"), D("0.93")), "0.07": (D("21.40"), D("1.40"))}


def test_an_amount_is_split_over_the_rates_and_all_notes_together_are_the_invoice(order: Order) -> None:
    amount_back(order, "10.00")
    back(order, BOOK=1)
    amount_back(order, "7.72")

    first, second, third = notes()
    assert rates_of(first) == {"0.19": (D("4.53"), D("0.72")), "0.07": (D("5.47"), D("0.36"))}
    assert second.total_amount == D("21.40")
    assert not second.content["is_named"]
    assert sums([first, second, third]) == rates_of(Document.objects.get(kind="invoice"))
    assert "Sorry" in text_of(print_document(first))


def test_what_was_given_back_before_the_invoice_is_credited_with_it(shop: TenantInfo) -> None:
    selling()
    order = order_of((stocked(sku="MUG"), 2))
    mark_as_paid(order.pk, actor="ann")
    back(order, MUG=1)
    assert not Document.objects.exists()

    invoice = issue_invoice(order.pk, actor="ann")

    (note,) = notes()
    assert (note.invoice_id, note.total_amount) == (invoice.pk, D("11.90"))


def test_a_refund_that_was_made_at_the_gateway_has_one_too(order: Order) -> None:
    payment = Payment.objects.get(order=order)
    news: dict[str, Any] = {"intent": "", "ours": "", "reference": "re_1", "amount": D("5.00"), "is_failed": False}
    for _ in range(2):
        take_refund_news(payment, RefundNews(is_done=True, **news), actor="stripe")

    (note,) = notes()
    assert (note.total_amount, note.about) == (D("5.00"), payment.entries.get(provider_event_id="re_1").pk)


def test_money_that_comes_back_from_the_bank_is_not_credited_twice(order: Order) -> None:
    refund = amount_back(order, "10.00")
    news = RefundNews(
        intent="", ours=refund.pk.hex, reference=refund.gateway_reference or "", amount=D("10.00"),
        is_done=False, is_failed=True,
    )  # fmt: skip
    take_refund_news(Payment.objects.get(order=order), news, actor="stripe")
    assert [note.total_amount for note in notes()] == [D("10.00")]

    amount_back(order, "10.00")
    assert [note.total_amount for note in notes()] == [D("10.00")]
    amount_back(order, "2.00")

    assert [note.total_amount for note in notes()] == [D("10.00"), D("2.00")]


def test_what_nobody_will_pay_of_a_cancelled_order_is_credited_once(shop: TenantInfo) -> None:
    selling()
    order = order_of((stocked(sku="MUG"), 2))
    issue_invoice(order.pk, actor="ann")
    cancel_order(order.pk, reason="", actor="ann")

    (note,) = notes()
    assert (note.total_amount, note.tax_amount, note.about) == (order.total_amount, order.tax_amount, order.pk)
    assert [line["sku"] for line in note.content["lines"]] == ["MUG"]


def test_a_cancelled_order_that_was_paid_is_credited_when_the_money_goes_back(order: Order) -> None:
    cancel_order(order.pk, reason="", actor="ann")
    assert notes() == []

    amount_back(order, "39.12")

    (note,) = notes()
    assert (note.total_amount, note.tax_amount) == (D("39.12"), D("4.23"))


def test_what_came_back_before_it_was_paid_has_one_number(shop: TenantInfo) -> None:
    """The record that lowers the sales of the day is called as the document is."""
    selling()
    order = order_of((stocked(sku="MUG"), 2), payment_method="cash_on_delivery")
    item = order.items.get()
    fulfil_order(order.pk, pieces={item.pk: 2}, key="a", actor="ann")
    issue_invoice(order.pk, actor="ann")
    asked = Return.objects.create(order=order, reason="damaged", status="received")
    ReturnLine.objects.create(parent=asked, order_item=item, quantity=1)
    refund_return(asked.pk, shipping=False, actor="ann")

    assert numbers("credit_note") == ["CN-000001"]
    assert CreditNote.objects.get().number == "CN-000001"
    assert notes()[0].total_amount == CreditNote.objects.get().total_amount == D("11.90")


def test_what_was_paid_twice_and_goes_back_was_never_on_the_invoice(order: Order) -> None:
    payment = Payment.objects.get(order=order)
    settle(payment.pk, kind=PaymentEntry.Kind.CAPTURED, amount=D("39.12"), actor="ann")
    amount_back(order, "39.12")
    assert notes() == []

    amount_back(order, "1.00")

    assert [note.total_amount for note in notes()] == [D("1.00")]
