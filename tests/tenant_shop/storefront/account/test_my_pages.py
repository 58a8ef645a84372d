"""What a customer does with orders, reviews and wishes; and that another customer's are not there."""

import json
import re

import pytest
from django.utils import timezone

from platform_core.tenancy import directory
from tenant_shop.models import CartItem, Customer, Order, Product, ProductReview, Return, WishlistItem
from tests.accounts import account, csrf, link_in, log_in, logged_in, mails
from tests.factories.orders import OrderFactory
from tests.shopper import Shopper, forms_in
from tests.shopping import order_of, stocked

pytestmark = pytest.mark.usefixtures("selling")


def text(page) -> str:
    return re.sub(r"<!--.*?-->", "", page.content.decode())


@pytest.fixture
def ann(selling) -> Customer:
    return account()


def ordered(customer: Customer, *wanted, status: str = "confirmed") -> Order:
    order = order_of(*wanted, customer_id=customer.pk, payment_method="cash_on_delivery")
    Order.objects.filter(pk=order.pk).update(status=status)
    return Order.objects.get(pk=order.pk)


def test_orders_are_listed_ten_at_a_time_the_latest_first(ann):
    orders = [OrderFactory(customer=ann) for _ in range(11)]
    OrderFactory(customer=account("bob@example.com"))
    shopper = logged_in()
    first, second = shopper.get("/account/orders/"), shopper.get("/account/orders/?page=2")
    numbers = re.findall(r"<strong>Order (\S+)</strong>", text(first) + text(second))
    assert numbers == [order.order_number for order in reversed(orders)]
    for odd in ("0", "-1", "x", "99999", "²"):
        assert shopper.get("/account/orders/", page=odd).status_code == 200


def test_an_order_tells_where_it_is(ann):
    order = ordered(ann, (stocked(name="Mug"), 2), status="shipped")
    sent = {"shipping_carrier": "DHL", "tracking_number": "JD0001", "shipped_at": timezone.now()}
    Order.objects.filter(pk=order.pk).update(**sent)
    page = text(logged_in().get(f"/account/orders/{order.pk}/"))
    for part in (order.order_number, "On its way", "DHL", "JD0001", "Mug", "Send something back"):
        assert part in page
    assert "Cancel the order" not in page


def test_ordering_again_takes_what_is_sold_and_tells_of_the_rest(ann):
    mug, bowl, vase = stocked(name="Mug", stock=9), stocked(name="Bowl", stock=9), stocked(name="Vase", stock=3)
    order = ordered(ann, (mug, 2), (bowl, 1), (vase, 2))
    Product.objects.filter(pk=bowl.product_id).update(status="archived")
    shopper = logged_in()
    page = shopper.get(f"/account/orders/{order.pk}/")
    answer = shopper.submit(page, f"/account/orders/{order.pk}/again/")
    assert answer["Location"] == "/cart/"
    cart = text(shopper.get("/cart/"))
    in_the_cart = CartItem.objects.filter(cart__completed_at=None)
    assert list(in_the_cart.values_list("product__name", "quantity")) == [("Mug", 2)]
    assert "Bowl is no longer sold like this." in cart
    assert "Vase" in cart, "only one is left, two were ordered"


def test_an_order_is_cancelled_while_nothing_was_sent(ann):
    mug = stocked(stock=5)
    order = ordered(ann, (mug, 2))
    shopper = logged_in()
    path = f"/account/orders/{order.pk}/"
    assert shopper.submit(shopper.get(path), f"{path}cancel/").status_code == 302
    order.refresh_from_db()
    mug.refresh_from_db()
    assert (order.status, mug.inventory_quantity) == ("cancelled", 5)
    assert order.history.latest("created_at").updated_by == f"customer {ann.pk}"
    sent = ordered(ann, (mug, 1), status="shipped")
    answer = shopper.post(f"/account/orders/{sent.pk}/cancel/", csrf(shopper.get(path)))
    assert answer.status_code == 409
    assert "can no longer be cancelled" in text(answer)


def test_something_is_sent_back(ann):
    order = ordered(ann, (stocked(name="Mug"), 2), status="delivered")
    shopper = logged_in()
    path = f"/account/orders/{order.pk}/"
    item = order.items.get().pk.hex
    page = shopper.get(f"{path}return/")
    assert shopper.submit(page, f"{path}return/", reason="damaged").status_code == 422
    assert shopper.submit(page, f"{path}return/", **{item: "3", "reason": "damaged"}).status_code == 422
    assert Return.objects.count() == 0
    assert shopper.submit(page, f"{path}return/", **{item: "2", "reason": "damaged"})["Location"] == path
    asked = text(shopper.get(path)).partition("Requested: the shop will answer")[2]
    assert "2 \N{MULTIPLICATION SIGN} <span>Mug</span>" in asked
    assert "on its way back already" in text(shopper.get(f"{path}return/"))


def test_a_review_is_of_what_was_bought_once_and_waits_for_the_shop(ann):
    mug, other = stocked(name="Mug", slug="mug"), stocked(slug="other")
    order = ordered(ann, (mug, 1), status="delivered")
    ordered(ann, (other, 1))  # not sent yet
    shopper = logged_in()
    page = shopper.get("/account/reviews/mug/")
    assert shopper.submit(page, "/account/reviews/mug/", rating="6").status_code == 422
    for rating in ("4", "5"):
        answer = shopper.submit(page, "/account/reviews/mug/", rating=rating, title="Good", content="<b>Really</b>")
        assert answer["Location"] == "/account/reviews/"
    review = ProductReview.objects.get()
    assert (review.rating, review.status, review.is_verified_purchase, review.order) == (5, "pending", True, order)
    assert "Really" not in text(Shopper().get("/products/mug/"))
    ProductReview.objects.update(status="approved")
    assert "&lt;b&gt;Really&lt;/b&gt;" in text(Shopper().get("/products/mug/"))
    shopper.submit(page, "/account/reviews/mug/", rating="1")
    assert ProductReview.objects.get().status == "pending", "what was changed is looked at again"
    assert shopper.submit(page, "/account/reviews/mug/", rating="5").status_code == 302
    assert shopper.post("/account/reviews/other/", csrf(page) | {"rating": "5"}).status_code == 403
    assert shopper.get("/account/reviews/nothing/").status_code == 404


