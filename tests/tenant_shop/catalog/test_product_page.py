"""A product's own page, and the merchant's words on it."""

from uuid import uuid4

import pytest

from tenant_shop.catalog.facts import Words, plain
from tenant_shop.catalog.html import plain_text, safe_html
from tenant_shop.catalog.product_page import product_page, product_preview
from tenant_shop.models import Product, ProductImage, ProductReview
from tenant_shop.templatetags.rich_text import rich_text
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory


def said(features):
    return [plain(words) for words in features]


def facts(page):
    return {name: plain(words) for name, words in page.specifications}


def test_a_page_in_full_takes_three_statements(shop, count_statements):
    product = ProductFactory(
        slug="mug",
        stock=3,
        features=["Dishwasher safe", ""],
        specifications=[{"name": "Volume", "value": "300 ml"}, {"name": "Height", "value": 9}],
    )
    ProductImage.objects.create(product=product, url="/media/2.webp", sort_order=2)
    ProductImage.objects.create(product=product, url="/media/1.webp", sort_order=1, alt_text="The mug")
    for rating, status in ((5, "approved"), (5, "approved"), (3, "approved"), (1, "pending")):
        customer = CustomerFactory(first_name="Karin", last_name="Lind")
        ProductReview.objects.create(product=product, customer=customer, rating=rating, status=status)

    with count_statements() as statements:
        page = product_page("mug")

    assert statements.count == 3
    assert [(picture.url, picture.alt) for picture in page.pictures] == [
        ("/media/1.webp", "The mug"),
        ("/media/2.webp", product.name),
    ]
    assert page.stars == {5: 2, 3: 1}
    assert {review.author for review in page.reviews} == {"Karin L."}
    assert said(page.features) == ["Dishwasher safe"]
    assert facts(page) == {"Volume": "300 ml", "Height": "9"}
    assert [variant.available for variant in page.variants] == [3]


def test_features_and_specifications_are_read_in_either_shape(shop):
    ProductFactory(
        slug="mug",
        features={"Glaze": "lead-free", "Stackable": True},
        specifications={"Volume": "300 ml"},
    )
    page = product_page("mug")
    assert said(page.features) == ["Glaze: lead-free", "Stackable"]
    assert facts(page) == {"Volume": "300 ml"}


def test_values_are_told_as_people_write_them_and_nothing_is_left_out(shop):
    simple = {
        "Material": ["linen", "cotton", None],
        "Height": 1.5,
        "Washable": True,
        "Vegan": False,
        "Care": None,
        "": "x",
    }
    nested = {"Size": {"Width": "3 cm", "Notes": []}}
    ProductFactory(
        slug="cloth", specifications=simple | nested, features=["Soft", {"name": "Hem", "value": ["double"]}, 3]
    )
    ProductFactory(slug="towel", specifications=[{"name": "Care", "value": None}, {"name": "Parts", "value": [1, 2]}])
    page = product_page("cloth")

    assert facts(page) == {
        "Material": "linen, cotton",
        "Height": "1.5",
        "Washable": "Yes",
        "Vegan": "No",
        "Size": "Width: 3 cm",
    }
    assert said(page.features) == ["Soft", "Hem: double", "3"]
    assert facts(product_page("towel")) == {"Parts": "1, 2"}


def test_yes_and_no_are_told_apart_from_the_merchants_words(shop):
    ProductFactory(
        slug="box",
        specifications={"Lid": True, "Extras": {"Tray": False, "Colour": "red"}, "Sizes": ["S", True]},
        features=[{"name": "Hinged", "value": True}],
    )
    page = product_page("box")
    assert dict(page.specifications) == {
        "Lid": (Words("Yes", are_ours=True),),
        "Extras": (Words("Tray: "), Words("No", are_ours=True), Words(", Colour: red")),
        "Sizes": (Words("S, "), Words("Yes", are_ours=True)),
    }
    assert page.features == ((Words("Hinged: "), Words("Yes", are_ours=True)),)


def test_what_is_not_listed_has_no_page(shop):
    for status in ("draft", "inactive", "archived"):
        ProductFactory(slug=status, status=status)
    assert [product_page(slug) for slug in ("draft", "inactive", "archived", "nothing")] == [None] * 4


def test_a_hidden_product_has_a_page_for_those_who_know_its_address(shop):
    ProductFactory(slug="hidden", visibility=Product.Visibility.HIDDEN)
    assert product_page("hidden").is_listed is False


