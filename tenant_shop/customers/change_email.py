"""Moving an account to another mailbox: the new one confirms, the old one is told and can undo it."""

from django.db import IntegrityError
from django.db.models import Q

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.claim import claim_orders
from tenant_shop.customers.errors import AddressTaken
from tenant_shop.customers.find import normal_email
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer
from tenant_shop.customers.passwords import check_own, put_password
from tenant_shop.customers.post import write_to
from tenant_shop.customers.register import unusable_password
from tenant_shop.customers.tokens import CustomerToken, issue, link_text, spend_for_customer

CONFIRM = CustomerToken.Purpose.CONFIRM_EMAIL
UNDO = CustomerToken.Purpose.UNDO_EMAIL
RESET = CustomerToken.Purpose.RESET
ERASE = CustomerToken.Purpose.ERASE


def ask_to_change_email(customer: Customer, new_email: str, *, password: str) -> None:
    """Send a link to the new address, and word to the old one with a link that stops or undoes the change.

    Nothing changes before the link is followed. An address that another account has looks the same here.
    Errors: WrongPassword.
    """
    check_own(customer, password)
    email, before = normal_email(new_email), normal_email(customer.email)
    with shop_transaction():
        CustomerToken.objects.filter(customer=customer, purpose=CONFIRM).delete()
        confirm = issue(CONFIRM, email=email, customer=customer)
        undo = issue(UNDO, email=before, customer=customer, payload={"new": email})
        write_to(email, Kind.CONFIRM_EMAIL, customer=customer, token=confirm)
        write_to(before, Kind.EMAIL_CHANGES, customer=customer, token=undo)


def confirm_email(link: str) -> Customer:
    """The account moves to the mailbox that the link was sent to. Errors: LinkSpent, AddressTaken."""
    try:
        with shop_transaction():
            _, customer = _move(link, CONFIRM)
            claim_orders(customer)
    except IntegrityError as error:
        raise AddressTaken from error
    return customer


def undo_email(link: str) -> str:
    """The account goes back to the mailbox that the link was sent to, if it has left it, and a change under way is
    stopped. Whoever asked for it knew the password: it is worth nothing from now on, and every session is over. What
    is returned is a link that sets a new one. Links that undo earlier changes stay good: who holds one had the account
    before.

    Errors: LinkSpent, AddressTaken.
    """
    try:
        with shop_transaction():
            token, customer = _move(link, UNDO)
            earlier = Q(purpose=UNDO, created_at__lt=token.created_at)
            CustomerToken.objects.filter(~earlier, customer=customer).delete()
            put_password(customer, unusable_password())
            return link_text(issue(RESET, email=normal_email(customer.email), customer=customer))
    except IntegrityError as error:
        raise AddressTaken from error


def _move(link: str, purpose: CustomerToken.Purpose) -> tuple[CustomerToken, Customer]:
    token, customer = spend_for_customer(link, purpose)
    customer.email, customer.email_verified = token.email, True
    customer.save(update_fields=["email", "email_verified"])
    # Links to choose a password or to erase went to the mailbox that was left.
    CustomerToken.objects.filter(customer=customer, purpose__in=[RESET, ERASE]).delete()
    return token, customer
