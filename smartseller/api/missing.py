"""Every path of an API that is none: an answer that programs can read."""

from django.http import Http404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api.view import Gated


class Missing(Gated):
    """404 as JSON."""

    permission_classes: tuple[type[BasePermission], ...] = ()
    is_documented = False

    def get(self, request: Request, path: str) -> Response:
        raise Http404

    post = put = patch = delete = get
