"""The base of commands that work in shops: the shop is compulsory."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.errors import UnknownTenant


class TenantCommand(BaseCommand):
    """Adds `--tenant SLUG | --all-tenants` and runs `handle_tenant` inside each shop."""

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--tenant", metavar="SLUG", help="the shop to work in")
        choice.add_argument("--all-tenants", action="store_true", help="every active shop, one after the other")

    def handle(self, *args: Any, tenant: str | None, all_tenants: bool, **options: Any) -> None:
        for shop in self._chosen(tenant):
            with tenant_context(shop):
                self.handle_tenant(shop, **options)

    def _chosen(self, slug: str | None) -> list[TenantInfo]:
        if slug is None:
            return directory.serving()
        try:
            return [directory.by_slug(slug)]
        except UnknownTenant as error:
            raise CommandError(str(error)) from error

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        """The command's work in one shop; subclasses define it."""
        raise NotImplementedError
