"""`/api/v1/fleet/`: servers, schema versions and runs, for operators."""

from dataclasses import asdict
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.gate.scopes import Scopes
from platform_core.api.gate.view import PlatformAPIView
from platform_core.api.v1.resource import Lists, Resource, Shows
from platform_core.fleet.migrate.models import MigrationRun, MigrationRunState
from platform_core.fleet.models import (
    DatabaseServer,
    ProvisioningRun,
    RunState,
    ServerState,
    SpareState,
    TemplateVersion,
)
from platform_core.fleet.status import fleet_status
from platform_core.status.read import status_of
from smartseller.api import filters
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import RowOutput


class ServerOutput(RowOutput):
    """A PostgreSQL server: how many shops it holds of how many it may, and how many databases wait for new ones."""

    shops = serializers.IntegerField(source="held")
    spares = serializers.IntegerField(source="ready")
    template = serializers.CharField(source="version", allow_null=True)

    class Meta:
        model = DatabaseServer
        fields = ("id", "key", "region", "state", "capacity", "shops", "spares", "template", "created_at", "updated_at")
        read_only_fields = fields


class Servers(Resource):
    model, output = DatabaseServer, ServerOutput
    scopes = Scopes("fleet")

    def rows(self) -> QuerySet[Any]:
        ready = Q(spares__state=SpareState.READY)
        current = TemplateVersion.objects.filter(server=OuterRef("key"), is_current=True)
        rows: QuerySet[Any] = DatabaseServer.objects.annotate(
            held=Count("tenants", distinct=True),
            ready=Count("spares", filter=ready, distinct=True),
            version=Subquery(current.values("version")[:1]),
        )
        return rows


class ServerList(Servers, Lists):
    """The servers that hold shops."""

    filters = {"state": filters.choice("state", ServerState.values, "As it stands.")}


class ServerItem(Servers, Shows):
    """A server."""


class MigrationRunOutput(RowOutput):
    """A walk over the shops' databases, to a release's schema or back from it."""

    class Meta:
        model = MigrationRun
        fields = ("id", "kind", "state", "target", "options", "started_at", "heartbeat_at", "finished_at", "error")
        read_only_fields = fields


class MigrationRuns(Resource):
    model, output = MigrationRun, MigrationRunOutput
    scopes = Scopes("fleet")


class MigrationRunList(MigrationRuns, Lists):
    """Migration runs, by when they began."""

    stamp = "started_at"
    filters = {"state": filters.choice("state", MigrationRunState.values, "As it stands.")}


class MigrationRunItem(MigrationRuns, Shows):
    """A migration run."""


class ProvisioningOutput(RowOutput):
    """A shop being made, or how that ended. What was asked for is not told: it is a person's."""

    shop_id = serializers.UUIDField(source="tenant_id")
    slug = serializers.CharField(source="tenant.slug")

    class Meta:
        model = ProvisioningRun
        fields = ("id", "shop_id", "slug", "state", "attempt", "spare_used", "started_at", "finished_at", "error")
        read_only_fields = fields


class ProvisioningRuns(Lists):
    """Shops being made, by when that began."""

    model, output = ProvisioningRun, ProvisioningOutput
    scopes = Scopes("fleet")
    stamp = "started_at"
    filters = {"state": filters.choice("state", RunState.values, "As it stands.")}

    def rows(self) -> QuerySet[Any]:
        return ProvisioningRun.objects.select_related("tenant")


class FindingOutput(serializers.Serializer[Any]):
    """What is not as it should be with one shop."""

    shop = serializers.CharField()
    kind = serializers.CharField()
    detail = serializers.CharField()


class PartOutput(serializers.Serializer[Any]):
    """A part of the platform as it was measured last; `is_well` is null when nobody has looked for five minutes."""

    part = serializers.CharField(source="key")
    is_well = serializers.BooleanField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True, help_text="Since when it is not well.")
    looked_at = serializers.DateTimeField(allow_null=True)
    uptime = serializers.FloatField(
        allow_null=True, help_text="Of the last ninety days, in percent of the looks: minutes without one say nothing."
    )
    unseen_minutes = serializers.IntegerField(
        source="unseen",
        help_text="In how many minutes of those days nobody looked, since somebody first did: neither up nor down.",
    )
    ms = serializers.FloatField(allow_null=True, help_text="A look on the average, in milliseconds.")


class FleetOutput(serializers.Serializer[Any]):
    """The fleet at a glance, by the platform's records: no shop's database is visited for it.

    `shops` counts shops by schema version. `served_from` is the oldest that is served: older shops are in maintenance.
    """

    is_good = serializers.BooleanField()
    schema = serializers.CharField()
    served_from = serializers.CharField()
    shops = serializers.DictField(child=serializers.IntegerField())
    templates = serializers.DictField(child=serializers.CharField())
    findings = FindingOutput(many=True)
    health = PartOutput(many=True)


class Fleet(PlatformAPIView):
    """Health and schema versions of the fleet."""

    scopes = Scopes("fleet")
    output = FleetOutput
    place_filters: dict[str, Any] = {}
    operation = "retrieve_fleet"

    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        found = fleet_status(visit=False)
        told = {**asdict(found), "is_good": found.is_good, "health": status_of(timezone.now())}
        return Response(FleetOutput(told).data)
