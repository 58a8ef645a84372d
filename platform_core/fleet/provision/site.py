"""What the steps of one run work with: the run, its shop, and connections that are opened once."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from platform_core.fleet.models import ProvisioningRun
from platform_core.fleet.servers import OwnerConnection, owner_connection
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.models import Tenant


@dataclass(kw_only=True)
class Site:
    """`connection` is an owner's, to the server but not to the shop's database; `tenant` is the shop in preparation."""

    run: ProvisioningRun
    connection: OwnerConnection
    tenant: TenantInfo = field(init=False)
    _open: ExitStack = field(default_factory=ExitStack, init=False)

    def __post_init__(self) -> None:
        self.tenant = _snapshot(self.run.tenant)

    @property
    def run_id(self) -> UUID:
        return self.run.pk

    @property
    def request(self) -> dict[str, Any]:
        asked: dict[str, Any] = self.run.request
        return asked

    @cached_property
    def shop_owner_connection(self) -> OwnerConnection:
        """An owner's connection to the shop's own database, open until the run ends."""
        return self._open.enter_context(owner_connection(self.tenant.server, self.tenant.database_name))

    @cached_property
    def schema_version(self) -> str:
        """The newest migration that the shop's database has, read as the role that serves requests."""
        with tenant_context(self.tenant), shop_connection().cursor() as cursor:
            cursor.execute("SELECT max(name) FROM django_migrations WHERE app = 'tenant_shop'")
            return str(cursor.fetchone()[0])

    def close(self) -> None:
        self._open.close()


def _snapshot(tenant: Tenant) -> TenantInfo:
    return TenantInfo(
        id=tenant.pk,
        slug=tenant.slug,
        name=tenant.name,
        status=tenant.status,
        availability=tenant.availability,
        epoch=tenant.epoch,
        server=tenant.server_id,
        database_name=tenant.database_name,
        domain=tenant.domain,
        plan=tenant.plan_type,
        currency=tenant.currency,
        timezone=tenant.timezone,
        country=tenant.country,
        theme=tenant.theme_config,
        schema_version=tenant.schema_version,
    )
