"""What a merchant says of a product: its facts, its options, one value for all variants, what happens later."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, current_tenant
from smartseller.money import display
from tenant_shop.backoffice.details_fields import FeaturesField, SpecificationsField
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.product_page import product_page
from tenant_shop.catalog.scheduled.models import ScheduledChange
from tenant_shop.inventory.models import StockMovement
from tests.back_office import inline, product_form
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.people import staff_browser
from tests.shopping import everything

ADD = "/admin/tenant_shop/product/add/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


def change(product: Product) -> str:
    return f"/admin/tenant_shop/product/{product.pk}/change/"


def rows_of(product: Product, **changes: Any) -> dict[str, Any]:
    """The rows of the product's variants as its form shows them, each with `changes`."""
    rows = [
        {
            "id": variant.pk,
            "product": product.pk,
            "sku": variant.sku,
            "options": ", ".join(f"{name}: {value}" for name, value in variant.options.items()),
            "quantity": variant.inventory_quantity,
            "position": variant.position,
            "is_active": "on",
            **changes,
        }
        for variant in product.variant_rows.all()
    ]
    shown = {
        f"initial-variant_rows-{place}-quantity": variant.inventory_quantity
        for place, variant in enumerate(product.variant_rows.all())
    }
    return {**inline("variant_rows", rows, initial=len(rows)), **shown}


def of(product: Product, **changes: Any) -> dict[str, Any]:
    return product_form(
        **{"name": product.name, "slug": product.slug, "sku": product.sku, **rows_of(product), **changes}
    )


def test_facts_are_written_one_a_line_and_shown_in_that_order(browser: Client) -> None:
    told = {
        "specifications": "Material: Cotton | Linen\nPack size: 12 pairs\nA: 1",
        "features": "Made by hand\nWashes at 60 °",
        "customs_code": "6109.10.00",
        "origin_country": "PT",
    }

    assert browser.post(ADD, product_form(**told)).status_code == 302

    product = Product.objects.get()
    assert product.specifications == [
        {"name": "Material", "value": ["Cotton", "Linen"]},
        {"name": "Pack size", "value": "12 pairs"},
        {"name": "A", "value": "1"},
    ]
    assert (product.features, product.customs_code, product.origin_country) == (
        ["Made by hand", "Washes at 60 °"],
        "61091000",
        "PT",
    )
    page = product_page("hammer")
    assert page is not None
    assert [name for name, _ in page.specifications] == ["Material", "Pack size", "A"]
    assert page.summary.pieces == 12
    assert "Material: Cotton | Linen\nPack size: 12 pairs\nA: 1" in browser.get(change(product)).content.decode()


def test_what_decides_over_the_whole_product_stands_in_the_column_beside_it(browser: Client) -> None:
    page = browser.get(change(ProductFactory())).content.decode()

    main, side = page.index('class="product-form-main"'), page.index('class="product-form-side"')
    wide = page.index('class="product-form-wide"')
    beside = (
        "status",
        "published_at_0",
        "category",
        "brand",
        "tags",
        "tax_class",
        "meta_title",
        "scheduled-TOTAL_FORMS",
    )
    assert [name for name in beside if not side < page.index(f'name="{name}"') < wide] == []
    assert side < page.index("data-search-preview") < wide
    below = ("price", "sku", "variant_rows-TOTAL_FORMS", "weight", "customs_code", "specifications")
    assert [name for name in below if page.index(f'name="{name}"') < wide] == []
    assert main < page.index('name="description"') < page.index('name="images-TOTAL_FORMS"') < side


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("specifications", "Cotton"),
        ("specifications", "Material: Cotton\nMaterial: Linen"),
        ("specifications", '{"a": NaN}'),
        ("specifications", "\n".join(f"N{n}: 1" for n in range(101))),
        ("features", "x" * 501),
        ("customs_code", "12a4"),
        ("origin_country", "Portugal"),
        ("option_name_0", "Size"),
        ("fill_price", "-1"),
        ("fill_price", "1e309"),
        ("fill_quantity", "99999999999"),
    ],
)
def test_facts_that_cannot_be_read_are_refused_and_nothing_moves(browser: Client, field: str, value: str) -> None:
    product = ProductFactory(stock=2)
    before = everything()

    response = browser.post(change(product), of(product, name="Other", **{field: value}))

    assert response.status_code == 200
    assert everything() == before


@pytest.mark.parametrize(
    "stored",
    [
        {"Material": "Cotton", "Washable": True, "Weight": 12},
        [{"name": "A", "value": {"deep": [1]}}],
        [],
        {"a|b": "c|d"},
    ],
)
def test_facts_written_by_others_survive_an_edit_of_something_else(browser: Client, stored: Any) -> None:
    product = ProductFactory(specifications=stored, features={"Soft": "as wool", "Warm": True})
    specifications, features = SpecificationsField(), FeaturesField()
    told = {
        "specifications": specifications.prepare_value(stored),
        "features": features.prepare_value(product.features),
    }
    before = product_page(product.slug)

    assert browser.post(change(product), of(product, name="Renamed", **told)).status_code == 302

    after = product_page(product.slug)
    assert before is not None
    assert after is not None
    assert after.summary.name == "Renamed"
    assert dict(after.specifications).keys() == dict(before.specifications).keys()
    assert after.features == before.features


