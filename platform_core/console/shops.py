"""Shops in the console: how each fares, and what operators do about it."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from platform_core.accounts.impersonation.start import may_impersonate
from platform_core.accounts.models import PlatformUser
from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.deeds import Deed, DeedsAdmin, ReasonForm, Values
from platform_core.console.impersonate import impersonate
from platform_core.console.moments import written
from platform_core.console.shop_facts import facts_of_shop
from platform_core.console.site import console
from platform_core.fleet.backups.ask import ask_for_backup
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.moves.ask import ask_for_move
from platform_core.fleet.provision.again import provision_again
from platform_core.fleet.reopen import reopen_shop
from platform_core.fleet.window import window_ends
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant, TenantAvailability, TenantStatus
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.suspend import may_be_suspended, suspend_tenant

STATUS_COLOURS = {"active": "success", "pending_setup": "info", "suspended": "warning", "cancelled": "danger"}
HEALTH_COLOURS = {
    "well": "success", "maintenance": "warning", "moving": "info", "schema behind": "warning",
    "backup fails": "danger", "figures fail": "danger",
}  # fmt: skip
SERVED = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED)


class MoveForm(ReasonForm):
    """Which server gets the shop."""

    to = forms.ChoiceField(label="To", widget=UnfoldAdminSelectWidget)
    may_close = forms.BooleanField(
        label="Close it meanwhile, if it must be",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="Where the servers cannot replicate. Without it nothing is begun then, and for how long is said.",
    )

    def __init__(self, data: Any = None, *, row: Tenant) -> None:
        super().__init__(data, row=row)
        servers = DatabaseServer.objects.filter(state=ServerState.OPEN).exclude(key=row.server_id)
        if row.region:
            servers = servers.filter(region=row.region)
        keys = list(servers.order_by("key").values_list("key", flat=True))
        self.fields["to"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
        if not keys:
            self.fields["to"].help_text = "There is no other open server where its data may be."


class CloseForm(ReasonForm):
    """Closing for good: the shop's address is typed, as a terminal has it typed."""

    address = forms.CharField(label="Its address", max_length=50, widget=UnfoldAdminTextInputWidget)

    def __init__(self, data: Any = None, *, row: Tenant) -> None:
        super().__init__(data, row=row)
        self.fields["address"].help_text = f"Type {row.slug}, to be sure that it is this one."

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        if typed != self.row.slug:
            raise forms.ValidationError("That is another address.")
        return typed


def _suspend(row: Tenant, values: Values, actor_id: UUID) -> str:
    suspend_tenant(row.pk, reason=values["reason"], actor_id=actor_id)
    return f"{row.slug} is suspended: shoppers see a neutral page, and no payment opens it."


def _close(row: Tenant, values: Values, actor_id: UUID) -> str:
    ends = window_ends(cancel_tenant(row.pk, reason=values["reason"], actor_id=actor_id))
    until = f" until {ends:%Y-%m-%d %H:%M} UTC" if ends else ""
    return f"{row.slug} is closed for good, and its subscription has ended. Its owners can take it along{until}."


def _resume(row: Tenant, values: Values, actor_id: UUID) -> str:
    resume_tenant(row.pk, reason=values["reason"], actor_id=actor_id)
    return f"{row.slug} is open again."


def _again(row: Tenant, values: Values, actor_id: UUID) -> str:
    provision_again(row.pk, reason=values["reason"], actor_id=actor_id)
    return f"Making {row.slug} goes on; look at it under Provisioning."


def _back_up(row: Tenant, values: Values, actor_id: UUID) -> str:
    ask_for_backup(row.pk, reason=values["reason"], actor_id=actor_id)
    return f"{row.slug} is backed up within minutes; look at it under Backups."


def _move(row: Tenant, values: Values, actor_id: UUID) -> str:
    chosen = {name: values[name] for name in ("to", "reason", "may_close")}
    move = ask_for_move(row.pk, **chosen, actor_id=actor_id)
    how = f" It is closed while it is dumped and restored: {move.reason}." if move.reason else ""
    return f"{row.slug} moves to {move.target}; look at it under Moves.{how}"


def _reopen(row: Tenant, values: Values, actor_id: UUID) -> str:
    reopen_shop(row.pk, reason=values["reason"], actor_id=actor_id)
    return f"{row.slug} is open again, and its subscription goes on."


