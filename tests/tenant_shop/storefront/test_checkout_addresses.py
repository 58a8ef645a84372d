"""What the checkout knows of addresses: the book's choices, the billing country, and what was typed with a space."""

import re
from decimal import Decimal

import pytest

from tenant_shop.customers.address_book import Role, save_address
from tenant_shop.models import Order, ShippingZone, ShippingZoneRate, TaxRate
from tests.accounts import account, log_in
from tests.factories.catalog import ProductFactory
from tests.shopping import ADDRESS
from tests.tenant_shop.storefront.at_checkout import remaining, submit
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def mug(selling):
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


def test_the_checkout_begins_with_the_addresses_that_were_chosen(mug, shopper):
    customer = account()
    save_address(customer, ADDRESS, roles=frozenset(Role))
    save_address(
        customer,
        {
            **ADDRESS,
            "last_name": "Ltd",
            "address_line_1": "Ring 1",
            "city": "Wien",
            "postal_code": "1010",
            "country": "AT",
        },
        roles=frozenset({Role.BILLING}),
    )
    log_in(shopper)
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    fields = remaining(page)
    assert "billing_same" not in fields
    assert (fields["city"], fields["billing_city"], fields["billing_country"]) == ("Berlin", "Wien", "AT")
    answer = shopper.submit(page, "/checkout/", action="order")
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.shipping_address["city"], order.billing_address["city"]) == ("Berlin", "Wien")
    assert order.billing_address["last_name"] == "Ltd"


def test_one_address_for_both_is_billed_where_it_is_delivered(mug, shopper):
    customer = account()
    save_address(customer, ADDRESS, roles=frozenset(Role))
    log_in(shopper)
    shopper.follow(shopper.add("mug"))
    assert remaining(shopper.get("/checkout/"))["billing_same"] == "on"


def test_the_billing_country_changes_what_is_asked_for(mug, shopper):
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    text = page.content.decode()
    before = text.index('id="id_billing_country"')
    assert (
        'hx-vals=\'{"action": "reprice"}\'' in text[text.rindex('<div class="field-grid__whole"', 0, before) : before]
    )
    page = submit(shopper, page, action="reprice", billing_same="", billing_country="US", billing_region="california")
    fields, text = remaining(page), page.content.decode()
    assert (fields["billing_country"], fields["billing_region"], fields["country"]) == ("US", "CA", "DE")
    assert '<option value="CA" selected>California</option>' in text
    page = submit(shopper, page, action="reprice", billing_same="", billing_country="SG")
    assert "billing_region" not in remaining(page)


def test_a_space_too_many_prices_and_places_the_same(mug, shopper, configure):
    configure(country="US", tax_rate="0", prices_include_tax=False)
    TaxRate.objects.create(country="US", state="CA", rate=Decimal("0.1"))
    zone = ShippingZone.objects.create(name="West", kind="places", places=["US:CA"])
    rate = ShippingZoneRate.objects.create(zone=zone, name="Parcel", amount=Decimal(5))
    shopper.follow(shopper.add("mug"))
    there = {"country": "US", "region": " california  ", "postal_code": "94105", "shipping_method": str(rate.pk)}

    page = submit(shopper, shopper.get("/checkout/"), action="reprice", **there)

    assert "Order and pay €31.90" in page.content.decode()
    answer = submit(shopper, page, **there, expected_total="31.90")
    assert answer.status_code == 302
    assert Order.objects.get().shipping_address["state_province"] == "CA"


def test_the_error_summary_says_each_thing_once(mug, shopper):
    shopper.follow(shopper.add("mug"))
    page = submit(shopper, shopper.get("/checkout/"), postal_code="", phone="1" * 21)
    text = page.content.decode()
    summary = text[text.index('id="errors"') : text.index("</ul>", text.index('id="errors"'))]
    assert ">Please fill in: Postal code (PLZ), such as 26133.</a>" in summary
    assert ">Telephone: Ensure this value has at most 20 characters (it has 21).</a>" in summary


def test_all_that_is_wrong_is_said_at_once(mug, shopper):
    """What the fields ask for, the rules of the country delivered to, and those of the country that pays."""
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    page = submit(shopper, page, billing_same="", billing_country="US", action="reprice")
    wrong = {"postal_code": "abc", "billing_postal_code": "1", "billing_city": "New York", "billing_region": "NY"}
    for email, others in (("", 1), ("ann@example.com", 0)):
        refused = submit(shopper, page, **{**wrong, "email": email, "billing_same": ""})
        text = refused.content.decode()
        summary = text[text.index('id="errors"') : text.index("</ul>", text.index('id="errors"'))]
        named = re.findall(r'href="#id_(\w+)"', summary)
        assert named.count("postal_code") == named.count("billing_postal_code") == 1
        assert named.count("email") == others
        assert len(named) == len(set(named))
    assert not Order.objects.exists()


def test_an_address_outside_the_eus_tax_area_pays_what_everywhere_else_pays(selling, shopper, configure) -> None:
    """Heligoland is told by its postal code, which the first look at the checkout does not know."""
    configure(country="DE", prices_include_tax=False, tax_on_shipping="none")
    TaxRate.objects.create(country="DE", rate="0.19")
    TaxRate.objects.create(country="", rate="0")
    ProductFactory(slug="mug", price=Decimal("100.00"), stock=5)
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    there = {**BUYER, "country": "DE", "postal_code": "27498"}
    refused = shopper.submit(page, "/checkout/", **there)
    assert refused.status_code == 409
    assert "The total has changed from €123.90 to €104.90. Nothing has been ordered." in refused.content.decode()
    assert shopper.submit(refused, "/checkout/", **there).status_code == 302
    order = Order.objects.get()
    assert (order.total_amount, order.tax_amount) == (Decimal("104.90"), Decimal("0"))
