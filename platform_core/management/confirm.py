"""Having a shop's address typed before a step of its life or death."""

import sys

from platform_core.management.operator import OperatorCommand


def confirm(command: OperatorCommand, slug: str, question: str, *, yes: bool) -> None:
    """Have the shop's address typed, unless `yes` was said. Errors: Refused for anything else."""
    if yes:
        return
    if not sys.stdin.isatty():
        command.refuse(f"Nothing was done to {slug}: say --yes where nobody can answer.")
    command.stderr.write(f"{question.format(slug)} Type its address to confirm: ", ending="")
    if sys.stdin.readline().strip() != slug:
        command.refuse(f"{slug} is left as it was.")
