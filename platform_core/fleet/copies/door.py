"""What a shop's back office may ask of the fleet about copies of that shop."""

from uuid import UUID

from platform_core.fleet.copies.export import (
    ask_for_export,
    downloadable,
    export_soon,
    file_name,
    open_export,
)
from platform_core.fleet.copies.models import ShopExport
from platform_core.fleet.copies.sandbox import ask_for_sandbox, end_sandbox, sandbox_of
from platform_core.fleet.models import ProvisioningRun, RunState, StepState
from platform_core.fleet.provision.labels import label_of
from platform_core.fleet.provision.task import provision_soon
from platform_core.tenancy.hooks import ArchiveFacts, Download, SandboxFacts
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import TenantStatus

SHOWN = 10


class ShopCopies:
    """See `tenancy.hooks.Copies`."""

    def archives(self, tenant_id: UUID) -> list[ArchiveFacts]:
        exports = ShopExport.objects.filter(tenant=tenant_id)
        return [
            ArchiveFacts(
                id=export.pk, state=export.state, started_at=export.started_at, size=export.size,
                sha256=export.sha256, expires_at=export.expires_at, done_bytes=export.done_bytes,
            )
            for export in exports[:SHOWN]
        ]  # fmt: skip

    def ask_for_archive(self, tenant_id: UUID, *, actor_id: UUID) -> None:
        export_soon(ask_for_export(tenant_id, actor_id=actor_id).pk)

    def download(self, tenant_id: UUID, archive_id: UUID, *, actor_id: UUID, ip_address: str | None) -> Download:
        export = downloadable(archive_id, tenant_id)
        file = open_export(export, actor_id=actor_id, ip_address=ip_address)
        return Download(name=file_name(export), size=export.size, file=file)

    def sandbox(self, tenant_id: UUID) -> SandboxFacts | None:
        found = sandbox_of(tenant_id)
        if found is None:
            return None
        run = ProvisioningRun.objects.filter(tenant=found).order_by("-started_at").first()
        steps = list(run.steps.all()) if run else []
        done = sum(step.state == StepState.SUCCEEDED for step in steps)
        present = next((step for step in steps if step.state != StepState.SUCCEEDED), None)
        return SandboxFacts(
            slug=found.slug, url=shop_url(found.slug), until=found.sandbox_until,
            is_ready=found.status == TenantStatus.ACTIVE, done=done, steps=len(steps),
            doing=label_of(present.name) if present else "", done_bytes=present.done_bytes if present else 0,
            has_failed=run is not None and run.state == RunState.FAILED,
        )  # fmt: skip

    def ask_for_sandbox(self, tenant_id: UUID, *, anonymise: bool, actor_id: UUID) -> None:
        provision_soon(ask_for_sandbox(tenant_id, anonymise=anonymise, actor_id=actor_id).run_id)

    def end_sandbox(self, tenant_id: UUID, *, actor_id: UUID) -> bool:
        found = sandbox_of(tenant_id)
        if found is None:
            return False
        end_sandbox(found.pk, reason="ended by the merchant", actor_id=actor_id)
        return True