# What mends a merchant's record is support's, too; where data lies is not.
CHANGE = "change_tenant"
DEEDS = (
    Deed(
        word="suspend", title="Suspend {}", button="Suspend", permission=CHANGE, do=_suspend, is_dangerous=True,
        is_possible=may_be_suspended,
        explanation="Shoppers see a neutral page and nobody can buy, until it is resumed here. Nothing is lost. One "
        "that is closed because it did not pay stays closed when it pays. It is not billed again before it is resumed.",
    ),
    Deed(
        word="resume", title="Open {} again", button="Resume", permission=CHANGE, do=_resume,
        is_possible=lambda row: row.status == TenantStatus.SUSPENDED,
        explanation="It opens as it was, whatever is owed. Days on which it was closed after its period are not "
        "billed; what is overdue is followed anew, and closes it again after seven days.",
    ),
    Deed(
        word="provision", title="Go on making {}", button="Try making it again", permission=CHANGE, do=_again,
        is_possible=lambda row: row.status == TenantStatus.PENDING_SETUP,
        explanation="The steps that are not done are done, from the first of them on.",
    ),
    Deed(
        word="back-up", title="Back {} up", button="Back up", permission=CHANGE, do=_back_up,
        is_possible=lambda row: row.status in SERVED and row.sandbox_of is None,
        explanation="A worker backs it up next, while it sells on.",
    ),
    Deed(
        word="move", title="Move {} to another server", button="Move", permission="add_move", do=_move, form=MoveForm,
        is_possible=lambda row: row.status in SERVED, is_dangerous=True,
        explanation="Where the servers can replicate, it sells on while it is copied and is closed for moments. "
        "Otherwise it would be closed while it is dumped and restored, which is not begun unless you say so. "
        "The old database is kept for some days. A worker does it, and gives up before an hour is over: what takes "
        "longer is moved on a terminal, by manage.py move_tenant.",
    ),
    Deed(
        word="close", title="Close {} for good", button="Close for good", permission="delete_tenant", do=_close,
        form=CloseForm, is_possible=lambda row: not row.is_cancelled and row.sandbox_of is None, is_dangerous=True,
        explanation="Nobody gets in any more and its subscription ends. What it owes stays owed. Its data are kept for "
        "a while, and its owners can take them along.",
    ),
    Deed(
        word="reopen", title="Open {} again", button="Open it again", permission="delete_tenant", do=_reopen,
        is_possible=lambda row: row.is_cancelled and row.sandbox_of is None,
        explanation="It opens as it was, if its database is still there. Its subscription goes on at its price: days "
        "on which the shop was closed are not billed, and what is overdue is followed anew.",
    ),
)  # fmt: skip


class BehindFilter(SimpleListFilter):
    """Whose database is older than this release."""

    title = "schema"
    parameter_name = "behind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Behind this release")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> QuerySet[Tenant]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(status__in=SERVED, schema_version__lt=shop_hooks.schema_version)


@admin.register(Tenant, site=console)
class TenantAdmin(DeedsAdmin, ReadOnlyAdmin):
    """Shops. Their state is changed by verbs that check, record and announce; `manage.py tenant` has all of them."""

    deeds = DEEDS
    list_display = ("slug", "name", "status_badge", "health", "plan_type", "server", "schema_version", "backed_up")
    list_filter = ("status", BehindFilter, "plan_type", "availability", "server")
    search_fields = ("slug", "name", "domain", "contact_email", "database_name")
    ordering = ("slug",)
    fields = (
        ("name", "status"),
        ("plan_type", "availability"),
        ("domain", "region"),
        ("contact_name", "contact_email"),
        ("contact_phone", "billing_email"),
        ("country", "tax_id"),
        ("currency", "timezone"),
        ("created_at", "activated_at"),
        ("suspended_at", "sandbox_until"),
        ("support_may_enter", "staff_two_factor"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        # By its index for each that is shown, not by adding all backups up.
        complete = Backup.objects.complete().filter(tenant=OuterRef("pk")).order_by("-started_at")
        newest = Subquery(complete.values("started_at")[:1])
        rows: QuerySet[Tenant] = super().get_queryset(request)
        turns = ("server", "rollup_turn", "backup_turn")
        return rows.select_related(*turns).annotate(newest_backup=newest)

    def get_urls(self) -> list[URLPattern]:
        into = path("<uuid:tenant_id>/log-in/", self.admin_site.admin_view(impersonate), name="impersonate")
        return [into, *super().get_urls()]

    def possible(self, request: HttpRequest, row: Any) -> list[dict[str, str]]:
        deeds = super().possible(request, row)
        if not row.is_active or not may_impersonate(cast("PlatformUser", request.user)):
            return deeds
        forbidden = "" if row.support_may_enter else " (the merchant has forbidden it)"
        return [
            {"title": f"Log in as one of its people{forbidden}", "url": reverse("admin:impersonate", args=[row.pk])},
            *deeds,
        ]

    def facts_of(self, row: Tenant) -> dict[str, Any]:
        return facts_of_shop(row)

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, tenant: Tenant) -> tuple[str, str]:
        return tenant.status, tenant.get_status_display()

    @display(description="health", label=HEALTH_COLOURS)
    def health(self, tenant: Tenant) -> str:
        """In a word, by what was read with it; its page says more."""
        if tenant.status not in SERVED:
            return ""
        if tenant.availability != TenantAvailability.OPEN:
            return str(tenant.get_availability_display().lower())
        if tenant.schema_version < shop_hooks.schema_version:
            return "schema behind"
        turns = (("backup_turn", "backup fails"), ("rollup_turn", "figures fail"))
        failing = [word for name, word in turns if (turn := getattr(tenant, name, None)) and turn.failures]
        return failing[0] if failing else "well"

    @display(description="last backup (UTC)", ordering="newest_backup")
    def backed_up(self, tenant: Any) -> str:
        return written(tenant.newest_backup)
