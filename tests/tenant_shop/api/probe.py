"""A shop's addresses with some more under the API, at which tests count what is done."""

from datetime import UTC, datetime
from typing import Any

from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api.bodies import StrictJSON
from smartseller.api.versions import Deprecation
from smartseller.urls import shop
from smartseller.urls.shop import handler400, handler403, handler404, handler500
from tenant_shop.api.gate.idempotency import effect_key
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.base import ShopAPIView
from tenant_shop.catalog.models import Brand

__all__ = ["handler400", "handler403", "handler404", "handler500"]


class Fault(Exception):
    """Something that nobody has thought of."""


class Probe(ShopAPIView):
    """Makes a brand, then fails as it is told to. `between` is called in between."""

    parser_classes = (StrictJSON, MultiPartParser)

    scopes = Scopes("products", publishable="write")

    def post(self, request: Request) -> Response:
        told = request.data
        number = Brand.objects.count()
        brand = Brand.objects.create(name=f"{told['name']} {number}", slug=f"brand-{number}")
        between(request)
        match told.get("fail"):
            case "400":
                raise ValidationError({"name": ["It is taken."]})
            case "409":
                return Response({"error": {"code": "taken"}}, status=409)
            case "500":
                return Response({"error": {"code": "broken"}}, status=500)
            case "fault":
                raise Fault
        answer = {"id": str(brand.pk), "name": brand.name, "effect_key": effect_key(request)}
        return Response(answer, status=201, headers={"Location": f"/api/v1/brands/{brand.pk}/", "X-Other": "a"})

    def get(self, request: Request) -> Response:
        return Response({"brands": Brand.objects.count()})


class ProbeInSteps(Probe):
    commits_in_steps = True


def nothing(request: Any) -> None:
    """Happens."""


class ProbeOfYore(Probe):
    deprecated = Deprecation(
        since=datetime(2026, 1, 1, tzinfo=UTC),
        sunset=datetime(2026, 7, 1, tzinfo=UTC),
        link="https://example.com/changes",
    )


class ProbeOfPages(ShopAPIView):
    """Says something long, to shoppers too."""

    scopes = Scopes("products", publishable="read")

    def get(self, request: Request) -> Response:
        return Response({"text": "harbour " * int(request.query_params.get("words", "1"))}, headers={"ETag": '"a1"'})


between: Any = nothing
urlpatterns = [
    path("api/v1/probe/", Probe.as_view(), name="probe"),
    path("api/v1/probe-in-steps/", ProbeInSteps.as_view(), name="probe-in-steps"),
    path("api/v1/probe-of-yore/", ProbeOfYore.as_view(), name="probe-of-yore"),
    path("api/v1/probe-of-pages/", ProbeOfPages.as_view(), name="probe-of-pages"),
    *shop.urlpatterns,
]
