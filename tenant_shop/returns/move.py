"""What the merchant decides about a return."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.record import record_event
from tenant_shop.returns.errors import ReturnNotMovable
from tenant_shop.returns.models import Return

Status = Return.Status
NEXT: dict[str, frozenset[str]] = {
    Status.REQUESTED: frozenset({Status.APPROVED, Status.DECLINED}),
    Status.APPROVED: frozenset({Status.RECEIVED, Status.DECLINED}),
    Status.RECEIVED: frozenset({Status.REFUNDED, Status.DECLINED}),
    Status.REFUNDED: frozenset(),
    Status.DECLINED: frozenset(),
}


def move_return(return_id: UUID, to: Return.Status, *, actor: str) -> Return:
    """Approve, receive, decline or close a return. Stock and money are moved by verbs of their own.

    `actor` is a user's id. Errors: ReturnNotMovable; nothing changes then.
    """
    with shop_transaction():
        asked = Return.objects.select_for_update(no_key=True).get(pk=return_id)
        if to not in NEXT[asked.status]:
            raise ReturnNotMovable(asked.status, to)
        before, asked.status = asked.status, to
        asked.save(update_fields=["status"])
        record_event(
            f"return.{to.value}", {"id": str(asked.pk), "order_id": str(asked.order_id), "from": before, "by": actor}
        )
    return asked
