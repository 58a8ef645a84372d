"""What nobody can be told by any more: the parts of an account's end that an erasure and a merge have in common."""

from typing import Any
from uuid import UUID

from tenant_shop.carts.models import SavedItem
from tenant_shop.catalog.search.models import SearchCount
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.find import ERASED_AT
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.customers.notes import CustomerNote
from tenant_shop.customers.register import unusable_password
from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.customers.tokens import CustomerToken
from tenant_shop.customers.wishlist import WishlistItem
from tenant_shop.integrations.idempotency.keep import forget_whom_it_names
from tenant_shop.restock.models import StockAlert

# Tables whose rows are the customer's alone.
OWN_ROWS = (
    CustomerAddress,
    CustomerConsent,
    CustomerNote,
    CustomerSession,
    CustomerToken,
    SavedItem,
    WishlistItem,
)


def nobodys_email(customer_id: UUID) -> str:
    """One for each erased customer."""
    return f"erased-{customer_id.hex}{ERASED_AT}"


def scrub_account(customer_id: UUID, *, metadata: dict[str, Any] | None = None) -> None:
    """Delete what is the customer's alone, and take out of the account what says who they were: nobody logs in with it.

    In the transaction of who ends the account, which has locked it; `metadata` is all that is kept there.
    """
    for model in OWN_ROWS:
        model.objects.filter(customer=customer_id).delete()
    Customer.objects.filter(pk=customer_id).update(
        email=nobodys_email(customer_id),
        password_hash=unusable_password(),
        first_name=None,
        last_name=None,
        phone=None,
        date_of_birth=None,
        status=Customer.Status.INACTIVE,
        email_verified=False,
        phone_verified=False,
        marketing_consent=False,
        failed_login_attempts=0,
        locked_until=None,
        last_login_at=None,
        loyalty_tier=Customer.LoyaltyTier.BRONZE,
        group=None,
        metadata=metadata or {},
        tags=None,
    )


def forget_mailbox(email: str) -> None:
    """Delete what only the mailbox leads to: alerts, links that wait, searches for it, answers to programs.

    `email` is in lower case.
    """
    StockAlert.objects.filter(email=email).delete()
    CustomerToken.objects.filter(email=email).delete()
    SearchCount.objects.filter(text__icontains=email).delete()
    forget_whom_it_names([email])