def test_markup_is_cleaned_at_output():
    dirty = (
        '<p onclick="x()">Hi <b>there</b><script>alert(1)</script></p>'
        '<a href="javascript:alert(1)">x</a><iframe src="https://evil.example"></iframe>'
        '<img src="https://pictures.example/a.png" onerror="x()" style="position:fixed">'
    )
    clean = rich_text(dirty)
    assert clean == (
        '<p>Hi <b>there</b></p><a rel="noopener noreferrer nofollow">x</a>'
        '<img src="https://pictures.example/a.png" alt="" loading="lazy" decoding="async">'
    )
    assert safe_html(clean) == clean
    assert rich_text("<p>Hi</p><svg onload=alert(1)>") == "<p>Hi</p>"
    assert plain_text("<p>One &amp;</p><p>two<svg onload=alert(1)><script>x()</script></p>") == "One & two"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            '<img src="/media/a.png" width=3 height=4>',
            '<img src="/media/a.png" width="3" height="4" alt="" loading="lazy" decoding="async">',
        ),
        (
            '<img loading=eager alt="A > B" src="https://a.example/b.png">',
            '<img alt="A &gt; B" src="https://a.example/b.png" loading="lazy" decoding="async">',
        ),
        ('<img src="http://a.example/b.png" alt="x">', ""),
        ('<img src=" http://a.example/b.png">', ""),
        ("""<img alt=' src="https:' src="http://a.example/b.png">""", ""),
        ("<img alt=x>", ""),
        ("<code>&lt;img src=x&gt;</code>", "<code>&lt;img src=x&gt;</code>"),
    ],
)
def test_pictures_in_texts_wait_have_an_alt_and_come_from_where_pages_may_load_them(written, shown):
    assert safe_html(written) == shown
    assert safe_html(shown) == shown


def test_plain_text_keeps_its_paragraphs_and_is_escaped():
    assert rich_text("One & two\n\nThree") == "<p>One &amp; two</p>\n\n<p>Three</p>"
    assert rich_text("") == ""
    assert rich_text(None) == ""


def test_reviews_come_ten_a_page_and_a_page_that_does_not_exist_is_the_nearest(shop):
    product = ProductFactory(slug="mug")
    for number in range(23):
        ProductReview.objects.create(
            product=product, customer=CustomerFactory(), rating=4, title=f"No. {number}", status="approved"
        )
    found = {asked: product_page("mug", reviews=asked) for asked in (-5, 1, 2, 3, 4, 10**9)}
    titles = {asked: [review.title for review in page.reviews] for asked, page in found.items()}

    assert titles[1] == [f"No. {number}" for number in range(22, 12, -1)]
    assert titles[2] == [f"No. {number}" for number in range(12, 2, -1)]
    assert titles[3] == ["No. 2", "No. 1", "No. 0"]
    assert titles[-5] == titles[1]
    assert titles[4] == titles[10**9] == titles[3]
    assert {(page.review_page, page.review_pages) for page in found.values()} == {(1, 3), (2, 3), (3, 3)}


def test_a_variants_own_picture_comes_first_and_its_own_weight_counts(shop):
    product = ProductFactory(slug="mug", default_variant=False, weight=300)
    red = VariantFactory(product=product, options={"Colour": "Red"})
    blue = VariantFactory(product=product, options={"Colour": "Blue"}, weight=350)
    for place, name in enumerate(("front", "back", "blue")):
        picture = ProductImage.objects.create(product=product, url=f"/media/{name}.webp", sort_order=place)
        if name == "blue":
            type(blue).objects.filter(pk=blue.pk).update(image=picture)

    page = product_page("mug")

    def pictures(variant):
        return [picture.url for picture in page.pictures_for(page.variant(variant.pk))]

    assert pictures(red) == ["/media/front.webp", "/media/back.webp", "/media/blue.webp"]
    assert pictures(blue) == ["/media/blue.webp", "/media/front.webp", "/media/back.webp"]
    assert page.variant_weights == {blue.pk: 350}


def test_the_shops_people_find_a_product_in_any_state(shop):
    for values in ({"status": "draft"}, {"status": "archived"}, {"visibility": "hidden"}, {}):
        product = ProductFactory(**values)
        page = product_preview(product.pk)
        assert (page.summary.name, page.status, page.visibility) == (
            product.name,
            values.get("status", "active"),
            values.get("visibility", "visible"),
        )
    assert product_preview(uuid4()) is None
