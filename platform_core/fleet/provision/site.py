"""What the steps of one run work with: the run, its shop, and connections that are opened once."""

from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from platform_core.fleet.backups.store import Tell, nobody
from platform_core.fleet.provision.ledger import RunRecord
from platform_core.fleet.servers import OwnerConnection, connect_as_owner
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context


@dataclass(kw_only=True)
class Site:
    """`connection` is an owner's, to the server but not to the shop's database; `tenant` is the shop in preparation.

    Both owner's connections are hurried: the seeding of the shop, which waits for the disk, covers what they did.
    """

    run: RunRecord
    connection: OwnerConnection
    # Steps that copy tell how many bytes they have copied.
    tell: Tell = nobody
    _open: ExitStack = field(default_factory=ExitStack, init=False)

    @property
    def run_id(self) -> UUID:
        return self.run.id

    @property
    def tenant(self) -> TenantInfo:
        return self.run.tenant

    @property
    def request(self) -> Mapping[str, Any]:
        return self.run.request

    @cached_property
    def shop_owner_connection(self) -> OwnerConnection:
        """An owner's connection to the shop's own database, open until the run ends."""
        connection = connect_as_owner(self.tenant.server, self.tenant.database_name, hurried=True)
        return self._open.enter_context(closing(connection))

    @cached_property
    def schema_version(self) -> str:
        """The newest migration that the shop's database has, read as the role that serves requests."""
        with tenant_context(self.tenant), shop_connection().cursor() as cursor:
            cursor.execute("SELECT max(name) FROM django_migrations WHERE app = 'tenant_shop'")
            return str(cursor.fetchone()[0])

    def close(self) -> None:
        self._open.close()
