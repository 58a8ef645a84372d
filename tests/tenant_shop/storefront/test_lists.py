"""Lists as shoppers narrow them: facets, flags, ratings, brands; with plain links and forms."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tenant_shop.catalog.browse import Sort, product_list
from tenant_shop.models import Product, ProductReview
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.shopper import Shopper, forms_in
from tests.tenant_shop.schema.connections import as_owner


@pytest.fixture
def shirts(selling: Any) -> None:
    """Four shirts: three of one maker, S and M in red or blue, of linen or wool."""
    clothing = CategoryFactory(name="Clothing", slug="clothing")
    summer = CategoryFactory(name="Summer", slug="summer", parent=clothing)
    nordhem, other = BrandFactory(name="Nordhem", slug="nordhem"), BrandFactory(name="Überlin", slug="uberlin")
    for number, (size, colour, material) in enumerate(
        [("S", "Red", "linen"), ("M", "Red", "linen"), ("M", "Blue", "wool"), ("S", "Blue", "wool")]
    ):
        shirt = ProductFactory(
            name=f"Shirt {number}",
            slug=f"shirt-{number}",
            category=summer if number else clothing,
            brand=nordhem if number else other,
            price=Decimal(10 * (number + 1)),
            compare_at_price=Decimal(60) if number == 3 else None,
            specifications={"Material": material},
            default_variant=False,
        )
        VariantFactory(product=shirt, options={"Size": size, "Colour": colour}, stock=1)
        VariantFactory(product=shirt, options={"Size": "L", "Colour": "Green"}, stock=0)


def shown(page: Any, prefix: str = "") -> list[str]:
    assert page.status_code == 200
    return re.findall(rf'href="{prefix}/products/(shirt-\d)/"', page.content.decode())


def test_facets_narrow_a_list_without_javascript(shirts: None, shopper: Shopper) -> None:
    page = shopper.get("/categories/clothing/")
    form = next(form for form in forms_in(page) if form.id == "filters")
    assert form.choices["opt.Size"] == ["S", "M"], "L is sold out everywhere"
    assert form.choices["brand"] == ["nordhem", "uberlin"]

    sent = shopper.get(
        "/categories/clothing/", **{**form.fields, "opt.Size": "M", "opt.Colour": "Blue", "price_to": "35"}
    )
    assert sent.status_code == 302
    assert sent["Location"] == "/categories/clothing/?price=-35&opt.Colour=Blue&opt.Size=M"
    found = shopper.follow(sent)
    assert shown(found) == ["shirt-2"]
    text = found.content.decode()
    assert 'href="/categories/clothing/?price=-35&amp;opt.Size=M"' in text, "taking the colour back"
    assert 'href="/categories/clothing/"' in text, "clear all"
    assert "Up to €35.00" in text


def test_what_a_filter_leaves_is_said_in_its_label(shirts: None, configure: Any, shopper: Shopper) -> None:
    configure(languages=["ar"])
    shirt = Product.objects.get(slug="shirt-1")
    ProductReview.objects.create(product=shirt, customer=CustomerFactory(), rating=5, status="approved")
    for prefix, counts in (("", ("1 product", "3 products")), ("/ar", ("منتج واحد", "3 منتجات"))):
        text = shopper.get(f"{prefix}/products/").content.decode()
        facets = text[text.index('<div class="facets"') : text.index('<p class="facets__show">')]
        said = re.findall(r'<label for="f[^"]*">(.*?)<span class="visually-hidden"> \((.*?)\)</span></label>', facets)
        labels = {re.sub(r"<[^>]*>", "", label): count for label, count in said}
        assert (labels["Überlin"], labels["Nordhem"]) == counts
        assert len(said) == facets.count('class="facet__count" aria-hidden="true"')
        assert {count for _, count in said} >= set(counts)


def test_what_is_true_or_false_is_yes_or_no_in_the_readers_language(
    shirts: None, configure: Any, shopper: Shopper
) -> None:
    configure(languages=["de"])
    for number in range(4):
        Product.objects.filter(slug=f"shirt-{number}").update(specifications={"Warm": number % 2 == 0})
    for prefix, own, labels, chip in (
        ("", "", ["No", "Yes"], "Warm: </span>Yes "),
        ("/de", ' lang="en"', ["Nein", "Ja"], "Warm: </span>Ja "),
    ):
        page = shopper.get(f"{prefix}/products/", **{"spec.Warm": "true"})
        assert shown(page, prefix) == ["shirt-2", "shirt-0"]
        text = page.content.decode()
        assert re.findall(r'name="spec.Warm" value="(\w+)"', text) == ["false", "true"]
        assert re.findall(r'name="spec.Warm".*?<label [^>]*>(\w+)<', text) == labels, "not marked as another language"
        assert f"<span{own}>{chip}" in text


def test_size_and_colour_must_meet_in_one_variant(shirts: None, shopper: Shopper) -> None:
    jacket = ProductFactory(slug="shirt-9", default_variant=False)
    VariantFactory(product=jacket, options={"Size": "S", "Colour": "Blue"}, stock=1)
    VariantFactory(product=jacket, options={"Size": "M", "Colour": "Red"}, stock=1)
    assert shown(shopper.get("/products/", **{"opt.Size": "S", "opt.Colour": "Red"})) == ["shirt-0"]
    assert shown(shopper.get("/products/", **{"opt.Size": "L"})) == []


def test_landing_lists_and_flags(shirts: None, shopper: Shopper) -> None:
    sale = shopper.get("/products/", sale="1")
    assert shown(sale) == ["shirt-3"]
    assert b"<h1>Sale</h1>" in sale.content
    assert b"<h1>New arrivals</h1>" in shopper.get("/products/", new="1").content
    assert shown(shopper.get("/products/", sort="-price")) == ["shirt-3", "shirt-2", "shirt-1", "shirt-0"]


def test_a_list_that_nobody_searched_has_no_best_match(shirts: None, shopper: Shopper) -> None:
    newest = ["shirt-3", "shirt-2", "shirt-1", "shirt-0"]
    for path in ("/products/", "/categories/clothing/"):
        page = shopper.get(path, sort="relevance")
        assert shown(page) == newest
        assert "Best match" not in page.content.decode()
    assert [product.slug for product in product_list(sort=Sort.RELEVANCE)] == newest


def test_ratings_narrow_and_sort(shirts: None, shopper: Shopper) -> None:
    for slug, rating in (("shirt-1", 3), ("shirt-2", 5)):
        product = Product.objects.get(slug=slug)
        ProductReview.objects.create(product=product, customer=CustomerFactory(), rating=rating, status="approved")
    assert shown(shopper.get("/products/", rating="4")) == ["shirt-2"]
    assert shown(shopper.get("/products/", sort="rating"))[:2] == ["shirt-2", "shirt-1"]
    assert b"4 stars or more" in shopper.get("/products/").content


def test_brands_have_an_index_and_pages(shirts: None, shopper: Shopper, count_statements: Any) -> None:
    BrandFactory(name="Nobody", slug="nobody")
    BrandFactory(name="Closed", slug="closed", is_active=False)
    index = shopper.get("/brands/").content.decode()
    assert re.findall(r'<h2 id="brands-\d">(.)</h2>', index) == ["N", "U"]
    assert 'href="/brands/uberlin/">Überlin</a>' in index
    assert "Nobody" not in index
    with count_statements() as statements:
        page = shopper.get("/brands/nordhem/")
    assert shown(page) == ["shirt-3", "shirt-2", "shirt-1"]
    assert statements.count == 6
    assert shopper.get("/brands/closed/").status_code == 404
    assert shopper.get("/brands/nothing/").status_code == 404


def test_a_slug_may_be_a_word_of_the_addresses(selling: Any, shopper: Shopper) -> None:
    for slug in ("products", "brands", "page", "sale", "add", "admin"):
        category = CategoryFactory(slug=slug, name=slug)
        brand = BrandFactory(slug=slug, name=slug)
        ProductFactory(slug=slug, name=slug, category=category, brand=brand, stock=1)
        for path in (f"/products/{slug}/", f"/categories/{slug}/", f"/brands/{slug}/"):
            assert shopper.get(path).status_code == 200, path


def test_categories_in_a_circle_from_before_are_shown_and_left_again(selling: Any, shopper: Shopper) -> None:
    one, two = CategoryFactory(slug="one"), CategoryFactory(slug="two")
    with as_owner(selling) as owner:
        owner.execute("ALTER TABLE categories DISABLE TRIGGER categories_are_a_tree")
        owner.execute("UPDATE categories SET parent_id = %s WHERE id = %s", (two.pk, one.pk))
        owner.execute("UPDATE categories SET parent_id = %s WHERE id = %s", (one.pk, two.pk))
        owner.commit()
        owner.execute("ALTER TABLE categories ENABLE TRIGGER categories_are_a_tree")
    ProductFactory(slug="shirt-1", category=two, stock=1)
    ProductFactory(slug="shirt-2", category=one, stock=1)
    for path in ("/categories/two/", "/products/?category=two"):
        page = shopper.get(path)
        assert shown(page) == ["shirt-1"], path
        assert 'href="/categories/one/"' in page.content.decode()  # in the menu
    assert shown(shopper.get("/categories/one/")) == ["shirt-2"]


def test_a_hidden_product_is_sold_to_those_who_know_its_address_and_listed_nowhere(
    shirts: None, shopper: Shopper
) -> None:
    secret = ProductFactory(
        slug="shirt-7",
        name="Secret shirt",
        brand=BrandFactory(slug="secret", name="Secret"),
        category=CategoryFactory(slug="secret", name="Secret"),
        tags=["featured"],
        visibility=Product.Visibility.HIDDEN,
        stock=3,
    )
    for path in (
        "/",
        "/products/",
        "/products/?brand=secret",
        "/categories/secret/",
        "/products/?q=secret",
        "/brands/",
    ):
        assert b"/products/shirt-7/" not in shopper.get(path).content, path
    assert b"/brands/secret/" not in shopper.get("/brands/").content
    page = shopper.get("/products/shirt-7/")
    assert page.status_code == 200
    assert b'<meta name="robots" content="noindex">' in page.content
    cart = shopper.follow(shopper.add("shirt-7"))
    assert b"Secret shirt" in cart.content
    Product.objects.filter(pk=secret.pk).update(status="archived")
    assert shopper.get("/products/shirt-7/").status_code == 404
    assert b"No longer on sale." in shopper.get("/cart/").content
