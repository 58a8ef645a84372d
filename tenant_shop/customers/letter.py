"""What mails to a customer are about."""

from django.db import models

TOPIC = "mail.customer"


class Kind(models.TextChoices):
    """What a mail is about."""

    REGISTER = "register"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    CONFIRM_EMAIL = "confirm_email"
    EMAIL_CHANGES = "email_changes"
    EMAIL_WAITS = "email_waits"
    EMAIL_CHANGED = "email_changed"
    ERASE = "erase"
    ERASED = "erased"
    MERGED = "merged"
    COMPANY_APPROVED = "company_approved"
    COMPANY_BLOCKED = "company_blocked"
    COMPANY_INVITES = "company_invites"
    REQUEST_WAITS = "request_waits"
    REQUEST_REJECTED = "request_rejected"
    REQUEST_EXPIRED = "request_expired"
