"""How much room shops take."""

from dataclasses import dataclass

import psycopg

from platform_core.fleet.watch.servers import ask_servers
from platform_core.tenants.models import Tenant, TenantStatus

# The owner may look at what it owns, and at everything as a reader of statistics (`pg_monitor`).
SIZES = """
SELECT datname AS database,
       CASE WHEN has_database_privilege(oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
            THEN pg_database_size(oid) END AS bytes
FROM pg_database WHERE NOT datistemplate
"""


@dataclass(frozen=True, kw_only=True)
class ShopSize:
    """The database of a shop: `bytes` on disk, None when the role may not look or the database is missing."""

    tenant: str
    server: str
    database: str
    bytes: int | None


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Every shop, the largest first; `unreachable` are servers with the reason why they were not asked."""

    shops: list[ShopSize]
    total_bytes: int
    unreachable: dict[str, str]


def shop_sizes() -> Sizes:
    """One statement to each server and one to the platform, whatever the number of shops. Shops whose database was
    dropped when they ended are left out."""
    sizes: dict[tuple[str, str], int | None] = {}
    unreachable = {}
    for server, answer in ask_servers(SIZES):
        if isinstance(answer, psycopg.OperationalError):
            unreachable[server] = str(answer).strip().splitlines()[0]
        else:
            sizes.update({(server, row["database"]): row["bytes"] for row in answer})
    shops = []
    for server, database, slug, status in Tenant.objects.values_list("server__key", "database_name", "slug", "status"):
        size = sizes.get((server, database))
        if size is not None or status != TenantStatus.CANCELLED:  # an ended shop has no database any more
            shops.append(ShopSize(tenant=slug, server=server, database=database, bytes=size))
    shops.sort(key=lambda shop: (-(shop.bytes or 0), shop.tenant))
    return Sizes(shops=shops, total_bytes=sum(shop.bytes or 0 for shop in shops), unreachable=unreachable)
