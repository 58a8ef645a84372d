"""Closing a return once its money is gone, and opening it again when money came back."""

from tenant_shop.integrations.record import record_event
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refundable import is_all_given_back
from tenant_shop.returns.left import left_to_refund
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import move_locked
from tenant_shop.returns.refunds import refunds_of, return_of

Status = Return.Status
State = PaymentRefund.State


def close_return(refund: PaymentRefund, *, actor: str) -> None:
    """The return that `refund` belongs to, if it has arrived, is refunded with the last of its money: none of it is on
    its way, and none is missing because a part of it failed; or the shop has nothing of the order's money any more.

    Runs in the transaction that enters the refund, under the order's lock. No statement for other refunds.
    """
    asked = _locked(refund, Status.RECEIVED)
    if asked is None or refunds_of(asked).filter(state=State.PENDING).exists():
        return
    if left_to_refund(asked).is_nothing or is_all_given_back(asked.order):
        move_locked(asked, Status.REFUNDED, actor=actor)


def reopen_return(refund: PaymentRefund, *, actor: str) -> None:
    """The return that `refund` belongs to is not refunded any more: its money came back, and can be given back again.

    Runs in the transaction that enters that, under the order's lock. The customer is told when it is done.
    """
    asked = _locked(refund, Status.REFUNDED)
    if asked is None:
        return
    asked.status = Status.RECEIVED
    asked.save(update_fields=["status"])
    record_event(
        "return.refund_failed",
        {"id": str(asked.pk), "order_id": str(asked.order_id), "from": Status.REFUNDED.value, "by": actor},
    )


def _locked(refund: PaymentRefund, status: Return.Status) -> Return | None:
    return_id = return_of(refund)
    if return_id is None:
        return None
    return Return.objects.select_for_update(no_key=True).filter(pk=return_id, status=status).first()
