"""Taking in what a customer sent back."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.inventory.take_back import take_back
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.move import lock_return, move_locked


def receive_return(return_id: UUID, *, restock: bool, actor: str, answer: str = "") -> Return:
    """Note that the goods of a return have arrived; with `restock` they go back on sale.

    `answer` is what the customer is told besides, `actor` a user's id. After commit: the customer is mailed.
    Errors: Return.DoesNotExist; ReturnNotMovable; nothing changes then.
    """
    with shop_transaction():
        order, asked = lock_return(return_id)
        move_locked(asked, Return.Status.RECEIVED, actor=actor, answer=answer)
        if restock:
            take_back(order.pk, _pieces(asked), actor=actor)
    return asked


def _pieces(asked: Return) -> dict[UUID, int]:
    """By variant. Lines whose variant is not known (imported history) took no stock."""
    pieces: dict[UUID, int] = {}
    lines = ReturnLine.objects.filter(parent=asked).exclude(order_item__variant=None)
    for variant_id, quantity in lines.values_list("order_item__variant_id", "quantity"):
        pieces[variant_id] = pieces.get(variant_id, 0) + quantity
    return pieces
