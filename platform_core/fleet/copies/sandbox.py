"""Sandboxes: a shop's copy to try things in, which ends by itself."""

import logging
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.accounts.staff.seats import LIVE
from platform_core.audit.record import record
from platform_core.fleet.copies.discard import database_of, let_go_of_address
from platform_core.fleet.copies.errors import SandboxRefused
from platform_core.fleet.databases import close_database, database_exists, rename_database
from platform_core.fleet.models import ProvisioningRun, RunState
from platform_core.fleet.provision.request import RequestedShop, ShopRequest, request_shop
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.slugs import LONGEST_SLUG

ENDING = "-sandbox"
# Nobody waits for the data of a sandbox; a day is for whoever pressed the button too soon.
KEPT_FOR = timedelta(days=1)
ONE_EACH = "tenants_one_sandbox_per_shop"

logger = logging.getLogger(__name__)


def ask_for_sandbox(tenant_id: UUID, *, anonymise: bool, actor_id: UUID | None = None) -> RequestedShop:
    """Take the address of a sandbox of a shop, for `settings.SANDBOX_DAYS`; `run_provisioning` makes it.

    Everybody who may enter the shop may enter the sandbox. Errors: SandboxRefused when it has one, is none that sells,
    is a sandbox itself, or is not of this release's schema; as `request_shop`. Nothing changes then.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    if tenant.sandbox_of is not None:
        raise SandboxRefused(tenant.slug, "it is a sandbox itself")
    if tenant.status not in (TenantStatus.ACTIVE, TenantStatus.SUSPENDED):
        raise SandboxRefused(tenant.slug, f"it is {tenant.status.replace('_', ' ')}")
    if tenant.schema_version != shop_hooks.schema_version:
        versions = f"{tenant.schema_version}, and here they are made at {shop_hooks.schema_version}"
        raise SandboxRefused(tenant.slug, f"its database is at {versions}")
    owner = TenantAccess.objects.filter(LIVE, tenant=tenant, role=AccessRole.OWNER)
    email = owner.order_by("granted_at").values_list("platform_user__email", flat=True).first()
    request = ShopRequest(
        slug=_address(tenant.slug),
        name=tenant.name,
        owner_email=email or tenant.contact_email,
        plan=tenant.plan_type,
        currency=tenant.currency,
        timezone=tenant.timezone,
        country=tenant.country,
        region=tenant.region or None,
        theme=dict(tenant.theme_config or {}),
        origin={"kind": "sandbox", "source": str(tenant.pk), "anonymise": anonymise},
        sandbox_of=tenant.pk,
        sandbox_until=timezone.now() + timedelta(days=settings.SANDBOX_DAYS),
    )
    try:
        with transaction.atomic():
            requested = request_shop(request, actor_id=actor_id)
            # The same customers: nobody gets in more easily than into the shop itself.
            Tenant.objects.filter(pk=requested.tenant_id).update(
                support_may_enter=tenant.support_may_enter, staff_two_factor=tenant.staff_two_factor
            )
            record(
                "make_sandbox", resource_type="tenant", resource_id=requested.tenant_id, tenant_id=tenant.pk,
                user_id=actor_id, metadata={"anonymised": anonymise, "slug": request.slug},
            )  # fmt: skip
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != ONE_EACH:
            raise
        raise SandboxRefused(tenant.slug, "it has one already") from None
    return requested


def sandbox_of(tenant_id: UUID) -> Tenant | None:
    """The sandbox of a shop, one that is being made too; one statement."""
    return Tenant.objects.filter(sandbox_of=tenant_id).exclude(status=TenantStatus.CANCELLED).first()


def end_sandbox(sandbox_id: UUID, *, reason: str, actor_id: UUID | None = None) -> None:
    """Close a sandbox at once and free its address; its database and files go a day later. Safe to repeat after a kill.

    Errors: SandboxRefused for a shop that is none; FleetBusy while it is being made or restored.
    """
    tenant = Tenant.objects.get(pk=sandbox_id)
    if tenant.sandbox_of is None:
        raise SandboxRefused(tenant.slug, "it is no sandbox, and nothing of it is ended here")
    run = ProvisioningRun.objects.filter(tenant=tenant).exclude(state=RunState.SUCCEEDED).first()
    work = f"provisioning {run.pk}" if run else work_of(tenant.pk)
    with owner_connection(str(tenant.server_id)) as connection, only_one(connection, work):
        tenant.refresh_from_db()
        if tenant.status == TenantStatus.CANCELLED:
            return
        before, after = tenant.database_name, database_of(f"ended-{tenant.pk.hex}")
        if database_exists(connection, before):
            close_database(connection, before)
            rename_database(connection, before, after)
        with transaction.atomic():
            KeptDatabase.objects.get_or_create(
                name=after,
                defaults={
                    "tenant": tenant,
                    "server": str(tenant.server_id),
                    "schema_version": tenant.schema_version,
                    "kept_until": timezone.now() + KEPT_FOR,
                },
            )
            slug = tenant.slug
            let_go_of_address(tenant)
            record(
                "end_sandbox", resource_type="tenant", resource_id=tenant.pk, tenant_id=tenant.sandbox_of,
                user_id=actor_id, metadata={"slug": slug, "reason": reason},
            )  # fmt: skip
    directory.forget(sandbox_id)


def end_outdated() -> int:
    """End the sandboxes whose time is over; how many."""
    ended = 0
    over = Tenant.objects.filter(sandbox_of__isnull=False, sandbox_until__lte=timezone.now())
    for sandbox in over.exclude(status=TenantStatus.CANCELLED):
        try:
            end_sandbox(sandbox.pk, reason="its time was over")
            ended += 1
        except Exception:
            # Whatever it is, it is this one's own; the next round tries again.
            logger.exception("the sandbox %s could not be ended", sandbox.slug)
    return ended


def _address(slug: str) -> str:
    """`acme-sandbox`, or with something added while another shop has that."""
    wanted = f"{slug[: LONGEST_SLUG - len(ENDING)].rstrip('-')}{ENDING}"
    if not Tenant.objects.filter(slug=wanted).exists():
        return wanted
    room = LONGEST_SLUG - len(ENDING) - 5
    return f"{slug[:room].rstrip('-')}{ENDING}-{uuid4().hex[:4]}"
