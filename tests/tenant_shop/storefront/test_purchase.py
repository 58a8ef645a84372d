"""The whole way from the front window to the order, by links and forms alone."""

from decimal import Decimal

import pytest
from django.test import override_settings

from platform_core.tenancy.context import tenant_context
from tenant_shop.models import Order, OrderItem, ProductImage, ProductVariant
from tenant_shop.storefront.locale import country_choices
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.shopper import Shopper
from tests.smartseller.test_health import DEAD_REDIS

BUYER = {
    "email": "ann@example.com",
    "first_name": "Ann",
    "last_name": "Example",
    "address1": "1 Main Street",
    "postal_code": "10115",
    "city": "Berlin",
    "action": "order",
}


def test_a_guest_buys_by_plain_forms_and_the_order_is_in_this_shop_only(selling, make_shop, shopper):
    other = make_shop("globex")
    mug = ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)
    ProductImage.objects.create(product=mug, url="/media/second.webp", sort_order=2)
    ProductImage.objects.create(product=mug, url="/media/first.webp", sort_order=1)

    assert b"Stoneware mug" in shopper.get("/").content
    cart = shopper.follow(shopper.add("mug", quantity="2"))
    assert b"Stoneware mug is in your cart." in cart.content
    assert "€48.00".encode() in cart.content
    checkout = shopper.get("/checkout/")
    answer = shopper.submit(checkout, "/checkout/", **BUYER)
    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.public_token}/")
    page = shopper.follow(answer).content.decode()

    assert order.order_number in page
    assert "€52.90" in page
    assert "Waiting for payment" in page
    assert "Ann Example" in page
    assert "Germany" in page
    assert 'src="/media/first.webp"' in page
    assert (order.total_amount, order.shipping_amount, order.currency) == (Decimal("52.90"), Decimal("4.90"), "EUR")
    assert (order.tax_included, order.customer_email, order.payment_method) == (
        True,
        "ann@example.com",
        "bank_transfer",
    )
    assert OrderItem.objects.values_list("product_sku", "quantity", "unit_price").get() == (
        mug.sku,
        2,
        Decimal("24.000"),
    )
    assert ProductVariant.objects.get(product=mug).inventory_quantity == 3
    with tenant_context(other):
        assert Order.objects.count() == 0
    assert "Your cart is empty" in shopper.get("/cart/").content.decode()


def test_the_chosen_variant_is_what_the_form_sends(selling, shopper):
    vase = ProductFactory(slug="vase", default_variant=False, price=Decimal("30.00"))
    VariantFactory(product=vase, sku="V-S", options={"Height": "20 cm"}, position=1, stock=2)
    VariantFactory(product=vase, sku="V-L", options={"Height": "40 cm"}, position=2, stock=2, price=Decimal("55"))
    page = shopper.get("/products/vase/", Height="40 cm")

    cart = shopper.follow(shopper.submit(page, "/cart/lines/add/vase/"))
    assert "40 cm" in cart.content.decode()
    assert "€55.00" in cart.content.decode()


@pytest.mark.parametrize(
    ("currency", "price", "shown"),
    [("JPY", "2400", "¥2,400"), ("KWD", "2.5", "KWD2.500"), ("EUR", "1234.5", "€1,234.50")],
)
def test_prices_are_written_in_the_currencys_own_units(selling, configure, shopper, currency, price, shown):
    configure(currency=currency, shipping_rates=[{"code": "standard", "name": "Standard", "amount": "0"}])
    ProductFactory(slug="thing", price=Decimal(price), stock=1)

    assert shown in shopper.get("/products/").content.decode().replace("\xa0", "")
    shopper.follow(shopper.add("thing"))
    answer = shopper.submit(shopper.get("/checkout/"), "/checkout/", **BUYER)
    assert shown in shopper.follow(answer).content.decode().replace("\xa0", "")
    assert Order.objects.get().total_amount == Decimal(price)


def test_the_shops_language_decides_how_amounts_and_countries_are_written(selling, configure, shopper):
    configure(language="de")
    ProductFactory(slug="thing", price=Decimal("24.5"), stock=1)
    assert "24,50 €" in shopper.follow(shopper.add("thing")).content.decode().replace("\xa0", " ")
    page = shopper.get("/checkout/").content.decode()
    assert ">Deutschland</option>" in page
    assert page.index(">Ägypten<") < page.index(">Belgien<")


def test_a_shop_sells_on_without_redis(selling, shopper):
    ProductFactory(slug="mug", stock=5)
    with override_settings(CACHES=DEAD_REDIS):
        shopper.follow(shopper.add("mug"))
        answer = shopper.submit(shopper.get("/checkout/"), "/checkout/", **BUYER)
        assert shopper.follow(answer).status_code == 200
    assert Order.objects.count() == 1


def test_the_countries_are_those_of_iso_3166(selling):
    codes = {code for code, _ in country_choices("en")}
    assert len(codes) == 249 + 1
    assert codes >= {"DE", "GB", "JP", "XK", "TW"}


def test_a_second_submission_of_the_same_page_shows_the_same_order(selling, shopper):
    ProductFactory(slug="mug", stock=5)
    shopper.follow(shopper.add("mug"))
    checkout = shopper.get("/checkout/")

    first = shopper.submit(checkout, "/checkout/", **BUYER)
    second = shopper.submit(checkout, "/checkout/", **BUYER)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_an_order_link_of_one_shop_is_unknown_in_another(selling, make_shop, shopper):
    make_shop("globex")
    ProductFactory(slug="mug", stock=5)
    shopper.follow(shopper.add("mug"))
    link = shopper.submit(shopper.get("/checkout/"), "/checkout/", **BUYER)["Location"]

    assert Shopper().get(link).status_code == 200, "the link alone is enough: guests have no account"
    assert Shopper("globex.localhost").get(link).status_code == 404
    assert Shopper().get("/orders/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_confirmation_is_kept_out_of_caches_and_of_other_sites_logs(selling, shopper):
    ProductFactory(slug="mug", stock=5)
    shopper.follow(shopper.add("mug"))
    page = shopper.follow(shopper.submit(shopper.get("/checkout/"), "/checkout/", **BUYER))
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
