from contextlib import ExitStack
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.shell import Command as DjangoShell

from platform_core.tenancy.commands import HelpAsWritten, failures_in_one_line, shop_to_work_in
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import tenant_context


class Command(DjangoShell):
    help = """Django's shell inside one shop: its models read and write that shop's database, and no other.

  manage.py tenant_shell --tenant acme
  manage.py tenant_shell --tenant acme -c "print(Product.objects.count())"

Works for a suspended shop too; not for one that is closed for good, being prepared or unavailable.
`tenant_context` leads into another shop for a block."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=HelpAsWritten, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--tenant", metavar="SLUG", required=True, help="the shop to work in")

    def handle(self, *args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            with failures_in_one_line():
                stack.enter_context(tenant_context(shop_to_work_in(options["tenant"])))
                shop_connection().ensure_connection()  # or it would be the first question that fails
            super().handle(**options)
