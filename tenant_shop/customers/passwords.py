"""Passwords of customers: which are good enough, and changing one."""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_core.tenancy.transactions import shop_transaction
from smartseller.formats import number
from tenant_shop.customers.errors import WeakPassword, WrongPassword
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.models import Customer
from tenant_shop.customers.post import write_to
from tenant_shop.customers.sessions import CustomerSession, end_sessions
from tenant_shop.customers.tokens import CustomerToken


def _sentence(problem: ValidationError) -> str:
    """What is wrong, in every language of ours: Django's own catalogues have gaps."""
    params = problem.params or {}
    if problem.code == "password_too_short":
        return _("This password is too short: it needs %(limit)s characters.") % {"limit": number(params["min_length"])}
    return {
        "password_too_common": _("This password is too common."),
        "password_entirely_numeric": _("This password has only digits."),
        "password_too_similar": _("This password is too much like your name or your address."),
    }.get(problem.code or "", " ".join(problem.messages))


def check_strength(password: str, *, email: str, first_name: str = "", last_name: str = "") -> None:
    """Refuse a password that is not good enough. Errors: WeakPassword, in the reader's language."""
    owner = Customer(email=email, first_name=first_name, last_name=last_name)
    try:
        validate_password(password, user=owner)  # type: ignore[arg-type]  # it compares the fields of any object
    except ValidationError as error:
        raise WeakPassword([_sentence(problem) for problem in error.error_list]) from error


def hash_new(password: str, *, email: str, first_name: str = "", last_name: str = "") -> str:
    """The hash of a password that is good enough. Errors: WeakPassword."""
    check_strength(password, email=email, first_name=first_name, last_name=last_name)
    return make_password(password)


def check_own(customer: Customer, password: str) -> None:
    """Make sure that who is logged in knows the password. Errors: WrongPassword."""
    if not check_password(password, customer.password_hash):
        raise WrongPassword


def change_password(customer: Customer, *, old: str, new: str, session: CustomerSession) -> None:
    """Give the customer a new password and end every other session; `customer` is changed along.

    After commit: the customer is told by mail.
    Errors: WrongPassword, WeakPassword; nothing changes then.
    """
    check_own(customer, old)
    put_password(customer, hash_new(new, email=customer.email), but=session)


def put_password(customer: Customer, password_hash: str, *, but: CustomerSession | None = None) -> None:
    """Write a new password, open the lock, and log the customer out everywhere `but` in one session.

    What was asked for under the old password ends with it: of the links in mails only those that undo a change of
    address stay good.
    """
    customer.password_hash, customer.password_changed_at = password_hash, timezone.now()
    customer.failed_login_attempts, customer.locked_until = 0, None
    with shop_transaction():
        customer.save(update_fields=["password_hash", "password_changed_at", "failed_login_attempts", "locked_until"])
        CustomerToken.objects.filter(customer=customer).exclude(purpose=CustomerToken.Purpose.UNDO_EMAIL).delete()
        end_sessions(customer.pk, but=but.pk if but else None)
        write_to(customer.email, Kind.PASSWORD_CHANGED, customer=customer)
