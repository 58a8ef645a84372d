"""Opening a return for a customer who wrote, telephoned or stands at the counter."""

from collections.abc import Mapping
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.lock import lock_order
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import move_locked
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.request import write_return


def open_return(
    order_id: UUID,
    pieces: Mapping[UUID, int],
    *,
    reason: Return.Reason,
    is_here: bool,
    restock: bool = False,
    answer: str = "",
    actor: str,
) -> Return:
    """Take `pieces` (by order line) of an order back, by the rules of a customer's own request.

    It is approved: the customer is asked to send the goods. `is_here`: the goods are here already, and are received at
    once; with `restock` they go back on sale. `answer` is what the customer is told besides, `actor` a user's id.
    After commit: the customer is mailed once, a guest too. Errors, with nothing written: OrderNotFound; NotReturnable;
    NothingToReturn.
    """
    return_days = shop_settings().return_days
    with shop_transaction():
        order = lock_order(order_id)
        asked = write_return(order, pieces, reason=reason, note="", return_days=return_days)
        move_locked(asked, Return.Status.APPROVED, actor=actor, answer=answer, is_told=not is_here)
        if is_here:
            return receive_return(asked.pk, restock=restock, actor=actor, answer=answer)
    return asked
