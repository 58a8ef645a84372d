"""What parts of a line are worth."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.payments.refund_amounts import pieces_price


@given(
    price=st.decimals("0", "99999", places=2),
    portions=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_portions_of_a_line_add_up_and_none_is_below_zero(price: Decimal, portions: list[int], currency: str) -> None:
    price = price.quantize(Decimal(1)) if currency == "JPY" else price
    order = Order(currency=currency, tax_included=True)
    item = OrderItem(total_price=price, discount_amount=Decimal(0), tax_amount=Decimal(0), quantity=sum(portions))
    amounts = [
        pieces_price(item, order, pieces, already=sum(portions[:number])) for number, pieces in enumerate(portions)
    ]
    assert sum(amounts) == price
    assert min(amounts) >= 0
