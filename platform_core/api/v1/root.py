"""`GET /api/v1/`: what this API is, and where its lists are."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from platform_core.api.gate.view import PlatformAPIView

LISTS = ("plans", "signups", "shops", "usage", "invoices", "tenants", "fleet")


class Root(PlatformAPIView):
    """The addresses of the platform's lists. Nothing in it is secret, so nobody needs a key."""

    permission_classes: tuple[type[BasePermission], ...] = ()
    operation = "retrieve_root"
    answer_schema = {"type": "object", "required": ["version"], "properties": {"version": {"type": "string"}}}

    def get(self, request: Request) -> Response:
        return Response(
            {
                "version": "1",
                "docs": reverse("api-v1:documents", request=request),
                "openapi": reverse("api-v1:openapi", request=request),
                **{name: reverse(f"api-v1:{name}", request=request) for name in LISTS},
            }
        )
