"""The fleet in numbers that a monitor watches."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from platform_core.fleet.backups.turns import longest_without_backup
from platform_core.fleet.migrate.ledger import in_quarantine
from platform_core.fleet.models import DatabaseServer, ProvisioningRun, RunState, SpareState
from platform_core.fleet.restores.prove_next import longest_unproven
from platform_core.fleet.template import schema_digest
from platform_core.mails.send import longest_waiting_mail
from platform_core.metrics.lag import lag
from platform_core.parking.release import parked_by_reason
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.outbox_lag import longest_wait
from platform_core.tenants.models import Tenant, TenantStatus


def fleet_gauges() -> Iterator[GaugeMetricFamily]:
    """Shops by status, behind the code and in quarantine, runs that failed, ready spares, the oldest backup, figures
    that lag, tasks that were set aside, the platform's mails that wait.

    Eleven statements to the platform's database, whatever the number of shops, and none to a shop's.
    Errors: DatabaseError, InterfaceError.
    """
    found = dict(Tenant.objects.order_by().values_list("status").annotate(Count("pk")))
    yield _family(
        "shops", "Shops, by status.", "status", {str(status): found.get(status, 0) for status in TenantStatus}
    )
    behind = Tenant.objects.filter(status__in=(TenantStatus.ACTIVE, TenantStatus.SUSPENDED))
    yield GaugeMetricFamily(
        "smartseller_shops_behind",
        "Shops whose database is older than this release.",
        value=behind.filter(schema_version__lt=shop_hooks.schema_version).count(),
    )
    yield GaugeMetricFamily(
        "smartseller_shops_quarantined",
        "Shops whose database refused a migration of this release.",
        value=len(in_quarantine(schema_digest())),
    )
    runs = dict(ProvisioningRun.objects.order_by().values_list("state").annotate(Count("pk")))
    unfinished = {str(state): runs.get(state, 0) for state in (RunState.RUNNING, RunState.FAILED)}
    yield _family("provisioning_runs", "Shops being made, and those whose making failed.", "state", unfinished)
    ready = Count("spares", filter=Q(spares__state=SpareState.READY))
    spares = DatabaseServer.objects.annotate(ready=ready).values_list("key", "ready")
    yield _family("spares", "Databases that wait for a new shop, by server.", "server", dict(spares))
    yield GaugeMetricFamily(
        "smartseller_oldest_backup_seconds",
        "Since the shop began that has been longest without a complete backup, or since that backup.",
        value=longest_without_backup(timezone.now()).total_seconds(),
    )
    yield GaugeMetricFamily(
        "smartseller_longest_unproven_seconds",
        "Since a backup of the shop was proven of which none was for longest, or since the shop began.",
        value=longest_unproven(timezone.now()).total_seconds(),
    )
    yield _family("rollups", "Shops, by how their figures by day stand.", "state", lag(timezone.now()).counts)
    yield _family("parked_tasks", "Tasks that were set aside, by reason.", "reason", parked_by_reason())
    yield GaugeMetricFamily(
        "smartseller_platform_mail_lag_seconds",
        "Since the oldest of the platform's own mails was promised that waits, and was not given up.",
        value=longest_waiting_mail(timezone.now()).total_seconds(),
    )


def outbox_gauge() -> GaugeMetricFamily:
    """How far the outboxes of shops lag behind. One statement, none to a shop's database.

    Errors: RedisUnavailable; DatabaseError, InterfaceError.
    """
    seconds, _ = longest_wait(timezone.now())
    return GaugeMetricFamily(
        "smartseller_outbox_lag_seconds",
        "Since the moment until which no shop has anything in its outbox that waits: mails, webhooks, audit entries.",
        value=seconds,
    )


def _family(name: str, said: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"smartseller_{name}", said, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family
