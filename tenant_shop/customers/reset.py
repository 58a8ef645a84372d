"""Choosing a new password without the old one: the mailbox is the proof."""

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.claim import claim_orders
from tenant_shop.customers.errors import LinkSpent
from tenant_shop.customers.find import normal_email
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer
from tenant_shop.customers.passwords import hash_new, put_password
from tenant_shop.customers.post import write_to
from tenant_shop.customers.tokens import CustomerToken, look_at, spend_for_customer

RESET = CustomerToken.Purpose.RESET


def ask_for_reset(email: str, *, language: str) -> None:
    """Have a link sent to the address if it is a customer's: whether it is, only the worker that writes the mail looks.

    One statement, whatever the address.
    """
    write_to(normal_email(email), Kind.RESET, language=language)


def reset_password(link: str, password: str) -> Customer:
    """Give the account a new password: its address is confirmed by that, its lock open, every session over.

    After commit: the customer is told by mail.
    Errors: LinkSpent; WeakPassword, and the link stays good.
    """
    waiting = look_at(link, RESET)
    password_hash = hash_new(password, email=waiting.email)
    with shop_transaction():
        token, customer = spend_for_customer(link, RESET)
        # Whoever has moved to another mailbox is not let in by the old one.
        if normal_email(customer.email) != token.email:
            raise LinkSpent
        if not customer.email_verified:
            customer.email_verified = True
            customer.save(update_fields=["email_verified"])
        put_password(customer, password_hash)
        claim_orders(customer)
    return customer
