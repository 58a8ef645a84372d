from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from platform_core.tenancy.commands import HelpAsWritten, TenantCommand
from platform_core.tenancy.context import TenantInfo
from smartseller.plurals import number_of
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.search.rebuild import Progress as TellProgress
from tenant_shop.catalog.search.rebuild import rebuild_search
from tenant_shop.catalog.search.vocabulary import count_words


class Command(TenantCommand):
    help = """Read every product of a shop anew for its search, in the language of the shop's settings.

  manage.py rebuild_search --tenant acme
  manage.py rebuild_search --all-tenants

Needed after the language setting changed; nothing else makes the rows of search differ from the products. The shop
stays open. It can be interrupted and run again at any time."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = HelpAsWritten
        return parser

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        with _progress_bar(tenant) as tell:
            products = rebuild_search(tell)
        count_words()
        self.stdout.write(f"{tenant.slug}: {number_of(products, 'product')} read anew")


@contextmanager
def _progress_bar(tenant: TenantInfo) -> Iterator[TellProgress]:
    """One bar on stderr: products read of the shop's products."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(tenant.slug, total=Product.objects.count())
        yield lambda done: progress.update(task, completed=done)
