"""The cart by its forms: bad input changes nothing."""

from decimal import Decimal
from uuid import uuid4

import pytest

from platform_core.tenancy.context import tenant_context
from tenant_shop.models import CartItem, DiscountCode, Product, ShoppingCart
from tests.factories.catalog import ProductFactory
from tests.shopper import Shopper

BAD_QUANTITIES = ["-1", "1e309", "NaN", "Infinity", "9" * 5000, "10000", "", "two", "1\x00", "1.5", "0x10", "²"]


@pytest.fixture
def mug(selling) -> Product:
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


@pytest.fixture
def cart(mug, shopper):
    """The cart page with one mug in it."""
    return shopper.follow(shopper.add("mug"))


def line_path() -> str:
    return f"/cart/lines/{CartItem.objects.get().pk}/"


def test_a_quantity_that_is_none_is_refused_on_the_products_page(mug, shopper, standing):
    before = standing()
    for quantity in [*BAD_QUANTITIES, "0"]:
        page = shopper.add("mug", quantity=quantity)
        assert page.status_code == 422, quantity[:20]
        assert "Please choose a quantity from 1 to 9,999." in page.content.decode()
    assert standing() == before
    assert shopper.cookies == set()


def test_an_unknown_variant_is_refused(mug, shopper, standing):
    before = standing()
    for variant in (str(uuid4()), "x", "' OR 1=1", "\x00", "9" * 5000):
        assert shopper.add("mug", variant=variant).status_code == 422, variant[:20]
    assert standing() == before


def test_another_products_variant_is_refused(mug, shopper, standing):
    other = ProductFactory(slug="other", stock=1)
    before = standing()
    assert shopper.add("mug", variant=str(other.variant_rows.get().pk)).status_code == 422
    assert standing() == before


def test_more_than_there_is_cannot_be_added(mug, shopper, standing):
    before = standing()
    page = shopper.add("mug", quantity="6")
    assert page.status_code == 409
    assert "Only 5 of Stoneware mug left; 6 were asked for." in page.content.decode()
    assert standing() == before
    assert shopper.cookies == set(), "nothing is in the cart, so nothing is remembered"


def test_what_cannot_be_bought_cannot_be_added(selling, shopper, standing):
    shown = ProductFactory(slug="shown", visibility=Product.Visibility.CATALOG_ONLY, stock=5)
    before = standing()
    page = shopper.get("/products/shown/").content.decode()
    assert "this product cannot be ordered online" in page
    assert "Not sold online" in page
    answer = shopper.post("/cart/lines/add/shown/", {"quantity": "1", "variant": str(shown.variant_rows.get().pk)})
    assert answer.status_code == 409
    assert shopper.post("/cart/lines/add/nothing/", {"quantity": "1"}).status_code == 404
    assert standing() == before


def test_adding_twice_adds_up(cart, mug, shopper):
    shopper.follow(shopper.add("mug", quantity="2"))
    assert CartItem.objects.get().quantity == 3


def test_a_lines_quantity_is_changed_and_zero_takes_it_out(cart, shopper):
    page = shopper.follow(shopper.submit(cart, line_path(), quantity="4"))
    assert CartItem.objects.get().quantity == 4
    assert "€96.00" in page.content.decode()
    page = shopper.follow(shopper.submit(page, line_path(), quantity="0"))
    assert CartItem.objects.count() == 0
    assert "Your cart is empty" in page.content.decode()


def test_a_bad_quantity_leaves_the_line_as_it_was(cart, shopper, standing):
    before = standing()
    for quantity in BAD_QUANTITIES:
        assert shopper.submit(cart, line_path(), quantity=quantity).status_code == 422, quantity[:20]
    assert standing() == before


def test_a_line_cannot_outgrow_the_stock(cart, shopper, standing):
    before = standing()
    page = shopper.submit(cart, line_path(), quantity="6")
    assert page.status_code == 409
    assert "Only 5 of Stoneware mug left" in page.content.decode()
    assert standing() == before


def test_nobody_changes_anothers_cart(cart, mug, shopper, standing):
    path = line_path()
    before = standing()
    stranger = Shopper()
    own = stranger.follow(stranger.add("mug"))
    token = {"csrfmiddlewaretoken": next(iter(_tokens(own)))}
    assert stranger.post(path, {**token, "quantity": "0"}).status_code == 404
    assert CartItem.objects.get(cart=ShoppingCart.objects.earliest("created_at")).quantity == 1
    assert standing()["lines"] == sorted([*before["lines"], *before["lines"]])


def _tokens(page) -> list[str]:
    from tests.shopper import forms_in

    return [form.fields["csrfmiddlewaretoken"] for form in forms_in(page) if "csrfmiddlewaretoken" in form.fields]


def test_a_form_of_another_site_is_refused(mug, standing):
    before = standing()
    data = {"quantity": "1", "variant": str(mug.variant_rows.get().pk)}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/acme.localhost"},
        {"origin": "http://globex.localhost"},
    ):
        assert Shopper(**headers).post("/cart/lines/add/mug/", data).status_code == 403, headers
    assert standing() == before
    assert Shopper(origin="http://acme.localhost").post("/cart/lines/add/mug/", data).status_code == 302


def test_a_line_is_not_changed_without_the_token(cart, shopper, standing):
    before = standing()
    assert shopper.post(line_path(), {"quantity": "3"}).status_code == 403
    assert shopper.post("/cart/coupon/", {"code": "X"}).status_code == 403
    assert standing() == before


def test_a_code_is_entered_shown_and_taken_out(cart, shopper):
    DiscountCode.objects.create(code="TEN", name="Ten", type=DiscountCode.Type.PERCENTAGE, value=Decimal(10))
    page = shopper.follow(shopper.submit(cart, "/cart/coupon/", code=" ten "))
    assert "\N{MINUS SIGN} €2.40" in page.content.decode()
    assert "€21.60" in page.content.decode()
    page = shopper.follow(shopper.submit(page, "/cart/coupon/", code=""))
    assert "€21.60" not in page.content.decode()


def test_a_code_that_does_not_hold_is_refused_beside_its_field(cart, shopper, standing):
    before = standing()
    for code in ("NOTHING", "\x00", "x" * 500, "<script>"):
        page = shopper.submit(cart, "/cart/coupon/", code=code)
        assert page.status_code == 409, code[:20]
        assert 'id="coupon-problem"' in page.content.decode()
        assert "<script>" not in page.content.decode()
    assert standing() == before


def test_a_changed_price_is_told_once(cart, mug, shopper):
    Product.objects.filter(pk=mug.pk).update(price=Decimal("26.00"))
    assert "The price has changed from €24.00 to €26.00." in shopper.get("/cart/").content.decode()
    assert "The price has changed" not in shopper.get("/cart/").content.decode()


def test_a_session_of_one_shop_is_nothing_in_another(cart, shopper, make_shop):
    globex = make_shop("globex")
    stranger = Shopper("globex.localhost")
    for name, morsel in shopper.client.cookies.items():
        stranger.client.cookies[name] = morsel.value
    assert "Your cart is empty" in stranger.get("/cart/").content.decode()
    with tenant_context(globex):
        assert ShoppingCart.objects.count() == 0


def test_the_cart_asks_the_database_a_constant_number_of_questions(cart, shopper, count_statements):
    counts = []
    for number in range(2):
        with count_statements() as statements:
            shopper.get("/cart/")
        counts.append(statements.count)
        for other in range(6):
            ProductFactory(slug=f"other-{number}-{other}", stock=3)
            shopper.add(f"other-{number}-{other}")
    assert counts == [6, 6]
