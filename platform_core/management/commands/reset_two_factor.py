from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_core.accounts.models import PlatformUser, normal_email
from platform_core.accounts.two_factor.set_up import reset_two_factor
from platform_core.audit.acting import commanded


class Command(BaseCommand):
    help = "Take the second factor away from somebody who has lost it, and log them out everywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="How it was made sure that it is them.")

    def handle(self, *args: Any, email: str, reason: str, **options: Any) -> None:
        user = PlatformUser.objects.filter(email=normal_email(email), two_factor_enabled=True).first()
        if user is None:
            raise CommandError(f"Nobody with a second factor has the address {email}.")
        with commanded("manage.py reset_two_factor"):
            ended = reset_two_factor(user, reason=reason)
        self.stdout.write(f"{user.email} logs in with a password only; {ended} sessions ended.")