def test_options_become_variants_and_the_first_keeps_sku_stock_and_history(browser: Client) -> None:
    product = ProductFactory(sku="SHIRT", stock=5)
    told = {
        "option_name_0": "Size",
        "option_values_0": "S, M",
        "option_name_1": "Colour",
        "option_values_1": "Red, Blue",
    }

    response = browser.post(change(product), of(product, _continue="variants", **told))

    assert response.status_code == 302
    assert response["Location"].endswith("/change/")
    variants = list(product.variant_rows.all())
    assert [(v.sku, v.options, v.inventory_quantity) for v in variants] == [
        ("SHIRT", {"Size": "S", "Colour": "Red"}, 5),
        ("SHIRT-S-BLUE", {"Size": "S", "Colour": "Blue"}, 0),
        ("SHIRT-M-RED", {"Size": "M", "Colour": "Red"}, 0),
        ("SHIRT-M-BLUE", {"Size": "M", "Colour": "Blue"}, 0),
    ]


def test_one_value_fills_all_variants(browser: Client) -> None:
    product = ProductFactory(stock=1)
    VariantFactory(product=product, options={"Size": "M"})

    told = {"fill_price": "9.90", "fill_weight": "250", "fill_quantity": "7"}
    assert browser.post(change(product), of(product, **told)).status_code == 302

    assert [(v.price, v.weight, v.cost_price, v.inventory_quantity) for v in product.variant_rows.all()] == [
        (Decimal("9.900"), Decimal("250.00"), None, 7),
        (Decimal("9.900"), Decimal("250.00"), None, 7),
    ]
    assert sorted(StockMovement.objects.filter(reason="correction").values_list("delta", flat=True)) == [6, 7]


def test_the_grid_moves_stock_by_what_was_changed_so_that_a_sale_meanwhile_stays_sold(browser: Client) -> None:
    product = ProductFactory(stock=10)
    variant = product.variant_rows.get()
    form = of(product, **{"variant_rows-0-quantity": 12})  # two more than the page showed
    StockMovement.objects.create(variant=variant, delta=-3, reason="damage")

    assert browser.post(change(product), form).status_code == 302

    variant.refresh_from_db()
    assert variant.inventory_quantity == 9
    movement = StockMovement.objects.get(reason="correction")
    assert (movement.delta, movement.actor is not None) == (2, True)


def test_more_than_is_there_is_not_taken_away_and_nothing_is_saved(browser: Client) -> None:
    product = ProductFactory(stock=2)
    form = of(product, name="Other", **{"variant_rows-0-quantity": 0})
    StockMovement.objects.create(variant=product.variant_rows.get(), delta=-1, reason="damage")
    before = everything()

    response = browser.post(change(product), form)

    assert "There are 1: 2 cannot be taken away." in response.content.decode()
    assert everything() == before


def test_a_new_product_starts_with_its_stock(browser: Client) -> None:
    row = {"sku": "", "options": "", "quantity": 4, "barcode": "4006381333931", "weight": "120", "position": 0}

    assert browser.post(ADD, product_form(**inline("variant_rows", [{**row, "is_active": "on"}]))).status_code == 302

    variant = Product.objects.get().variant_rows.get()
    assert (variant.sku, variant.inventory_quantity, variant.barcode) == ("H-1", 4, "4006381333931")
    assert StockMovement.objects.get().reason == "initial"


def test_a_new_product_does_not_start_below_none(browser: Client) -> None:
    row = {"sku": "", "options": "", "quantity": -4, "position": 0, "is_active": "on"}

    response = browser.post(ADD, product_form(**inline("variant_rows", [row])))

    assert "There are 0: 4 cannot be taken away." in response.content.decode()
    assert Product.objects.count() == 0


def test_a_variant_shows_a_picture_of_its_own_product_only(browser: Client) -> None:
    product, other = ProductFactory(), ProductFactory()
    mine = ProductImage.objects.create(product=product, url="https://example.com/a.jpg")
    theirs = ProductImage.objects.create(product=other, url="https://example.com/b.jpg")
    row = {
        "id": mine.pk, "product": product.pk, "url": mine.url, "alt_text": "", "sort_order": 0,
    }  # fmt: skip
    form = of(product, **inline("images", [row], initial=1))

    assert browser.post(change(product), {**form, "variant_rows-0-image": theirs.pk}).status_code == 200
    assert product.variant_rows.get().image_id is None
    assert browser.post(change(product), {**form, "variant_rows-0-image": mine.pk}).status_code == 302
    assert product.variant_rows.get().image_id == mine.pk


def moment(at: Any) -> dict[str, str]:
    here = at.astimezone(ZoneInfo(current_tenant().timezone))
    return {"due_at_0": here.strftime("%Y-%m-%d"), "due_at_1": here.strftime("%H:%M:%S")}


