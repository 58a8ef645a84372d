"""What every mail to a customer has."""

from dataclasses import dataclass

from django.db import models

TOPIC = "mail.customer"


class Kind(models.TextChoices):
    """What a mail is about."""

    REGISTER = "register"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    CONFIRM_EMAIL = "confirm_email"
    EMAIL_CHANGES = "email_changes"
    ERASE = "erase"
    ERASED = "erased"
    COMPANY_APPROVED = "company_approved"
    COMPANY_BLOCKED = "company_blocked"
    COMPANY_INVITES = "company_invites"
    REQUEST_WAITS = "request_waits"
    REQUEST_REJECTED = "request_rejected"
    REQUEST_EXPIRED = "request_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`path` is where the button leads, without language and host; `note` stands small below it."""

    title: str
    paragraphs: tuple[str, ...]
    button: str = ""
    path: str = ""
    note: str = ""
