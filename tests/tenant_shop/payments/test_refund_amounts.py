"""What parts of a line are worth."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund_amounts import pieces_price, worth


@given(
    price=st.decimals("0", "99999", places=2),
    portions=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_portions_of_a_line_add_up_and_none_is_below_zero(price: Decimal, portions: list[int], currency: str) -> None:
    price = price.quantize(Decimal(1)) if currency == "JPY" else price
    order = Order(currency=currency, tax_included=True)
    item = OrderItem(total_price=price, discount_amount=Decimal(0), tax_amount=Decimal(0), quantity=sum(portions))
    amounts: list[Decimal] = []
    for number, pieces in enumerate(portions):
        already, money = sum(portions[:number]), sum(amounts, Decimal(0))
        amounts.append(pieces_price(item, order, pieces, already=already, given=money))
    assert sum(amounts) == price
    assert min(amounts) >= 0


@given(
    price=st.decimals("0", "9999", places=2),
    portions=st.lists(st.integers(1, 5), min_size=2, max_size=6),
    data=st.data(),
)
def test_a_refund_that_fails_in_between_leaves_the_line_worth_what_it_cost(
    price: Decimal, portions: list[int], data: st.DataObject
) -> None:
    order = Order(currency="EUR", tax_included=True)
    item = OrderItem(total_price=price, discount_amount=Decimal(0), tax_amount=Decimal(0), quantity=sum(portions))
    kept: list[tuple[int, Decimal]] = []

    def give_back(pieces: int) -> None:
        already = sum(each for each, _ in kept)
        money = sum((amount for _, amount in kept), Decimal(0))
        amount = pieces_price(item, order, pieces, already=already, given=money)
        assert 0 <= amount <= price - money
        kept.append((pieces, amount))

    for pieces in portions:
        give_back(pieces)
    failed, _ = kept.pop(data.draw(st.integers(0, len(portions) - 1), label="the one that fails"))
    while failed:
        pieces = data.draw(st.integers(1, failed), label="pieces of the new try")
        give_back(pieces)
        failed -= pieces
    assert sum(amount for _, amount in kept) == price


def test_the_last_pieces_after_a_failed_refund_are_worth_what_is_left() -> None:
    order = Order(currency="EUR", tax_included=True)
    item = OrderItem(pk=UUID(int=1), total_price=Decimal("10.00"), discount_amount=0, tax_amount=0, quantity=3)
    first, second = (
        PaymentRefund(
            lines=[{"item": str(item.pk), "quantity": 1, "unsent": 1, "amount": amount}], shipping_amount=0, state=state
        )
        for amount, state in (("3.33", "failed"), ("3.34", "succeeded"))
    )
    third = worth(order, [item], [first, second], {item.pk: 2}, shipping=False)
    assert third.total == Decimal("6.66")
