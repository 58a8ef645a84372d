from typing import Any

from django.core.management.base import CommandParser

from platform_core.tenancy.commands import OPEN_OR_SUSPENDED, HelpAsWritten, TenantCommand
from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.configuration.languages import shop_languages


class Command(TenantCommand):
    works_in = OPEN_OR_SUSPENDED
    help = """Show or choose the languages in which a shop's pages can be read.

  manage.py languages --tenant acme
  manage.py languages --tenant acme --own de --others en,fr

The own language is served at plain addresses and may name a country (de-AT), each other one below its prefix (/fr/).
A language that is left out goes away. When the own language changes, a worker has search read all products anew."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = HelpAsWritten
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--own", metavar="LANGUAGE", help="the language of plain addresses")
        parser.add_argument("--others", metavar="LANGUAGES", help="the other languages, separated by commas")

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        own, others, languages = options["own"], options["others"], shop_languages()
        if own is not None or others is not None:
            chosen = languages.others if others is None else [code for code in others.split(",") if code]
            _, languages = change_languages(own or languages.own, chosen)
        self.stdout.write(f"{tenant.slug}: {', '.join(languages.all)}")
