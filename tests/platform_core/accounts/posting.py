"""Mails to people, and the links in them."""

import re
from typing import Any

from django.core import mail
from django.utils import timezone

import platform_core.tasks  # noqa: F401 - as in a worker: with these, everybody who writes letters is there
from platform_core.mails.send import send_waiting


def mails() -> list[Any]:
    """Send what was promised; the mails that came of it."""
    before = len(mail.outbox)
    send_waiting(timezone.now())
    return mail.outbox[before:]


def path_in(message: Any) -> str:
    """The path of the first link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S*)", message.body)
    assert found, message.body
    return found[1]


def token_in(message: Any) -> str:
    """What of the first link in a mail is secret."""
    return path_in(message).rstrip("/").rpartition("/")[2]
