"""Custom fields are defined, indexed and deleted; what makes no sense is refused, nothing is written."""

from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Product
from tenant_shop.configuration.custom_fields.index import keep_indexes
from tenant_shop.configuration.custom_fields.models import CustomField
from tests.back_office import entries
from tests.custom_fields import FIELDS, definition, field
from tests.factories.catalog import ProductFactory
from tests.people import staff_browser
from tests.statements import StatementCount


def test_a_field_is_defined_and_audited(acme: TenantInfo) -> None:
    response = staff_browser(acme).post(f"{FIELDS}add/", definition(in_storefront="on"))

    assert response.status_code == 302
    with tenant_context(acme):
        care = CustomField.objects.get()
    assert (care.owner, care.kind, care.key, care.choices) == ("product", "choice", "care", ["Easy", "Hard"])
    assert (care.in_storefront, care.in_api, care.index_state) == (True, False, "none")
    assert entries(acme)[-1].action == "add_customfield"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, "This field is required."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"name": "a\x07b"}, "There are characters here that cannot be written."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"choices": ""}, "Say what can be chosen."),
        ({"choices": "x" * 101}, "Up to 50 choices of up to 100 characters."),
        ({"kind": "song"}, "Select a valid choice"),
        ({"owner": "order", "in_storefront": "on"}, "Only fields of products can be shown in the shop."),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(changes: dict[str, str], problem: str, acme: TenantInfo) -> None:
    response = staff_browser(acme).post(f"{FIELDS}add/", definition(**changes))

    assert (response.status_code, problem in response.content.decode()) == (200, True)
    with tenant_context(acme):
        assert CustomField.objects.count() == 0


def test_a_name_that_is_taken_is_refused_beside_the_form(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    browser.post(f"{FIELDS}add/", definition())

    response = browser.post(f"{FIELDS}add/", definition())

    assert "already exists" in response.content.decode()
    with tenant_context(acme):
        assert CustomField.objects.count() == 1


def test_owner_kind_and_key_cannot_be_forged_later(acme: TenantInfo) -> None:
    with tenant_context(acme):
        care = field("Care", "choice")

    staff_browser(acme).post(
        f"{FIELDS}{care.pk}/change/", definition(owner="order", kind="text", key="x", name="Washing", choices="Easy")
    )

    with tenant_context(acme):
        after = CustomField.objects.get()
    assert (after.owner, after.kind, after.key, after.name, after.choices) == (
        "product",
        "choice",
        "care",
        "Washing",
        ["Easy"],
    )


def test_another_shops_field_is_not_there(acme: TenantInfo, make_shop: Any) -> None:
    other = make_shop("other")
    with tenant_context(other):
        theirs = field("Care")
    browser = staff_browser(acme)

    assert browser.post(f"{FIELDS}{theirs.pk}/index/", {"wanted": "yes"}).status_code == 404
    assert browser.get(f"{FIELDS}{theirs.pk}/delete/").status_code == 302
    with tenant_context(other):
        theirs.refresh_from_db()
    assert (theirs.index_state, theirs.is_indexed) == ("none", False)


def test_deleting_asks_with_the_number_of_values_and_then_they_go(acme: TenantInfo) -> None:
    with tenant_context(acme):
        care = field("Care")
        for _ in range(2):
            ProductFactory(metadata={"fields": {"care": "cold"}})
    browser = staff_browser(acme)

    asked = browser.get(f"{FIELDS}{care.pk}/delete/").content.decode()
    with tenant_context(acme):
        assert CustomField.objects.count() == 1
    browser.post(f"{FIELDS}{care.pk}/delete/", {"post": "yes"})

    assert "Care (Products), with 2 values" in asked
    with tenant_context(acme):
        assert [product.metadata for product in Product.objects.all()] == [{}, {}]
        assert CustomField.objects.count() == 0
    assert entries(acme)[-1].action == "delete_customfield"


def test_an_index_is_made_and_removed_by_buttons(acme: TenantInfo) -> None:
    with tenant_context(acme):
        care = field("Care")
    browser = staff_browser(acme)

    browser.post(f"{FIELDS}{care.pk}/index/", {"wanted": "yes"})
    waiting = browser.get(f"{FIELDS}{care.pk}/change/").content.decode()
    with tenant_context(acme):
        keep_indexes()
        care.refresh_from_db()
        assert care.index_state == "ready"
    browser.post(f"{FIELDS}{care.pk}/index/", {"wanted": "no"})

    assert "The index is being made." in waiting
    with tenant_context(acme):
        keep_indexes()
        care.refresh_from_db()
    assert (care.index_state, care.is_indexed) == ("none", False)
    assert [entry.action for entry in entries(acme)] == ["change_customfield", "change_customfield"]


def test_fields_cost_a_page_one_statement_however_many_there_are(acme: TenantInfo) -> None:
    with tenant_context(acme):
        product = ProductFactory()
    browser, counts = staff_browser(acme), []
    path = f"/admin/tenant_shop/product/{product.pk}/change/"
    browser.get(path)
    for number in range(3):
        with StatementCount() as statements:
            browser.get(path)
        counts.append(statements.count)
        with tenant_context(acme):
            field(f"Field {number}", in_filters=True)

    assert counts == [counts[0]] * 3
