"""Invoices are issued once, with numbers that follow each other, and say the same for ever."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.documents.due import issue_due, issue_if_due
from tenant_shop.documents.errors import NoInvoiceForTests, OrderNotInvoiceable, SellerUnknown
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.models import Document, DocumentCounter
from tenant_shop.documents.print import print_document
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tests.databases import owner
from tests.documents import numbers, selling, text_of
from tests.shopping import at_once, configure, everything, order_of, stocked
from tests.statements import StatementCount
from tests.tenant_shop.schema.connections import as_owner


def test_an_invoice_is_issued_once(shop: TenantInfo) -> None:
    selling()
    order = order_of((stocked(name="Mug", sku="MUG"), 2))

    first = issue_invoice(order.pk, actor="ann")

    assert issue_invoice(order.pk, actor="bob").pk == first.pk
    assert (first.number, first.total_amount, first.tax_amount) == ("INV-000001", order.total_amount, order.tax_amount)
    assert (first.actor, first.kind, first.invoice_id) == ("ann", "invoice", None)


def test_a_refused_invoice_takes_no_number(shop: TenantInfo) -> None:
    configure()
    mug = stocked()
    unsaid, cancelled = order_of((mug, 1)), order_of((mug, 1))
    configure(test_mode=True)
    tried = order_of((mug, 1))
    configure(test_mode=False)
    cancel_order(cancelled.pk, reason="", actor="ann")
    before = everything()

    with pytest.raises(SellerUnknown):
        issue_invoice(unsaid.pk, actor="ann")
    with pytest.raises(OrderNotInvoiceable):
        issue_invoice(cancelled.pk, actor="ann")
    with pytest.raises(NoInvoiceForTests):
        issue_invoice(tried.pk, actor="ann")
    with pytest.raises(OrderNotFound):
        issue_invoice(uuid4(), actor="ann")

    assert everything() == before


def test_the_shops_name_and_address_do_where_nobody_said_who_sells(shop: TenantInfo) -> None:
    configure(store_name="Kiosk", store_address="1 Main Street\nBerlin")

    invoice = issue_invoice(order_of((stocked(), 1)).pk, actor="ann")

    assert invoice.content["seller"] == ["Kiosk", "1 Main Street", "Berlin"]


def test_a_transaction_that_is_rolled_back_gives_its_number_back(shop: TenantInfo) -> None:
    selling()
    orders = [order_of((stocked(), 1)) for _ in range(3)]
    issue_invoice(orders[0].pk, actor="ann")

    with pytest.raises(ZeroDivisionError), shop_transaction():
        assert issue_invoice(orders[1].pk, actor="ann").number == "INV-000002"
        raise ZeroDivisionError
    issue_invoice(orders[2].pk, actor="ann")

    assert numbers("invoice") == ["INV-000001", "INV-000002"]
    assert DocumentCounter.objects.get().last_number == 2


def test_a_process_that_is_killed_gives_its_number_back(shop: TenantInfo) -> None:
    """Its connection ends in the middle of the transaction, as when the machine loses power."""
    selling()
    first, second = order_of((stocked(), 1)), order_of((stocked(), 1))

    def killed() -> None:
        with shop_transaction():
            issue_invoice(first.pk, actor="ann")
            with shop_connection().cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
            with owner() as database:
                database.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    (outcome,) = at_once(shop, [killed])
    issue_invoice(second.pk, actor="ann")

    assert isinstance(outcome, Exception)
    assert numbers("invoice") == ["INV-000001"]
    assert Document.objects.get().order_id == second.pk


def test_two_who_issue_at_once_leave_no_gap_and_one_order_has_one_invoice(shop: TenantInfo) -> None:
    selling()
    mug = stocked(stock=50)
    orders = [order_of((mug, 1)) for _ in range(6)]

    def issue_all(of: list[Order]) -> None:
        for order in of:
            issue_invoice(order.pk, actor="ann")

    outcomes = at_once(shop, [lambda: issue_all(orders), lambda: issue_all(orders[::-1])])

    assert outcomes == [None, None]
    assert numbers("invoice") == [f"INV-{number:06d}" for number in range(1, 7)]
    assert {document.order_id for document in Document.objects.all()} == {order.pk for order in orders}


def test_the_database_lets_nobody_change_a_document_or_its_counter(shop: TenantInfo) -> None:
    selling()
    issue_invoice(order_of((stocked(), 1)).pk, actor="ann")

    for statement in (
        "UPDATE documents SET total_amount = 1",
        "UPDATE documents SET content = '{}'",
        "DELETE FROM documents",
        "UPDATE document_counters SET last_number = last_number + 2",
        "UPDATE document_counters SET last_number = 0",
        "DELETE FROM document_counters",
    ):
        with as_owner(shop) as database, pytest.raises(psycopg.errors.CheckViolation):
            database.execute(statement)


def test_an_invoice_says_the_same_whatever_changes_afterwards(shop: TenantInfo) -> None:
    selling()
    mug = stocked(name="Mug")
    order = order_of((mug, 1))
    invoice = issue_invoice(order.pk, actor="ann")
    before = text_of(print_document(Document.objects.get(pk=invoice.pk)))

    selling(store_name="Other", invoice_seller="Other", tax_rate="0.07", timezone="Asia/Tokyo", invoice_prefix="X-")
    mug.product.name = "Cup"
    mug.product.save()
    mark_as_paid(order.pk, actor="ann")

    assert text_of(print_document(Document.objects.get(pk=invoice.pk))) == before


def test_issuing_takes_as_many_statements_for_many_lines_as_for_one(shop: TenantInfo) -> None:
    selling()
    one, many = order_of((stocked(), 1)), order_of(*((stocked(), 1) for _ in range(8)))
    issue_invoice(order_of((stocked(), 1)).pk, actor="ann")
    counts = []
    for order in (one, many):
        with StatementCount() as statements:
            issue_invoice(order.pk, actor="ann")
        counts.append(statements.count)

    assert counts == [11, 11]


@pytest.mark.parametrize(
    ("setting", "after_payment", "after_parcel"), [("paid", 1, 1), ("sent", 0, 1), ("by_hand", 0, 0)]
)
def test_the_setting_says_when_an_invoice_is_issued_by_itself(
    shop: TenantInfo, setting: str, after_payment: int, after_parcel: int
) -> None:
    selling(invoice_issue=setting)
    order = order_of((stocked(), 1))
    assert issue_if_due(order.pk) is None
    mark_as_paid(order.pk, actor="ann")
    issue_if_due(order.pk)
    assert Document.objects.count() == after_payment
    fulfil_order(order.pk, pieces={order.items.get().pk: 1}, key="a", actor="ann")
    issue_if_due(order.pk)

    assert Document.objects.count() == after_parcel


def test_what_is_paid_when_the_goods_arrive_is_invoiced_when_they_are_sent(shop: TenantInfo) -> None:
    selling()
    order = order_of((stocked(), 1), payment_method="cash_on_delivery")
    fulfil_order(order.pk, pieces={order.items.get().pk: 1}, key="a", actor="ann")

    assert issue_if_due(order.pk) is not None


def test_what_no_worker_issued_is_made_up_for_but_not_what_is_long_past(shop: TenantInfo) -> None:
    selling()
    mug = stocked()
    fresh, imported, unpaid = (order_of((mug, 1)) for _ in range(3))
    for order in (fresh, imported):
        mark_as_paid(order.pk, actor="ann")
    Order.objects.filter(pk=imported.pk).update(metadata={"imported": {"file": "old.csv"}})
    fresh.refresh_from_db()
    assert issue_due(fresh.updated_at + timedelta(days=3)) == 0
    touched = order_of((mug, 1))
    Order.objects.filter(pk=touched.pk).update(payment_status="paid", status="delivered")  # long ago, says the ledger
    assert issue_due(fresh.updated_at + timedelta(hours=1)) == 1
    assert issue_due(fresh.updated_at + timedelta(hours=1)) == 0
    assert Document.objects.get().order_id == fresh.pk
    assert unpaid.documents.count() == 0


def test_a_shop_that_has_not_said_who_sells_issues_nothing_by_itself(shop: TenantInfo) -> None:
    configure()
    order = order_of((stocked(), 1))
    mark_as_paid(order.pk, actor="ann")

    assert issue_if_due(order.pk) is None
    assert Document.objects.count() == 0
