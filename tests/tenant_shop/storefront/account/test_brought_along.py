"""What a guest's browser keeps before there is an account to keep it."""

from decimal import Decimal

from tenant_shop.carts.change import add_line
from tenant_shop.models import SavedItem, ShoppingCart
from tests.accounts import account, log_in
from tests.factories.catalog import ProductFactory
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
