from contextlib import ExitStack
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.shell import Command as DjangoShell

from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.errors import UnknownTenant


class Command(DjangoShell):
    help = """Django's shell inside one shop: its models read and write that shop's database, and no other.

  manage.py tenant_shell --tenant acme
  manage.py tenant_shell --tenant acme -c "print(Product.objects.count())"

Works for a suspended shop too. `tenant_context` leads into another shop for a block."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--tenant", metavar="SLUG", required=True, help="the shop to work in")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = directory.by_slug(options["tenant"])
        except UnknownTenant as error:
            raise CommandError(str(error)) from error
        with ExitStack() as stack:
            stack.enter_context(tenant_context(tenant))
            super().handle(**options)
