"""The road of a return."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.errors import ReturnNotMovable
from tenant_shop.returns.mail import request_return_mail
from tenant_shop.returns.models import Return
from tenant_shop.returns.refunds import refunds_of

Status = Return.Status
LONGEST_ANSWER = 2000
NEXT: dict[str, frozenset[str]] = {
    Status.REQUESTED: frozenset({Status.APPROVED, Status.DECLINED}),
    Status.APPROVED: frozenset({Status.RECEIVED, Status.DECLINED}),
    Status.RECEIVED: frozenset({Status.REFUNDED, Status.DECLINED}),
    Status.REFUNDED: frozenset(),
    Status.DECLINED: frozenset(),
}


def approve_return(return_id: UUID, *, actor: str, answer: str = "") -> Return:
    """Ask the customer to send the goods; `answer` is what they are told besides. `actor` is a user's id.

    After commit: the customer is mailed. Errors: Return.DoesNotExist; ReturnNotMovable; nothing changes then.
    """
    with shop_transaction():
        _, asked = lock_return(return_id)
        return move_locked(asked, Status.APPROVED, actor=actor, answer=answer)


def decline_return(return_id: UUID, *, actor: str, answer: str = "") -> Return:
    """Refuse a return; `answer` tells the customer why. `actor` is a user's id.

    After commit: the customer is mailed. Errors: Return.DoesNotExist; ReturnNotMovable, also while its money is on the
    way back; nothing changes then.
    """
    with shop_transaction():
        _, asked = lock_return(return_id)
        if refunds_of(asked).exclude(state=PaymentRefund.State.FAILED).exists():
            raise ReturnNotMovable(asked.status, Status.DECLINED)
        return move_locked(asked, Status.DECLINED, actor=actor, answer=answer)


def lock_return(return_id: UUID) -> tuple[Order, Return]:
    """A return and its order, locked until the transaction ends, the order first. Errors: Return.DoesNotExist."""
    order_id = Return.objects.values_list("order_id", flat=True).get(pk=return_id)
    order = lock_order(order_id)
    return order, Return.objects.select_for_update(no_key=True).get(pk=return_id)


def move_locked(asked: Return, to: Return.Status, *, actor: str, answer: str = "", is_told: bool = True) -> Return:
    """Move a return that the caller's transaction has locked. Stock and money are moved by the caller.

    `actor` is a user's id; unless `is_told` the customer hears nothing of this step. Errors: ReturnNotMovable.
    """
    if to not in NEXT[asked.status]:
        raise ReturnNotMovable(asked.status, to)
    before, asked.status = asked.status, to
    said = answer.strip()[:LONGEST_ANSWER]
    asked.answer = said or asked.answer
    asked.save(update_fields=["status", "answer"])
    record_event(
        f"return.{to.value}", {"id": str(asked.pk), "order_id": str(asked.order_id), "from": before, "by": actor}
    )
    if is_told:
        request_return_mail(asked, answer=said)
    return asked
