"""Moving an account to another mailbox: the new one confirms and the old one agrees, in whichever order."""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from platform_core.accounts.mailbox.errors import EmailTaken, LinkOver
from platform_core.accounts.mailbox.links import issue, look_at_locked, spend
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.models import PlatformUser, normal_email
from platform_core.accounts.passwords import put_password
from platform_core.accounts.post import Notice, send_link, send_reset, tell
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of

CONFIRM, AGREE = UserLink.Purpose.CONFIRM_EMAIL, UserLink.Purpose.AGREE_EMAIL


def ask_to_change_email(user: PlatformUser, new_email: str, *, origin: Origin) -> None:
    """Send a link to the new address, and one to the old one that agrees to the change or stops it.

    Nothing changes before both are followed; what was asked for before ends. An address that another account has looks
    the same here. The door has asked for a fresh proof before.
    """
    email = normal_email(new_email)
    with transaction.atomic():
        UserLink.objects.filter(user=user, purpose__in=[CONFIRM, AGREE]).delete()
        confirm = issue(CONFIRM, user, email=email)
        agree = issue(AGREE, user, email=user.email, payload={"change": confirm.pk.hex, "new": email})
        send_link(confirm)
        send_link(agree)
        record_of(origin, "ask_to_change_email", resource_type="user", resource_id=user.pk)


def confirm_email(text: str, *, origin: Origin) -> bool:
    """The mailbox that the link was sent to is proven; whether the account moves there now, because the old one has
    agreed. Errors: LinkOver, also the second time; EmailTaken.
    """
    with transaction.atomic():
        change = look_at_locked(text, CONFIRM)
        if change.payload.get("confirmed"):
            raise LinkOver
        change.payload["confirmed"] = True
        change.save(update_fields=["payload"])
        return _move_if_both(change, origin)


def agree_to_change(text: str, *, origin: Origin) -> bool:
    """The mailbox that the account has agrees; whether the account moves now, because the new one has confirmed.

    Errors: LinkOver, also the second time; EmailTaken.
    """
    with transaction.atomic():
        agree = spend(text, AGREE)
        change = UserLink.objects.select_related("user").filter(pk=UUID(agree.payload["change"])).first()
        if change is None or agree.user.email != agree.email:
            raise LinkOver
        change.payload["agreed"] = True
        change.save(update_fields=["payload"])
        return _move_if_both(change, origin)


def stop_change(text: str, *, origin: Origin) -> PlatformUser:
    """The change is off. Whoever asked for it was inside: the password is worth nothing from now on, every session is
    over, and a link for a new one is on its way to the mailbox that the account has. Errors: LinkOver.
    """
    with transaction.atomic():
        agree = spend(text, AGREE)
        if agree.user.email != agree.email:
            raise LinkOver
        told = Origin(user_id=agree.user_id, ip_address=origin.ip_address, user_agent=origin.user_agent)
        put_password(agree.user, make_password(None), action="stop_change_of_email", origin=told)
        send_reset(agree.user.email)
    return agree.user


def _move_if_both(change: UserLink, origin: Origin) -> bool:
    if not (change.payload.get("confirmed") and change.payload.get("agreed")):
        return False
    user, before = change.user, change.user.email
    try:
        with transaction.atomic():
            PlatformUser.objects.filter(pk=user.pk).update(email=change.email, email_verified=True)
    except IntegrityError as error:
        raise EmailTaken from error
    # Links to choose a password went to the mailbox that was left.
    UserLink.objects.filter(user=user).delete()
    told = Origin(user_id=user.pk, ip_address=origin.ip_address, user_agent=origin.user_agent)
    record_of(
        told,
        "change_email",
        resource_type="user",
        resource_id=user.pk,
        old_values={"email": before},
        new_values={"email": change.email},
    )
    tell(user, Notice.EMAIL_CHANGED, email=before)
    return True
