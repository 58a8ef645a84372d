"""Taking a shop in from an archive: a new shop, made in the steps of any other, filled instead of seeded."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.fleet.copies.discard import discard_pending
from platform_core.fleet.copies.errors import ArchiveUnusable, RowsDiffer
from platform_core.fleet.copies.read import manifest_digest, opened_archive
from platform_core.fleet.provision.request import ShopRequest, request_shop
from platform_core.fleet.provision.run import ProvisioningReport, run_provisioning
from platform_core.fleet.provision.watch import UNWATCHED, Watch
from platform_core.tenants.models import Tenant

ARCHIVE = "archive"


def import_archive(
    path: Path,
    *,
    slug: str,
    owner_email: str,
    name: str = "",
    plan: str = "basic",
    region: str | None = None,
    actor_id: UUID | None = None,
    watch: Watch = UNWATCHED,
) -> ProvisioningReport:
    """Make a new shop at `slug` of what the archive at `path` holds; it answers once everything is there.

    The archive is read and checked from its beginning to its end before anything is made. One of an earlier release
    goes into that release's schema, and is migrated. Keys to payment gateways do not come along: they are worth nothing
    outside the installation that sealed them. Killed, it is carried on by the same call. `watch` hears how far it is,
    the reading included.
    Errors: ArchiveUnusable, RowsDiffer, and nothing is left of the new shop then; as `request_shop` and
    `run_provisioning`.
    """
    path = path.resolve()
    watch.begins("check_archive")
    with opened_archive(path, tell=watch.copied) as archive:
        shop = archive.manifest.shop
        request = ShopRequest(
            slug=slug,
            name=name or shop.name,
            owner_email=owner_email,
            plan=plan,
            currency=shop.currency,
            timezone=shop.timezone,
            country=shop.country,
            theme=shop.theme,
            region=region,
        )
        request = replace(request, origin={"kind": ARCHIVE, "path": str(path), "sha256": manifest_digest(path)})
    requested = request_shop(request, actor_id=actor_id)
    try:
        report = run_provisioning(requested.run_id, watch=watch)
    except (ArchiveUnusable, RowsDiffer):
        discard_pending(requested.tenant_id)
        raise
    with transaction.atomic():
        tenant = Tenant.objects.get(pk=requested.tenant_id)
        record(
            "import_tenant",
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            metadata={"archive_of": str(shop.id), "slug_before": shop.slug},
        )
    return report
