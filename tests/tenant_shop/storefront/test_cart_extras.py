"""The cart beyond its lines: saved things, estimates, what changed meanwhile, automatic discounts, codes from links."""

from decimal import Decimal

import pytest

from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.models import CartItem, DiscountCode, Product, SavedItem, Setting, ShoppingCart
from tests.factories.catalog import ProductFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.shopper import Shopper
from tests.shopping import STANDARD, configure, order_of


@pytest.fixture
def mug(selling) -> Product:
    configure(shipping_rates=[STANDARD])
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


@pytest.fixture
def cart(mug, shopper):
    return shopper.follow(shopper.add("mug", quantity="2"))


def line_path() -> str:
    return f"/cart/lines/{CartItem.objects.get(cart__completed_at=None).pk}/"


def text_of(page) -> str:
    return " ".join(page.content.decode().split())


def test_a_line_is_saved_for_later_and_taken_back(cart, shopper):
    page = shopper.follow(shopper.submit(cart, f"{line_path()}save/"))
    assert "Your cart is empty" in text_of(page)
    assert "Saved for later" in text_of(page)
    path = f"/cart/saved/{SavedItem.objects.get().pk}/"
    assert SavedItem.objects.get().quantity == 2
    stranger = Shopper()
    stranger.follow(stranger.add("mug"))
    token = stranger.client.cookies["csrftoken"].value
    assert stranger.post(path, {"csrfmiddlewaretoken": token, "action": "remove"}).status_code == 404
    page = shopper.follow(shopper.submit(page, path, action="back"))
    assert "€48.00" in text_of(page)
    assert SavedItem.objects.count() == 0


def test_a_saved_thing_is_removed(cart, shopper):
    page = shopper.follow(shopper.submit(cart, f"{line_path()}save/"))
    page = shopper.follow(shopper.submit(page, f"/cart/saved/{SavedItem.objects.get().pk}/", action="remove"))
    assert "Saved for later" not in text_of(page)


def test_taking_back_more_than_there_is_says_so(cart, mug, shopper):
    page = shopper.follow(shopper.submit(cart, f"{line_path()}save/"))
    order_of((mug.variant_rows.select_related("product").get(), 4), payment_method="cash_on_delivery")
    page = shopper.follow(shopper.submit(page, f"/cart/saved/{SavedItem.objects.get().pk}/", action="back"))
    assert "There are not as many of Stoneware mug any more; 1 went into your cart." in text_of(page)


def test_a_shortage_is_told_once_with_its_way_out(cart, mug, shopper):
    order_of((mug.variant_rows.select_related("product").get(), 4))
    first, second = shopper.get("/cart/"), shopper.get("/cart/")
    assert "There are fewer than when you put this into your cart." in text_of(first)
    assert "There are fewer" not in text_of(second)
    assert "Only 1 left." in text_of(second)
    assert "Take 1" in text_of(second)
    page = shopper.follow(shopper.submit(second, line_path(), quantity="1"))
    assert "Only 1 left." not in text_of(page)


def test_enough_again_is_told_once(cart, mug, shopper):
    mug.variant_rows.update(is_active=True)
    CartItem.objects.update(was_short=True)
    assert "There are enough again." in text_of(shopper.get("/cart/"))
    assert "There are enough again." not in text_of(shopper.get("/cart/"))


def test_what_left_the_shop_is_told_and_can_be_taken_out(cart, mug, shopper):
    Product.objects.filter(pk=mug.pk).update(status="draft")
    page = shopper.get("/cart/")
    assert "No longer on sale." in text_of(page)
    assert "Take it out of the cart" in text_of(page)
    assert "Check out" not in text_of(page)


def test_a_refused_quantity_is_told_beside_its_line(cart, shopper):
    page = text_of(shopper.submit(cart, line_path(), quantity="9"))
    assert f'id="problem-{CartItem.objects.get().pk}" role="alert"' in page
    assert 'aria-invalid="true"' in page


def test_another_currency_is_told_once_and_is_no_change_of_price(cart, shopper):
    Setting.objects.filter(key="currency").update(value="JPY")
    page = text_of(shopper.get("/cart/"))
    assert "Prices are in another currency now: JPY." in page
    assert "¥48" in page
    assert "The price has changed" not in page
    assert "another currency" not in text_of(shopper.get("/cart/"))
    assert (ShoppingCart.objects.get().currency, CartItem.objects.get().unit_price) == ("JPY", 24)


def test_an_automatic_discount_is_shown_line_by_line(cart, shopper):
    DiscountCodeFactory(code=None, name="Spring sale")
    page = text_of(shopper.get("/cart/"))
    assert "Spring sale</span> \N{MINUS SIGN} €4.80" in page
    assert "€43.20" in page


def test_a_code_that_saves_less_is_refused_with_the_better_discount(cart, shopper):
    DiscountCodeFactory(code=None, name="Spring sale")
    DiscountCodeFactory(code="FIVE", value=Decimal(5))
    page = shopper.submit(cart, "/cart/coupon/", code="five")
    assert page.status_code == 409
    assert "cannot be combined with “Spring sale”, which saves you more." in text_of(page)


