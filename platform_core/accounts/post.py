"""Writing to people about their accounts. What is done with an account is told to its mailbox."""

from enum import StrEnum

from platform_core.accounts.mailbox.links import issue, link_text
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.shops import own_shops
from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail_to
from platform_core.mails.send import WRITERS_TO_PEOPLE
from platform_core.tenancy.hosts import platform_url, shop_url
from smartseller.ids import uuid7
from smartseller.letter import Letter

PREFIX = "accounts."
SHOPS = f"{PREFIX}your_shops"
SECURITY = "/account/"


class Notice(StrEnum):
    """What is told after it was done: title and sentence stand in `NOTICES`."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"
    EMAIL_CHANGED = "email_changed"
    RECOVERY_CODE_USED = "recovery_code_used"


class Link(StrEnum):
    """What carries a link, which is made when the mail is written."""

    RESET = "reset"
    VERIFY = "verify"
    CONFIRM_EMAIL = "confirm_email"
    AGREE_EMAIL = "agree_email"


NOTICES = {
    Notice.PASSWORD_CHANGED: (
        "Your password was changed",
        "The password of your SmartSeller account was changed, and you were logged out everywhere else.",
    ),
    Notice.TWO_FACTOR_ON: (
        "Two-factor log-in is on",
        "From now on your SmartSeller account asks for a code from your telephone. Keep the recovery codes on paper.",
    ),
    Notice.TWO_FACTOR_OFF: (
        "Two-factor log-in is off",
        "Your SmartSeller account asks for a password only again. A second proof keeps others out: you can switch it "
        "on again at any time.",
    ),
    Notice.EMAIL_CHANGED: (
        "Your account has another e-mail address",
        "You log in to SmartSeller with the new address from now on. This mailbox is written to for the last time.",
    ),
    Notice.RECOVERY_CODE_USED: (
        "A recovery code was used",
        "Somebody logged in to your SmartSeller account with one of the recovery codes. It does not work again.",
    ),
}
NOT_YOU = "Was it not you? Choose a new password at once, and write to us."
PATHS = {
    Link.RESET: "/password/choose/",
    Link.VERIFY: "/account/verify/",
    Link.CONFIRM_EMAIL: "/account/email/confirm/",
    Link.AGREE_EMAIL: "/account/email/agree/",
}


def tell(user: PlatformUser, notice: Notice, *, email: str = "") -> None:
    """Promise a notice to the user's mailbox, or to `email`, in the caller's transaction. Two statements."""
    promise_mail_to(email or user.email, f"{PREFIX}{notice}", uuid7().hex, payload={})


def send_link(link: UserLink) -> None:
    """Promise the mail that carries `link` to its mailbox, in the caller's transaction. Two statements."""
    promise_mail_to(link.email, f"{PREFIX}{link.purpose}", link.pk.hex, payload={"link": link.pk.hex})


def send_reset(email: str) -> None:
    """Promise a link for a new password to a mailbox, whose ever it is: whether it is somebody's, only the worker that
    writes the mail looks. Two statements, whatever the address."""
    promise_mail_to(email, f"{PREFIX}{Link.RESET}", uuid7().hex, payload={})


def send_shops(email: str) -> None:
    """Promise the list of the shops that let the owner of a mailbox in: whether it is somebody's, only the worker that
    writes the mail looks. Two statements, whatever the address."""
    promise_mail_to(email, SHOPS, uuid7().hex, payload={})


def write_shops(mail: PlatformMail) -> Letter | None:
    """None when nobody has the address: then no mail leaves."""
    user = PlatformUser.objects.filter(email=mail.email or "", is_active=True).first()
    if user is None:
        return None
    shops = own_shops(user.pk)
    lines = tuple(f"{shop.name} ({shop.role}): {shop_url(shop.slug, '/login/')}" for shop in shops)
    return Letter(
        title="Your shops",
        paragraphs=lines or ("Your account is let into no shop at the moment.",),
        button="Log in",
        path=platform_url("/login/"),
        note="Somebody, you we hope, asked which shops this address is let into. If it was not you, nothing needs to be"
        " done.",
    )


def write_notice(mail: PlatformMail) -> Letter:
    title, sentence = NOTICES[Notice(mail.topic.removeprefix(PREFIX))]
    return Letter(
        title=title, paragraphs=(sentence,), button="See your account", path=platform_url(SECURITY), note=NOT_YOU
    )


def write_reset(mail: PlatformMail) -> Letter | None:
    """None when nobody has the address: then no mail leaves. Written again, it carries the same link."""
    user = PlatformUser.objects.filter(email=mail.email or "", is_active=True).first()
    if user is None:
        return None
    link = issue(UserLink.Purpose.RESET, user, email=user.email, link_id=mail.pk)
    return Letter(
        title="Choose a new password",
        paragraphs=("Somebody, you we hope, has forgotten the password of your SmartSeller account.",),
        button="Choose a new password",
        path=_address(Link.RESET, link),
        note="The link works once, for one hour. If it was not you, nothing needs to be done.",
    )


def write_link(mail: PlatformMail) -> Letter | None:
    """None when the link was used or replaced meanwhile."""
    link = UserLink.objects.filter(pk=mail.payload["link"]).first()
    if link is None:
        return None
    kind = Link(link.purpose)
    title, sentence, button, note = _words(kind, link)
    return Letter(title=title, paragraphs=(sentence,), button=button, path=_address(kind, link), note=note)


def _words(kind: Link, link: UserLink) -> tuple[str, str, str, str]:
    match kind:
        case Link.VERIFY:
            return (
                "Confirm your e-mail address",
                "Then we can reach you, and you can choose a new password should you forget yours.",
                "Confirm the address",
                "The link works once, for seven days.",
            )
        case Link.CONFIRM_EMAIL:
            return (
                "Confirm your new e-mail address",
                "Your SmartSeller account is to move to this mailbox. The one it has now is asked as well.",
                "Confirm the address",
                "The link works once, for one day. If you have no account with us, nothing needs to be done.",
            )
        case _:
            return (
                "Your account is to have another e-mail address",
                f"Somebody who is logged in to your SmartSeller account wants it to move to {link.payload['new']}.",
                "Agree, or stop it",
                "Nothing changes unless you agree. The link works once, for one day.",
            )


def _address(kind: Link, link: UserLink) -> str:
    return platform_url(f"{PATHS[kind]}{link_text(link)}/")


WRITERS_TO_PEOPLE.update({f"{PREFIX}{notice}": write_notice for notice in Notice})
WRITERS_TO_PEOPLE.update({f"{PREFIX}{kind}": write_link for kind in Link if kind != Link.RESET})
WRITERS_TO_PEOPLE[f"{PREFIX}{Link.RESET}"] = write_reset
WRITERS_TO_PEOPLE[SHOPS] = write_shops
