"""A product's own page, and the merchant's words on it."""

from tenant_shop.catalog.html import safe_html
from tenant_shop.catalog.product_page import product_page
from tenant_shop.models import Product, ProductImage, ProductReview
from tenant_shop.templatetags.rich_text import rich_text
from tests.factories.catalog import ProductFactory
from tests.factories.customers import CustomerFactory


def test_a_page_in_full_takes_four_statements(shop, count_statements):
    product = ProductFactory(
        slug="mug",
        stock=3,
        features=["Dishwasher safe", ""],
        specifications=[{"name": "Volume", "value": "300 ml"}, {"name": "Height", "value": 9}],
    )
    ProductImage.objects.create(product=product, url="/media/2.webp", sort_order=2)
    ProductImage.objects.create(product=product, url="/media/1.webp", sort_order=1, alt_text="The mug")
    customer = CustomerFactory(first_name="Karin", last_name="Lind")
    for rating in (5, 5, 3):
        ProductReview.objects.create(product=product, customer=customer, rating=rating, status="approved")
    ProductReview.objects.create(product=product, customer=customer, rating=1, status="pending")

    with count_statements() as statements:
        page = product_page("mug")

    assert statements.count == 4
    assert [(picture.url, picture.alt) for picture in page.pictures] == [
        ("/media/1.webp", "The mug"),
        ("/media/2.webp", product.name),
    ]
    assert page.stars == {5: 2, 3: 1}
    assert {review.author for review in page.reviews} == {"Karin L."}
    assert page.features == ("Dishwasher safe",)
    assert page.specifications == (("Volume", "300 ml"), ("Height", "9"))
    assert [variant.available for variant in page.variants] == [3]


def test_features_and_specifications_are_read_in_either_shape(shop):
    ProductFactory(
        slug="mug",
        features={"Glaze": "lead-free", "Stackable": True},
        specifications={"Volume": "300 ml"},
    )
    page = product_page("mug")
    assert page.features == ("Glaze: lead-free", "Stackable")
    assert page.specifications == (("Volume", "300 ml"),)


def test_what_is_not_listed_has_no_page(shop):
    ProductFactory(slug="hidden", visibility=Product.Visibility.HIDDEN)
    ProductFactory(slug="draft", status="draft")
    ProductFactory(slug="inactive", status="inactive")
    assert [product_page(slug) for slug in ("hidden", "draft", "inactive", "nothing")] == [None] * 4


def test_markup_is_cleaned_at_output():
    dirty = (
        '<p onclick="x()">Hi <b>there</b><script>alert(1)</script></p>'
        '<a href="javascript:alert(1)">x</a><iframe src="https://evil.example"></iframe>'
        '<img src="https://pictures.example/a.png" onerror="x()" style="position:fixed">'
    )
    clean = rich_text(dirty)
    assert clean == (
        '<p>Hi <b>there</b></p><a rel="noopener noreferrer nofollow">x</a><img src="https://pictures.example/a.png">'
    )
    assert safe_html(clean) == clean


def test_plain_text_keeps_its_paragraphs_and_is_escaped():
    assert rich_text("One & two\n\nThree") == "<p>One &amp; two</p>\n\n<p>Three</p>"
    assert rich_text("") == ""
    assert rich_text(None) == ""
