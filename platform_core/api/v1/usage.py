"""`/api/v1/usage/` and `/api/v1/shops/<id>/usage/`: what a person's shops use of their plans."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.accounts.shops import RUNS_IT, shops_of
from platform_core.api.gate.scopes import Scopes
from platform_core.api.gate.view import PlatformAPIView
from platform_core.api.v1.resource import Lists
from platform_core.metrics.models import TenantMetric
from platform_core.metrics.usage import PlanUse, use_of_plan
from platform_core.plans.limits import Limited
from platform_core.tenants.models import Tenant
from smartseller.api import filters
from smartseller.api.fields import Amount
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import RowOutput


class DayOutput(RowOutput):
    """One day of a shop, by its own time zone. `customers` and `products` are how many there were at its end."""

    shop_id = serializers.UUIDField(source="tenant_id")
    revenue = Amount()

    class Meta:
        model = TenantMetric
        fields = ("id", "shop_id", "date", "currency", "orders", "revenue", "customers", "products", "api_calls")
        read_only_fields = fields


class UsageList(Lists):
    """The days of the shops that you own or run, the oldest first."""

    model, output = TenantMetric, DayOutput
    scopes = Scopes("usage")
    stamp = "date"
    filters = {"shop_id": filters.key("tenant", "Of this shop.")}

    def rows(self) -> QuerySet[Any]:
        return TenantMetric.objects.filter(tenant__in=shops_of(self.person.pk, roles=RUNS_IT).values("pk"))


class UsedOutput(serializers.Serializer[Any]):
    """One thing that the plan limits. `included` is null when it is unlimited, `used` while nobody has counted it.

    Storage is what pictures took when the shop's figures were last rolled up; calls are those of the last hour.
    """

    what = serializers.ChoiceField(choices=[what.name.lower() for what in Limited])
    used = serializers.IntegerField(allow_null=True)
    included = serializers.IntegerField(allow_null=True)
    is_refused_beyond = serializers.BooleanField()


class UsageOutput(serializers.Serializer[Any]):
    """What a shop uses of its plan, as its figures stood on `as_of`, a day of its own time zone."""

    shop_id = serializers.UUIDField()
    plan = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    limits = UsedOutput(many=True)


class UsageOfShop(PlatformAPIView):
    """What a shop that you own or run uses of its plan."""

    scopes = Scopes("usage")
    output = UsageOutput
    place_filters: dict[str, Any] = {}
    operation = "retrieve_shop_usage"

    def get(self, request: Request, key: UUID) -> Response:
        check_parameters(request.query_params, ())
        shop = shops_of(self.person.pk, roles=RUNS_IT).filter(pk=key).first()
        if shop is None:
            raise Http404
        return Response(UsageOutput(_told(shop, use_of_plan(shop, timezone.now()))).data)


def _told(shop: Tenant, use: PlanUse) -> dict[str, Any]:
    return {
        "shop_id": shop.pk,
        "plan": use.plan,
        "as_of": use.as_of,
        "limits": [
            {
                "what": each.what.name.lower(),
                "used": each.used,
                "included": each.included,
                "is_refused_beyond": each.what.is_refused_beyond,
            }
            for each in use.used
        ],
    }