def heart(shopper: Shopper, path: str, slug: str):
    shopper.headers = {"referer": f"http://acme.localhost{path}"}
    (form,) = [form for form in forms_in(shopper.get(path)) if form.id == "wish"]
    assert {"product"} == {button["name"] for button in form.buttons}
    assert slug in {button["value"] for button in form.buttons}
    answer = shopper.post(form.action, {"product": slug})
    shopper.headers = {}
    return answer


@pytest.mark.parametrize("look", ["atelier", "market"])
def test_a_heart_puts_a_product_on_the_list_without_a_script(ann, look, platform):
    platform.update_tenant("acme", theme_config={"look": look})
    directory.clear()
    stocked(name="Mug", slug="mug")
    shopper = logged_in()
    assert heart(shopper, "/products/mug/", "mug")["Location"] == "/products/mug/"
    assert heart(shopper, "/products/mug/", "mug").status_code == 302
    assert WishlistItem.objects.get().product.name == "Mug"
    page = shopper.get("/account/wishlist/")
    assert "Mug is on your wishlist." in text(page)
    path = f"/account/wishlist/{WishlistItem.objects.get().product_id}/remove/"
    assert shopper.submit(page, path)["Location"] == "/account/wishlist/"
    assert WishlistItem.objects.count() == 0


def test_a_guests_wish_is_kept_over_the_log_in(ann):
    stocked(name="Mug", slug="mug")
    shopper = Shopper()
    asked = heart(shopper, "/products/", "mug")
    assert asked["Location"] == "/account/log-in/?next=%2Fproducts%2F&wish=mug"
    page = shopper.follow(asked)
    answer = shopper.submit(page, "/account/log-in/", email=ann.email, password="seven green kettles")
    assert answer["Location"] == "/products/"
    assert WishlistItem.objects.get().customer == ann


@pytest.mark.parametrize("referer", ["https://evil.example/", "http://acme.localhost//evil.example/", ""])
def test_the_heart_leads_nowhere_else(ann, referer):
    stocked(slug="mug")
    shopper = logged_in()
    shopper.headers = {"referer": referer} if referer else {}
    answer = shopper.post("/account/wishlist/add/", {"product": "mug"})
    shopper.headers = {}
    if referer.startswith("https://evil"):
        assert answer.status_code == 403
    else:
        assert answer["Location"] == "/account/wishlist/"


def test_a_wish_for_nothing_is_told(ann):
    shopper = logged_in()
    for slug in ("gone", "a" * 300, "x\x00y", ""):
        assert shopper.post("/account/wishlist/add/", {"product": slug}).status_code == 302
    assert WishlistItem.objects.count() == 0


def test_another_customers_orders_are_not_there(ann):
    bobs = ordered(account("bob@example.com"), (stocked(stock=9), 1), status="delivered")
    shopper = logged_in()
    token = csrf(shopper.get("/account/profile/"))
    path = f"/account/orders/{bobs.pk}/"
    assert shopper.get(path).status_code == 404
    assert shopper.get(f"{path}return/").status_code == 404
    for verb in ("again/", "cancel/", "return/"):
        data = token | {bobs.items.get().pk.hex: "1", "reason": "damaged"}
        assert shopper.post(path + verb, data).status_code == 404, verb
    bobs.refresh_from_db()
    assert (bobs.status, Return.objects.count(), CartItem.objects.filter(cart__completed_at=None).count()) == (
        "delivered",
        0,
        0,
    )


def test_every_form_of_the_account_needs_its_token(ann):
    order = ordered(ann, (stocked(slug="mug"), 1))
    shopper = logged_in()
    for path in (
        f"/account/orders/{order.pk}/again/",
        f"/account/orders/{order.pk}/cancel/",
        f"/account/orders/{order.pk}/return/",
        "/account/reviews/mug/",
        f"/account/wishlist/{order.pk}/remove/",
        "/account/data/download/",
        "/account/erase/",
    ):
        assert shopper.post(path, {}).status_code == 403, path
    assert Shopper(sec_fetch_site="cross-site").post("/account/wishlist/add/", {"product": "mug"}).status_code == 403


def test_the_data_is_downloaded_and_the_account_erased_by_the_link_only(ann):
    order = ordered(ann, (stocked(), 1))
    shopper = logged_in()
    page = shopper.get("/account/data/")
    answer = shopper.submit(page, "/account/data/download/")
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert json.loads(answer.content)["customer"]["email"] == "ann@example.com"
    assert shopper.submit(page, "/account/erase/").status_code == 409, "an order is under way"
    Order.objects.filter(pk=order.pk).update(status="delivered")
    assert shopper.submit(page, "/account/erase/").status_code == 302
    link = link_in(mails()[-1])
    assert shopper.get(link).status_code == 200
    assert Customer.objects.get().email == "ann@example.com", "looking changes nothing"
    assert shopper.post(link, {})["Location"] == "/"
    assert shopper.get("/account/profile/").status_code == 302
    assert log_in(Shopper()).status_code == 403
    assert Shopper().post(link, {}).status_code == 410
