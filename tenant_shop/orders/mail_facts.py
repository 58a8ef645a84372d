"""What mails about an order tell of it."""

from typing import Any

from smartseller.formats import amount
from tenant_shop.mails.letterhead import Letterhead
from tenant_shop.orders.models import Order


def order_url(order: Order, head: Letterhead) -> str:
    """The order's own page: whoever has the address sees it."""
    return head.url(f"/orders/{order.public_token}/")


def lines_of(order: Order) -> list[dict[str, Any]]:
    """As `emails/_lines.html` wants them. One SELECT unless the items were read before."""
    return [
        {
            "quantity": item.quantity,
            "name": item.product_name,
            "options": " / ".join(str(value) for value in item.variant_info.values()),
            "total": amount(item.total_price, order.currency),
        }
        for item in order.items.all()
    ]
