from typing import Any

from django.core.management.base import CommandParser
from rich.console import Console
from rich.progress import Progress

from platform_core.tenancy.commands import HelpAsWritten, TenantCommand
from platform_core.tenancy.context import TenantInfo
from smartseller.plurals import number_of
from tenant_shop.catalog.pictures.discard import remove_discarded
from tenant_shop.catalog.pictures.make import Made, due_pictures, make_due_again, make_renditions
from tenant_shop.catalog.pictures.orphans import orphans
from tenant_shop.catalog.pictures.storage import remove


class Command(TenantCommand):
    help = """Make the sizes and formats that browsers load of every picture that has none.

  manage.py make_pictures --tenant acme
  manage.py make_pictures --all-tenants --again      anew, after a change of widths or qualities
  manage.py make_pictures --tenant acme --remove-orphans

A worker does the same by itself after every upload. Safe to break off and to repeat, also while workers are at it.
Files that no picture knows are counted, and removed only when you say so."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=HelpAsWritten, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--again", action="store_true", help="also of the pictures that have them")
        parser.add_argument("--remove-orphans", action="store_true", help="delete files that no picture knows")

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        waiting = make_due_again(also_made=options["again"])
        counted = {Made.DONE: 0, Made.FAILED: 0, Made.NOT_DUE: 0}
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task(tenant.slug, total=waiting)
            while due := due_pictures():
                for picture_id in due:
                    counted[make_renditions(picture_id)] += 1
                    progress.advance(bar)
        removed = remove_discarded()
        found = orphans()
        if options["remove_orphans"]:
            remove(found)
        self.stdout.write(
            f"{tenant.slug}: {number_of(counted[Made.DONE], 'picture')} made, {counted[Made.FAILED]} failed, "
            f"{removed} discarded removed, "
            f"{number_of(len(found), 'file')} without a picture{' removed' if options['remove_orphans'] else ''}"
        )
