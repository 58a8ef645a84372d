"""Erasing a whole shop: database, files, archives, backups in every storage, rows of the platform; then a certificate.

What there was is counted and written down before anything goes, so that a killed erasure, which is carried on by the
same call, certifies the same.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.fleet.backups.back_up import turn_of
from platform_core.fleet.backups.store import put_bytes, store
from platform_core.fleet.copies.sandbox import end_sandbox, sandbox_of
from platform_core.fleet.erasures.certificate import document_of, issue
from platform_core.fleet.erasures.errors import ErasureRefused
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.fleet.erasures.scrub import count_rows, kept_by_law, scrub_platform
from platform_core.fleet.erasures.things import THINGS
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant, TenantStatus

Say = Callable[[str], None]
FOLDER = "erasures"
# Where a shop's row keeps what was found, until the certificate has it.
BEGUN = "erasure"
# The platform's own backups are gone through by the same rules as shops'; the oldest goes after so many months.
MONTH = timedelta(days=31)
BACKUPS = (
    "The shop's own backups are erased, wherever they lay. Backups of the platform's database, which know the shop's"
    " name and its people, go by the rules of retention, the last of them by {last:%Y-%m-%d}. A platform that comes"
    " back from one of them erases the shop again, by the certificate that lies beside the backups."
)


def silent(line: str) -> None:
    """For callers that tell nobody."""


def erase_shop(tenant_id: UUID, *, reason: str, actor_id: UUID | None = None, say: Say = silent) -> ErasureCertificate:
    """Erase everything of a cancelled shop for good, final backup and sandboxes included, and certify it.

    What the law has the platform keep stays, and the certificate says why. `say` gets a line for each kind of thing. A
    shop that was erased keeps its certificate.
    Errors: ErasureRefused unless the shop is cancelled, and while it is moved; FleetBusy while it is backed up,
    restored or exported.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    there = _certificate_of(tenant_id)
    if there is not None:
        return there
    if tenant.status != TenantStatus.CANCELLED or tenant.sandbox_of is not None:
        raise ErasureRefused(tenant.slug, "it is not cancelled" if tenant.sandbox_of is None else "it is a sandbox")
    if Move.objects.filter(tenant=tenant, state=MoveState.RUNNING).exists():
        raise ErasureRefused(tenant.slug, "a move of it is under way; `move_tenant --resume` finishes it")
    server = str(tenant.server_id)
    with (
        turn_of(server, tenant_id),
        owner_connection(server) as connection,
        only_one(connection, work_of(tenant_id)),
    ):
        there = _certificate_of(tenant_id)
        if there is not None:  # another operator was at it meanwhile
            return there
        copy = sandbox_of(tenant_id)
        if copy is not None:
            end_sandbox(copy.pk, reason="its shop is erased", actor_id=actor_id)
        begun = _begin(tenant, reason=reason, actor_id=actor_id)
        for things in THINGS:
            things.erase(tenant)
            _note_erased(tenant.pk, begun, things.what)
            say(f"{things.what}: {begun['found'][things.what]}")
        kept = kept_by_law(tenant_id)
        certificate = _certify(tenant_id, begun, kept=kept, actor_id=actor_id)
    directory.forget(tenant_id)
    keep_beside_backups(certificate)
    return certificate


def _certificate_of(tenant_id: UUID) -> ErasureCertificate | None:
    """Of a shop that was erased before; a kill may have kept it from the storage of backups."""
    there = ErasureCertificate.objects.filter(tenant_id=tenant_id).first()
    if there is not None:
        keep_beside_backups(there)
    return there


def _begin(tenant: Tenant, *, reason: str, actor_id: UUID | None) -> dict[str, Any]:
    """Write down what there is before anything is gone; what an attempt before this one found, if there was one."""
    with transaction.atomic():
        locked = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        begun: dict[str, Any] | None = locked.metadata.get(BEGUN)
        if begun is None:
            found = {things.what: things.count(tenant) for things in THINGS} | count_rows(tenant.pk)
            begun = {"slug": locked.slug, "reason": reason, "at": _now(), "found": found, "erased": {}}
            locked.metadata = {**locked.metadata, BEGUN: begun}
            locked.save(update_fields=["metadata"])
            record(
                "erase_tenant", resource_type="tenant", resource_id=tenant.pk, tenant_id=tenant.pk, user_id=actor_id,
                metadata={"reason": reason} if reason else {},
            )  # fmt: skip
    return begun


def _note_erased(tenant_id: UUID, begun: dict[str, Any], what: str) -> None:
    begun["erased"].setdefault(what, _now())
    with transaction.atomic():
        locked = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        locked.metadata = {**locked.metadata, BEGUN: begun}
        locked.save(update_fields=["metadata"])


def _certify(
    tenant_id: UUID, begun: dict[str, Any], *, kept: list[dict[str, str]], actor_id: UUID | None
) -> ErasureCertificate:
    """The platform's rows go in the transaction that the certificate comes in."""
    last = timezone.now() + MONTH * (settings.BACKUP_KEEP_MONTHLY + 1)
    with transaction.atomic():
        scrub_platform(tenant_id)
        finished = _now()
        content = {
            "kind": "smartseller-erasure",
            "platform": settings.PLATFORM_DOMAIN,
            "shop": {"id": str(tenant_id), "slug": begun["slug"]},
            "reason": begun["reason"],
            "begun_at": begun["at"],
            "finished_at": finished,
            "erased": [
                {"what": what, "amount": amount, "at": begun["erased"].get(what, finished)}
                for what, amount in begun["found"].items()
            ],
            "kept": kept,
            "backups": BACKUPS.format(last=last),
        }
        certificate = issue(tenant_id, content)
        record(
            "certify_erasure", resource_type="tenant", resource_id=tenant_id, tenant_id=tenant_id, user_id=actor_id,
            metadata={"certificate": certificate.number, "sha256": certificate.sha256},
        )  # fmt: skip
    return certificate


def keep_beside_backups(certificate: ErasureCertificate) -> None:
    """Put the certificate where backups lie: a platform that comes back from them knows whom it must erase again."""
    name = f"{FOLDER}/{certificate.number:06}-{certificate.tenant_id.hex}.json"
    if not store().exists(name):
        put_bytes(name, json.dumps(document_of(certificate), indent=1, sort_keys=True).encode())


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds")
