"""Every other path under `/api/v1/`: an answer that programs can read."""

from django.http import Http404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_shop.api.v1.base import ShopAPIView


class Missing(ShopAPIView):
    """404 as JSON."""

    permission_classes: tuple[type[BasePermission], ...] = ()

    def get(self, request: Request, path: str) -> Response:
        raise Http404
