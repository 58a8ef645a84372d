"""What is said of an order when it is placed: to integrators, to its customer, to the shop's people."""

from collections.abc import Sequence

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.integrations.record import record_events
from tenant_shop.mails.promise import send_soon
from tenant_shop.orders import confirmation, notice
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.snapshot import items_snapshot, order_snapshot


def announce_order(order: Order, items: Sequence[OrderItem], settings: ShopSettings) -> None:
    """Promise the event, the confirmation, and a notice to everybody whom the settings name, in the order's
    transaction; the mails go out once it is committed. One statement.

    The order may have no number yet: whoever tells of it reads the order then, and its number with it.
    """
    mail = {"order_id": str(order.pk)}
    snapshot = {name: value for name, value in order_snapshot(order).items() if name != "number"}
    _, confirming, *notices = record_events(
        [
            ("order.created", {**snapshot, "items": items_snapshot(items)}),
            (confirmation.TOPIC, mail),
            *((notice.TOPIC, {**mail, "to": address}) for address in settings.order_notices),
        ]
    )
    send_soon(confirming, confirmation.send_confirmation_task)
    for event in notices:
        send_soon(event, notice.send_notice_task)
