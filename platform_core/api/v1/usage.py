"""`/api/v1/usage/` and `/api/v1/shops/<id>/usage/`: what a person's shops use of their plans."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.accounts.models import TenantAccess
from platform_core.accounts.shops import RUNS_IT, shops_of
from platform_core.accounts.staff.seats import LIVE
from platform_core.api.gate.scopes import Scopes
from platform_core.api.gate.view import PlatformAPIView
from platform_core.api.v1.resource import Lists
from platform_core.metrics.models import TenantMetric
from platform_core.plans.limits import Limited, PlanLimits, limits_of
from platform_core.plans.models import TenantPlan
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
    """One thing that the plan limits. `included` is null when it is unlimited, `used` where nobody counts it by day."""

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
        plan = TenantPlan.objects.get(name=shop.plan_type)
        return Response(UsageOutput(_usage(shop, limits_of(plan, name=plan.display_name))).data)


def _usage(shop: Tenant, limits: PlanLimits) -> dict[str, Any]:
    """Four statements to the platform's database, none to the shop's."""
    today = timezone.now().astimezone(ZoneInfo(shop.timezone)).date()
    days = TenantMetric.objects.filter(tenant=shop.pk)
    newest = days.order_by("-date").first()
    orders = days.filter(date__gte=today.replace(day=1)).aggregate(all=Sum("orders"))["all"] or 0
    counted = newest is not None
    used = {
        Limited.PRODUCTS: newest.products if newest else None,
        Limited.ORDERS_PER_MONTH: orders if counted else None,
        Limited.CUSTOMERS: newest.customers if newest else None,
        Limited.STAFF_USERS: TenantAccess.objects.filter(LIVE, tenant=shop.pk).count(),
        Limited.FILE_STORAGE_GB: None,
        Limited.API_CALLS_PER_HOUR: None,
    }
    return {
        "shop_id": shop.pk,
        "plan": limits.plan,
        "as_of": newest.date if newest else None,
        "limits": [
            {
                "what": what.name.lower(),
                "used": used[what],
                "included": limits.of(what),
                "is_refused_beyond": what.is_refused_beyond,
            }
            for what in Limited
        ],
    }
