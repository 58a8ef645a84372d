"""Logging in: one answer for every wrong attempt, and a lock after too many."""

from django.contrib.auth.hashers import check_password, make_password
from django.db.models.functions import Now

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.transactions import shop_transaction
from smartseller.lockout import admit
from tenant_shop.customers.claim import claim_orders
from tenant_shop.customers.errors import LogInRefused
from tenant_shop.customers.find import by_email, customer_by_email
from tenant_shop.customers.models import Customer


def log_in(email: str, password: str) -> Customer:
    """The customer with this address and password, who has confirmed the address. Orders placed with it without an
    account are theirs from now on.

    Every refused attempt costs one password hash and the same statements, whether the address is known or not. An
    attempt is counted before the password is looked at, so that attempts at the same time cannot outnumber the limit.
    An attempt on a locked account is refused even with the right password, and does not lengthen the lock; a new
    password, by mail, opens it at any time.
    Errors: LogInRefused, always with the same words.
    """
    admitted = _admit(email)
    customer = customer_by_email(email)
    if customer is None:
        make_password(password)
        raise LogInRefused
    if not check_password(password, customer.password_hash) or not admitted:
        raise LogInRefused
    Customer.objects.filter(pk=customer.pk).update(failed_login_attempts=0, locked_until=None, last_login_at=Now())
    claim_orders(customer)
    return customer


def _admit(email: str) -> bool:
    """Count an attempt; whether it may go on to the password."""
    with shop_transaction():
        with shop_connection().cursor() as cursor:
            # Waiting for the disk would tell by time which addresses are known; a crash may forget a count.
            cursor.execute("SET LOCAL synchronous_commit TO off")
        return admit(by_email(email).filter(status=Customer.Status.ACTIVE, email_verified=True))
