"""What a guest's browser keeps before there is an account to keep it."""

from datetime import timedelta
from decimal import Decimal

from tenant_shop.carts.change import add_line
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.models import SavedItem, ShoppingCart
from tests.accounts import account, log_in
from tests.factories.catalog import ProductFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.shopper import forms_in
from tests.shopping import stocked


def test_the_code_of_a_link_goes_into_the_cart_that_a_guest_finds_at_log_in(shopper):
    customer = account()
    cart_id = add_line(None, variant_id=stocked().pk, quantity=1, session_id="", customer_id=customer.pk)
    shopper.get("/discount/SPRING/")
    assert log_in(shopper).status_code == 302
    assert ShoppingCart.objects.get(pk=cart_id).coupon_code == "SPRING"


def test_the_code_of_a_link_waits_for_a_customers_first_cart(shopper):
    account()
    ProductFactory(slug="mug", price=Decimal(24), stock=5)
    shopper.get("/discount/SPRING/")
    log_in(shopper)
    shopper.add("mug")
    assert ShoppingCart.objects.get().coupon_code == "SPRING"


def test_a_guest_who_lays_two_things_aside_at_once_has_one_list(selling, shopper):
    """The second begins before the first has told the browser's session which list it is."""
    for slug in ("mug", "cup"):
        ProductFactory(slug=slug, stock=5)
        shopper.add(slug)
    page = shopper.get("/cart/")
    for form in [form for form in forms_in(page) if form.action.endswith("/save/")]:
        assert shopper.post(form.action, form.fields).status_code == 302
        session = shopper.client.session
        del session["saved"]
        session.save()
    assert SavedItem.objects.count() == 2
    assert SavedItem.objects.values("list_id").distinct().count() == 1


def test_of_two_codes_the_accounts_stays_and_the_other_is_told(shopper):
    customer = account()
    mug = stocked()
    DiscountCodeFactory(code="SPRING")
    DiscountCodeFactory(code="EACH")
    theirs = add_line(None, variant_id=mug.pk, quantity=1, session_id="", customer_id=customer.pk)
    apply_coupon(theirs, "EACH")
    ProductFactory(slug="cup", price=Decimal(24), stock=5)
    shopper.get("/discount/SPRING/")
    shopper.add("cup")
    page = shopper.follow(log_in(shopper)).content.decode()
    assert "The code SPRING was left out: your cart has one already." in page
    assert ShoppingCart.objects.get(pk=theirs).coupon_code == "EACH"


def test_a_guests_cart_is_remembered_as_long_as_it_is_kept_and_a_log_in_not_longer_than_before(shopper):
    account()
    ProductFactory(slug="mug", stock=5)
    shopper.add("mug")
    assert shopper.client.cookies["sessionid"]["max-age"] in range(30 * 86400 - 60, 30 * 86400 + 1)
    assert shopper.client.session.get_expiry_age() > 29 * 86400
    session = shopper.client.session
    session["kept_on"] = "2026-01-01"  # some day before
    session.set_expiry(timedelta(days=3))
    session.save()
    shopper.add("mug")
    assert shopper.client.session.get_expiry_age() > 29 * 86400
    log_in(shopper)
    assert shopper.client.session.get_expiry_age() == 14 * 86400
