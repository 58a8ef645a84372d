"""How the fleet fares, and what an operator has to look at, by the platform's records: no shop's database is asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse

from platform_core.billing.letters import OWED
from platform_core.billing.models import BillingInvoice
from platform_core.fleet.backups.turns import overdue
from platform_core.fleet.migrate.ledger import in_quarantine
from platform_core.fleet.models import DatabaseServer, ProvisioningRun, RunState, ServerState, SpareState
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.template import schema_digest
from platform_core.metrics.lag import TurnState, lag
from platform_core.parking.models import ParkedTask
from platform_core.status.read import Part, status_of
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant, TenantStatus

SERVED = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Concern:
    """So many of something that should not be; `url` leads to them."""

    count: int
    title: str
    explanation: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`concerns` are those of which there are any. Servers have `held` shops and `ready` spares."""

    concerns: list[Concern]
    parts: list[Part]
    servers: list[DatabaseServer]


def health_of(now: datetime) -> Health:
    """Twelve statements, however many shops there are."""
    waiting = _concerns(now)
    ready = Count("spares", filter=Q(spares__state=SpareState.READY), distinct=True)
    servers = DatabaseServer.objects.exclude(state=ServerState.RETIRED).annotate(
        held=Count("tenants", filter=~Q(tenants__status=TenantStatus.CANCELLED), distinct=True), ready=ready
    )
    return Health(
        concerns=[concern for concern in waiting if concern.count],
        parts=status_of(now),
        servers=list(servers.order_by("key")),
    )


def _concerns(now: datetime) -> list[Concern]:
    served = Tenant.objects.filter(status__in=SERVED)
    late = sum(count for state, count in lag(now).counts.items() if state in _LAGGING)
    failed = ProvisioningRun.objects.filter(state=RunState.FAILED, tenant__status=TenantStatus.PENDING_SETUP)
    full = DatabaseServer.objects.filter(state=ServerState.OPEN).annotate(held=Count("tenants"))
    return [
        Concern(
            BillingInvoice.objects.filter(OWED, due_date__lt=now.date()).count(), "Invoices overdue",
            "their day to pay is over", _list("billinginvoice", standing="overdue"),
        ),
        Concern(failed.count(), "Shops not made", "the making failed", _list("provisioningrun", state="failed")),
        Concern(
            served.filter(schema_version__lt=shop_hooks.schema_version).count(), "Shops behind",
            "their database is older than this release", _list("tenant", behind="yes"),
        ),
        Concern(
            len(in_quarantine(schema_digest())), "Shops in quarantine", "their database refused a migration",
            _list("migrationrun"),
        ),
        Concern(len(overdue()), "Backups late", "due for six hours, or failed", _list("backup", state="failed")),
        Concern(late, "Figures late", "of shops that should be rolled up", _list("rollupturn")),
        Concern(ParkedTask.objects.count(), "Tasks set aside", "see manage.py parked_tasks", _list("parkedtask")),
        Concern(
            Move.objects.filter(state=MoveState.RUNNING).count(), "Moves under way", "shops that change servers",
            _list("move", state="running"),
        ),
        Concern(
            full.filter(held__gte=F("capacity")).count(), "Servers full", "they take no new shop",
            _list("databaseserver"),
        ),
    ]  # fmt: skip


_LAGGING = {state.value for state in (TurnState.LATE, TurnState.FAILING, TurnState.NEVER)}


def _list(model: str, **filters: Any) -> str:
    url = reverse(f"admin:platform_core_{model}_changelist")
    return (
        f"{url}?{urlencode({_FILTERS.get(name, name): value for name, value in filters.items()})}" if filters else url
    )


_FILTERS = {"state": "state__exact"}
