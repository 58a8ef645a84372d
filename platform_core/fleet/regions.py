"""Where a shop's data may be: one with a region is only ever on servers of that region; there is no way round."""

from platform_core.fleet.errors import OutsideRegion, UnknownServer
from platform_core.fleet.models import DatabaseServer
from platform_core.tenants.models import Tenant


def check_region(tenant: Tenant, server: str) -> None:
    """Errors: OutsideRegion when the shop's data may not be on `server`; UnknownServer."""
    found = DatabaseServer.objects.filter(key=server).values_list("region", flat=True).first()
    if found is None:
        raise UnknownServer(server)
    # Read anew: what the caller holds may be from before the shop was bound.
    region = Tenant.objects.values_list("region", flat=True).get(pk=tenant.pk)
    if region not in ("", found):
        raise OutsideRegion(tenant.slug, region, server, found)
