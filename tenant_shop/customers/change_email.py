"""Moving an account to another mailbox: the new one confirms and the old one agrees, in whichever order.

Whoever has lost the old mailbox waits: `move_email.py` moves the account once the old one has been silent for a while.
"""

from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.claim import claim_orders
from tenant_shop.customers.errors import AddressTaken, LinkSpent
from tenant_shop.customers.find import customer_by_email, normal_email
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer
from tenant_shop.customers.passwords import check_own, put_password
from tenant_shop.customers.post import write_to
from tenant_shop.customers.register import unusable_password
from tenant_shop.customers.tokens import (
    CustomerToken,
    issue,
    link_text,
    lock_customer_of,
    look_at,
    spend_for_customer,
)

CONFIRM = CustomerToken.Purpose.CONFIRM_EMAIL
WAITING = CustomerToken.Purpose.MOVE_EMAIL
UNDO = CustomerToken.Purpose.UNDO_EMAIL
RESET = CustomerToken.Purpose.RESET
ERASE = CustomerToken.Purpose.ERASE


def ask_to_change_email(customer: Customer, new_email: str, *, password: str) -> None:
    """Send a link to the new address, and one to the old one that agrees to the change, stops or undoes it.

    Nothing changes before both are followed. What was asked for before ends. An address that another account has
    looks the same here.
    Errors: WrongPassword.
    """
    check_own(customer, password)
    email, before = normal_email(new_email), normal_email(customer.email)
    with shop_transaction():
        CustomerToken.objects.filter(customer=customer, purpose__in=[CONFIRM, WAITING]).delete()
        undo = issue(UNDO, email=before, customer=customer, payload={"new": email})
        confirm = issue(CONFIRM, email=email, customer=customer, payload={"undo": str(undo.pk)})
        write_to(email, Kind.CONFIRM_EMAIL, customer=customer, token=confirm)
        write_to(before, Kind.EMAIL_CHANGES, customer=customer, token=undo)


def confirm_email(link: str) -> Customer | None:
    """The mailbox that the link was sent to is proven. The account moves there if the old one has agreed; else None is
    returned, and the old one is written to once more.

    Errors: LinkSpent, AddressTaken.
    """
    with shop_transaction():
        token, customer = spend_for_customer(link, CONFIRM)
        _check_free(token, customer)
        if token.payload.get("agreed"):
            return move(token, customer)
        issue(WAITING, email=token.email, customer=customer, payload=token.payload)
        write_to(customer.email, Kind.EMAIL_WAITS, customer=customer, token=undo_of(token, customer))
        return None


def agree_to_change(link: str) -> Customer | None:
    """The mailbox that the account has agrees, by the link that could undo the change. The account moves if the new
    one has confirmed already; else None is returned. The link goes on to be good for undoing.

    Errors: LinkSpent when the change was agreed to, is over or was replaced by another; AddressTaken.
    """
    with shop_transaction():
        undo = look_at(link, UNDO)
        customer = lock_customer_of(undo)
        change = change_of(undo)
        if change is None or change.payload.get("agreed") or normal_email(customer.email) != undo.email:
            raise LinkSpent
        if change.purpose == WAITING:
            return move(change, customer)
        change.payload["agreed"] = True
        change.save(update_fields=["payload"])
        return None


def undo_email(link: str) -> str:
    """The account goes back to the mailbox that the link was sent to, if it has left it, and a change under way is
    stopped. Whoever asked for it knew the password: it is worth nothing from now on, and every session is over. What
    is returned is a link that sets a new one. Links that undo earlier changes stay good: who holds one had the account
    before.

    Errors: LinkSpent, AddressTaken.
    """
    try:
        with shop_transaction():
            token, customer = spend_for_customer(link, UNDO)
            _put_email(token, customer)
            earlier = Q(purpose=UNDO, created_at__lt=token.created_at)
            CustomerToken.objects.filter(~earlier, customer=customer).delete()
            put_password(customer, unusable_password())
            return link_text(issue(RESET, email=normal_email(customer.email), customer=customer))
    except IntegrityError as error:
        raise AddressTaken from error


def change_of(undo: CustomerToken) -> CustomerToken | None:
    """The change that `undo` would stop, as long as it is under way. One statement."""
    changes = CustomerToken.objects.filter(customer=undo.customer_id, purpose__in=[CONFIRM, WAITING])
    return changes.filter(payload__undo=str(undo.pk), expires_at__gt=timezone.now()).first()


def undo_of(change: CustomerToken, customer: Customer) -> CustomerToken:
    """What stops or undoes `change`: made anew if it was asked for when changes did not name theirs."""
    undos = CustomerToken.objects.filter(customer=customer, purpose=UNDO)
    named = change.payload.get("undo")
    undo = undos.filter(pk=UUID(named)).first() if named else None
    return undo or issue(UNDO, email=normal_email(customer.email), customer=customer, payload={"new": change.email})


def move(change: CustomerToken, customer: Customer) -> Customer:
    """Carry a change out, in the caller's transaction, which has locked the customer. It can be undone for as long
    from now as from when it was asked for. Errors: AddressTaken, and the transaction is broken.
    """
    if undo := change.payload.get("undo"):
        expires_at = timezone.now() + CustomerToken.GOOD_FOR[UNDO]
        CustomerToken.objects.filter(pk=UUID(undo)).update(expires_at=expires_at)
    try:
        _put_email(change, customer)
    except IntegrityError as error:
        raise AddressTaken from error
    claim_orders(customer)
    return customer


def _put_email(token: CustomerToken, customer: Customer) -> None:
    customer.email, customer.email_verified = token.email, True
    customer.save(update_fields=["email", "email_verified"])
    # Links to choose a password or to erase went to the mailbox that was left; a change was from that one.
    ended = [RESET, ERASE, CONFIRM, WAITING]
    CustomerToken.objects.filter(customer=customer, purpose__in=ended).delete()


def _check_free(token: CustomerToken, customer: Customer) -> None:
    """Who reads the new mailbox is told at once, so that nobody else ever is. Errors: AddressTaken."""
    other = customer_by_email(token.email)
    if other is not None and other.pk != customer.pk:
        raise AddressTaken
