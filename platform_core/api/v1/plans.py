"""`/api/v1/plans/`: what merchants can sign up for. Nothing in it is secret, so nobody needs a key."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_core.api.v1.resource import Lists, Shows
from platform_core.billing.open_trial import TRIAL_DAYS
from platform_core.plans.limits import Feature, terms_of
from platform_core.plans.models import TenantPlan
from smartseller.api import filters
from smartseller.api.fields import Amount
from smartseller.api.outputs import RowOutput

CURRENCY = "USD"
WHOLE_OR_NONE = {"type": "object", "additionalProperties": {"type": ["integer", "null"]}}
FLAGS = {"type": "object", "additionalProperties": {"type": "boolean"}}


class PlanAmount(Amount):
    """Plans are priced in the platform's currency."""

    def currency_of(self, instance: Any) -> str:
        return CURRENCY


class PlanOutput(RowOutput):
    """A plan. A limit that is null is none; a price that is null is asked for."""

    monthly_price = PlanAmount()
    annual_price = PlanAmount()
    setup_fee = PlanAmount()
    currency = serializers.SerializerMethodField()
    trial_days = serializers.SerializerMethodField()
    limits = serializers.SerializerMethodField()
    features = serializers.SerializerMethodField()

    class Meta:
        model = TenantPlan
        fields = (
            "id",
            "name",
            "display_name",
            "description",
            "monthly_price",
            "annual_price",
            "setup_fee",
            "currency",
            "trial_days",
            "limits",
            "features",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_currency(self, plan: TenantPlan) -> str:
        return CURRENCY

    def get_trial_days(self, plan: TenantPlan) -> int:
        return TRIAL_DAYS

    @extend_schema_field(WHOLE_OR_NONE)
    def get_limits(self, plan: TenantPlan) -> dict[str, int | None]:
        return {what.name.lower(): most for what, most in terms_of(plan).limits.items()}

    @extend_schema_field(FLAGS)
    def get_features(self, plan: TenantPlan) -> dict[str, bool]:
        terms = terms_of(plan)
        return {feature.key: terms.includes(feature) for feature in Feature}


def offered() -> QuerySet[TenantPlan]:
    """The plans that are on offer to everybody."""
    return TenantPlan.objects.filter(is_active=True, is_public=True)


class PlanList(Lists):
    """The plans that are on offer."""

    model, output = TenantPlan, PlanOutput
    permission_classes = ()
    filters = {"name": filters.text("name", "The one with this name.")}

    def rows(self) -> QuerySet[Any]:
        return offered()


class PlanItem(Shows):
    """A plan that is on offer."""

    model, output = TenantPlan, PlanOutput
    permission_classes = ()

    def rows(self) -> QuerySet[Any]:
        return offered()
