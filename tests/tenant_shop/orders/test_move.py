"""One machine for the status of orders: what may follow what, and nobody goes around it."""

import ast
from itertools import product
from pathlib import Path

import pytest

import tenant_shop
from tenant_shop.orders.errors import OrderNotMovable
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order

ROOT = Path(tenant_shop.__file__).parent
MOVES = {
    ("pending", "confirmed"), ("pending", "cancelled"),
    ("confirmed", "pending"), ("confirmed", "processing"), ("confirmed", "shipped"), ("confirmed", "cancelled"),
    ("processing", "pending"), ("processing", "shipped"), ("processing", "cancelled"),
    ("shipped", "delivered"),
}  # fmt: skip
# Gives back what a cancelled order gives back, and deletes it in the same transaction: it never gets the status.
GOES_AROUND = {"orders/delete_test_orders.py"}


@pytest.mark.parametrize(("before", "to"), list(product(Order.Status.values, repeat=2)))
def test_a_status_follows_another_only_as_written_down(before, to):
    order = Order(order_number="ORD-1", status=before)
    if before == to or (before, to) in MOVES:
        assert move_order(order, Order.Status(to)) == before
        assert order.status == to
    else:
        with pytest.raises(OrderNotMovable, match=rf"^Order ORD-1 is {before}, and cannot become {to}\.$"):
            move_order(order, Order.Status(to))
        assert order.status == before


def test_nobody_else_gives_an_order_a_status():
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and "Order.Status." in ast.unparse(node.value)
        and any(isinstance(each, ast.Attribute) and each.attr == "status" for each in ast.walk(node.targets[0]))
    }
    assert found == GOES_AROUND
