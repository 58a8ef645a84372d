"""Where a customer is logged in. A browser's session names a row here; without the row it is a stranger's."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from smartseller.database import CurrentTimestamp
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.customers.models import Customer

SALT = "smartseller.customers.session"
LONGEST_DEVICE = 255
# How exactly "last seen" is kept: a visit does not write more often.
SEEN_EVERY = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=60)


class CustomerSession(models.Model):
    """One browser that is logged in. Deleting the row logs it out."""

    id = models.UUIDField(primary_key=True, default=uuid4, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sessions", db_index=False, db_constraint=False)
    device = models.CharField(max_length=LONGEST_DEVICE, blank=True, help_text="What the browser calls itself.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    last_seen_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "customer_sessions"
        ordering = ["-last_seen_at", "id"]
        indexes = [
            models.Index(fields=["customer"], name="idx_customer_sessions_customer"),
            models.Index(fields=["last_seen_at"], name="idx_customer_sessions_seen"),
        ]

    def __str__(self) -> str:
        return self.device


def stamp_of(customer: Customer) -> str:
    """What a browser's session keeps of the password: with another one it is worth nothing, row or not."""
    return salted_hmac(SALT, customer.password_hash, algorithm="sha256").hexdigest()


def open_session(customer: Customer, *, device: str) -> CustomerSession:
    """Note that a browser is logged in. One statement."""
    device = "".join(letter for letter in device if letter.isprintable())
    return CustomerSession.objects.create(customer=customer, device=device[:LONGEST_DEVICE])


def read_session(session_id: UUID, stamp: str) -> CustomerSession | None:
    """The session with its customer, their group and company, and their open cart's id as `open_cart_id`.

    None when it was ended, when the password is another one now, or the account is closed. One statement.
    """
    carts = ShoppingCart.objects.filter(
        customer=OuterRef("customer"), completed_at=None, frozen_at=None, expires_at__gt=timezone.now()
    )
    found = (
        CustomerSession.objects.filter(pk=session_id, customer__status=Customer.Status.ACTIVE)
        .select_related("customer__group", "customer__membership__company__group")
        .annotate(open_cart_id=Subquery(carts.values("pk")[:1]))
        .first()
    )
    if found is None or not constant_time_compare(stamp, stamp_of(found.customer)):
        return None
    return found


def note_seen(session: CustomerSession, now: datetime) -> bool:
    """Write down that the browser came, when that was not done for an hour; whether it was. At most one statement."""
    if now - session.last_seen_at < SEEN_EVERY:
        return False
    CustomerSession.objects.filter(pk=session.pk).update(last_seen_at=now)
    return True


def sessions_of(customer: Customer) -> list[CustomerSession]:
    """The latest first. One statement."""
    return list(CustomerSession.objects.filter(customer=customer))


def end_session(customer_id: UUID, session_id: UUID) -> None:
    """Log one browser of the customer out. Safe to repeat; another customer's is left alone."""
    CustomerSession.objects.filter(pk=session_id, customer=customer_id).delete()


def end_sessions(customer_id: UUID, *, but: UUID | None = None) -> int:
    """Log the customer out everywhere, `but` in one session; in how many browsers that was."""
    theirs = CustomerSession.objects.filter(customer=customer_id)
    return (theirs if but is None else theirs.exclude(pk=but)).delete()[0]


def forget_sessions(now: datetime) -> int:
    """Delete what no browser can come back with; how many there were."""
    return CustomerSession.objects.filter(last_seen_at__lt=now - FORGOTTEN_AFTER).delete()[0]