def test_a_change_is_scheduled_from_the_form(browser: Client) -> None:
    product = ProductFactory(status="draft")
    due = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    rows = [
        {**moment(due), "kind": "publish"},
        {**moment(due), "kind": "price", "price": "8", "compare_at_price": "12"},
    ]

    assert browser.post(change(product), of(product, **inline("scheduled", rows))).status_code == 302

    found = list(ScheduledChange.objects.order_by("kind"))
    assert [(row.kind, row.due_at, row.price, row.compare_at_price) for row in found] == [
        ("price", due, Decimal("8.000"), Decimal("12.000")),
        ("publish", due, None, None),
    ]
    assert all(row.actor for row in found)


@pytest.mark.parametrize(
    ("days", "row"),
    [
        (-1, {"kind": "publish"}),
        (1, {"kind": "price"}),
        (1, {"kind": "price", "price": "-1"}),
        (1, {"kind": "publish", "price": "3"}),
        (1, {"kind": "burn"}),
    ],
)
def test_a_change_of_nonsense_is_not_scheduled(browser: Client, days: int, row: dict[str, str]) -> None:
    product = ProductFactory()
    due = timezone.now() + timedelta(days=days)

    response = browser.post(change(product), of(product, **inline("scheduled", [{**moment(due), **row}])))

    assert response.status_code == 200
    assert ScheduledChange.objects.count() == 0


def test_duplicating_makes_a_draft_with_everything_but_stock(browser: Client) -> None:
    product = ProductFactory(name="Mug", slug="mug", sku="M-1", stock=3, tags=["clay"])
    image = ProductImage.objects.create(product=product, url="https://example.com/a.jpg", alt_text="a mug")
    product.variant_rows.update(image=image, barcode="123", price=Decimal("7.5"))

    for word in ("copy", "copy-2"):
        response = browser.post(f"/admin/tenant_shop/product/{product.pk}/duplicate/")
        copy = Product.objects.get(slug=f"mug-{word}")
        assert response["Location"] == change(copy)
        variant = copy.variant_rows.get()
        assert (copy.name, copy.status, copy.tags, copy.sku) == ("Mug (copy)", "draft", ["clay"], f"M-1-{word.upper()}")
        assert (variant.price, variant.barcode, variant.inventory_quantity) == (Decimal("7.500"), "123", 0)
        assert variant.image is not None
        assert (variant.image.product_id, variant.image.alt_text) == (copy.pk, "a mug")


def test_a_viewer_reads_what_is_in_stock_of_each_variant(shop: TenantInfo) -> None:
    product = ProductFactory(stock=0)
    VariantFactory(product=product, options={"Size": "L"}, stock=41)

    page = staff_browser(shop, role="viewer").get(change(product)).content.decode()

    cells = re.findall(r'class="[^"]*field-quantity[^"]*".*?<div class="readonly[^>]*>\s*(\d+)', page, re.DOTALL)
    assert cells == ["0", "41"]


def test_a_viewer_duplicates_and_saves_nothing(shop: TenantInfo) -> None:
    product = ProductFactory(stock=1, specifications={"Material": ["Cotton", "Linen"]}, origin_country="DE")
    viewer = staff_browser(shop, role="viewer")
    before = everything()

    page = viewer.get(change(product))

    assert page.status_code == 200
    words = page.content.decode()
    assert "option_name_0" not in words
    # What is only looked at is said as people say it, and nothing is there that could only be sent.
    said = (display(product.price, current_tenant().currency), "Material: Cotton | Linen", "Germany", "/stock/")
    assert [text for text in said if text not in words] == []
    assert "Add pictures" not in words
    assert viewer.post(f"/admin/tenant_shop/product/{product.pk}/duplicate/").status_code == 403
    assert viewer.post(change(product), of(product, name="Other", fill_price="1")).status_code == 403
    assert everything() == before


def test_a_new_products_stock_is_counted_on_its_first_page(browser: Client) -> None:
    page = browser.get(ADD).content.decode()
    assert "variant_rows-0-quantity" in page
    assert "object at 0x" not in page

    sent = inline("variant_rows", [{"quantity": 7, "is_active": "on", "position": 0}])
    assert browser.post(ADD, product_form(**sent)).status_code == 302

    product = Product.objects.get()
    assert [(row.sku, row.inventory_quantity) for row in product.variant_rows.all()] == [(product.sku, 7)]
    assert StockMovement.objects.get().reason == StockMovement.Reason.INITIAL


def test_a_row_that_is_left_alone_makes_no_variant_of_its_own(browser: Client) -> None:
    sent = inline("variant_rows", [{"quantity": 0, "is_active": "on", "position": 0}])
    sent["initial-variant_rows-0-quantity"] = 0
    options = {"option_name_0": "Size", "option_values_0": "S, M"}

    assert browser.post(ADD, product_form(**sent, **options)).status_code == 302

    product = Product.objects.get()
    assert [(row.options, row.sku) for row in product.variant_rows.order_by("position")] == [
        ({"Size": "S"}, f"{product.sku}-S"),
        ({"Size": "M"}, f"{product.sku}-M"),
    ]
    assert '<option value="" selected>as the product</option>' in browser.get(change(product)).content.decode()
