"""The shop changes over: in one transaction it is on the other server, with the next epoch, and open."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.fleet.moves.models import Move, MoveMethod, MoveState, MoveStep
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant


def swap(move: Move, *, schema_version: str | None = None) -> None:
    """Give the shop its new database, whose schema is the old one's unless `schema_version` says otherwise.

    The old one is kept for `settings.MOVE_KEEP_HOURS`.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=move.tenant_id)
        before = {"server": str(tenant.server_id), "database_name": tenant.database_name, "epoch": tenant.epoch}
        KeptDatabase.objects.create(
            tenant=tenant,
            server=move.source,
            name=move.old_database,
            schema_version=tenant.schema_version,
            kept_until=timezone.now() + timedelta(hours=settings.MOVE_KEEP_HOURS),
        )
        KeptDatabase.objects.filter(name=move.new_database).delete()
        tenant.server_id, tenant.database_name = move.target, move.new_database
        tenant.schema_version = schema_version or tenant.schema_version
        tenant.epoch += 1
        tenant.availability = move.availability_before
        tenant.save(update_fields=["server", "database_name", "schema_version", "epoch", "availability"])
        move.state, move.step, move.finished_at, move.error = MoveState.SUCCEEDED, MoveStep.OPENED, timezone.now(), ""
        move.save(update_fields=["state", "step", "finished_at", "error"])
        record(
            "undo_move" if move.method == MoveMethod.UNDO else "move_tenant",
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            old_values=before,
            new_values={"server": move.target, "database_name": tenant.database_name, "epoch": tenant.epoch},
            metadata={"move": str(move.pk), "method": move.method},
        )
        transaction.on_commit(partial(directory.forget, tenant.pk))
