"""What the mails to customers say, in the language that is active."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller.formats import number
from smartseller.letter import Letter
from tenant_shop.companies.letters import COMPANY_LETTERS
from tenant_shop.customers.letter import TOPIC, Kind
from tenant_shop.customers.tokens import SILENT_FOR, CustomerToken, link_text

__all__ = ["TOPIC", "Kind", "Letter", "letter"]

Purpose = CustomerToken.Purpose


def letter(
    kind: Kind,
    *,
    shop: str,
    token: CustomerToken | None,
    has_account: bool,
    facts: Mapping[str, str] | None = None,
) -> Letter:
    """The words of a mail of the shop named `shop`.

    `has_account` is whether the address that registers has an account already; `facts` is what a mail about a company
    tells. A mail whose link nobody can follow any more has no button.
    """
    link = link_text(token) if token is not None else ""
    if kind == Kind.REGISTER and has_account:
        return _account_exists(shop)
    if kind in COMPANY_LETTERS:
        return COMPANY_LETTERS[kind](shop, link, facts or {})
    return LETTERS[kind](shop, link)


def _account_exists(shop: str) -> Letter:
    return Letter(
        title=_("You have an account already"),
        paragraphs=(
            _("Somebody, probably you, wanted to open an account at %(shop)s with this e-mail address.")
            % {"shop": shop},
            _("There is one already. Log in as usual; if you have forgotten your password, choose a new one."),
        ),
        button=_("Log in"),
        path="/account/log-in/",
        note=_("If it was not you, you need not do anything: nothing has changed."),
    )


def _register(shop: str, link: str) -> Letter:
    return Letter(
        title=_("Confirm your e-mail address"),
        paragraphs=(
            _("Somebody, probably you, wants to open an account at %(shop)s with this e-mail address.")
            % {"shop": shop},
            _("Follow the link and enter the password that you have chosen. Then your account is ready."),
        ),
        button=_("Confirm and log in"),
        path=f"/account/confirm/{link}/",
        note=_hours(Purpose.REGISTER) + " " + _("If it was not you, ignore this mail: no account is opened."),
    )


def _reset(shop: str, link: str) -> Letter:
    return Letter(
        title=_("Choose a new password"),
        paragraphs=(
            _("Somebody, probably you, asked for a new password for your account at %(shop)s.") % {"shop": shop},
        ),
        button=_("Choose a new password"),
        path=f"/account/password/reset/{link}/",
        note=_hours(Purpose.RESET) + " " + _("If it was not you, ignore this mail: your password stays as it is."),
    )


def _password_changed(shop: str, _link: str) -> Letter:
    return Letter(
        title=_("Your password was changed"),
        paragraphs=(
            _("The password of your account at %(shop)s was changed. You are logged out on all other devices.")
            % {"shop": shop},
        ),
        button=_("It was not me"),
        path="/account/password/reset/",
        note=_("If it was you, you need not do anything. If not, choose a new password at once."),
    )


def _confirm_email(shop: str, link: str) -> Letter:
    return Letter(
        title=_("Confirm your new e-mail address"),
        paragraphs=(
            _("Your account at %(shop)s is to use this e-mail address from now on.") % {"shop": shop},
            _(
                "Nothing changes before you confirm it, and before the old address has agreed or been silent for a "
                "while."
            ),
        ),
        button=_("Confirm the address"),
        path=f"/account/email/confirm/{link}/",
        note=_hours(Purpose.CONFIRM_EMAIL) + " " + _("If you know nothing of this, ignore this mail."),
    )


def _email_changes(shop: str, link: str) -> Letter:
    return Letter(
        title=_("Your e-mail address is to be changed"),
        paragraphs=(
            _("Somebody who knows your password wants to use another e-mail address for your account at %(shop)s.")
            % {"shop": shop},
            _("If it was you, agree: once the new address has confirmed, too, your account moves there."),
            _("If it was not you, undo it: your account keeps this address, and you choose a new password."),
        ),
        button=_("Agree or undo"),
        path=f"/account/email/undo/{link}/",
        note=_hours(Purpose.UNDO_EMAIL),
    )


def _email_waits(shop: str, link: str) -> Letter:
    return Letter(
        title=_("Your new e-mail address has confirmed"),
        paragraphs=(
            _("Somebody who knows your password wants to use another e-mail address for your account at %(shop)s.")
            % {"shop": shop},
            _in_days(SILENT_FOR.days),
            _("If it was not you, undo it: your account keeps this address, and you choose a new password."),
        ),
        button=_("Agree or undo"),
        path=f"/account/email/undo/{link}/",
    )


def _in_days(days: int) -> str:
    return ngettext(
        "The new address has confirmed. Agree, and your account moves at once; say nothing, and it moves in "
        "%(number)s day.",
        "The new address has confirmed. Agree, and your account moves at once; say nothing, and it moves in "
        "%(number)s days.",
        days,
    ) % {"number": number(days)}


def _email_changed(shop: str, link: str) -> Letter:
    return Letter(
        title=_("Your e-mail address was changed"),
        paragraphs=(
            _("Your account at %(shop)s uses another e-mail address from now on: we had no answer from this one.")
            % {"shop": shop},
            _("If it was not you, undo it: your account comes back to this address, and you choose a new password."),
        ),
        button=_("Undo the change"),
        path=f"/account/email/undo/{link}/",
        note=_hours(Purpose.UNDO_EMAIL),
    )


def _erase(shop: str, link: str) -> Letter:
    return Letter(
        title=_("Delete your account?"),
        paragraphs=(
            _("You asked us to delete your account at %(shop)s and all that we know of you.") % {"shop": shop},
            _("Only if you confirm it is it done. It cannot be undone."),
        ),
        button=_("Go on to delete my account"),
        path=f"/account/erase/{link}/",
        note=_hours(Purpose.ERASE) + " " + _("If it was not you, ignore this mail and change your password."),
    )


def _erased(shop: str, _link: str) -> Letter:
    return Letter(
        title=_("Your account is deleted"),
        paragraphs=(
            _("Your account at %(shop)s is gone, with your addresses, your lists and your name.") % {"shop": shop},
            _("What the law makes us keep of your orders no longer says whose they were."),
        ),
    )


def _merged(shop: str, _link: str) -> Letter:
    """It does not say which account stays: whoever reads the mailbox may be somebody else."""
    return Letter(
        title=_("Two accounts became one"),
        paragraphs=(
            _("You had two accounts at %(shop)s. We have joined them: your orders and all else are in the other one.")
            % {"shop": shop},
            _("With this e-mail address you cannot log in any more. Log in with the address of your other account."),
        ),
        button=_("Log in"),
        path="/account/log-in/",
        note=_("If you know of no other account of yours, please answer this mail."),
    )


LETTERS: dict[Kind, Callable[[str, str], Letter]] = {
    Kind.REGISTER: _register,
    Kind.RESET: _reset,
    Kind.PASSWORD_CHANGED: _password_changed,
    Kind.CONFIRM_EMAIL: _confirm_email,
    Kind.EMAIL_CHANGES: _email_changes,
    Kind.EMAIL_WAITS: _email_waits,
    Kind.EMAIL_CHANGED: _email_changed,
    Kind.ERASE: _erase,
    Kind.ERASED: _erased,
    Kind.MERGED: _merged,
}


def _hours(purpose: CustomerToken.Purpose) -> str:
    hours = int(CustomerToken.GOOD_FOR[purpose].total_seconds() // 3600)
    if hours > 48:
        days = hours // 24
        return ngettext("The link works for %(number)s day.", "The link works for %(number)s days.", days) % {
            "number": number(days)
        }
    return ngettext(
        "The link works once, for %(number)s hour.", "The link works once, for %(number)s hours.", hours
    ) % {"number": number(hours)}
