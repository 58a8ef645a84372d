"""Which shops let somebody in: told to the mailbox, and to nobody else."""

from django.db import transaction

from platform_core.accounts.models import normal_email
from platform_core.accounts.post import send_shops


def ask_for_shops(email: str) -> None:
    """Have the list sent to the address if somebody has it. The same statements, whatever the address."""
    with transaction.atomic():
        send_shops(normal_email(email))
