from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from platform_core.management.numbers import whole
from platform_core.management.operator import OperatorCommand
from smartseller.embedded import EmbeddedServerError
from smartseller.embedded.recover import forget_base_backups, take_base_backup
from smartseller.plurals import number_of


class Command(OperatorCommand):
    help = """Copy the whole cluster of a checkout into its archive of WAL, so that any later moment can be recovered.

Needs SMARTSELLER_WAL_ARCHIVE. Run it each night from cron; `manage.py recover_cluster` is the way back. Servers of
your own have tools for this (pg_basebackup, pgBackRest): docs/operations/point-in-time.md."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--keep", type=whole(), default=2, metavar="N", help="base backups that stay (default: 2)")

    def work(self, *, keep: int, **options: Any) -> None:
        if settings.EMBEDDED is None:
            self.refuse("The databases are not a checkout's own; use the tools of their server.")
        try:
            self.say("copying the cluster while it works")
            path = take_base_backup(settings.EMBEDDED)
            gone = forget_base_backups(settings.EMBEDDED, keep=keep)
        except EmbeddedServerError as error:
            self.refuse(str(error))
        self.answer(
            {"base_backup": str(path), "removed": gone},
            f"{path} is whole; {number_of(gone, 'older one was', 'older ones were')} removed.",
        )
