"""The base of commands that work in shops: the shop is compulsory, and must be there to work in."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import InterfaceError, OperationalError

from platform_core.audit.acting import commanded
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.errors import TenantNotServing
from platform_core.tenancy.gate import Gate, gate_of
from smartseller.errors import SmartSellerError

# Operators work in a shop that its visitors find closed, too.
OPEN_OR_SUSPENDED = frozenset({Gate.OPEN, Gate.SUSPENDED})


class HelpAsWritten(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """`--help` with the lines of the text as they are written, and the options that every command has after its own."""


class TenantCommand(BaseCommand):
    """Adds `--tenant SLUG | --all` and runs `handle_tenant` inside each shop.

    A shop in a state outside of `works_in` is refused, and passed over by `--all`. One of all that cannot be done is
    named and keeps nobody else waiting. Exit codes: 0 done, 1 refused or a server is down (one line says which), 2
    wrong usage.
    """

    works_in: ClassVar[frozenset[Gate]] = frozenset({Gate.OPEN})

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--tenant", metavar="SLUG", help="the shop to work in")
        choice.add_argument(
            "--all", "--all-tenants", dest="all_tenants", action="store_true", help="every shop, one after the other"
        )

    def handle(self, *args: Any, tenant: str | None, all_tenants: bool, **options: Any) -> None:
        with commanded(f"manage.py {type(self).__module__.rpartition('.')[2]}"):
            self._handle(tenant, all_tenants=all_tenants, **options)

    def _handle(self, tenant: str | None, *, all_tenants: bool, **options: Any) -> None:
        with failures_in_one_line():
            shops = self._serving() if tenant is None else [shop_to_work_in(tenant, self.works_in)]
        failed: list[str] = []
        for shop in shops:
            try:
                with failures_in_one_line(), tenant_context(shop):
                    self.handle_tenant(shop, **options)
            except CommandError as error:
                if tenant is not None or error.returncode != 1:
                    raise
                self.stderr.write(f"{shop.slug}: {error}")
                failed.append(shop.slug)
        if tenant is None:
            with failures_in_one_line():
                self.after_all(**options)
        if failed:
            raise CommandError(f"{len(failed)} of {len(shops)} could not be done: {', '.join(failed)}.")

    def _serving(self) -> list[TenantInfo]:
        found = directory.serving()
        for shop in found:
            if gate_of(shop) not in self.works_in:
                self.stderr.write(f"{shop.slug} is {gate_of(shop).value}; it is left out.")
        return [shop for shop in found if gate_of(shop) in self.works_in]

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        """The command's work in one shop; subclasses define it."""
        raise NotImplementedError

    def after_all(self, **options: Any) -> None:
        """What follows when every shop had its turn; nothing unless a subclass says."""


def shop_to_work_in(slug: str, works_in: frozenset[Gate] = OPEN_OR_SUSPENDED) -> TenantInfo:
    """The shop `slug`. Errors: UnknownTenant, DirectoryUnavailable, TenantNotServing in a state outside `works_in`."""
    shop = directory.by_slug(slug)
    gate = gate_of(shop)
    if gate not in works_in:
        raise TenantNotServing(slug, gate.value)
    return shop


@contextmanager
def failures_in_one_line() -> Iterator[None]:
    """What people can read, and a server that cannot be reached, end the command with one line and exit code 1."""
    try:
        yield
    except SmartSellerError as error:
        raise CommandError(str(error)) from error
    except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
        raise CommandError(f"The database server did not do it: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
