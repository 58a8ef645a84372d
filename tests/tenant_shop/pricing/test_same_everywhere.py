"""What a group's customer is shown is what they are charged, wherever they look; others see nothing of it."""

from decimal import Decimal

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.add_many import add_lines
from tenant_shop.carts.change import add_line, set_line_quantity
from tenant_shop.carts.merge import merge_carts
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.carts.read import read_cart
from tenant_shop.carts.save_for_later import save_line, take_back
from tenant_shop.carts.saved import SavedOwner, read_saved
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.orders.errors import BelowMinimumOrder, QuantityNotAllowed, TotalChanged
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.pricing.models import PriceListEntry
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.pricing import group_with, offer, price_list, sold_in
from tests.shopping import cart_with, configure, everything, order_from, stocked, submission
from tests.statements import StatementCount


@pytest.fixture
def mug(shop: TenantInfo) -> ProductVariant:
    configure()
    return stocked(stock=100, name="Mug", slug="mug")


@pytest.fixture
def ann(mug: ProductVariant) -> Customer:
    """She pays 8.00 for a mug, 7.00 from ten on; everybody else pays 10.00."""
    customer = CustomerFactory()
    prices = price_list(group_with(customer))
    offer(prices, "8.00", product=mug.product)
    offer(prices, "7.00", product=mug.product, min_quantity=10)
    return customer


def put(customer: Customer, variant: ProductVariant, quantity: int):
    return add_line(None, variant_id=variant.pk, quantity=quantity, session_id="", customer_id=customer.pk)


def test_cart_quote_and_order_agree(ann, mug):
    cart_id = put(ann, mug, 9)
    (line,) = read_cart(cart_id).lines
    assert (line.unit_price, line.normal_price, line.line_total) == (
        Decimal("8.00"),
        Decimal("10.00"),
        Decimal("72.00"),
    )

    set_line_quantity(cart_id, line.id, 12)
    seen = read_cart(cart_id)
    assert (seen.lines[0].unit_price, seen.lines[0].previous_price, seen.total) == (
        Decimal("7.00"),
        None,
        Decimal("84.00"),
    )
    assert quote(cart_id, country="DE", shipping_code="standard").subtotal == Decimal("84.00")

    order = order_from(cart_id, customer_id=ann.pk)
    assert (order.subtotal_amount, order.items.get().unit_price) == (Decimal("84.00"), Decimal("7.00"))


def test_a_guest_and_another_customer_pay_the_normal_price(ann, mug):
    bob = CustomerFactory()

    assert read_cart(cart_with((mug, 12))).total == Decimal("120.00")
    assert order_from(put(bob, mug, 12), customer_id=bob.pk).subtotal_amount == Decimal("120.00")


def test_the_owner_of_the_cart_decides_not_who_sends_the_form(ann, mug):
    """A guest's cart that is ordered under a customer's name costs what it was shown to cost."""
    order = order_from(cart_with((mug, 1)), customer_id=ann.pk)

    assert order.subtotal_amount == Decimal("10.00")


def test_more_pieces_of_the_same_variant_reach_the_next_price_others_do_not_help(ann, mug):
    bowl = stocked(stock=100)
    cart_id = put(ann, mug, 9)
    add_line(cart_id, variant_id=bowl.pk, quantity=9, session_id="", customer_id=ann.pk)
    assert read_cart(cart_id).lines[0].unit_price == Decimal("8.00")

    add_line(cart_id, variant_id=mug.pk, quantity=1, session_id="", customer_id=ann.pk)
    seen = read_cart(cart_id).lines[0]
    assert (seen.unit_price, seen.previous_price) == (Decimal("7.00"), None)


def test_a_price_that_the_merchant_changes_is_told_and_refused_until_it_was_seen(ann, mug):
    cart_id = put(ann, mug, 1)
    seen = submission(cart_id, customer_id=ann.pk)
    PriceListEntry.objects.filter(min_quantity=1).update(unit_price=Decimal("8.50"))
    before = everything()

    with pytest.raises(TotalChanged) as refusal:
        place_order(**seen)
    assert (refusal.value.expected, refusal.value.actual) == (Decimal("12.90"), Decimal("13.40"))
    assert everything() == before

    (line,) = read_cart(cart_id).lines
    assert (line.previous_price, line.unit_price) == (Decimal("8.00"), Decimal("8.50"))


def test_many_at_once_cost_what_the_cart_says(ann, mug):
    outcome = add_lines(None, [(mug.pk, 10)], session_id="", customer_id=ann.pk)

    assert CartItem.objects.get().unit_price == Decimal("7.000")
    (line,) = read_cart(outcome.cart_id).lines
    assert (line.unit_price, line.previous_price) == (Decimal("7.00"), None)


def test_at_log_in_the_visitors_cart_gets_the_customers_prices(ann, mug):
    merged = merge_carts(ann.pk, cart_with((mug, 2), session_id="s"))

    assert merged.repriced == (("Mug", Decimal("10.000"), Decimal("8.00")),)
    (line,) = read_cart(merged.cart_id).lines
    assert (line.unit_price, line.previous_price) == (Decimal("8.00"), None)


