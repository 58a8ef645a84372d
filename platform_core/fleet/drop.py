"""The end of a cancelled shop: a last backup, proven; then its database is closed, and dropped days later."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.models import Backup, BackupReason
from platform_core.fleet.backups.store import Tell, nobody
from platform_core.fleet.databases import close_database, open_database
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.restores.verify import verify_backup
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.fleet.window import check_window
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus


def drop_shop(
    tenant_id: UUID, *, reason: str, early: bool = False, actor_id: UUID | None = None, tell: Tell = nobody
) -> KeptDatabase:
    """Have a cancelled shop's database dropped once `settings.DROP_KEEP_DAYS` are over; nobody gets into it until then.

    Its final backup is taken and proven first, and kept under any rules. Safe to repeat after a kill; repeated later
    it changes nothing. `early` does not wait until its owners had their time to take it along, and the audit log says
    so. Errors: StandingRefused unless the shop is cancelled; ExportWindowOpen; as `back_up_shop` and `verify_backup`,
    and nothing is closed then.
    """
    with _alone(tenant_id, wanted="dropped") as tenant:
        kept = KeptDatabase.objects.filter(name=tenant.database_name).first()
        if kept is None:
            if not early:
                check_window(tenant)
            final = final_backup(tenant.pk) or back_up_shop(tenant.pk, reason=BackupReason.FINAL, tell=tell)
            if final.verified_at is None:
                verify_backup(final, tell=tell)
            kept = _write_down(tenant, final, reason=reason, early=early, actor_id=actor_id)
        with owner_connection(str(tenant.server_id)) as connection:
            close_database(connection, tenant.database_name)
    return kept


def keep_shop(tenant_id: UUID, *, reason: str, actor_id: UUID | None = None) -> Tenant:
    """Take back that a cancelled shop's database is to be dropped, as long as it is there. The shop stays cancelled.

    Errors: StandingRefused unless it is to be dropped.
    """
    with _alone(tenant_id, wanted="kept") as tenant:
        kept = KeptDatabase.objects.filter(name=tenant.database_name)
        if not kept.exists():
            raise StandingRefused(tenant.slug, "not about to be dropped", "kept")
        with owner_connection(str(tenant.server_id)) as connection:
            open_database(connection, tenant.database_name)
        with transaction.atomic():
            kept.delete()
            _record("keep_tenant", tenant, reason=reason, actor_id=actor_id)
    return tenant


def final_backup(tenant_id: UUID) -> Backup | None:
    """The last backup of a cancelled shop, which nothing changes any more."""
    return Backup.objects.of(tenant_id).complete().filter(reason=BackupReason.FINAL).first()


@contextmanager
def _alone(tenant_id: UUID, *, wanted: str) -> Iterator[Tenant]:
    tenant = Tenant.objects.get(pk=tenant_id)
    if tenant.status != TenantStatus.CANCELLED:
        raise StandingRefused(tenant.slug, tenant.status, wanted)
    if Move.objects.filter(tenant=tenant, state=MoveState.RUNNING).exists():
        raise StandingRefused(tenant.slug, "being moved", wanted)
    with owner_connection(str(tenant.server_id)) as connection, only_one(connection, work_of(tenant_id)):
        yield tenant


def _write_down(tenant: Tenant, final: Backup, *, reason: str, early: bool, actor_id: UUID | None) -> KeptDatabase:
    facts = {"backup": str(final.pk), **({"early": "yes"} if early else {})}
    with transaction.atomic():
        kept = KeptDatabase.objects.create(
            tenant=tenant,
            server=str(tenant.server_id),
            name=tenant.database_name,
            schema_version=tenant.schema_version,
            kept_until=timezone.now() + timedelta(days=settings.DROP_KEEP_DAYS),
        )
        _record("drop_tenant", tenant, reason=reason, actor_id=actor_id, **facts)
    return kept


def _record(action: str, tenant: Tenant, *, reason: str, actor_id: UUID | None, **facts: str) -> None:
    record(
        action,
        resource_type="tenant",
        resource_id=tenant.pk,
        tenant_id=tenant.pk,
        user_id=actor_id,
        metadata={**facts, "database_name": tenant.database_name, **({"reason": reason} if reason else {})},
    )
