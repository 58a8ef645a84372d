"""Links that prove a mailbox: signed for one shop and one purpose, good once, for a while."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.postgres.functions import RandomUUID
from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from smartseller.database import CurrentTimestamp
from tenant_shop.customers.errors import LinkSpent
from tenant_shop.customers.models import Customer

SALT = "smartseller.customers.link"
# How long the old mailbox can object to a change of address that the new one has confirmed.
SILENT_FOR = timedelta(days=7)


class CustomerToken(models.Model):
    """What a link in a mail is good for. It is deleted when it is spent.

    Somebody who registers has no account yet: `payload` keeps what they typed, the password hashed, until they have
    proven that the mailbox is theirs. No link is made of `move_email`: it is a change of address that waits.
    """

    class Purpose(models.TextChoices):
        REGISTER = "register"
        RESET = "reset"
        CONFIRM_EMAIL = "confirm_email"
        MOVE_EMAIL = "move_email"
        UNDO_EMAIL = "undo_email"
        ERASE = "erase"
        JOIN_COMPANY = "join_company"

    GOOD_FOR: ClassVar[dict[str, timedelta]] = {
        Purpose.REGISTER: timedelta(days=2),
        Purpose.RESET: timedelta(hours=1),
        Purpose.CONFIRM_EMAIL: timedelta(days=1),
        Purpose.MOVE_EMAIL: timedelta(days=14),
        Purpose.UNDO_EMAIL: timedelta(days=14),
        Purpose.ERASE: timedelta(days=1),
        Purpose.JOIN_COMPANY: timedelta(days=14),
    }

    id = models.UUIDField(primary_key=True, default=uuid4, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    purpose = models.CharField(max_length=20, choices=Purpose)
    email = models.CharField(max_length=255, help_text="The mailbox that it was sent to, in lower case.")
    payload = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "customer_tokens"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    purpose__in=[
                        "register",
                        "reset",
                        "confirm_email",
                        "move_email",
                        "undo_email",
                        "erase",
                        "join_company",
                    ]
                ),
                name="customer_tokens_purpose_check",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="customer_tokens_email_lower"),
        ]
        indexes = [
            models.Index(fields=["customer"], name="idx_customer_tokens_customer"),
            models.Index(fields=["expires_at"], name="idx_customer_tokens_expires_at"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.email}"


def issue(
    purpose: CustomerToken.Purpose,
    *,
    email: str,
    customer: Customer | None = None,
    payload: dict[str, Any] | None = None,
    token_id: UUID | None = None,
) -> CustomerToken:
    """Make what a link is good for. With the same `token_id` again it is the same link, good for as long from now.

    `email` is in lower case. One statement; with `token_id` two, in a savepoint.
    """
    values = {
        "purpose": purpose,
        "email": email,
        "customer": customer,
        "payload": payload or {},
        "expires_at": timezone.now() + CustomerToken.GOOD_FOR[purpose],
    }
    if token_id is None:
        return CustomerToken.objects.create(**values)
    return CustomerToken.objects.update_or_create(pk=token_id, defaults=values)[0]


def link_text(token: CustomerToken) -> str:
    """What the link carries: it works in this shop and for this purpose only."""
    return _signer(token.purpose).sign(token.pk.hex)


def look_at(text: str, purpose: CustomerToken.Purpose) -> CustomerToken:
    """What a link is good for, without spending it. One statement. Errors: LinkSpent."""
    return _found(text, purpose, CustomerToken.objects.select_related("customer"))


def spend(text: str, purpose: CustomerToken.Purpose) -> CustomerToken:
    """Use a link up that is about no customer yet, in the caller's transaction: of two at the same time one succeeds.

    Errors: LinkSpent.
    """
    token = _found(text, purpose, CustomerToken.objects.all())
    _use_up(token)
    return token


def spend_for_customer(text: str, purpose: CustomerToken.Purpose) -> tuple[CustomerToken, Customer]:
    """Use a link up, in the caller's transaction, and lock the active customer that it is about until that ends.

    The customer is locked before the link, as by everybody who then deletes or changes the customer's other links: two
    who follow two links of one customer do not wait for each other in a circle. What the link is good for is read
    again under that lock: the other mailbox may have agreed to it meanwhile. Errors: LinkSpent.
    """
    customer = lock_customer_of(_found(text, purpose, CustomerToken.objects.all()))
    token = _found(text, purpose, CustomerToken.objects.all())
    _use_up(token)
    return token, customer


def lock_customer_of(token: CustomerToken) -> Customer:
    """Lock the active customer whom `token` is about, in the caller's transaction. Errors: LinkSpent without one."""
    active = Customer.objects.select_for_update(no_key=True).filter(status=Customer.Status.ACTIVE)
    customer = None if token.customer_id is None else active.filter(pk=token.customer_id).first()
    if customer is None:
        raise LinkSpent
    return customer


def _use_up(token: CustomerToken) -> None:
    """It was looked at without a lock, so that it may have been spent since."""
    if not CustomerToken.objects.filter(pk=token.pk).delete()[0]:
        raise LinkSpent


def forget_expired(now: datetime) -> int:
    """Delete what nobody used in time, what those typed who never confirmed with it; how many there were."""
    return CustomerToken.objects.filter(expires_at__lte=now).delete()[0]


def _found(text: str, purpose: CustomerToken.Purpose, tokens: "models.QuerySet[CustomerToken]") -> CustomerToken:
    try:
        token_id = UUID(_signer(purpose).unsign(text))
    except (signing.BadSignature, ValueError) as error:
        raise LinkSpent from error
    token = tokens.filter(pk=token_id, purpose=purpose, expires_at__gt=timezone.now()).first()
    if token is None:
        raise LinkSpent
    return token


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"{SALT}.{purpose}.{current_tenant().id.hex}")
