"""Shops whose databases are older than this release."""

from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant


def shops_behind() -> list[str]:
    """The slugs of the active and suspended shops whose schema is not yet this release's, in order."""
    shops = Tenant.objects.filter(status__in=("active", "suspended"), schema_version__lt=shop_hooks.schema_version)
    return list(shops.order_by("slug").values_list("slug", flat=True))
