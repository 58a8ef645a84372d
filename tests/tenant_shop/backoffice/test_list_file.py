"""Lists of products, orders and customers as files."""

import csv
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import list_file
from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.customers.notes import tag_customer
from tenant_shop.orders.models import Order
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.refund import refund_amount
from tests.back_office import entries
from tests.custom_fields import field
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopping import configure, everything, order_of, stocked
from tests.statements import StatementCount

LISTS = {name: f"/admin/tenant_shop/{name}/list.csv" for name in ("product", "order", "customer")}


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure()
        yield shop


def text_of(answer: Any) -> str:
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return text[1:]


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(text_of(answer).splitlines(keepends=True)))


def test_orders_come_as_they_are_filtered_with_amounts_times_and_own_fields(acme: TenantInfo) -> None:
    configure(timezone="Europe/Berlin")
    field("Gift", owner="order")
    paid = mark_as_paid(order_of((stocked(), 2), email="ann@example.com").pk, actor="ann")
    Order.objects.filter(pk=paid.pk).update(metadata={**paid.metadata, "fields": {"gift": "=1+1"}}, tags=["a", "b"])
    Order.objects.filter(pk=paid.pk).update(created_at="2026-07-01T22:30:00Z")
    order_of((stocked(), 1))
    browser = staff_browser(acme)

    answer = browser.get(LISTS["order"], {"payment_status__exact": "paid", "q": "ann@"})

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-orders-')
    assert "no-store" in answer["Cache-Control"]
    (row,) = rows_of(answer)
    shown = {name: row[name] for name in ("Order", "Placed", "E-mail", "Total", "Tags", "Test", "Gift", "Tax included")}
    assert shown == {
        "Order": paid.order_number,
        "Placed": "2026-07-02 00:30:00",
        "E-mail": "ann@example.com",
        "Total": "24.90",
        "Tags": "a, b",
        "Test": "no",
        "Gift": "'=1+1",
        "Tax included": "no",
    }
    (entry,) = entries(acme)
    assert (entry.action, entry.new_values) == ("download_order_list", {"filters": "payment_status__exact, q"})
    assert "ann@" not in str(entry.metadata)


def test_no_cell_of_a_product_is_a_formula_and_quotes_and_lines_stay_in_theirs(acme: TenantInfo) -> None:
    for name in ('=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'Mug, "big"\nblue'):
        stocked(name=name, stock=3, price="7.50")
    rows = rows_of(staff_browser(acme, AccessRole.VIEWER).get(LISTS["product"]))

    assert [row["Name"] for row in rows[:6]] == [
        '\'=HYPERLINK("http://evil.example")', "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\r=1",
    ]  # fmt: skip
    assert rows[6]["Name"] == 'Mug, "big"\nblue'
    assert {(row["Price"], row["In stock"], row["Price before"]) for row in rows} == {("7.50", "3", "")}


def test_customers_come_with_group_and_tags(acme: TenantInfo) -> None:
    ann = CustomerFactory(email="ann@example.com", first_name="Ann", phone="+49 40 1")
    CustomerFactory(email="bob@example.com", status="suspended")
    tag_customer(ann.pk, ["VIP"])
    (row,) = rows_of(staff_browser(acme).get(LISTS["customer"], {"status__exact": "active"}))

    assert (row["E-mail"], row["First name"], row["Tags"], row["Group"]) == ("ann@example.com", "Ann", "VIP", "")
    assert row["Telephone"] == "'+49 40 1"
    assert Customer.objects.count() == 2


def test_a_list_of_any_length_is_read_in_portions(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_file, "ROWS_AT_ONCE", 4)
    names = [stocked(name=f"Mug {number}").product.name for number in range(9)]
    browser = staff_browser(acme)
    answer = browser.get(LISTS["product"])

    with StatementCount() as found:
        rows = rows_of(answer)

    assert [row["Name"] for row in rows] == names
    assert found.count == 3


def test_whole_lists_of_people_are_for_who_works_with_them(acme: TenantInfo, make_shop: Any) -> None:
    order_of((stocked(), 1))
    viewer = staff_browser(acme, AccessRole.VIEWER)
    other = staff_browser(make_shop("globex"), email="owner@globex.example")
    before = everything()

    assert [viewer.get(LISTS[name]).status_code for name in LISTS] == [200, 403, 403]
    assert rows_of(other.get(LISTS["order"])) == []
    assert "list.csv" not in viewer.get("/admin/tenant_shop/order/").content.decode()
    assert "list.csv" in viewer.get("/admin/tenant_shop/product/").content.decode()
    assert staff_browser(acme).post(LISTS["order"]).status_code == 405

    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_the_list_leads_to_its_file_with_its_filters_and_nonsense_leads_back(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    page = browser.get("/admin/tenant_shop/order/", {"payment_status__exact": "paid"}).content.decode()
    assert f"{LISTS['order']}?payment_status__exact=paid" in page

    nonsense = browser.get(LISTS["order"], {"created_at__gte": "never"})

    assert nonsense.status_code == 302
    assert Product.objects.count() == 0


def test_the_file_of_orders_says_what_was_paid_and_given_back_and_what_was_bought(acme: TenantInfo) -> None:
    paid = mark_as_paid(order_of((stocked(name="Mug", price="10.00"), 3)).pk, actor="ann")
    line = paid.items.get()
    refund_amount(paid.payments.get().pk, amount=Decimal("4.00"), key="one", actor="ann")
    order_of((stocked(name="Bowl", price="5.00"), 1))
    browser = staff_browser(acme)
    answer = browser.get(LISTS["order"])

    with StatementCount() as found:
        first, second = rows_of(answer)

    columns = ("Total", "Paid", "Given back", "Open", "Pieces", "Lines", "Currency", "Country", "Billing Country")
    assert [first[name] for name in columns] == [
        "34.90", "34.90", "4.00", "0.00", "3", f"3 \N{MULTIPLICATION SIGN} Mug [{line.product_sku}]", "EUR", "DE", "DE",
    ]  # fmt: skip
    assert [second[name] for name in columns[:4]] == ["9.90", "0.00", "0.00", "9.90"]
    # The orders, their lines, payments, entries and refunds, however many.
    assert found.count == 5
