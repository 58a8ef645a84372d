"""Moving accounts whose old mailbox stays silent: it may be lost."""

from datetime import datetime
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.change_email import WAITING, move, undo_of
from tenant_shop.customers.errors import AddressTaken, LinkSpent
from tenant_shop.customers.find import normal_email
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.post import write_to
from tenant_shop.customers.tokens import SILENT_FOR, CustomerToken, lock_customer_of


def move_silent_accounts(now: datetime) -> int:
    """Move every account whose new mailbox confirmed `SILENT_FOR` ago and whose old one has not objected since; how
    many.

    Each in a transaction of its own. The old mailbox is told, with the link that undoes it. A change to an address
    that another account has taken meanwhile ends; one of an account that is closed waits until it expires.
    """
    due = CustomerToken.objects.filter(purpose=WAITING, created_at__lte=now - SILENT_FOR, expires_at__gt=now)
    return sum(_move(change_id) for change_id in list(due.order_by("created_at").values_list("pk", flat=True)))


def _move(change_id: UUID) -> bool:
    try:
        with shop_transaction():
            change = CustomerToken.objects.filter(pk=change_id).first()
            if change is None:  # agreed to or undone in between
                return False
            customer = lock_customer_of(change)
            if not CustomerToken.objects.filter(pk=change_id).exists():
                return False
            before = normal_email(customer.email)
            undo = undo_of(change, customer)
            move(change, customer)
            write_to(before, Kind.EMAIL_CHANGED, customer=customer, token=undo)
    except AddressTaken:
        CustomerToken.objects.filter(pk=change_id).delete()
        return False
    except LinkSpent:  # the account is closed
        return False
    return True
