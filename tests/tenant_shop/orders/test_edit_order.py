"""An order is changed by hand: what stays keeps its price, and stock, discounts and money follow."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.orders.by_hand import own_delivery
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.confirm import confirm_order
from tenant_shop.orders.edit_order import edit_order, preview_edit
from tenant_shop.orders.editing import Change, OrderEditedMeanwhile, OrderNotEditable, mark_of
from tenant_shop.orders.errors import InvalidAddress, ShippingUnavailable, TotalChanged
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import start_payment
from tenant_shop.payments.errors import OwedFirst
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.next_attempt import newest_attempt
from tenant_shop.payments.refund import refund_amount, refund_lines
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.promotions import DiscountCodeFactory
from tests.paying import take_cards
from tests.shopping import ADDRESS, at_once, cart_with, configure, everything, order_from, order_of, stock_of, stocked
from tests.statements import StatementCount

STAFF = str(UUID(int=7))


def items_of(order: Order) -> list[OrderItem]:
    return list(OrderItem.objects.filter(order=order))


def asked(order: Order, change: Change, **others: Any) -> dict[str, Any]:
    """The arguments of `edit_order` that somebody sends who looked at the order and at what it would cost."""
    order = Order.objects.get(pk=order.pk)
    items = items_of(order)
    seen = {"seen": mark_of(order, items), "key": uuid4().hex, "actor": STAFF, **others}
    if "expected_total" not in seen:
        seen["expected_total"] = preview_edit(order, items, change).total
    return {"order_id": order.pk, "change": change, **seen}


def edit(order: Order, change: Change, **others: Any) -> Order:
    return edit_order(**asked(order, change, **others))


def refused(order: Order, change: Change, **others: Any) -> str:
    before = everything()
    with pytest.raises(OrderNotEditable) as refusal:
        edit(order, change, expected_total=Decimal(0), **others)
    assert everything() == before
    return refusal.value.reason


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure(tax_rate="0.19", prices_include_tax=True)


def test_what_stays_keeps_its_price_what_is_new_costs_todays_and_stock_follows(shop: TenantInfo) -> None:
    mug, bowl, jug = stocked(name="Mug"), stocked(name="Bowl", price="5.00"), stocked(name="Jug", price="7.00")
    order = order_of((mug, 3), (bowl, 1))
    for variant in (mug, jug):
        variant.price = Decimal("20.00")
        variant.save(update_fields=["price"])
    mugs, bowls = items_of(order)

    changed = edit(order, Change(pieces={mugs.pk: 2, bowls.pk: 0}, added={jug.pk: 1, mug.pk: 2}))

    rows = OrderItem.objects.filter(order=order).values_list("product_name", "quantity", "unit_price", "position")
    assert list(rows) == [("Mug", 4, Decimal("10.00"), 0), ("Jug", 1, Decimal("20.00"), 2)]
    assert (changed.subtotal_amount, changed.total_amount) == (Decimal("60.00"), Decimal("64.90"))
    assert changed.tax_amount == Decimal("6.39") + Decimal("3.19") + Decimal("0.78")
    assert (stock_of(mug), stock_of(bowl), stock_of(jug)) == (6, 10, 9)
    last = OrderStatusHistory.objects.filter(order=order).last()
    assert last is not None
    assert (last.updated_by, last.comment) == (
        STAFF,
        "Changed by hand: Mug 3 → 4; Bowl 1 → 0; Jug 0 → 1; €39.90 → €64.90.",
    )
    event = OutboxEvent.objects.get(topic="order.edited")
    assert (event.payload["total"], event.payload["before"]["total"]) == ("64.90", "39.900")
    assert [(line["sku"], line["quantity"]) for line in event.payload["before"]["items"]] == [
        (mug.sku, 3),
        (bowl.sku, 1),
    ]
    assert newest_attempt(order).amount == Decimal("64.90")
    assert verify_shop() == []

    cancel_order(order.pk, reason="", actor=STAFF)

    assert (stock_of(mug), stock_of(bowl), stock_of(jug)) == (10, 10, 10)
    assert verify_shop() == []


def test_discounts_are_shared_anew_and_one_that_gives_nothing_any_more_is_given_back(shop: TenantInfo) -> None:
    mug, bowl = stocked(name="Mug"), stocked(name="Bowl")
    code = DiscountCodeFactory(
        code="TEN", type="percentage", value=10, usage_limit=1, minimum_order_amount=Decimal("20.00")
    )
    cart = cart_with((mug, 2), (bowl, 1))
    _enter(cart, "TEN")
    order = order_from(cart)
    code.is_active = False
    code.save(update_fields=["is_active"])
    mugs, bowls = items_of(order)

    edit(order, Change(pieces={mugs.pk: 1}))

    use = DiscountRedemption.objects.get(order=order)
    assert (use.amount, use.released_at) == (Decimal("2.00"), None)
    assert [item.discount_amount for item in items_of(order)] == [Decimal("1.00"), Decimal("1.00")]
    assert verify_shop() == []

    changed = edit(order, Change(pieces={bowls.pk: 0}))

    use.refresh_from_db()
    code.refresh_from_db()
    assert (changed.discount_amount, changed.discount_codes, use.amount, code.usage_count) == (0, [], 0, 0)
    assert use.released_at is not None
    assert verify_shop() == []


def test_a_paid_order_that_costs_more_waits_for_the_rest_and_one_that_costs_less_owes_it(shop: TenantInfo) -> None:
    mug = stocked(name="Mug")
    order = mark_as_paid(order_of((mug, 2)).pk, actor=STAFF)
    (mugs,) = items_of(order)
    shown = preview_edit(order, [mugs], Change(pieces={mugs.pk: 3}))
    assert (shown.total, shown.missing, shown.owed) == (Decimal("34.90"), Decimal("10.00"), 0)

    dearer = edit(order, Change(pieces={mugs.pk: 3}))

    assert (dearer.status, dearer.payment_status, dearer.owed_amount) == ("pending", "pending", 0)
    assert dearer.is_awaiting_payment
    assert not dearer.is_overdue
    assert newest_attempt(order).amount == Decimal("10.00")
    assert verify_shop() == []

    paid = mark_as_paid(order.pk, actor=STAFF)
    assert (paid.status, paid.payment_status) == ("confirmed", "paid")
    shown = preview_edit(paid, items_of(paid), Change(pieces={mugs.pk: 1}))
    assert (shown.total, shown.missing, shown.owed) == (Decimal("14.90"), 0, Decimal("20.00"))

    cheaper = edit(paid, Change(pieces={mugs.pk: 1}))

    assert (cheaper.status, cheaper.payment_status, cheaper.owed_amount) == ("confirmed", "paid", Decimal("20.00"))
    assert verify_shop() == []
    payment = Payment.objects.filter(order=order, entries__kind="captured").earliest("created_at")
    refund_amount(payment.pk, amount=Decimal("20.00"), key="back", actor=STAFF)
    cheaper.refresh_from_db()
    assert cheaper.owed_amount == 0
    assert verify_shop() == []
    assert refused(cheaper, Change(pieces={mugs.pk: 9})) == (
        "Money was given back for it: take a new order for what is added."
    )


def test_what_it_cost_beyond_goes_back_before_goods_of_it_do(shop: TenantInfo) -> None:
    order = mark_as_paid(order_of((stocked(name="Mug"), 3)).pk, actor=STAFF)
    (mugs,) = items_of(order)
    cheaper = edit(order, Change(pieces={mugs.pk: 2}))
    give_back = partial(refund_lines, order.pk, wanted={mugs.pk: 1}, shipping=False, restock=False, actor=STAFF)
    before = everything()

    with pytest.raises(OwedFirst, match=r"€10\.00 more than the order costs was paid, and is owed\."):
        give_back(key="goods")

    assert everything() == before
    payment = Payment.objects.get(order=order)
    refund_amount(payment.pk, amount=Decimal("10.00"), key="beyond", actor=STAFF)
    assert [refund.amount for refund in give_back(key="goods")] == [Decimal("10.00")]
    cheaper.refresh_from_db()
    payment.refresh_from_db()
    assert (cheaper.owed_amount, cheaper.total_amount) == (0, Decimal("24.90"))
    assert payment.captured_amount - payment.refunded_amount == Decimal("14.90")
    assert verify_shop() == []


def test_an_order_that_was_accepted_unpaid_costs_more_and_waits_for_nothing(shop: TenantInfo) -> None:
    order = confirm_order(order_of((stocked(), 2)).pk, actor=STAFF)
    (mugs,) = items_of(order)

    dearer = edit(order, Change(pieces={mugs.pk: 3}))

    assert (dearer.status, dearer.payment_status, dearer.is_fulfillable) == ("confirmed", "pending", True)
    assert newest_attempt(order).amount == Decimal("34.90")
    assert mark_as_paid(order.pk, actor=STAFF).payment_status == "paid"
    assert verify_shop() == []


def test_an_address_and_the_way_to_deliver_change_with_their_price_and_tax(shop: TenantInfo) -> None:
    rates = [
        {"code": "standard", "name": "Standard", "amount": "4.90"},
        {"code": "fast", "name": "Fast", "amount": "9.90"},
    ]
    configure(tax_rate="0.19", prices_include_tax=True, shipping_rates=rates)
    order = order_of((stocked(name="Mug"), 1))

    moved = edit(order, Change(shipping_address={**ADDRESS, "city": "Bremen", "postal_code": "28195"}))
    assert (moved.shipping_address["city"], moved.billing_address["city"]) == ("Bremen", "Berlin")
    assert (moved.total_amount, moved.status) == (Decimal("14.90"), "pending")

    faster = edit(order, Change(delivery_code="fast"))
    assert (faster.shipping_method, faster.shipping_amount, faster.total_amount) == (
        "Fast",
        Decimal("9.90"),
        Decimal("19.90"),
    )
    assert (faster.metadata["shipping_code"], faster.metadata["shipping_tax"]) == ("fast", "1.58")

    own = edit(order, Change(own_delivery=own_delivery("By bicycle", Decimal(0), "EUR"), billing_address=ADDRESS))
    assert (own.shipping_method, own.shipping_amount, own.total_amount) == ("By bicycle", 0, Decimal("10.00"))
    assert verify_shop() == []
    before = everything()
    with pytest.raises(ShippingUnavailable):
        edit(order, Change(delivery_code="slow"), expected_total=Decimal(1))
    with pytest.raises(InvalidAddress):
        edit(order, Change(shipping_address={**ADDRESS, "postal_code": "1"}), expected_total=Decimal(1))
    assert everything() == before


def test_what_was_sent_stays_as_it_is_and_what_was_not_can_be_taken_out(shop: TenantInfo) -> None:
    order = mark_as_paid(order_of((stocked(name="Mug"), 2), (stocked(name="Bowl"), 1)).pk, actor=STAFF)
    mugs, bowls = items_of(order)
    fulfil_order(order.pk, pieces={mugs.pk: 1}, key="one", actor=STAFF)
    assert refused(order, Change(pieces={mugs.pk: 0})) == "Of Mug 1 were sent."
    assert refused(order, Change(pieces={bowls.pk: 2})) == "Some of it was sent: take a new order for what is added."
    away = "Some of it is on its way already, to where it was to go."
    assert refused(order, Change(shipping_address={**ADDRESS, "city": "Bremen"})) == away
    assert refused(order, Change(own_delivery=own_delivery("Bicycle", Decimal(0), "EUR"))) == away

    less = edit(order, Change(pieces={bowls.pk: 0}))

    assert (less.status, less.owed_amount, less.total_amount) == ("processing", Decimal("10.00"), Decimal("24.90"))
    assert verify_shop() == []

    sent = edit(less, Change(pieces={mugs.pk: 1}))

    assert (sent.status, sent.fulfillment_status) == ("shipped", "fulfilled")
    assert (sent.owed_amount, sent.total_amount) == (Decimal("20.00"), Decimal("14.90"))
    assert refused(sent, Change(pieces={mugs.pk: 2})) == "It is shipped."
    assert verify_shop() == []


def test_what_was_sent_is_not_taxed_otherwise_for_what_is_taken_out(shop: TenantInfo) -> None:
    order = mark_as_paid(order_of((stocked(name="Mug"), 3)).pk, actor=STAFF)
    (mugs,) = items_of(order)
    fulfil_order(order.pk, pieces={mugs.pk: 1}, key="one", actor=STAFF)
    configure(tax_rate="0.07", prices_include_tax=True)
    assert refused(order, Change(pieces={mugs.pk: 2})) == "What was sent would cost something else."


def test_what_cannot_be_changed_any_more_is_refused_with_the_reason(shop: TenantInfo) -> None:
    mug = stocked(name="Mug", stock=20)
    order = order_of((mug, 1))
    (mugs,) = items_of(order)
    assert refused(order, Change(pieces={mugs.pk: 0})) == "Nothing would be left of it: cancel it instead."
    assert refused(order, Change(pieces={uuid4(): 1})) == "There is no such line in it."
    assert refused(order, Change(added={uuid4(): 1})) == "Some of what is added does not exist any more."
    configure(prices_include_tax=False)
    kind = "Its taxes would be of another kind. Cancel it, and take a new one."
    assert refused(order, Change(pieces={mugs.pk: 2})) == kind
    configure(tax_rate="0.19", prices_include_tax=True, currency="CHF")
    assert refused(order, Change(pieces={mugs.pk: 2})) == "The shop does not sell in EUR any more."
    configure(tax_rate="0.19", prices_include_tax=True)
    cancel_order(order.pk, reason="", actor=STAFF)
    assert refused(order, Change(pieces={mugs.pk: 2})) == "It is cancelled."
    back = mark_as_paid(order_of((mug, 2)).pk, actor=STAFF)
    (line,) = items_of(back)
    refund_lines(back.pk, wanted={line.pk: 1}, shipping=False, restock=True, key="k", actor=STAFF)
    assert refused(back, Change(pieces={line.pk: 1})) == (
        "Money is given back for some of it. For fewer goods, give more money back. For more goods, take a new order."
    )


def test_goods_that_are_not_there_are_not_added_and_nothing_changes(shop: TenantInfo) -> None:
    mug, jug = stocked(name="Mug", stock=3), stocked(name="Jug", stock=0)
    order = order_of((mug, 2))
    (mugs,) = items_of(order)
    before = everything()
    for change in (Change(pieces={mugs.pk: 4}), Change(added={jug.pk: 1})):
        with pytest.raises(OutOfStock):
            edit(order, change)
    assert everything() == before
    assert edit(order, Change(pieces={mugs.pk: 3})).total_amount == Decimal("34.90")
    assert stock_of(mug) == 0


def test_of_two_who_edit_at_once_one_is_told_and_the_same_form_twice_changes_once(shop: TenantInfo) -> None:
    mug = stocked(name="Mug")
    order = order_of((mug, 2))
    (mugs,) = items_of(order)
    one, other = asked(order, Change(pieces={mugs.pk: 3})), asked(order, Change(pieces={mugs.pk: 5}))

    results = at_once(shop, [lambda: edit_order(**one), lambda: edit_order(**other)])

    told = [result for result in results if isinstance(result, OrderEditedMeanwhile)]
    (won,) = [result for result in results if isinstance(result, Order)]
    assert len(told) == 1
    before = everything()
    again = one if won.metadata["edit"] == one["key"] else other
    assert edit_order(**again).total_amount == won.total_amount
    with pytest.raises(TotalChanged):
        edit(order, Change(pieces={mugs.pk: 1}), expected_total=Decimal("1.00"))
    assert everything() == before
    assert verify_shop() == []


def test_an_attempt_that_is_under_way_is_given_up_before_the_price_changes(shop: TenantInfo) -> None:
    take_cards()
    order = order_of((stocked(name="Mug"), 1), payment_method="test_card")
    attempt = newest_attempt(order)
    assert attempt is not None
    start_payment(attempt, order, shop_settings(), return_url="https://acme.example/")
    (mugs,) = items_of(order)

    edit(order, Change(pieces={mugs.pk: 2}))

    attempt.refresh_from_db()
    new = newest_attempt(order)
    assert new is not None
    assert (attempt.state, new.state, new.amount, new.method) == ("dropped", "new", Decimal("24.90"), "test_card")


def test_an_edit_needs_as_many_statements_for_thirty_lines_as_for_three(shop: TenantInfo) -> None:
    counts = []
    for lines in (3, 30):
        code = DiscountCodeFactory(type="percentage", value=10, usage_limit=5)
        cart = cart_with(*((stocked(), 2) for _ in range(lines)))
        _enter(cart, code.code)
        order = order_from(cart)
        change = Change(pieces={item.pk: 1 for item in items_of(order)}, added={stocked().pk: 1})
        sent = asked(order, change)
        with StatementCount() as found:
            edit_order(**sent)
        counts.append(found.count)
    assert counts[0] == counts[1]


def _enter(cart: UUID, code: str) -> None:
    ShoppingCart.objects.filter(pk=cart).update(coupon_code=code)
