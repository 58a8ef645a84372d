"""Proving that an account's address is its owner's."""

from django.db import transaction

from platform_core.accounts.mailbox.errors import LinkOver
from platform_core.accounts.mailbox.links import issue, spend
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.post import send_link
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of

VERIFY = UserLink.Purpose.VERIFY


def ask_to_verify(user: PlatformUser) -> None:
    """Send a link to the user's address, unless it is proven; the links before it end."""
    if user.email_verified:
        return
    with transaction.atomic():
        UserLink.objects.filter(user=user, purpose=VERIFY).delete()
        send_link(issue(VERIFY, user, email=user.email))


def verify_email(text: str, *, origin: Origin) -> PlatformUser:
    """The address is proven. Errors: LinkOver, also when the account has another address by now."""
    with transaction.atomic():
        link = spend(text, VERIFY)
        if not PlatformUser.objects.filter(pk=link.user_id, email=link.email).update(email_verified=True):
            raise LinkOver
        told = Origin(user_id=link.user_id, ip_address=origin.ip_address, user_agent=origin.user_agent)
        record_of(told, "verify_email", resource_type="user", resource_id=link.user_id)
    return link.user
