"""Groups, price lists and rules of quantity in the back office: a table, a sheet, roles."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import pricing
from tenant_shop.customers.models import Customer
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry, QuantityRule
from tests.back_office import entries, inline
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.pricing import group_with, offer, price_list

ROLES = [("owner", True), ("admin", True), ("editor", True), ("viewer", False)]
LISTS = "/admin/tenant_shop/pricelist/"


@pytest.fixture
def wholesale(acme: TenantInfo) -> CustomerGroup:
    with tenant_context(acme):
        return group_with()


@pytest.fixture
def prices(acme: TenantInfo, wholesale: CustomerGroup) -> PriceList:
    with tenant_context(acme):
        return price_list(wholesale, currency=acme.currency)


def list_form(group: CustomerGroup, acme: TenantInfo, rows: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    return {
        "group": group.pk,
        "name": "Prices",
        "currency": acme.currency,
        "priority": "0",
        "is_active": "on",
        **inline("entries", rows),
        **changes,
    }


def test_a_price_list_is_written_in_a_table(acme, wholesale):
    with tenant_context(acme):
        mug, kitchen = ProductFactory(sku="MUG"), CategoryFactory()
    rows = [
        {"sku": "MUG", "min_quantity": "1", "unit_price": "8.00"},
        {"product": mug.pk, "min_quantity": "10", "unit_price": "7.00"},
        {"category": kitchen.pk, "min_quantity": "1", "percent_off": "10"},
        {"min_quantity": "1", "percent_off": "5"},
    ]
    browser = staff_browser(acme)
    assert browser.post(f"{LISTS}add/", list_form(wholesale, acme, rows)).status_code == 302
    with tenant_context(acme):
        made = PriceList.objects.get()
        stored = PriceListEntry.objects.values_list("variant__sku", "product", "category", "unit_price", "percent_off")
        assert sorted(stored, key=str) == sorted(
            [
                ("MUG", None, None, Decimal("8.000"), None),
                (None, mug.pk, None, Decimal("7.000"), None),
                (None, None, kitchen.pk, None, Decimal("10.00")),
                (None, None, None, None, Decimal("5.00")),
            ],
            key=str,
        )
    page = browser.get(f"{LISTS}{made.pk}/change/").content.decode()
    assert 'value="MUG"' in page
    assert f"/admin/tenant_shop/pricelist/{made.pk}/prices.csv" in page
    assert [entry.action for entry in entries(acme)][-1] == "add_pricelist"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"sku": "GONE", "unit_price": "1"}, "There is no variant with the SKU GONE."),
        ({"unit_price": "1", "percent_off": "10"}, "Write either a price or a percentage."),
        ({"sku": "MUG"}, "Write either a price or a percentage."),
        ({"unit_price": "-1"}, "A price is not less than nothing."),
        ({"percent_off": "101"}, "Ensure this value is less than or equal to 100."),
        ({"unit_price": "1", "min_quantity": "0"}, "Ensure this value is greater than or equal to 1."),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_saved(acme, wholesale, row, sentence):
    with tenant_context(acme):
        ProductFactory(sku="MUG")
    page = staff_browser(acme).post(f"{LISTS}add/", list_form(wholesale, acme, [{"min_quantity": "1", **row}]))
    assert page.status_code == 200
    assert sentence in page.content.decode()
    with tenant_context(acme):
        assert not PriceList.objects.exists()


def test_two_prices_for_the_same_goods_and_quantity_are_refused(acme, wholesale):
    with tenant_context(acme):
        ProductFactory(sku="MUG")
    rows = [{"sku": "MUG", "min_quantity": "1", "unit_price": price} for price in ("8", "9")]
    page = staff_browser(acme).post(f"{LISTS}add/", list_form(wholesale, acme, rows))
    assert "There is a price for these goods and this quantity already." in page.content.decode()


def test_a_list_ends_after_it_begins_and_is_in_the_shops_currency(acme, wholesale):
    page = staff_browser(acme).post(
        f"{LISTS}add/",
        list_form(
            wholesale,
            acme,
            [],
            currency="XAF",
            starts_at_0="2026-12-02",
            starts_at_1="10:00",
            ends_at_0="2026-12-01",
            ends_at_1="10:00",
        ),
    )
    assert "It ends before it begins." in page.content.decode()
    assert "A list in another currency would never hold." in page.content.decode()


def test_a_sheet_is_taken_out_and_put_in_with_a_report_for_each_row(acme, prices):
    with tenant_context(acme):
        mug = ProductFactory(sku="MUG", slug="mug")
        offer(prices, "8.00", product=mug)
    browser = staff_browser(acme)
    sheet = browser.get(f"{LISTS}{prices.pk}/prices.csv")
    assert sheet["Content-Disposition"] == 'attachment; filename="prices.csv"'
    assert sheet.content.decode().splitlines()[1] == ",mug,,1,8.00,"
    file = SimpleUploadedFile("prices.csv", b"sku,unit_price\nMUG,7.00\nGONE,1.00\n")
    page = browser.post(f"{LISTS}{prices.pk}/import/", {"file": file})
    assert page.status_code == 422
    words = " ".join(page.content.decode().split())
    assert "1 row saved, 1 left out" in words
    assert "Left out: there is no article with the SKU GONE." in words
    pasted = browser.post(f"{LISTS}{prices.pk}/import/", {"rows": "sku,unit_price\nMUG,6.00"})
    assert pasted.status_code == 200
    with tenant_context(acme):
        assert PriceListEntry.objects.get(variant__sku="MUG").unit_price == 6


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file, or paste its rows."),
        ({"rows": "price\n1"}, "The first row must name the columns"),
        ({"file": SimpleUploadedFile("a.csv", b"\xff\xfe")}, "The file is no text in UTF-8."),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_reason(acme, prices, sent, sentence):
    page = staff_browser(acme).post(f"{LISTS}{prices.pk}/import/", sent)
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_the_audit_log_has_each_price_of_a_sheet_before_and_after(acme, prices):
    with tenant_context(acme):
        for sku in ("MUG", "CUP", "POT"):
            offer(prices, "8.00", variant=ProductFactory(sku=sku).variant_rows.get())
    browser = staff_browser(acme)
    rows = "sku,min_quantity,unit_price,percent_off\nMUG,,6.00,\nMUG,5,,10\nCUP,,8.00,\nPOT,,,12.5\nNONE,,1.00,"

    browser.post(f"{LISTS}{prices.pk}/import/", {"rows": rows})

    (entry,) = entries(acme)
    assert (entry.action, entry.resource_id) == ("change_pricelist", prices.pk)
    assert entry.metadata["changes"] == [{"changed": {"fields": ["3 prices imported"]}}]
    assert entry.old_values == {"MUG": "8.00", "MUG from 5": "", "POT": "8.00"}
    assert entry.new_values == {"MUG": "6.00", "MUG from 5": "10 %", "POT": "12.5 %"}
    browser.post(f"{LISTS}{prices.pk}/import/", {"rows": "sku,unit_price\nMUG,6.00"})
    assert len(entries(acme)) == 1


@pytest.mark.parametrize(("role", "may_change"), ROLES)
def test_who_may_change_prices(acme, prices, wholesale, role, may_change):
    with tenant_context(acme):
        ProductFactory(sku="MUG")
    browser = staff_browser(acme, AccessRole(role))
    for page in ("pricelist", "customergroup", "quantityrule"):
        assert browser.get(f"/admin/tenant_shop/{page}/").status_code == 200
    assert browser.get(f"{LISTS}{prices.pk}/prices.csv").status_code == 200
    sent = browser.post(f"{LISTS}{prices.pk}/import/", {"rows": "sku,unit_price\nMUG,6.00"})
    assert sent.status_code == (200 if may_change else 403)
    renamed = browser.post(
        f"/admin/tenant_shop/customergroup/{wholesale.pk}/change/", {"name": "Dealers", "is_active": "on"}
    )
    assert renamed.status_code == (302 if may_change else 403)
    with tenant_context(acme):
        assert PriceListEntry.objects.count() == may_change
        assert CustomerGroup.objects.get().name == ("Dealers" if may_change else "Wholesale")


def test_nobody_takes_prices_out_of_another_shop(acme, prices, make_shop):
    other = staff_browser(make_shop("other"))
    assert other.get(f"{LISTS}{prices.pk}/prices.csv").status_code == 404
    assert other.post(f"{LISTS}{prices.pk}/import/", {"rows": "sku,unit_price\nMUG,6.00"}).status_code == 404


def test_customers_are_put_into_a_group_many_at_once(acme, wholesale):
    with tenant_context(acme):
        ann, bob = CustomerFactory(), CustomerFactory()
    browser = staff_browser(acme)
    answer = browser.post(
        "/admin/tenant_shop/customer/",
        {"action": f"into_{wholesale.pk.hex}", "_selected_action": [ann.pk, bob.pk]},
    )
    assert answer.status_code == 302
    with tenant_context(acme):
        assert set(Customer.objects.values_list("group__name", flat=True)) == {"Wholesale"}
    viewer = staff_browser(acme, AccessRole.VIEWER)
    with tenant_context(acme):
        Customer.objects.update(group=None)
    viewer.post("/admin/tenant_shop/customer/", {"action": f"into_{wholesale.pk.hex}", "_selected_action": [ann.pk]})
    with tenant_context(acme):
        assert not Customer.objects.exclude(group=None).exists()


def test_a_rule_of_quantity_is_for_a_product_or_one_of_its_variants(acme):
    with tenant_context(acme):
        mug = ProductFactory(sku="MUG", name="Mug")
    browser, add = staff_browser(acme), "/admin/tenant_shop/quantityrule/add/"
    both = browser.post(add, {"product": mug.pk, "sku": "MUG", "minimum": "1", "multiple": "6"})
    assert "Choose a product, or one of its variants." in both.content.decode()
    assert browser.post(add, {"product": mug.pk, "minimum": "1", "multiple": "6"}).status_code == 302
    again = browser.post(add, {"product": mug.pk, "minimum": "2", "multiple": "1"})
    assert "There is a rule for these goods already." in again.content.decode()
    with tenant_context(acme):
        assert QuantityRule.objects.get().multiple == 6
    assert "Sold in packs of 6." in browser.get("/admin/tenant_shop/quantityrule/").content.decode()


def test_the_list_of_groups_counts_to_its_end_and_in_one_statement(acme, monkeypatch):
    monkeypatch.setattr(pricing, "LONGEST_COUNT", 2)
    with tenant_context(acme):
        few, many = CustomerGroup.objects.create(name="Few"), CustomerGroup.objects.create(name="Many")
        CustomerFactory(group=few)
        for _ in range(3):
            CustomerFactory(group=many)
        PriceList.objects.create(group=few, name="One", currency=acme.currency)

    page = staff_browser(acme).get("/admin/tenant_shop/customergroup/")

    admin = page.context["cl"].model_admin
    shown = [(group.name, admin.members(group), admin.lists(group)) for group in page.context["cl"].result_list]
    assert shown == [("Few", "1", "1"), ("Many", "2+", "0")]
