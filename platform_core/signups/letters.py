"""The mail that asks the mailbox."""

from uuid import UUID

from django.core import signing
from django.utils import timezone

from platform_core.accounts.models import PlatformUser
from platform_core.mails.models import PlatformMail
from platform_core.mails.promise import promise_mail_to
from platform_core.mails.send import WRITERS_TO_PEOPLE
from platform_core.signups.models import SignUp
from platform_core.tenancy.hosts import platform_url
from smartseller.letter import Letter

TOPIC = "signups.question"
SALT = "smartseller.signups.link"
NOT_YOU = "The link opens one shop, within a day. If it was not you, nothing needs to be done: nothing was made."


def send_question(row: SignUp) -> None:
    """Promise the mail in the caller's transaction, once. Two statements, whoever has the address."""
    promise_mail_to(row.email, TOPIC, row.pk.hex, payload={"sign_up": row.pk.hex})


def link_text(row: SignUp) -> str:
    """What the address carries."""
    return signing.Signer(salt=SALT).sign(row.pk.hex)


def unsigned(text: str) -> UUID:
    """Errors: BadSignature."""
    return UUID(signing.Signer(salt=SALT).unsign(text))


def write_question(mail: PlatformMail) -> Letter | None:
    """None when the link is spent or over. Only here is looked whether somebody has the address.

    The shop is called by its address: its name is free text of whoever filled the form in, and the mailbox may be
    another's.
    """
    row = SignUp.objects.filter(pk=mail.payload["sign_up"], run_id=None, expires_at__gt=timezone.now()).first()
    if row is None:
        return None
    path = platform_url(f"/signup/confirm/{link_text(row)}/")
    if PlatformUser.objects.filter(email=row.email).exists():
        return Letter(
            title="You have an account already",
            paragraphs=(
                f"Somebody, you we hope, asked for the shop “{row.slug}” with this address. There is an account with it"
                " already: log in, and the shop is opened with it.",
            ),
            button="Log in and open the shop",
            path=path,
            note=f"Forgotten the password? Choose another one at {platform_url('/password/')} and come back. {NOT_YOU}",
        )
    return Letter(
        title=f"Confirm your e-mail address to open {row.slug}",
        paragraphs=("Then choose a password, and watch your shop being built.",),
        button="Confirm, and open the shop",
        path=path,
        note=NOT_YOU,
    )


WRITERS_TO_PEOPLE[TOPIC] = write_question
