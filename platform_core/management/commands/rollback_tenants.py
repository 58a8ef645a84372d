from typing import Any

from django.core.management.base import CommandParser

from platform_core.fleet.migrate.choose import MigrationOrder, chosen
from platform_core.fleet.migrate.rollback import roll_back_shops, to_be_undone
from platform_core.management.commands.migrate_tenants import DEFAULTS, progress, report_text
from platform_core.management.numbers import at_once, whole
from platform_core.management.operator import OperatorCommand


class Command(OperatorCommand):
    help = """Take the newest migrations of shops' databases back.

  manage.py rollback_tenants --to 0055 --tenant acme
  manage.py rollback_tenants --to 0055 --all --yes

What the migrations added is lost with what was written into it. Nothing is touched when one of them has no way back.
Deploy the earlier release first: this one shows a shop's visitors the maintenance page once its schema is too old for
it. Without --yes it only says what would be taken back. Exit code 1 when a shop is left that is not done; running it
again goes on."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--tenant", metavar="SLUG", action="append", dest="tenants", help="a shop; may be repeated")
        which.add_argument("--all", action="store_true", dest="all_shops", help="every shop not closed for good")
        parser.add_argument(
            "--to", required=True, metavar="MIGRATION", help="the newest that stays; its number will do"
        )
        parser.add_argument("--yes", action="store_true", help="do it")
        parser.add_argument(
            "--parallel",
            type=at_once,
            default=DEFAULTS.parallel,
            metavar="N",
            help=f"shops at once ({DEFAULTS.parallel})",
        )
        parser.add_argument(
            "--error-budget",
            type=whole(least=0),
            default=DEFAULTS.error_budget,
            metavar="SHOPS",
            help=f"stop when more shops than this failed ({DEFAULTS.error_budget})",
        )

    def work(
        self, *, tenants: list[str] | None, to: str, yes: bool, parallel: int, error_budget: int, **options: Any
    ) -> None:
        names = to_be_undone(to)
        order = MigrationOrder(slugs=tuple(tenants or ()), parallel=parallel, error_budget=error_budget)
        if not yes:
            chosen(order, quarantined=())  # a slug that is none is said now, not with --yes
            document = {"would_take_back": names}
            self.answer(document, f"Would take back: {', '.join(names) or 'nothing'}. With --yes it is done.")
            return
        with progress(self.say) as (tell, pause):
            report = roll_back_shops(order, to=to, tell=tell, say=self.say, pause=pause)
        self.answer(report, report_text(report))
        if not report.is_good:
            self.refuse(report.error)
