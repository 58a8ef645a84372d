"""Having a shop's address typed before something is done to it that nobody should do by a slip."""

import sys

from django.core.management.base import CommandError

from platform_core.management.operator import OperatorCommand


def confirm(command: OperatorCommand, slug: str, question: str, *, yes: bool) -> None:
    """Have the shop's address typed, unless `yes` was said; `{}` in the question is the address.

    Errors: CommandError with exit code 2 where nobody can type, for `--yes` is lacking then; Refused for another word.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(f"Nothing was done to {slug}: say --yes where nobody can answer.", returncode=2)
    command.stderr.write(f"{question.format(slug)} Type its address to confirm: ", ending="")
    if sys.stdin.readline().strip() != slug:
        command.refuse(f"{slug} is left as it was.")
