"""`GET /api/v1/`: what this API is, and where its lists are."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from platform_core.tenancy.context import current_tenant
from tenant_shop.api.v1.base import ShopAPIView


class Root(ShopAPIView):
    """The shop's name and the addresses of its lists. Nothing in it is secret, so nobody has to log in."""

    permission_classes: tuple[type[BasePermission], ...] = ()

    def get(self, request: Request) -> Response:
        tenant = current_tenant()
        return Response(
            {
                "version": "1",
                "shop": {"slug": tenant.slug, "name": tenant.name, "currency": tenant.currency},
                "products": reverse("api-v1:products", request=request),
                "orders": reverse("api-v1:orders", request=request),
            }
        )
