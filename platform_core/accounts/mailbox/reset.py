"""Choosing a new password without the old one: the mailbox is the proof."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from platform_core.accounts.mailbox.errors import LinkOver
from platform_core.accounts.mailbox.links import look_at, look_at_locked
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.models import PlatformUser, normal_email
from platform_core.accounts.passwords import check_strength, known_about, put_password
from platform_core.accounts.post import send_reset
from platform_core.audit.origin import Origin

RESET = UserLink.Purpose.RESET


def ask_for_reset(email: str) -> None:
    """Have a link sent to the address if somebody has it. The same statements, whatever the address."""
    with transaction.atomic():
        send_reset(normal_email(email))


def reset_password(text: str, password: str, *, origin: Origin) -> PlatformUser:
    """Give the account a new password: its address is proven by that, its lock open, every session over. A second
    factor stays what it was, and is asked for at the next log-in.

    After commit: the user is told by mail.
    Errors: LinkOver; WeakPassword, and the link stays good.
    """
    user = look_at(text, RESET).user
    check_strength(password, about=known_about(user), has_second_factor=user.two_factor_enabled)
    password_hash = make_password(password)  # slow on purpose: before anything is locked
    with transaction.atomic():
        link = look_at_locked(text, RESET)
        # Whoever has moved to another mailbox is not let in by the old one.
        if link.user.email != link.email:
            raise LinkOver
        PlatformUser.objects.filter(pk=link.user_id).update(email_verified=True)
        told = Origin(user_id=link.user_id, ip_address=origin.ip_address, user_agent=origin.user_agent)
        put_password(link.user, password_hash, action="reset_password", origin=told)
    return link.user
