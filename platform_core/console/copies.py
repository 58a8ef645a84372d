"""Backups, restores, moves and migrations in the console: what was done to shops' databases, and how it ended."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from unfold.decorators import display

from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.deeds import Deed, DeedsAdmin, Values
from platform_core.console.site import console
from platform_core.fleet.backups.models import Backup, BackupState
from platform_core.fleet.migrate.models import MigrationRun, ShopMigration, ShopMigrationState
from platform_core.fleet.moves.models import Move
from platform_core.fleet.restores.ask_proof import ask_for_proof
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.parking.models import ParkedTask

COLOURS = {
    "running": "info", "pending": "info", "complete": "success", "succeeded": "success", "current": "success",
    "failed": "danger", "quarantined": "danger", "stopped": "danger", "paused": "warning", "interrupted": "warning",
}  # fmt: skip


def _prove(row: Backup, values: Values, actor_id: UUID) -> str:
    ask_for_proof(row.pk, reason=values["reason"], actor_id=actor_id)
    return "A worker makes a database of it and compares every table; “last proven” says when it has."


class OfAShop(ReadOnlyAdmin):
    """A list to which a shop's page leads."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "tenant__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description="state", ordering="state", label=COLOURS)
    def badge(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


@admin.register(Backup, site=console)
class BackupAdmin(DeedsAdmin, OfAShop):
    """Copies of shops, and of the platform. Restoring is for `manage.py restore`, which asks for the shop's address."""

    deeds = (
        Deed(
            word="prove", title="Prove the backup {}", button="Prove it", permission="change_tenant", do=_prove,
            is_possible=lambda row: row.state == BackupState.COMPLETE,
            explanation="It becomes a database aside, which is compared and dropped again. The shop does not notice.",
        ),
    )  # fmt: skip
    list_display = ("whose", "badge", "reason", "started_at", "finished_at", "size", "rows", "verified_at", "server")
    list_filter = ("state", "kind", "reason", "server")
    search_fields = ("slug", "database_name", "location")
    date_hierarchy = "started_at"
    ordering = ("-started_at", "-id")

    def facts_of(self, row: Backup) -> dict[str, Any]:
        if row.state != BackupState.COMPLETE:
            return {}
        restore = f"restore --tenant {row.slug} --backup {row.pk}" if row.tenant_id else "restore_platform"
        return {"parts": ("admin/console/backup.html",), "restore": f"manage.py {restore}"}

    @display(description="of", ordering="slug")
    def whose(self, row: Backup) -> str:
        return row.slug or "the platform"

    @display(description="size", ordering="dump_bytes")
    def size(self, row: Backup) -> str:
        return str(filesizeformat(row.dump_bytes + row.media_bytes)) if row.dump_bytes else "\u2013"

    @display(description="rows", ordering="row_count")
    def rows(self, row: Backup) -> str:
        return f"{row.row_count:,}"


@admin.register(Restore, site=console)
class RestoreAdmin(OfAShop):
    list_display = ("tenant", "badge", "is_undo", "server", "started_at", "finished_at", "error")
    list_filter = ("state", "is_undo")
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug",)
    ordering = ("-started_at", "-id")


@admin.register(KeptDatabase, site=console)
class KeptDatabaseAdmin(OfAShop):
    """Databases that shops had, until they are dropped."""

    list_display = ("name", "tenant", "server", "kept_until", "created_at")
    list_filter = ("server",)
    list_select_related = ("tenant",)
    search_fields = ("name", "tenant__slug")
    ordering = ("-created_at", "-id")


@admin.register(Move, site=console)
class MoveAdmin(OfAShop):
    """Shops that changed servers. A move is asked for on a shop's page, and taken back by `manage.py move_tenant
    --undo`."""

    list_display = ("tenant", "badge", "source", "target", "method", "step", "started_at", "closed_for", "error")
    list_filter = ("state", "method", "source", "target")
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug",)
    ordering = ("-started_at", "-id")

    @display(description="closed for")
    def closed_for(self, row: Move) -> str:
        return f"{row.downtime.total_seconds():,.1f} s" if row.downtime is not None else "\u2013"


@admin.register(MigrationRun, site=console)
class MigrationRunAdmin(OfAShop):
    """Walks over all shops, to a release's schema or back; `manage.py migrate_tenants` begins and resumes them."""

    list_display = ("target", "kind", "badge", "started_at", "finished_at", "done", "refused", "error")
    list_filter = ("state", "kind")
    search_fields = ("target",)
    ordering = ("-started_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MigrationRun]:
        good = (ShopMigrationState.SUCCEEDED, ShopMigrationState.CURRENT)
        bad = (ShopMigrationState.FAILED, ShopMigrationState.QUARANTINED)
        rows: QuerySet[MigrationRun] = super().get_queryset(request)
        return rows.annotate(
            all_shops=Count("shops"),
            good=Count("shops", filter=Q(shops__state__in=good)),
            bad=Count("shops", filter=Q(shops__state__in=bad)),
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        shops = f"{reverse('admin:platform_core_shopmigration_changelist')}?run__id__exact={object_id}"
        links = {"links": [{"title": "Its shops", "url": shops}]}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **links})

    change_form_outer_before_template = "admin/console/tools.html"

    @display(description="shops done")
    def done(self, row: Any) -> str:
        return f"{row.good:,} of {row.all_shops:,}"

    @display(description="not done")
    def refused(self, row: Any) -> str:
        return f"{row.bad:,}"


@admin.register(ShopMigration, site=console)
class ShopMigrationAdmin(OfAShop):
    """What a run did in one shop."""

    list_display = ("tenant", "badge", "wave", "from_version", "to_version", "ms", "attempts", "finished_at", "error")
    list_filter = ("state",)
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug",)
    ordering = ("-finished_at", "-id")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(ParkedTask, site=console)
class ParkedTaskAdmin(OfAShop):
    """Tasks that were set aside; `manage.py parked_tasks` queues them again, or forgets them."""

    list_display = ("task", "reason", "tenant", "failures", "first_at", "last_at", "error")
    list_filter = ("reason", "task")
    list_select_related = ("tenant",)
    search_fields = ("task", "tenant__slug")
    ordering = ("-last_at", "-id")
