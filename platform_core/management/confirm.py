"""Having a shop's address typed before something is done to it that nobody should do by a slip."""

import sys

from platform_core.management.operator import OperatorCommand, Refused

WRONG_USAGE = 2


def confirm(command: OperatorCommand, slug: str, question: str, *, yes: bool) -> None:
    """Have the shop's address typed, unless `yes` was said; `{}` in the question is the address.

    Errors: Refused for another word; with exit code 2 where nobody can type, for `--yes` is lacking then.
    """
    if yes:
        return
    asked = question.format(slug)
    if not sys.stdin.isatty():
        raise Refused(f"{asked} Nothing was done: say --yes where nobody can answer.", returncode=WRONG_USAGE)
    command.stderr.write(f"{asked} Type its address to confirm: ", ending="")
    if sys.stdin.readline().strip() != slug:
        command.refuse(f"{slug} is left as it was.")
