"""What the list of products shows, and what narrows it."""

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import ProductImage
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.people import staff_browser

PRODUCTS = "/admin/tenant_shop/product/"


@pytest.fixture
def browser(shop: TenantInfo) -> Client:
    return staff_browser(shop)


def names(browser: Client, query: str) -> list[str]:
    page = browser.get(f"{PRODUCTS}?{query}")
    assert page.status_code == 200, page.headers.get("Location")
    return [product.name for product in page.context["cl"].result_list]


def test_what_is_archived_is_left_out_of_list_and_file_until_it_is_asked_for(browser: Client) -> None:
    for status in ("active", "draft", "archived"):
        ProductFactory(name=status, status=status)

    assert names(browser, "") == names(browser, "q=%2D&visibility__exact=visible") == ["active", "draft"]
    assert names(browser, "archived=with") == ["active", "archived", "draft"]
    assert names(browser, "archived=only") == names(browser, "status__exact=archived") == ["archived"]
    assert names(browser, "status__in=active,archived") == ["active", "archived"]
    file = b"".join(browser.get(f"{PRODUCTS}list.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert [line.split(",")[0] for line in file.splitlines()[1:]] == ["active", "draft"]


def test_an_empty_list_says_where_archived_products_are(browser: Client) -> None:
    ProductFactory(status="archived")

    page = browser.get(PRODUCTS).content.decode()

    assert "Nothing here yet" in page
    assert "Archived products are left out: they stand under “Archived”" in page


def test_the_views_that_come_with_the_shop(browser: Client) -> None:
    ProductFactory(name="Low", stock=1)
    ProductFactory(name="Plenty", stock=100)
    ProductFactory(name="Draft", status="draft")
    ProductFactory(name="Old", status="archived")

    tabs = {tab["name"]: tab["query"] for tab in browser.get(PRODUCTS).context["view_tabs"]}

    assert {name: names(browser, query) for name, query in tabs.items()} == {
        "All": ["Draft", "Low", "Plenty"],
        "On sale": ["Low", "Plenty"],
        "Drafts": ["Draft"],
        "Running low": ["Low"],
        "Archived": ["Old"],
    }


def test_a_product_is_found_by_the_sku_of_a_variant_and_by_a_tag(browser: Client) -> None:
    shirt = ProductFactory(name="Shirt", sku="SH", tags=["summer linen"])
    VariantFactory(product=shirt, sku="SH-RED-XL")
    VariantFactory(product=shirt, sku="SH-RED-XXL")
    ProductFactory(name="Cap", tags=["winter"])

    assert names(browser, "q=red-x") == names(browser, "q=LINEN") == ["Shirt"]


def test_the_list_is_narrowed_by_tag_category_with_all_below_it_and_brand(browser: Client) -> None:
    clothes = CategoryFactory(name="Clothes", slug="clothes")
    shirts = CategoryFactory(name="Shirts", slug="shirts", parent=clothes)
    linen = CategoryFactory(name="Linen", slug="linen", parent=shirts, is_active=False)
    acme = BrandFactory(name="Acme", slug="acme-co")
    ProductFactory(name="Coat", category=clothes, brand=acme, tags=["wool"])
    ProductFactory(name="Linen shirt", category=linen, tags=["linen", "summer"])
    ProductFactory(name="Mug", category=CategoryFactory(name="Kitchen"), brand=acme, tags=["linen print"])

    assert names(browser, "category=clothes") == ["Coat", "Linen shirt"]
    assert names(browser, "category=SHIRTS") == ["Linen shirt"]
    assert names(browser, "brand=ACME") == names(browser, "brand=acme-co") == ["Coat", "Mug"]
    assert names(browser, "tag=linen") == ["Linen shirt"]
    assert names(browser, "tag=wool&brand=Acme&category=Clothes&q=coat") == ["Coat"]
    assert names(browser, "tag=lin") == names(browser, "category=none") == names(browser, "brand=none") == []
    assert names(browser, "tag=&category=+&brand=") == ["Coat", "Linen shirt", "Mug"]


def test_filters_by_name_offer_names_and_no_more_than_so_many(browser: Client) -> None:
    for number in range(201):
        BrandFactory(name=f"B{number:03}", slug=f"b-{number}")

    page = browser.get(PRODUCTS).content.decode()

    assert '<option value="B199"></option>' in page
    assert "B200" not in page


def test_beside_a_products_name_stands_the_picture_that_stands_for_it(browser: Client) -> None:
    shown, bare = ProductFactory(name="Shown"), ProductFactory(name="Bare <b>")
    for place, name in enumerate(("back", "front")):
        ProductImage.objects.create(
            product=shown, url=f"/media/{name}.webp", sort_order=place, is_primary=name == "front"
        )

    page = browser.get(PRODUCTS).content.decode()

    assert '<img src="/media/front.webp" alt="" width="40" height="40" loading="lazy"><span>Shown</span>' in page
    assert "back.webp" not in page
    assert f'<span class="no-picture"></span><span>{bare.name.replace("<", "&lt;").replace(">", "&gt;")}</span>' in page
