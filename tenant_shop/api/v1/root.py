"""`GET /api/v1/`: what this API is, and where its lists are."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from platform_core.tenancy.context import current_tenant
from tenant_shop.api.v1.base import ShopAPIView

LISTS = (
    "products",
    "variants",
    "categories",
    "brands",
    "stock-movements",
    "customers",
    "customer-groups",
    "custom-fields",
    "discounts",
    "orders",
    "returns",
    "reviews",
    "events",
    "campaigns",
    "companies",
    "imports",
    "jobs",
    "staff",
    "webhooks",
    "webhook-deliveries",
)
ADDRESS = {"type": "string", "format": "uri"}
SHOP = {name: {"type": "string"} for name in ("slug", "name", "currency")}
EXAMPLE = {"slug": "acme", "name": "Acme", "currency": "EUR"}
ABOUT = {
    "version": {"type": "string"},
    "shop": {"type": "object", "required": list(SHOP), "properties": SHOP, "example": EXAMPLE},
    **dict.fromkeys(("docs", "openapi", *LISTS), ADDRESS),
}
ANSWER = {"type": "object", "required": list(ABOUT), "properties": ABOUT}


class Root(ShopAPIView):
    """The shop's name and the addresses of its lists. Nothing in it is secret, so nobody has to log in."""

    permission_classes: tuple[type[BasePermission], ...] = ()
    operation = "retrieve_root"
    answer_schema = ANSWER

    def get(self, request: Request) -> Response:
        tenant = current_tenant()
        return Response(
            {
                "version": "1",
                "shop": {"slug": tenant.slug, "name": tenant.name, "currency": tenant.currency},
                "docs": reverse("api-v1:documents", request=request),
                "openapi": reverse("api-v1:openapi", request=request),
                **{name: reverse(f"api-v1:{name}", request=request) for name in LISTS},
            }
        )
