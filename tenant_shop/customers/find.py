"""Finding customers by their address."""

from django.db.models import QuerySet
from django.db.models.functions import Lower

from tenant_shop.customers.models import Customer

# Where those live who were erased: no mail reaches it (RFC 2606).
ERASED_AT = "@erased.invalid"


def normal_email(email: str) -> str:
    """The one spelling under which an address is kept and looked up: lower case, nothing around it."""
    return email.strip().lower()


def is_erased(email: str) -> bool:
    """Whether who had an address has had themselves erased; this one stands in its place."""
    return email.endswith(ERASED_AT)


def not_erased() -> QuerySet[Customer]:
    """All who have an account, whatever its status; not what is left of those who were erased or merged away."""
    return Customer.objects.exclude(email__endswith=ERASED_AT)


def by_email(email: str) -> QuerySet[Customer]:
    """The customer with this address, however either is capitalised."""
    return Customer.objects.alias(address=Lower("email")).filter(address=normal_email(email))


def customer_by_email(email: str) -> Customer | None:
    """One statement."""
    return by_email(email).first()
