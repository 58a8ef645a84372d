"""Opening a shop again that was closed for good, as long as its database is there."""

from datetime import UTC, date
from uuid import UUID

from django.utils import timezone

from platform_core.billing.go_on import go_on
from platform_core.billing.models import SubscriptionStatus, TenantSubscription
from platform_core.fleet.databases import database_exists
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.standing import change_of_standing

WANTED = "opened again"


def reopen_shop(tenant_id: UUID, *, reason: str, actor_id: UUID | None = None, today: date | None = None) -> Tenant:
    """Open a cancelled shop as it was. Its subscription goes on at the price that was agreed, from `today` (UTC, by
    default the clock's) on: what is left of a period that was paid is its, days on which it was closed after that are
    not billed, and what is overdue is followed anew.

    Errors: StandingRefused unless the shop is cancelled and has its database, which nobody is about to drop; FleetBusy
    while it is dropped or restored. Nothing changes then.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    with owner_connection(str(tenant.server_id)) as connection, only_one(connection, work_of(tenant_id)):
        _check(tenant, connection)
        with change_of_standing(
            tenant_id,
            action="reopen_tenant",
            wanted=WANTED,
            possible_from={TenantStatus.CANCELLED},
            reason=reason,
            actor_id=actor_id,
        ) as tenant:
            tenant.status, tenant.suspended_at = TenantStatus.ACTIVE, None
            tenant.save(update_fields=["status", "suspended_at"])
            _subscribe_again(tenant, today or timezone.now().astimezone(UTC).date())
    return tenant


def _check(tenant: Tenant, connection: OwnerConnection) -> None:
    if tenant.sandbox_of is not None:
        raise StandingRefused(tenant.slug, "a sandbox", WANTED)
    if tenant.status != TenantStatus.CANCELLED or tenant.activated_at is None:
        raise StandingRefused(tenant.slug, tenant.status, WANTED)
    if KeptDatabase.objects.filter(name=tenant.database_name).exists():
        raise StandingRefused(tenant.slug, "about to be dropped (`tenant keep` takes that back)", WANTED)
    if not database_exists(connection, tenant.database_name):
        raise StandingRefused(tenant.slug, "dropped", WANTED)


def _subscribe_again(tenant: Tenant, today: date) -> None:
    ended = TenantSubscription.objects.filter(tenant=tenant).select_related("plan")
    last = ended.select_for_update(no_key=True, of=("self",)).order_by("-current_period_end", "-id").first()
    if last is None:
        return
    last.status, last.cancelled_at, last.ends_with_period = SubscriptionStatus.SUSPENDED, None, False
    last.next_plan, last.next_cycle, last.next_amount = None, "", None
    last.save()
    go_on(tenant, last, today=today)
