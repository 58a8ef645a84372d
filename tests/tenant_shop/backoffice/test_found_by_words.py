"""Reviews, returns, quotes, companies and their requests are found by each word of a search, wherever it stands."""

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import CompanyMember, ProductReview, PurchaseRequest, QuoteRequest, Return
from tests.accounts import account
from tests.companies import company_of
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.statements import StatementCount


def found(browser: Client, path: str, typed: str) -> set[str]:
    rows = browser.get(f"/admin/tenant_shop/{path}/", {"q": typed}).context["cl"].result_list
    return {row.product.name if path == "productreview" else row.order.order_number for row in rows}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", {"Blue mug", "Red pot"}),
        ("splendid", {"Blue mug"}),
        ("LENDI", {"Blue mug"}),
        ("leaks", {"Red pot"}),
        ("blue", {"Blue mug"}),
        ("pat@example.com", {"Red pot"}),
        ("larsen", {"Blue mug"}),
        ("splendid blue larsen", {"Blue mug"}),
        ("splendid red", set()),
        ('"red pot"', {"Red pot"}),
        ("%", {"Blue mug", "Red pot"}),  # neither letter nor digit: no word
        ("nothing", set()),
    ],
)
def test_reviews_are_found_by_their_words_product_and_author(acme: TenantInfo, typed: str, names: set[str]) -> None:
    with tenant_context(acme):
        for product, email, last_name, title, content in (
            ("Blue mug", "kim@example.com", "Larsen", "Splendid", None),
            ("Red pot", "pat@example.com", "Moe", None, "It leaks."),
        ):
            ProductReview.objects.create(
                product=ProductFactory(name=product),
                customer=CustomerFactory(email=email, last_name=last_name),
                rating=4,
                title=title,
                content=content,
            )

    assert found(staff_browser(acme), "productreview", typed) == names


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", {"A-1001", "B-1002"}),
        ("1001", {"A-1001"}),
        ("guest@example.com", {"B-1002"}),
        ("new@example.com", {"A-1001"}),  # the account's address of today
        ("old@example.com", {"A-1001"}),  # and that of the order
        ("larsen 1001", {"A-1001"}),
        ("larsen 1002", set()),
    ],
)
def test_returns_are_found_by_their_order_and_account(acme: TenantInfo, typed: str, numbers: set[str]) -> None:
    with tenant_context(acme):
        account = CustomerFactory(email="new@example.com", last_name="Larsen")
        for number, email, customer in (
            ("A-1001", "old@example.com", account),
            ("B-1002", "guest@example.com", None),
        ):
            order = OrderFactory(order_number=number, customer_email=email, customer=customer)
            Return.objects.create(order=order, customer=customer, reason="damaged")

    assert found(staff_browser(acme), "return", typed) == numbers


KEY = "01a21d31-4502-7e86-85d3-3cc2f00dcafe"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", {"Kim Larsen", "Pat Moe"}),
        ("larsen", {"Kim Larsen"}),
        ("KIM@example", {"Kim Larsen"}),
        ("Q-F00DCAFE", {"Kim Larsen"}),
        ("q-f00dcafe larsen", {"Kim Larsen"}),
        ("2002", {"Pat Moe"}),
        ("q-larsen", set()),
        ("nothing", set()),
    ],
)
def test_quotes_are_found_by_number_name_address_and_order(acme: TenantInfo, typed: str, names: set[str]) -> None:
    with tenant_context(acme):
        QuoteRequest.objects.create(pk=KEY, email="kim@example.com", name="Kim Larsen", currency="EUR")
        order = OrderFactory(order_number="B-2002")
        QuoteRequest.objects.create(email="pat@example.com", name="Pat Moe", currency="EUR", order=order)
    rows = staff_browser(acme).get("/admin/tenant_shop/quoterequest/", {"q": typed}).context["cl"].result_list

    assert {row.name for row in rows} == names


@pytest.mark.parametrize(
    ("typed", "companies", "totals"),
    [
        ("", {"Huts", "Inns"}, {5, 7}),
        ("hut", {"Huts"}, {5}),
        ("DE136695976", {"Huts"}, {5}),
        ("ute@example.com", {"Huts"}, {7}),  # a member of one asked for the other
        ("A-1001", set(), {7}),
        ("inns a-1001", set(), {7}),
        ("inns huts", set(), set()),
    ],
)
def test_companies_and_what_they_want_are_found_by_name_people_and_order(
    acme: TenantInfo, typed: str, companies: set[str], totals: set[int]
) -> None:
    with tenant_context(acme):
        ute = account("ute@example.com")
        huts = company_of(ute, name="Huts", tax_id="DE136695976", tax_id_state="format_ok")
        inns = company_of(account("ivo@example.com"), name="Inns")
        order = OrderFactory(order_number="A-1001")
        common = {"currency": "EUR", "expires_at": order.created_at, "decided_at": order.created_at}
        PurchaseRequest.objects.create(company=huts, total=5, cart_id=KEY, status="expired", **common)
        PurchaseRequest.objects.create(
            company=inns, customer=ute, total=7, cart_id=KEY, status="approved", order=order, **common
        )
    browser = staff_browser(acme)
    wanted = browser.get("/admin/tenant_shop/purchaserequest/", {"q": typed}).context["cl"].result_list
    named = browser.get("/admin/tenant_shop/company/", {"q": typed}).context["cl"].result_list

    assert ({row.name for row in named}, {int(row.total) for row in wanted}) == (companies, totals)


def test_companies_are_listed_with_their_members_for_the_same_statements_however_many(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        company_of(account("a@example.com"), name="Alone")
    browser.get("/admin/tenant_shop/company/")
    with StatementCount() as few:
        browser.get("/admin/tenant_shop/company/")
    with tenant_context(acme):
        many = company_of(account("b@example.com"), name="Many")
        for number in range(3):
            CompanyMember.objects.create(company=many, customer=account(f"m{number}@example.com"), role="buyer")
    with StatementCount() as more:
        page = browser.get("/admin/tenant_shop/company/")

    assert {row.name: row.member_count for row in page.context["cl"].result_list} == {"Alone": 1, "Many": 4}
    assert more.count == few.count


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"q": "030 5550"}, {"A-1"}),
        ({"sku": "MUG-RED"}, {"A-1"}),
        ({"sku": "mug"}, {"A-1", "B-2"}),  # a product's own, whatever variant
        ({"sku": " MUG-BLUE "}, {"B-2"}),
        ({"sku": "MUG-"}, set()),
    ],
)
def test_orders_are_found_by_telephone_and_by_sku(acme: TenantInfo, query: dict[str, str], numbers: set[str]) -> None:
    with tenant_context(acme):
        mug = ProductFactory(sku="MUG")
        for number, phone, sku in (("A-1", "+49 30 030 5550", "MUG-RED"), ("B-2", "", "MUG-BLUE"), ("C-3", None, "")):
            order = OrderFactory(order_number=number, customer_phone=phone)
            variant = VariantFactory(product=mug, sku=sku) if sku else VariantFactory()
            OrderItemFactory(order=order, product=variant.product, variant=variant)
    rows = staff_browser(acme).get("/admin/tenant_shop/order/", query).context["cl"].result_list

    assert {row.order_number for row in rows} == numbers
