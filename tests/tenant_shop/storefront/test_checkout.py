"""What the checkout refuses, and how it says so: in place, with what was typed, and with nothing ordered."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.inventory.set_quantity import set_quantities
from tenant_shop.models import (
    Order,
    Page,
    Product,
    ProductVariant,
    Setting,
    ShippingZone,
    ShippingZoneRate,
    StockMovement,
)
from tests.factories.catalog import ProductFactory
from tests.shopper import Shopper, forms_in
from tests.tenant_shop.storefront.at_checkout import checkout, mug, remaining, submit
from tests.tenant_shop.storefront.test_purchase import BUYER

__all__ = ["checkout", "mug"]

BAD_FIELDS = [
    ("email", "", "Please give your e-mail address."),
    ("email", "ann@", "such as name@example.com"),
    ("email", "a\x00b@example.com", "such as name@example.com"),
    ("last_name", "  ", "Please give your last name."),
    ("first_name", "x" * 101, "at most 100 characters"),
    ("address1", "Main\x00Street", "Null characters are not allowed."),
    ("city", "", "Please give your city."),
    ("country", "ZZ", "Please choose a country."),
    ("country", "", "Please choose a country."),
    ("phone", "1" * 21, "at most 20 characters"),
    ("notes", "x" * 2001, "at most 2000 characters"),
    ("shipping_method", "", "Please choose how to deliver."),
    ("payment_method", "", "Please choose how to pay."),
]


def test_a_bad_field_is_named_twice_and_nothing_is_ordered(checkout, shopper, standing):
    before = standing()
    for field, value, sentence in BAD_FIELDS:
        page = submit(shopper, checkout, **{field: value})
        text = page.content.decode()
        assert page.status_code == 422, field
        assert text.count(sentence) == 2, f"{field}: in the summary and beside the field"
        assert f'href="#id_{field}"' in text
        assert 'id="errors"' in text
        kept = "city" if field == "address1" else "address1"
        assert remaining(page)[kept] == BUYER[kept]
        assert remaining(page)["token"] == remaining(checkout)["token"]
    assert standing() == before


def test_an_unknown_delivery_or_payment_is_refused_in_place(checkout, shopper, standing):
    before = standing()
    for changes in ({"shipping_method": "drone"}, {"payment_method": "cheque"}, {"shipping_method": "x" * 101}):
        assert submit(shopper, checkout, **changes).status_code in (409, 422)
    assert standing() == before


def test_a_delivery_that_does_not_serve_the_country_is_refused(checkout, shopper, standing):
    before = standing()
    page = submit(shopper, checkout, country="AT", postal_code="1010", shipping_method="express")
    assert page.status_code == 409
    assert "This delivery is not offered for your address." in page.content.decode()
    assert standing() == before


def test_a_total_that_is_none_is_refused(checkout, shopper, standing):
    before = standing()
    for total in ("", "NaN", "Infinity", "1e309", "-28.90", "28.9\x00", "9" * 400, "28,90", "٢٨.٩"):
        page = submit(shopper, checkout, expected_total=total)
        assert page.status_code == 422, total[:20]
        assert remaining(page)["expected_total"] == "28.90"
    assert standing() == before


def test_a_changed_price_is_shown_and_ordered_only_at_the_new_total(mug, checkout, shopper, standing):
    Product.objects.filter(pk=mug.pk).update(price=Decimal("26.00"))
    before = standing()

    page = submit(shopper, checkout)

    assert page.status_code == 409
    assert "The total has changed from €28.90 to €30.90. Nothing has been ordered." in page.content.decode()
    assert "Order and pay €30.90" in page.content.decode()
    assert standing() == before
    assert submit(shopper, page).status_code == 302
    assert Order.objects.get().total_amount == Decimal("30.90")


def test_a_total_of_another_delivery_asks_for_a_second_look(checkout, shopper, standing):
    before = standing()
    page = submit(shopper, checkout, shipping_method="express")
    assert page.status_code == 409
    assert "Order and pay €36.00" in page.content.decode()
    assert remaining(page)["shipping_method"] == "express"
    assert standing() == before


def test_updating_the_total_judges_nothing_and_keeps_what_was_typed(checkout, shopper, standing):
    before = standing()
    page = submit(shopper, checkout, action="reprice", country="AT", email="not yet")
    assert page.status_code == 200
    assert 'id="errors"' not in page.content.decode()
    fields = remaining(page)
    assert (fields["country"], fields["email"], fields["city"]) == ("AT", "not yet", "Berlin")
    assert next(form for form in forms_in(page) if form.action == "/checkout/").choices["shipping_method"] == [
        "standard"
    ]
    assert standing() == before


def test_a_country_that_nobody_delivers_to_cannot_order(checkout, shopper, standing):
    before = standing()
    page = submit(shopper, checkout, action="reprice", country="JP")
    assert "We do not deliver to Japan. Please choose another country." in page.content.decode()
    assert "Order and pay" not in page.content.decode()
    there = {"country": "JP", "region": "Tokyo", "postal_code": "154-0023"}
    assert submit(shopper, checkout, **there).status_code == 409
    assert standing() == before


def test_sold_out_meanwhile_says_what_is_left_and_orders_nothing(mug, shopper, standing):
    shopper.follow(shopper.add("mug", quantity="3"))
    checkout = shopper.get("/checkout/")
    with shop_transaction():
        StockMovement.objects.create(
            variant=ProductVariant.objects.get(product=mug), delta=-3, reason=StockMovement.Reason.CORRECTION
        )
    before = standing()

    page = submit(shopper, checkout)

    assert page.status_code == 409
    assert "Only 2 of Stoneware mug left; 3 were asked for." in page.content.decode()
    assert "Nothing has been ordered." in page.content.decode()
    assert standing() == before
    assert "Only 2 left." in shopper.get("/cart/").content.decode()


def test_an_empty_or_forgotten_cart_leads_back_to_the_cart(selling, shopper):
    assert shopper.get("/checkout/")["Location"] == "/cart/"
    assert shopper.cookies == set()


def test_a_form_without_its_token_from_us_is_refused(checkout, shopper, standing):
    before = standing()
    assert submit(shopper, checkout, csrfmiddlewaretoken="x" * 64).status_code == 403
    assert standing() == before


def test_a_made_up_submission_token_is_replaced(checkout, shopper):
    assert submit(shopper, checkout, token="../../etc/passwd\x00").status_code == 302
    assert len(Order.objects.get().idempotency_key) == 32


def test_clicking_twice_at_once_orders_once(checkout, shopper):
    fields = {**remaining(checkout), **BUYER}
    cookies = {name: morsel.value for name, morsel in shopper.client.cookies.items()}

    def click(_: int) -> str:
        again = Shopper()
        for name, value in cookies.items():
            again.client.cookies[name] = value
        answer = again.post("/checkout/", fields)
        assert answer.status_code == 302
        return answer["Location"]

    with ThreadPoolExecutor(4) as threads:
        locations = set(threads.map(click, range(4)))

    assert Order.objects.count() == 1
    assert locations == {f"/orders/{Order.objects.get().public_token}/"}


def test_the_checkout_asks_the_database_a_constant_number_of_questions(selling, shopper, count_statements):
    counts = []
    for lines in (1, 8):
        for number in range(lines):
            ProductFactory(slug=f"thing-{lines}-{number}", stock=9)
            shopper.add(f"thing-{lines}-{number}")
        with count_statements() as statements:
            assert shopper.get("/checkout/").status_code == 200
        counts.append(statements.count)
    assert counts == [6, 6]


def test_what_is_sold_out_is_said_once(mug, checkout, shopper):
    set_quantities({mug.variant_rows.get().pk: 0}, reason=StockMovement.Reason.CORRECTION)
    page = submit(shopper, checkout)
    assert page.status_code == 409
    assert page.content.decode().count("Stoneware mug is sold out.") == 1
    assert "Nothing has been ordered." in page.content.decode()


def test_the_form_asks_for_what_the_country_needs(checkout, shopper, standing):
    before = standing()
    there = {"country": "US", "region": "california", "postal_code": "94105"}
    page = submit(shopper, checkout, action="reprice", **there)
    text, fields = page.content.decode(), remaining(page)
    assert "ZIP code" in text
    assert fields["region"] == "CA"
    assert '<option value="CA" selected>California</option>' in text

    page = submit(shopper, checkout, **there | {"region": "", "postal_code": "1"})
    assert page.status_code == 422
    assert page.content.decode().count("Please choose from the list: State.") == 2
    assert remaining(page)["postal_code"] == "1"

    page = submit(shopper, page, action="reprice", country="SG")
    assert "city" not in remaining(page)
    assert "region" not in remaining(page)
    assert standing() == before


def test_who_bills_elsewhere_gives_another_address(checkout, shopper, standing):
    assert remaining(checkout)["billing_same"] == "on"
    before = standing()
    elsewhere = {"billing_same": "", "billing_country": "AT", "billing_last_name": "Ltd", "billing_first_name": "Acme"}
    page = submit(shopper, checkout, **elsewhere)
    assert page.status_code == 422
    assert 'href="#id_billing_address1"' in page.content.decode()
    assert remaining(page)["billing_last_name"] == "Ltd"
    assert standing() == before

    whole = elsewhere | {"billing_address1": "Ring 1", "billing_postal_code": "1010", "billing_city": "Wien"}
    assert submit(shopper, page, **whole | {"billing_postal_code": "10115"}).status_code == 422
    assert standing() == before
    assert submit(shopper, page, **whole).status_code == 302
    order = Order.objects.get()
    assert (order.billing_address["city"], order.billing_address["last_name"]) == ("Wien", "Ltd")
    assert order.shipping_address["city"] == BUYER["city"]


def test_what_is_picked_up_asks_for_a_name_only(mug, shopper):
    zone = ShippingZone.objects.create(name="Shop", kind="pickup")
    rate = ShippingZoneRate.objects.create(zone=zone, name="Pick up at 1 Main Street", amount=Decimal(0))
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    assert "Pick up at 1 Main Street" in page.content.decode()
    assert "Who picks it up" in page.content.decode()
    answer = submit(
        shopper, page, shipping_method=str(rate.pk), expected_total="24.00", address1="", city="", postal_code=""
    )
    assert answer.status_code == 302
    order = Order.objects.get()
    assert order.is_pickup
    assert (order.shipping_address["address_line_1"], order.total_amount) == ("", Decimal("24.00"))


def test_a_shop_without_a_way_to_pay_says_so(checkout, shopper, standing):
    Setting.objects.filter(key="payment_methods").update(value=[])
    before = standing()
    page = submit(shopper, checkout, action="reprice")
    assert "This shop offers no way to pay at the moment." in page.content.decode()
    assert "Order and pay" not in page.content.decode()
    assert submit(shopper, checkout).status_code == 409
    assert standing() == before


def test_the_pages_that_hold_for_the_order_are_linked(mug, shopper):
    Page.objects.filter(slug="terms").update(is_published=True)
    shopper.follow(shopper.add("mug"))
    text = shopper.get("/checkout/").content.decode()
    assert "These pages hold for your order:" in text
    assert '<a href="/pages/terms/">Terms</a>' in text