def test_what_is_laid_aside_is_shown_at_the_customers_price(ann, mug):
    cart_id, owner = put(ann, mug, 10), SavedOwner(customer_id=ann.pk)
    save_line(cart_id, CartItem.objects.get().pk, owner=owner)
    (saved,) = read_saved(owner, shop_settings())
    assert (saved.unit_price, saved.previous_price) == (Decimal("7.00"), None)

    take_back(saved.id, owner=owner, cart_id=cart_id, session_id="", customer_id=ann.pk)
    assert read_cart(cart_id).lines[0].unit_price == Decimal("7.00")


def test_discounts_are_taken_off_the_groups_price(ann, mug):
    DiscountCodeFactory(code="TENTH")
    cart_id = put(ann, mug, 10)
    ShoppingCart.objects.update(coupon_code="TENTH")

    assert read_cart(cart_id).discount == Decimal("7.00")


def test_goods_are_on_sale_when_they_are_for_everybody_a_groups_price_is_no_sale(ann, mug):
    DiscountCodeFactory(code="TENTH", excludes_sale_items=True)
    cart_id = put(ann, mug, 10)
    ShoppingCart.objects.update(coupon_code="TENTH")
    assert read_cart(cart_id).discount == Decimal("7.00")

    Product.objects.filter(pk=mug.product_id).update(compare_at_price=Decimal(12))
    assert read_cart(cart_id).discount == Decimal("0.00")


@pytest.mark.parametrize("quantity", [1, 5, 7])
def test_a_number_that_is_not_sold_is_refused_and_nothing_moves(mug, quantity):
    sold_in(6, 3, product=mug.product)
    before = everything()

    with pytest.raises(QuantityNotAllowed) as refusal:
        add_line(None, variant_id=mug.pk, quantity=quantity, session_id="s")
    assert str(refusal.value) == "Mug: Sold from 6 pieces on, in packs of 3."
    assert add_lines(None, [(mug.pk, quantity)], session_id="s").refused.keys() == {mug.pk}
    assert everything() == before


def test_pieces_in_the_cart_count_towards_the_packs(mug):
    sold_in(6, 3, product=mug.product)
    cart_id = add_line(None, variant_id=mug.pk, quantity=6, session_id="s")

    add_line(cart_id, variant_id=mug.pk, quantity=3, session_id="s")
    assert CartItem.objects.get().quantity == 9
    with pytest.raises(QuantityNotAllowed):
        set_line_quantity(cart_id, CartItem.objects.get().pk, 3)
    assert CartItem.objects.get().quantity == 9
    set_line_quantity(cart_id, CartItem.objects.get().pk, 0)
    assert not CartItem.objects.exists()


def test_a_rule_that_comes_later_is_told_in_the_cart_and_refused_by_the_order(mug):
    cart_id = cart_with((mug, 4))
    seen = submission(cart_id)
    sold_in(6, 3, product=mug.product)

    (line,) = read_cart(cart_id).lines
    assert (line.problem, line.possible) == ("Sold from 6 pieces on, in packs of 3.", 6)
    assert not read_cart(cart_id).is_orderable
    assert quote(cart_id, country="DE", shipping_code="standard").problems == (
        "Mug: Sold from 6 pieces on, in packs of 3.",
    )
    before = everything()
    with pytest.raises(QuantityNotAllowed):
        place_order(**seen)
    assert everything() == before


def test_stock_that_is_less_than_a_pack_leaves_no_way_but_out(mug):
    bowl = stocked(stock=4)
    cart_id = cart_with((bowl, 4))
    sold_in(1, 6, variant=bowl)

    (line,) = read_cart(cart_id).lines
    assert (line.problem, line.possible) == ("Sold in packs of 6.", 0)


def test_a_group_that_must_order_for_more_is_told_what_is_missing(ann, mug):
    group = ann.group
    group.minimum_order_amount = Decimal(100)
    group.save()
    cart_id = put(ann, mug, 10)
    seen = read_cart(cart_id)
    assert seen.minimum_message == "Orders begin at €100.00. €30.00 is missing."
    assert not seen.is_orderable
    before = everything()
    with pytest.raises(BelowMinimumOrder):
        order_from(cart_id, customer_id=ann.pk)
    assert everything() == before

    add_line(cart_id, variant_id=mug.pk, quantity=5, session_id="", customer_id=ann.pk)
    assert read_cart(cart_id).is_orderable
    assert order_from(cart_id, customer_id=ann.pk).subtotal_amount == Decimal("105.00")


def test_an_order_costs_three_statements_more_however_many_lines(ann, mug):
    sold_in(1, variant=mug)
    sets = [put(ann, mug, 1)]

    def placed(cart_id) -> int:
        sent = submission(cart_id, customer_id=ann.pk)
        with StatementCount() as statements:
            place_order(**sent)
        return statements.count

    few = placed(sets[0])
    more = put(ann, mug, 1)
    for _ in range(20):
        add_line(more, variant_id=stocked().pk, quantity=1, session_id="", customer_id=ann.pk)
    assert placed(more) == few <= 21
