"""Staff take an order by hand, by the rules of every other order."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import CustomerAddress
from tenant_shop.models import Page
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.verification.verify_shop import verify_shop
from tests.back_office import entries
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.people import staff_browser
from tests.pricing import group_with, offer, price_list
from tests.shopper import forms_in
from tests.shopping import ADDRESS, cart_with, configure, everything, stock_of, stocked

PAGE = "/admin/tenant_shop/order/take/"


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        configure(tax_rate="0.19", prices_include_tax=True)
        yield shop


def fields_of(page: Any) -> dict[str, str]:
    return next(form for form in forms_in(page) if "goods-sku-0" in form.fields).fields


def written(browser: Any, *goods: tuple[Any, int], **changes: str) -> dict[str, str]:
    """What staff type into the page."""
    fields = fields_of(browser.get(PAGE))
    for row, (variant, pieces) in enumerate(goods):
        fields |= {f"goods-sku-{row}": variant.sku.lower(), f"goods-pieces-{row}": str(pieces)}
    return {**fields, **ADDRESS, "email": "Bob@example.com", "payment": "bank_transfer", **changes}


def seen(browser: Any, fields: dict[str, str]) -> dict[str, str]:
    """The form as it comes back with the totals."""
    page = browser.post(PAGE, {**fields, "do": "preview"})
    assert page.status_code == 200, [str(error) for error in page.context["form"].errors.items()]
    return fields_of(page)


def take(browser: Any, fields: dict[str, str]) -> Order:
    answer = browser.post(PAGE, {**seen(browser, fields), "do": "place"})
    assert answer.status_code == 302, [str(error) for error in answer.context["form"].errors.items()]
    return Order.objects.latest("created_at")


def unchanged(before: dict[str, Any]) -> bool:
    after = everything()
    return {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_an_editor_takes_a_guests_order_and_a_second_click_makes_no_other(acme: TenantInfo) -> None:
    browser = staff_browser(acme, AccessRole.EDITOR)
    mug, bowl = stocked(name="Mug", price="10.00"), stocked(name="Bowl", price="5.00")
    fields = written(
        browser, (mug, 2), (bowl, 1), notes="Ring twice.", **{"goods-sku-2": mug.sku, "goods-pieces-2": ""}
    )
    page = browser.post(PAGE, {**fields, "do": "preview"})
    shown = page.context["shown"]
    assert shown["sums"] == [("Subtotal", "€35.00"), ("Delivery", "€4.90"), ("Tax (included)", "€6.37")]
    assert shown["total"] == "€39.90"
    assert not Order.objects.exists()
    ready = {**fields_of(page), "do": "place"}

    answers = [browser.post(PAGE, ready, follow=True).content.decode() for _ in range(2)]

    order = Order.objects.get()
    assert f"Order {order.order_number} is placed; the customer is told by mail." in answers[0]
    assert f"Order {order.order_number} was placed already, as below." in answers[1]
    assert (order.total_amount, order.tax_amount, order.status) == (Decimal("39.90"), Decimal("6.37"), "pending")
    assert (order.customer_id, order.customer_email, order.notes) == (None, "Bob@example.com", "Ring twice.")
    assert sorted(order.items.values_list("product_sku", "quantity")) == sorted([(mug.sku, 3), (bowl.sku, 1)])
    assert (stock_of(mug), stock_of(bowl)) == (7, 9)
    begun = OrderStatusHistory.objects.get(order=order)
    actor = browser.session["_auth_user_id"]
    assert (begun.updated_by, begun.comment) == (actor, "Taken by hand.")
    assert set(order.movements.values_list("actor", flat=True)) == {actor}
    (entry,) = entries(acme)
    assert (entry.action, entry.resource_id) == ("take_order", order.pk)
    assert entry.metadata["changes"] == [{"taken": {"fields": ["€39.90"]}}]
    assert "bob@" not in f"{entry.old_values}{entry.new_values}{entry.metadata}".lower()
    assert verify_shop() == []


def test_who_was_shown_no_terms_has_agreed_to_none(acme: TenantInfo) -> None:
    Page.objects.filter(slug="terms").update(is_published=True, body="You pay, we send.")
    assert shop_settings().terms_version != ""
    browser = staff_browser(acme)
    order = take(browser, written(browser, (stocked(), 1)))
    assert "terms_version" not in order.metadata
    page = browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    assert "Terms of 20" not in page


def test_an_account_pays_its_groups_prices_and_keeps_its_own_cart(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    mug = stocked(price="10.00")
    ann = CustomerFactory(email="ann@example.com", first_name="Ann", last_name="Example", language="de")
    offer(price_list(group_with(ann)), "8.00", variant=mug)
    own = ShoppingCart.objects.create(customer=ann, currency="EUR")
    first = fields_of(browser.get(PAGE, {"customer": str(ann.pk)}))
    assert (first["email"], first["first_name"]) == ("ann@example.com", "Ann")

    order = take(browser, written(browser, (mug, 1), email="ANN@example.com"))

    assert (order.customer_id, order.subtotal_amount, order.language) == (ann.pk, Decimal("8.00"), "de")
    own.refresh_from_db()
    assert own.is_open
    assert ShoppingCart.objects.exclude(pk=own.pk).get().completed_at is not None


def test_delivery_and_discount_of_their_own_hold_instead_of_all_others(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    mug = stocked(price="10.00")
    DiscountCodeFactory(code=None, name="Everybody", type="percentage", value="50")
    own = {"delivery": "by_hand", "delivery_name": "By bicycle", "delivery_amount": "2.50"}

    order = take(
        browser, written(browser, (mug, 3), **own, discount_percent="10", discount_reason="The  last one was late")
    )

    assert (order.discount_amount, order.shipping_amount, order.total_amount) == (
        Decimal("3.00"),
        Decimal("2.50"),
        Decimal("29.50"),
    )
    assert (order.shipping_method, order.metadata["shipping_code"]) == ("By bicycle", "by_hand")
    use = DiscountRedemption.objects.get(order=order)
    assert (use.title, use.amount) == ("The last one was late", Decimal("3.00"))
    assert (use.discount.is_active, use.discount.usage_limit, use.discount.usage_count) == (False, 1, 1)
    assert verify_shop() == []
    assert DiscountCode.objects.get(name="Everybody").usage_count == 0


def test_a_code_takes_off_what_it_does_at_the_checkout_and_counts_its_use(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    code = DiscountCodeFactory(code="TEN", type="fixed_amount", value="10", usage_limit=1)
    fields = written(browser, (stocked(price="30.00"), 1), coupon_code="ten")

    order = take(browser, fields)

    code.refresh_from_db()
    assert (order.discount_amount, order.discount_codes, code.usage_count) == (Decimal("10.00"), ["TEN"], 1)
    again = browser.post(PAGE, {**written(browser, (stocked(price="30.00"), 1), coupon_code="ten"), "do": "preview"})
    assert "has been used up" in again.content.decode()


def test_an_order_that_is_paid_already_is_confirmed_and_its_money_is_in_the_ledger(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    order = take(browser, written(browser, (stocked(), 1), payment="paid"))

    assert (order.status, order.payment_status, order.payment_method) == ("confirmed", "paid", "bank_transfer")
    entry = PaymentEntry.objects.get(payment__order=order)
    assert (entry.kind, entry.amount) == ("captured", Decimal("14.90"))
    assert verify_shop() == []


def test_an_order_waits_as_long_for_its_money_as_staff_say(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    order = take(browser, written(browser, (stocked(), 1), pay_days="21"))

    assert order.payment_due_at is not None
    assert timedelta(days=20, hours=23) < order.payment_due_at - order.created_at < timedelta(days=21, hours=1)


def test_more_rows_come_without_a_script_and_keep_what_was_typed(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    fields = written(browser, (stocked(), 1))
    more = browser.post(PAGE, {**fields, "do": "more"})
    kept = fields_of(more)
    assert more.status_code == 200
    assert (kept["goods-rows"], kept["goods-sku-0"], kept["goods-sku-9"]) == ("10", fields["goods-sku-0"], "")
    assert kept["token"] == fields["token"]


REFUSED = [
    ({"goods-sku-0": "NOTHING"}, "No goods have the SKU NOTHING."),
    ({"goods-sku-0": ""}, "Which goods? Write their SKU."),
    ({"goods-pieces-0": "0"}, "Write a number from 1 to 9999."),
    ({"goods-pieces-0": "11"}, "Only 10"),
    ({"email": "nobody"}, "Enter a valid email address."),
    ({"postal_code": "1"}, "This does not look like a code of this country."),
    ({"country": "AQ"}, "We do not deliver"),
    ({"payment": "pay_later"}, "Select a valid choice."),
    ({"payment": "stripe_card"}, "Select a valid choice."),
    ({"delivery": "by_hand"}, "Say what this delivery costs."),
    ({"delivery": "by_hand", "delivery_amount": "-1"}, "greater than or equal to 0"),
    ({"discount_amount": "5"}, "Give a reason for the discount"),
    ({"discount_amount": "5", "coupon_code": "TEN"}, "Give one discount: a code, an amount or a percentage."),
    ({"discount_percent": "101", "discount_reason": "x"}, "less than or equal to 100"),
    ({"pay_days": "91"}, "less than or equal to 90"),
    ({"bill_elsewhere": "on", "billing_country": "DE"}, "Please give street and house number."),
    ({"token": "x"}, "Enter a valid UUID."),
]


def test_what_cannot_be_ordered_is_said_and_nothing_changes(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    configure(shipping_rates=[{"code": "standard", "name": "Standard", "amount": "4.90", "countries": ["DE"]}])
    fields = written(browser, (stocked(), 1)) | {"expected_total": "14.90"}
    before = everything()

    for changes, sentence in REFUSED:
        answer = browser.post(PAGE, {**fields, **changes, "do": "place"})
        assert answer.status_code == 422, changes
        assert sentence in answer.content.decode(), (changes, answer.context["form"].errors)

    assert unchanged(before)


def test_a_price_that_moved_since_it_was_shown_is_shown_again(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    mug = stocked(price="10.00")
    ready = seen(browser, written(browser, (mug, 1)))
    mug.price = Decimal("12.00")
    mug.save(update_fields=["price"])

    answer = browser.post(PAGE, {**ready, "do": "place"})

    assert answer.status_code == 422
    assert "The total has changed from €14.90 to €16.90." in answer.content.decode()
    assert not Order.objects.exists()
    assert browser.post(PAGE, {**fields_of(answer), "do": "place"}).status_code == 302
    assert Order.objects.get().total_amount == Decimal("16.90")


def test_nobodys_cart_can_be_ordered_by_a_forged_token(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    mug = stocked()
    cart = cart_with((mug, 2), session_id="somebody")
    ready = seen(browser, written(browser, (mug, 1))) | {"token": str(cart)}
    before = everything()

    assert browser.post(PAGE, {**ready, "do": "place"}).status_code == 422

    assert unchanged(before)


def test_a_viewer_and_another_shops_staff_take_nothing(acme: TenantInfo, make_shop: Any) -> None:
    owner = staff_browser(acme)
    ready = seen(owner, written(owner, (stocked(), 1)))
    viewer = staff_browser(acme, AccessRole.VIEWER)
    assert "New order" not in viewer.get("/admin/tenant_shop/order/").content.decode()
    before = everything()
    assert viewer.post(PAGE, {**ready, "do": "place"}).status_code == 403
    assert viewer.get(PAGE + "goods/", {"q": "a"}).status_code == 403
    other = staff_browser(make_shop("globex"), email="owner@globex.example")
    assert other.post(PAGE, {**ready, "do": "place"}).status_code == 422
    assert unchanged(before)


def test_goods_and_customers_are_suggested_by_part_of_their_name(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    mug = stocked(name="Morning mug", sku="M-1", price="10.00", stock=4)
    CustomerFactory(email="ann@example.com", first_name="Ann", last_name="Example")
    CustomerFactory(email="zoe@example.com", first_name="Zoe", last_name="Other")
    goods = browser.get(PAGE + "goods/", {"q": "MORN"}).json()["found"]
    assert goods == [{"value": mug.sku, "label": "Morning mug · €10.00 · 4 left"}]
    people = browser.get(PAGE + "customers/", {"q": "exampl"}).json()["found"]
    assert {row["value"] for row in people} == {"ann@example.com", "zoe@example.com"}
    assert browser.get(PAGE + "customers/", {"q": "Ann"}).json()["found"] == [
        {"value": "ann@example.com", "label": "Ann Example"}
    ]
    assert browser.get(PAGE + "goods/", {"q": " "}).json() == {"found": []}


def test_an_account_s_addresses_are_offered_without_any_script(acme: TenantInfo) -> None:
    ann = CustomerFactory(email="ann@example.com", first_name="Ann", last_name="Berg", phone="040 1")
    home = {"first_name": "Ann", "last_name": "Berg", "address_line_1": "Elbe 1", "city": "Hamburg"}
    for street, typed in (("Elbe 1", "both"), ("Alster 2", "shipping")):
        CustomerAddress.objects.create(
            customer=ann, **{**home, "address_line_1": street}, postal_code="20095", country="DE", type=typed,
            is_default=typed == "both",
        )  # fmt: skip
    other = CustomerAddress.objects.create(customer=CustomerFactory(), **home, postal_code="20095", country="DE")
    browser, mug = staff_browser(acme), stocked(name="Mug")
    fields = fields_of(browser.get(PAGE)) | {"email": "ANN@example.com", "goods-sku-0": mug.sku, "do": "look_up"}

    found = browser.post(PAGE, fields)

    assert found.status_code == 200
    typed = fields_of(found)
    assert (typed["address_line_1"], typed["city"], typed["phone"]) == ("Elbe 1", "Hamburg", "040 1")
    offered = dict(found.context["form"]["from_book"].field.choices)
    alster = next(key for key, words in offered.items() if "Alster 2" in words)
    assert set(offered.values()) == {
        "As written below",
        "Ann Berg, Elbe 1, 20095 Hamburg, Germany (billing and shipping)",
        "Ann Berg, Alster 2, 20095 Hamburg, Germany",
    }
    refused = browser.post(PAGE, {**typed, "from_book": str(other.pk), "do": "preview"})
    assert refused.status_code == 422
    order = take(browser, typed | {"from_book": alster, "payment": "bank_transfer"})
    assert order.customer_id == ann.pk
    assert order.shipping_address["address_line_1"] == "Alster 2"


def test_looking_up_a_guest_offers_nothing_and_keeps_what_was_typed(acme: TenantInfo) -> None:
    CustomerFactory(email="ann@example.com")
    browser = staff_browser(acme)
    fields = written(browser, email="nobody@example.com", city="Kiel", do="look_up")

    page = browser.post(PAGE, fields)

    assert (page.status_code, page.context["form"].book_field) == (200, None)
    assert fields_of(page)["city"] == "Kiel"
    # Nor is anybody told what is missing who only looks somebody up.
    assert page.context["form"].errors == {}
