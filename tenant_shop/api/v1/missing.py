"""Every other path under `/api/v1/`."""

from smartseller.api import missing
from tenant_shop.api.v1.base import ShopAPIView


class Missing(ShopAPIView, missing.Missing):
    """404 as JSON."""

    permission_classes = missing.Missing.permission_classes
