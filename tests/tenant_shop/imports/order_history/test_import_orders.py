"""Orders of another system become the shop's history: whole, once, and to the cent."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tenant_shop.catalog.models import Product
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.customers.models import Customer
from tenant_shop.imports.drafts import Outcome
from tenant_shop.imports.errors import MissingColumns
from tenant_shop.imports.order_history import document
from tenant_shop.imports.order_history.import_orders import import_orders
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.catalog import ProductFactory

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
MUG = "536365,85123A,MUG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
LANTERN = "536365,71053,LANTERN,2,2010-12-01 08:26:00,3.39,17850.0,United Kingdom"
POSTAGE = "536365,POST,POSTAGE,1,2010-12-01 08:27:00,18.00,17850.0,United Kingdom"
RETURNED = "C536379,85123A,MUG,-1,2010-12-02 09:41:00,2.55,17850.0,United Kingdom"
STRANGER = "536370,22728,ALARM CLOCK,24,2010-12-01 08:45:00,3.75,,EIRE"


@pytest.fixture
def import_lines(write_file, tmp_path):
    def run(*lines, header=HEADER):
        path = write_file("\n".join((header, *lines)) + "\n", name="history.csv")
        return import_orders(path, rejects_path=tmp_path / "rejects.csv")

    return run


def counts(report):
    return (report.rows_read, *(report.outcomes[outcome] for outcome in ("imported", "skipped", "rejected")))


def rejects(tmp_path):
    with (tmp_path / "rejects.csv").open(newline="") as file:
        return [(int(line["Line"]), line["Reason"]) for line in csv.DictReader(file)]


def test_an_order_stands_as_it_was_then(shop, import_lines):
    report = import_lines(MUG, LANTERN, POSTAGE)

    assert counts(report) == (3, 3, 0, 0)
    assert (report.orders, report.credit_notes, report.products, report.customers) == (1, 0, 3, 1)
    order = Order.objects.get()
    assert (order.order_number, order.status, order.payment_status, order.fulfillment_status) == (
        "536365", "delivered", "paid", "fulfilled",
    )  # fmt: skip
    assert (order.subtotal_amount, order.shipping_amount, order.tax_amount, order.total_amount) == (
        Decimal("22.08"), Decimal("18.00"), Decimal(0), Decimal("40.08"),
    )  # fmt: skip
    assert order.created_at == order.delivered_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert order.shipping_address["country"] == "GB"
    assert [
        (item.product_sku, item.product_name, item.quantity, item.unit_price, item.total_price)
        for item in order.items.all()
    ] == [
        ("85123A", "MUG", 6, Decimal("2.55"), Decimal("15.30")),
        ("71053", "LANTERN", 2, Decimal("3.39"), Decimal("6.78")),
    ]
    assert list(PaymentEntry.objects.values_list("kind", "amount")) == [("captured", Decimal("40.08"))]
    assert [(entry.new_status, entry.updated_by) for entry in order.history.all()] == [("delivered", "import_orders")]


def test_a_customer_is_known_by_number_and_cannot_log_in(shop, import_lines):
    import_lines(MUG)
    customer = Customer.objects.get()
    assert (customer.email, customer.metadata) == ("17850@customers.invalid", {"imported_number": "17850"})
    assert customer.password_hash.startswith("!")
    assert customer.created_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert (customer.total_orders, customer.total_spent) == (1, Decimal("15.30"))

    Customer.objects.update(email="ann@example.com")
    import_lines(MUG.replace("536365", "536999"))
    assert set(Order.objects.values_list("customer__email", flat=True)) == {"ann@example.com"}


def test_a_customer_with_an_address_is_the_one_who_has_it(shop, import_lines):
    header = "Order,SKU,Quantity,Date,Price,Email"
    import_lines("1,A1,1,2010-12-01,5,Ann@Example.com", "2,A1,1,2010-12-02,5,ann@example.com", header=header)
    assert list(Customer.objects.values_list("email", "total_orders")) == [("ann@example.com", 2)]


def test_who_is_not_named_stays_a_stranger(shop, import_lines):
    import_lines(STRANGER)
    order = Order.objects.get()
    assert (order.customer_id, order.customer_email, order.shipping_address["country"]) == (None, "", "IE")
    assert Customer.objects.count() == 0


def test_a_cancellation_is_a_credit_note_of_its_own_day(shop, import_lines):
    report = import_lines(MUG, RETURNED)

    assert (report.orders, report.credit_notes) == (1, 1)
    note = CreditNote.objects.get()
    assert (note.number, note.total_amount, note.issued_at, note.order_id) == (
        "C536379", Decimal("2.55"), datetime(2010, 12, 2, 9, 41, tzinfo=UTC), None,
    )  # fmt: skip
    assert note.customer_id == Order.objects.get().customer_id
    assert [(line.product_sku, line.quantity, line.total_price) for line in note.lines.all()] == [
        ("85123A", 1, Decimal("2.55"))
    ]


def test_no_stock_moves_and_nobody_is_told(shop, import_lines):
    product = ProductFactory(sku="85123A", stock=3)
    moved = StockMovement.objects.count()

    import_lines(MUG, RETURNED)

    product.refresh_from_db()
    assert product.inventory_quantity == 3
    assert StockMovement.objects.count() == moved
    assert OutboxEvent.objects.count() == 0
    assert OrderItem.objects.get().variant.product_id == product.pk


def test_what_the_shop_does_not_sell_is_archived(shop, import_lines):
    import_lines(MUG, "536380,BANK CHARGES,Bank charges,1,2010-12-01 09:00:00,15,,United Kingdom")
    assert list(Product.objects.order_by("sku").values_list("sku", "name", "status", "tags")) == [
        ("85123A", "MUG", "archived", []),
        ("BANK CHARGES", "Bank charges", "archived", ["charge"]),
    ]


def test_a_code_means_the_same_in_any_case(shop, import_lines):
    report = import_lines(MUG, "536366,85123a,MUG,1,2010-12-01 09:00:00,2.55,17850.0,United Kingdom")
    assert (report.orders, report.products) == (2, 1)


def test_the_same_file_again_changes_nothing(shop, import_lines):
    import_lines(MUG, LANTERN, RETURNED)
    before = list(Order.objects.values()) + list(CreditNote.objects.values())

    report = import_lines(MUG, LANTERN, RETURNED)

    assert counts(report) == (3, 0, 3, 0)
    assert report.skipped == {"it was imported before": 3}
    assert list(Order.objects.values()) + list(CreditNote.objects.values()) == before


def test_another_order_under_the_same_number_is_refused(shop, import_lines, tmp_path):
    import_lines(MUG)
    report = import_lines(MUG, LANTERN, STRANGER)
    assert counts(report) == (3, 1, 0, 2)
    assert rejects(tmp_path) == [
        (2, "the shop has another order or credit note 536365"),
        (3, "the shop has another order or credit note 536365"),
    ]
    assert Order.objects.get(order_number="536365").total_amount == Decimal("15.30")


def test_rows_of_one_order_need_not_stand_together(shop, import_lines):
    report = import_lines(MUG, STRANGER, LANTERN)
    assert counts(report) == (3, 3, 0, 0)
    assert Order.objects.get(order_number="536365").total_amount == Decimal("22.08")


def test_rows_too_far_from_their_order_are_rejected(shop, import_lines, tmp_path, monkeypatch):
    monkeypatch.setattr(document, "REACH", 2)
    others = [STRANGER.replace("536370", str(number)) for number in (1, 2, 3)]
    report = import_lines(MUG, *others, LANTERN)
    assert counts(report) == (5, 4, 0, 1)
    assert rejects(tmp_path) == [(6, "the shop has another order or credit note 536365")]
    assert counts(import_lines(MUG, *others, LANTERN)) == (5, 0, 4, 1)


def test_a_correction_of_the_stock_is_no_sale(shop, import_lines):
    report = import_lines(
        "536381,22139,damaged,-23,2010-12-01 10:00:00,0.0,,United Kingdom",
        "536382,22139,found,4,2010-12-01 10:00:00,0.0,,United Kingdom",
        "536383,22139,GIFT,1,2010-12-01 10:00:00,0.0,17850.0,United Kingdom",
    )
    assert counts(report) == (3, 1, 2, 0)
    assert report.skipped == {"it corrects the stock: no price, and nobody who bought it": 2}
    assert list(Order.objects.values_list("order_number", "total_amount")) == [("536383", Decimal(0))]
    assert PaymentEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (MUG.replace(",6,", ",x,"), "Quantity is not a whole number: x"),
        (MUG.replace(",6,", ",0,"), "Quantity is zero"),
        (MUG.replace(",6,", ",-6,"), "Quantity is negative; the number of a cancellation begins with C"),
        (MUG.replace(",6,", ",1e309,"), "Quantity is not a whole number: 1e309"),
        (MUG.replace("2.55", "-2.55"), "Unit price is negative: -2.55"),
        (MUG.replace("2.55", "NaN"), "Unit price is not a price: NaN"),
        (MUG.replace("2.55", "£2"), "Unit price is not a price: £2"),
        (MUG.replace("2010-12-01 08:26:00", "12/1/2010 8:26"), "Date is not like 2010-12-01 08:26:00: 12/1/2010 8:26"),
        (MUG.replace("2010-12-01", "2999-12-01"), "Date is yet to come: 2999-12-01 08:26:00"),
        (MUG.replace("85123A", ""), "SKU is empty"),
        (MUG.replace("17850.0", "<b>"), "Customer number is not a customer's number: <b>"),
        (MUG.replace("536365", "<b>"), "Order number is not a number of an order: <b>"),
        (MUG.replace("536365", "C536365"), "Quantity of a cancellation is below zero: 6"),
        (MUG + ",more", "it has 9 cells, the header has 8"),
        ("536365,85123A", "it has only 2 of the header's 8 cells"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason(shop, import_lines, tmp_path, row, reason):
    report = import_lines(row, STRANGER)
    assert counts(report) == (2, 1, 0, 1)
    assert rejects(tmp_path) == [(2, reason)]
    assert list(Order.objects.values_list("order_number", flat=True)) == ["536370"]


def test_an_order_is_imported_whole_or_not_at_all(shop, import_lines, tmp_path):
    report = import_lines(MUG, LANTERN.replace("3.39", "?"), POSTAGE, STRANGER)
    assert counts(report) == (4, 1, 0, 3)
    assert rejects(tmp_path) == [
        (2, "another row of 536365 was rejected (line 3)"),
        (3, "Unit price is not a price: ?"),
        (4, "another row of 536365 was rejected (line 3)"),
    ]


def test_a_row_that_cannot_be_read_takes_the_order_around_it_along(shop, import_lines, tmp_path):
    report = import_lines(MUG, '536365,"x"y', LANTERN, STRANGER)
    assert counts(report) == (4, 1, 0, 3)
    assert [line for line, _ in rejects(tmp_path)] == [2, 3, 4]


def test_two_customers_cannot_share_an_order(shop, import_lines, tmp_path):
    report = import_lines(MUG, LANTERN.replace("17850", "13047"))
    assert counts(report) == (2, 0, 0, 2)
    assert rejects(tmp_path)[0] == (2, "the rows of 536365 name different customers")


def test_prices_are_rounded_to_the_thousandth_and_sums_not_at_all(shop, import_lines):
    import_lines("1,A1,THING,3,2010-12-01,0.0015,,France", "1,A2,THING,1,2010-12-01,1.005,,France")
    assert Order.objects.get().total_amount == Decimal("1.011")
    assert list(OrderItem.objects.values_list("unit_price", flat=True)) == [Decimal("0.002"), Decimal("1.005")]


def test_times_are_the_shops_own(make_shop, import_lines):
    from platform_core.tenancy.context import tenant_context
    from tenant_shop.configuration.models import Setting

    with tenant_context(make_shop("berlin")):
        Setting.objects.update_or_create(key="timezone", defaults={"value": "Europe/Berlin"})
        import_lines("1,A1,T,1,2010-12-01 00:30:00,1,,", "2,A1,T,1,2010-12-01T00:30:00+00:00,1,,")
        assert list(Order.objects.order_by("order_number").values_list("created_at", flat=True)) == [
            datetime(2010, 11, 30, 23, 30, tzinfo=UTC),
            datetime(2010, 12, 1, 0, 30, tzinfo=UTC),
        ]


def test_a_file_that_lacks_a_column_is_refused_whole(shop, import_lines):
    with pytest.raises(MissingColumns, match="lacks the required column Unit price"):
        import_lines("1,A1,1,2010-12-01", header="Order,SKU,Quantity,Date")
    assert Order.objects.count() == 0


def test_an_imported_shop_proves_sound(shop, import_lines):
    import_lines(MUG, LANTERN, POSTAGE, RETURNED, STRANGER)
    assert verify_shop() == []


def test_an_order_that_the_shop_sold_itself_keeps_its_number(shop, import_lines, tmp_path):
    import_lines(MUG)
    Order.objects.update(metadata={})
    report = import_lines(MUG)
    assert counts(report) == (1, 0, 0, 1)
    assert rejects(tmp_path) == [(2, "the shop has another order or credit note 536365")]


def test_what_the_database_refuses_costs_one_order_only(shop, import_lines, tmp_path):
    ProductFactory(slug="mug-85123a")
    report = import_lines(MUG, STRANGER)
    assert counts(report) == (2, 1, 0, 1)
    assert rejects(tmp_path)[0][1].startswith("the shop refused it: duplicate key")
    assert report.outcomes[Outcome.IMPORTED] == 1
