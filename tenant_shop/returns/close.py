"""Closing a return once its money is gone."""

from django.db.models import Q

from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import move_locked
from tenant_shop.returns.refunds import return_of


def close_return(refund: PaymentRefund, *, actor: str) -> None:
    """The return that `refund` belongs to, if it has arrived, is refunded with the last of its money.

    Runs in the transaction that enters the refund, under the order's lock. No statement for other refunds.
    """
    return_id = return_of(refund)
    if return_id is None:
        return
    asked = Return.objects.select_for_update(no_key=True).filter(pk=return_id, status=Return.Status.RECEIVED).first()
    if asked is None:
        return
    key = refund.key.partition("/")[0]
    same_attempt = PaymentRefund.objects.filter(Q(key=key) | Q(key__startswith=f"{key}/"))
    if all(part.state == PaymentRefund.State.SUCCEEDED for part in same_attempt):
        move_locked(asked, Return.Status.REFUNDED, actor=actor)
