"""`/api/v1/tenants/`: all shops, for operators."""

from rest_framework import serializers

from platform_core.api.gate.scopes import Scopes
from platform_core.api.v1.resource import Acts, Lists, Resource, Shows, Values
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.suspend import suspend_tenant
from smartseller.api import filters
from smartseller.api.inputs import Input, Text
from smartseller.api.outputs import RowOutput


class TenantOutput(RowOutput):
    """A shop as operators see it."""

    plan = serializers.CharField(source="plan_type")
    server = serializers.CharField(source="server_id")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Tenant
        fields = (
            "id",
            "slug",
            "name",
            "url",
            "domain",
            "status",
            "availability",
            "plan",
            "server",
            "region",
            "database_name",
            "epoch",
            "schema_version",
            "currency",
            "timezone",
            "country",
            "contact_email",
            "sandbox_of",
            "sandbox_until",
            "created_at",
            "updated_at",
            "activated_at",
            "suspended_at",
        )
        read_only_fields = fields

    def get_url(self, tenant: Tenant) -> str:
        return shop_url(tenant.slug)


class OfOperators(Resource):
    """Every shop."""

    model, output = Tenant, TenantOutput
    scopes = Scopes("tenants")


class TenantList(OfOperators, Lists):
    """All shops."""

    filters = {
        "slug": filters.text("slug", "The one at this address."),
        "status": filters.choice("status", TenantStatus.values, "As it stands."),
        "plan": filters.text("plan_type", "With this plan."),
        "server": filters.text("server", "On this server."),
        "schema_version": filters.text("schema_version", "Whose newest migration is this one."),
    }


class TenantItem(OfOperators, Shows):
    """A shop."""


class SuspendInput(Input):
    reason = Text(max_length=500)


class ResumeInput(Input):
    reason = Text(max_length=500, required=False, default="")


class Suspend(OfOperators, Acts):
    """Close an active shop for a while, as `manage.py tenant suspend` does: its data stays."""

    verb, input = "suspend", SuspendInput
    operation = "suspend_tenant"

    def act(self, row: Tenant, values: Values) -> None:
        suspend_tenant(row.pk, reason=values["reason"], actor_id=self.person.pk)


class Resume(OfOperators, Acts):
    """Open a suspended shop again, as `manage.py tenant resume` does."""

    verb, input = "resume", ResumeInput
    operation = "resume_tenant"

    def act(self, row: Tenant, values: Values) -> None:
        resume_tenant(row.pk, reason=values["reason"], actor_id=self.person.pk)