def test_delivery_and_tax_are_estimated_for_a_place_and_the_checkout_begins_there(cart, shopper):
    configure(shipping_rates=[{**STANDARD, "countries": ["DE", "FR"]}], tax_rate="0.10")
    page = shopper.follow(
        shopper.submit(cart, "/cart/estimate/", **{"estimate-country": "FR", "estimate-postal_code": "75001"})
    )
    assert "Total with <" not in text_of(page)
    assert "€4.90" in text_of(page)
    assert "€58.19" in text_of(page)
    checkout = shopper.get("/checkout/").content.decode()
    assert 'value="75001"' in checkout
    assert '<option value="FR" selected>' in checkout


def test_a_place_where_nothing_goes_is_told(cart, shopper):
    configure(shipping_rates=[{**STANDARD, "countries": ["DE"]}])
    page = shopper.follow(shopper.submit(cart, "/cart/estimate/", **{"estimate-country": "FR"}))
    assert "We do not deliver to France." in text_of(page)


@pytest.mark.parametrize("country", ["", "XX", "\x00", "Germany"])
def test_no_country_is_no_place(cart, shopper, country, standing):
    before = standing()
    page = shopper.submit(cart, "/cart/estimate/", **{"estimate-country": country})
    assert page.status_code == 422
    assert "Please choose a country." in text_of(page)
    assert standing() == before


def test_what_is_missing_for_free_delivery_is_counted_down(cart, shopper):
    configure(shipping_rates=[{**STANDARD, "free_above": "60.50"}, {**STANDARD, "code": "x", "free_above": "99"}])
    assert "€12.50 to free delivery" in text_of(shopper.get("/cart/"))
    configure(shipping_rates=[{**STANDARD, "free_above": "48"}])
    assert "Delivery is free." in text_of(shopper.get("/cart/"))
    configure(shipping_rates=[{**STANDARD, "countries": ["FR"], "free_above": "60"}])
    assert "free delivery" not in text_of(shopper.get("/cart/"))


def test_a_link_puts_its_code_into_the_cart(cart, shopper):
    DiscountCodeFactory(code="SPRING")
    answer = shopper.get("/discount/spring/", to="/products/mug/")
    assert (answer.status_code, answer["Location"]) == (302, "/products/mug/")
    assert "€43.20" in text_of(shopper.get("/cart/"))


def test_a_link_keeps_to_the_readers_language(cart, shopper):
    change_languages("en", ["de"])
    assert shopper.get("/de/discount/SPRING/", to="/products/mug/")["Location"] == "/de/products/mug/"


def test_a_link_keeps_its_code_for_the_first_thing_in_the_cart(mug, shopper):
    DiscountCodeFactory(code="SPRING")
    assert "The code SPRING is kept for your cart." in text_of(shopper.follow(shopper.get("/discount/SPRING/")))
    page = shopper.follow(shopper.add("mug"))
    assert "€21.60" in text_of(page)


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", ""]
)
def test_a_link_leads_nowhere_else(mug, shopper, to):
    assert shopper.get("/discount/SPRING/", to=to)["Location"] == "/"


def test_a_link_is_only_looked_at(mug, shopper):
    assert shopper.post("/discount/SPRING/", {}).status_code in (403, 405)
    for code in ("x" * 51, "%00", "%20"):
        assert shopper.get(f"/discount/{code}/").status_code == 302
    assert shopper.cookies == set()


def test_a_deleted_code_is_told_in_the_cart(cart, shopper):
    DiscountCodeFactory(code="SPRING")
    shopper.get("/discount/SPRING/")
    DiscountCode.objects.all().delete()
    page = text_of(shopper.get("/cart/"))
    assert "There is no code SPRING." in page
    assert "Check out" in page


def test_a_link_whose_code_does_not_hold_leaves_the_one_that_is_there(cart, shopper):
    shopper.get("/discount/SPRING/")
    led = shopper.get("/discount/NONSENSE/", to="/cart/")
    page = text_of(shopper.follow(led))
    assert "There is no code NONSENSE. Your cart keeps the code that it has." in page
    assert ShoppingCart.objects.get().coupon_code == "SPRING"


@pytest.mark.slow
def test_nobody_guesses_codes(cart, shopper):
    for number in range(30):
        assert shopper.submit(cart, "/cart/coupon/", code=f"GUESS{number}").status_code == 409
    assert shopper.submit(cart, "/cart/coupon/", code="SPRING").status_code == 429
    assert ShoppingCart.objects.get().coupon_code is None


def test_a_code_that_is_right_is_no_guess(cart, shopper):
    DiscountCodeFactory(code="PERMANENT")
    for _ in range(40):
        assert shopper.submit(cart, "/cart/coupon/", code="PERMANENT").status_code == 302


def test_a_refused_code_stays_in_its_field_which_says_that_it_is_wrong(cart, shopper):
    page = shopper.submit(cart, "/cart/coupon/", code='sprng"<').content.decode()
    field = page[page.index('<input id="coupon"') :].partition(">")[0]
    assert 'value="sprng&quot;&lt;"' in field
    assert 'aria-invalid="true"' in field
    assert 'value=""' in shopper.get("/cart/").content.decode().partition('<input id="coupon"')[2].partition(">")[0]
