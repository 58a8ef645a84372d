"""A customer spends points at the checkout: sees what they take off, and is told why they cannot."""

from decimal import Decimal

import pytest

from tenant_shop.loyalty.correct import correct_points
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.models import Customer, Order, Product
from tests.accounts import account, logged_in
from tests.factories.catalog import ProductFactory
from tests.loyalty import points, run_programme
from tests.shopper import Shopper, forms_in
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def mug(selling) -> Product:
    run_programme(may_be_spent=True)
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


@pytest.fixture
def ann(mug) -> Customer:
    customer = account()
    LoyaltyEntry.objects.create(customer=customer, points=900, reason="correction", actor="bob")
    return customer


@pytest.fixture
def shopper(ann) -> Shopper:
    """Ann, logged in, with a mug in her cart."""
    browser = logged_in()
    browser.follow(browser.add("mug"))
    return browser


def checkout(page) -> dict[str, str]:
    return next(form for form in forms_in(page) if form.action == "/checkout/").fields


def reprice(shopper: Shopper, typed: str):
    return shopper.submit(shopper.get("/checkout/"), "/checkout/", **{**BUYER, "points": typed, "action": "reprice"})


def test_the_cart_says_what_points_are_worth_and_the_checkout_asks_for_them(shopper):
    assert "You have 900 points, worth up to €9.00. Spend them at checkout." in shopper.get("/cart/").content.decode()
    page = shopper.get("/checkout/")
    assert checkout(page)["points"] == ""
    text = page.content.decode()
    assert "You have 900 points; 100 take €1.00 off. Up to 900 can be spent on this order." in text


def test_points_are_chosen_seen_and_spent(shopper, ann):
    page = reprice(shopper, "500")
    text = page.content.decode()
    assert "€5.00 less with your points." in text
    assert '<span class="totals__name">500 points</span></dt><dd>\u2212 €5.00</dd>' in text
    assert checkout(page)["points"] == "500"
    assert checkout(page)["expected_total"] == "23.90"
    answer = shopper.submit(page, "/checkout/", **BUYER)
    order = Order.objects.get()
    assert answer["Location"].endswith(f"/orders/{order.public_token}/")
    assert (order.points_spent, order.points_amount, order.total_amount) == (500, Decimal("5"), Decimal("23.90"))
    assert points(ann) == 400
    for path in (answer["Location"], f"/account/orders/{order.pk}/"):
        assert (
            '<span class="totals__name">500 points</span></dt><dd>\u2212 €5.00</dd>'
            in shopper.get(path).content.decode()
        )
    assert "Spent" in shopper.get("/account/points/").content.decode()


def test_more_than_there_are_become_as_many_as_there_are_and_the_page_says_so(shopper):
    page = reprice(shopper, "5000")
    assert checkout(page)["points"] == "900"
    assert "You have 900 points left, fewer than you wanted to spend." in page.content.decode()
    few = reprice(shopper, "5")
    assert checkout(few)["points"] == "5"
    assert "At least 100 points can be spent at once." in few.content.decode()
    assert checkout(few)["expected_total"] == "28.90"


@pytest.mark.parametrize("typed", ["abc", "-1", "1.5", "1e3", "99999999999"])
def test_what_is_no_number_of_points_is_said_beside_its_field_when_it_is_applied(typed, shopper):
    page = reprice(shopper, typed)
    text = page.content.decode()
    assert page.status_code == 200
    assert '<ul class="errorlist" id="id_points_error"><li>Please give a whole number of points.</li></ul>' in text
    assert 'aria-describedby="points-help id_points_error" aria-invalid="true"' in text
    assert checkout(page)["points"] == typed
    assert checkout(page)["expected_total"] == "28.90"


@pytest.mark.parametrize("typed", ["", "0", " "])
def test_no_points_are_nothing_wrong(typed, shopper):
    page = reprice(shopper, typed)
    assert "id_points_error" not in page.content.decode()
    assert checkout(page)["points"] == ""


@pytest.mark.parametrize("typed", ["\u0665\u0660\u0660", " 500 "])
def test_points_are_read_in_other_digits_too(typed, shopper):
    page = reprice(shopper, typed)
    assert checkout(page)["points"] == "500"
    assert checkout(page)["expected_total"] == "23.90"


def test_why_not_all_points_are_taken_stands_beside_their_field_and_nowhere_else(shopper):
    wanted = "You have 900 points left, fewer than you wanted to spend."
    for typed, said in (("5000", wanted), ("5", "At least 100 points can be spent at once.")):
        text = reprice(shopper, typed).content.decode()
        assert f'id="id_points_error"><li>{said}</li>' in text
        assert text.count(said) == 1


def test_points_that_are_gone_at_the_last_moment_are_refused_and_nothing_is_ordered(shopper, ann, standing):
    page = reprice(shopper, "500")
    correct_points(ann.pk, points=-700, reason="Test", actor="bob", key="one")
    before = standing()
    refused = shopper.submit(page, "/checkout/", **BUYER)
    assert refused.status_code == 409
    assert (
        "You have 200 points left, fewer than you wanted to spend. Nothing has been ordered."
        in refused.content.decode()
    )
    assert checkout(refused)["points"] == "200"
    assert standing() == before
    assert points(ann) == 200


@pytest.mark.parametrize("typed", ["-1", "1.5", "many", "99999999999"])
def test_what_is_no_number_of_points_is_refused_beside_its_field(typed, shopper, standing):
    page = shopper.get("/checkout/")
    before = standing()
    refused = shopper.submit(page, "/checkout/", **{**BUYER, "points": typed})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert text.count("Please give a whole number of points.") == 2
    assert 'href="#id_points"' in text
    assert standing() == before


def test_guests_and_shops_without_points_see_none_of_it_and_forged_fields_do_nothing(ann, mug):
    guest = Shopper()
    guest.follow(guest.add("mug"))
    page = guest.get("/checkout/")
    assert "points" not in checkout(page)
    assert "points" not in guest.get("/cart/").content.decode().lower()
    guest.submit(page, "/checkout/", **{**BUYER, "points": "500"})
    assert Order.objects.get().points_spent == 0
    run_programme(may_be_spent=False)
    browser = logged_in()
    browser.follow(browser.add("mug"))
    page = browser.get("/checkout/")
    assert "points" not in checkout(page)
    browser.submit(page, "/checkout/", **{**BUYER, "points": "500"})
    assert Order.objects.filter(points_spent=0).count() == 2
    assert points(ann) == 900


def test_who_has_too_few_points_is_not_asked(shopper, ann):
    correct_points(ann.pk, points=-801, reason="Test", actor="bob", key="one")
    assert "points" not in checkout(shopper.get("/checkout/"))
