"""Choosing a variant by links, and a stock that is told truly."""

from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from tenant_shop.models import Product, ProductImage
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.shopper import forms_in


class Picker(HTMLParser):
    """The choices of a page, as (text, address, state), by option."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.choices: list[dict[str, str]] = []
        self._open: dict[str, str] | None = None
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "chip-link" in given.get("class", ""):
            self._open = {"url": given["href"], "chosen": given.get("aria-current", ""), "text": ""}
            assert given["hx-get"] == given["href"]
            self.choices.append(self._open)

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open["text"] = " ".join(f"{self._open['text']} {data}".split())

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = None

    @property
    def texts(self) -> dict[str, str]:
        return {choice["text"]: choice["url"] for choice in self.choices}

    @property
    def chosen(self) -> list[str]:
        return [choice["text"] for choice in self.choices if choice["chosen"]]


def chosen_in(page: Any) -> str:
    """The id of the variant that the form sends."""
    (form,) = [form for form in forms_in(page) if form.action.startswith("/cart/lines/add/")]
    return form.fields["variant"]


@pytest.fixture
def shirt(selling):
    shirt = ProductFactory(slug="shirt", default_variant=False, price=Decimal("60"), low_stock_threshold=3)
    rows = (
        ("S", "Blue", 0, "60", None),
        ("S", "Red", 2, "60", "75"),
        ("L", "Blue", 9, "65", None),
    )
    return {
        (size, colour): VariantFactory(
            product=shirt,
            sku=f"SH-{size}-{colour}",
            options={"Size": size, "Colour": colour},
            position=position,
            stock=stock,
            price=Decimal(price),
            compare_at_price=Decimal(before) if before else None,
        )
        for position, (size, colour, stock, price, before) in enumerate(rows)
    }


def test_the_choices_say_what_comes_of_them_and_carry_the_rest_of_the_selection(shirt, shopper):
    page = shopper.get("/products/shirt/")
    picker = Picker(page)
    assert chosen_in(page) == str(shirt["S", "Red"].pk), "the first that can be bought"
    assert picker.chosen == ["S", "Red"]
    assert picker.texts == {
        "S": "/products/shirt/?Size=S&Colour=Red",
        "L €65.00 (not in this combination)": "/products/shirt/?Size=L&Colour=Blue",
        "Blue (sold out)": "/products/shirt/?Size=S&Colour=Blue",
        "Red": "/products/shirt/?Size=S&Colour=Red",
    }


def test_price_sku_stock_and_form_follow_the_variant(shirt, shopper):
    for query, variant, facts in (
        ({"Size": "S", "Colour": "Red"}, ("S", "Red"), ("€60.00", "€75.00", "SH-S-Red", "Only 2 left", 'max="2"')),
        ({"Size": "L", "Colour": "Blue"}, ("L", "Blue"), ("€65.00", "SH-L-Blue", "In stock")),
        ({"Size": "S", "Colour": "Blue"}, ("S", "Blue"), ("€60.00", "SH-S-Blue", "Sold out at the moment")),
    ):
        page = shopper.get("/products/shirt/", **query)
        assert chosen_in(page) == str(shirt[variant].pk), query
        text = page.content.decode().split('id="product"')[1].split("You may also like")[0]
        for fact in facts:
            assert fact in text, (query, fact)
    assert "max=" not in shopper.get("/products/shirt/", Size="L").content.decode(), "the number is not told"
    assert "€75.00" not in shopper.get("/products/shirt/", Size="L").content.decode()


def test_a_combination_that_is_not_made_leads_to_the_nearest_one_and_says_so(shirt, shopper):
    page = shopper.get("/products/shirt/", Size="L", Colour="Red")
    assert page.status_code == 200
    assert chosen_in(page) == str(shirt["S", "Red"].pk)
    assert "This combination is not offered. Here is the nearest one." in page.content.decode()
    assert "This combination is not offered" not in shopper.get("/products/shirt/", Size="L").content.decode()


def test_forged_selections_are_ignored(shirt, shopper):
    for query in (
        {"Size": "XXL"},
        {"size": "L"},
        {"Size__gt": "L"},
        {"Colour": "Red' OR 1=1", "Size": ["M", "Q"]},
        {"Size": "x" * 8000},
        {"Ärmel": "🧥"},
        {"reviews": "9" * 400, "Size": ""},
        {"reviews": "-1"},
    ):
        page = shopper.get("/products/shirt/", **query)
        assert page.status_code == 200, query
        assert chosen_in(page) == str(shirt["S", "Red"].pk), query


def test_a_variants_own_picture_is_shown_first(shirt, shopper):
    for name in ("red", "blue"):
        picture = ProductImage.objects.create(product=shirt["S", "Red"].product, url=f"/media/{name}.webp")
        type(shirt["L", "Blue"]).objects.filter(options__Colour=name.title()).update(image=picture)

    def first(**query):
        text = shopper.get("/products/shirt/", **query).content.decode()
        return min(("red", "blue"), key=lambda name: text.index(f'src="/media/{name}.webp"'))

    assert first(Colour="Red") == "red"
    assert first(Colour="Blue") == "blue"


def test_an_option_that_is_called_like_a_parameter_can_be_chosen(selling, shopper):
    product = ProductFactory(slug="thing", default_variant=False)
    for position, value in enumerate(("1", "2")):
        VariantFactory(product=product, options={"reviews": value}, position=position, stock=1)
    page = shopper.get("/products/thing/")
    assert Picker(page).texts == {"1": "/products/thing/?reviews_=1", "2": "/products/thing/?reviews_=2"}
    assert Picker(shopper.get("/products/thing/?reviews_=2")).chosen == ["2"]


def test_a_product_with_one_variant_has_nothing_to_choose(selling, shopper):
    ProductFactory(slug="mug", stock=1)
    assert Picker(shopper.get("/products/mug/")).choices == []


@pytest.mark.parametrize(
    ("values", "stock", "text"),
    [
        ({"low_stock_threshold": 3}, 3, "Only 3 left"),
        ({"low_stock_threshold": 3}, 4, "In stock"),
        ({"low_stock_threshold": 0}, 1, "In stock"),
        ({}, 0, "Sold out at the moment"),
        ({"allow_backorder": True}, 0, "On backorder: order now, we send it as soon as it arrives"),
        ({"allow_backorder": True}, 2, "In stock"),
        ({"track_inventory": False}, 0, "In stock"),
        ({"visibility": "catalog_only"}, 2, "Shown for information; this product cannot be ordered online."),
    ],
)
def test_stock_is_told_truly_and_numbers_only_near_the_end(selling, shopper, values, stock, text):
    ProductFactory(slug="mug", stock=stock, **values)
    page = shopper.get("/products/mug/").content.decode()
    assert f"<span>{text}</span>" in page
    assert ("Only" in page) == text.startswith("Only")


def test_delivery_names_the_cheapest_way_and_how_long_it_takes_and_returns_are_told(selling, configure, shopper):
    configure(
        shipping_rates=[
            {"code": "fast", "name": "Express", "amount": "12.00"},
            {"code": "slow", "name": "Parcel", "amount": "4.90", "free_above": "75", "note": "2 to 3 working days"},
            {"code": "far", "name": "Abroad", "amount": "1.00", "countries": ["FR"]},
            {"code": "light", "name": "Letter", "amount": "2.00", "max_weight": "100"},
        ],
        return_days=30,
    )
    shirt = ProductFactory(slug="shirt", default_variant=False, price=Decimal("60"), weight=500)
    VariantFactory(product=shirt, options={"Size": "S"}, position=1, stock=1)
    VariantFactory(product=shirt, options={"Size": "L"}, position=2, stock=1, price=Decimal("80"))
    VariantFactory(product=shirt, options={"Size": "Doll"}, position=3, stock=1, weight=90)

    def page(size):
        return shopper.get("/products/shirt/", Size=size).content.decode()

    assert "<span>Delivery to Germany from €4.90 · <bdi>2 to 3 working days</bdi></span>" in page("S")
    assert "<span>Free delivery to Germany · <bdi>2 to 3 working days</bdi></span>" in page("L")
    assert "<span>Delivery to Germany from €2.00</span>" in page("Doll")
    assert "<span>You can send it back within 30 days</span>" in page("S")
    assert "incl. tax" in page("S")
    configure(returns_text="Bring it back & smile.")
    assert "<span>Bring it back &amp; smile.</span>" in page("S")


def test_reviews_turn_their_pages_with_the_selection_kept(shirt, shopper):
    from tenant_shop.models import ProductReview
    from tests.factories.customers import CustomerFactory

    product = shirt["S", "Red"].product
    for number in range(11):
        ProductReview.objects.create(
            product=product,
            customer=CustomerFactory(),
            rating=1 + number % 5,
            title=f"Title {number:02}",
            status="approved",
            is_verified_purchase=number == 0,
        )
    first = shopper.get("/products/shirt/", Size="L", Colour="Blue").content.decode()
    assert 'href="/products/shirt/?Size=L&amp;Colour=Blue&amp;reviews=2#reviews"' in first
    assert "Title 10" in first
    assert "Title 00" not in first
    assert "Verified purchase" not in first
    second = shopper.get("/products/shirt/", Size="L", Colour="Blue", reviews="2").content.decode()
    assert 'href="/products/shirt/?Size=L&amp;Colour=Blue#reviews"' in second
    assert "Title 00" in second
    assert "Verified purchase" in second
    assert "Title 10" not in second


def test_the_page_costs_the_same_however_much_hangs_on_the_product(shirt, shopper, count_statements):
    from tenant_shop.models import ProductReview
    from tests.factories.customers import CustomerFactory

    product = shirt["S", "Red"].product
    shopper.get("/account/")

    def cost():
        with count_statements() as statements:
            assert shopper.get("/products/shirt/", Size="L").status_code == 200
        assert len(set(statements.sql)) == statements.count, "a statement twice"
        return statements.count

    ProductReview.objects.create(product=product, customer=CustomerFactory(), rating=4, status="approved")
    before = cost()
    for number in range(12):
        ProductReview.objects.create(product=product, customer=CustomerFactory(), rating=4, status="approved")
        ProductImage.objects.create(product=product, url=f"/media/{number}.webp")
        VariantFactory(product=product, options={"Size": f"No. {number}", "Colour": "Red"}, stock=1)
        ProductFactory(tags=["t"], stock=1)
    Product.objects.update(tags=["t"])
    assert cost() == before == 6
