"""What is known of one shop, for its page in the console."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from platform_core.billing.letters import OWED
from platform_core.billing.models import BillingInvoice, SubscriptionStatus, TenantSubscription
from platform_core.fleet.backups.models import Backup, BackupTurn
from platform_core.fleet.migrate.ledger import in_quarantine
from platform_core.fleet.models import ProvisioningRun, RunState
from platform_core.fleet.template import schema_digest
from platform_core.fleet.watch.one import look_at
from platform_core.metrics.lag import state_of
from platform_core.metrics.models import RollupTurn
from platform_core.metrics.usage import use_of_plan
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.why_closed import why_closed

NONE = "\u2013"
# Pages of lists that are one shop's.
LISTS = (
    ("Invoices", "billinginvoice", "tenant__id__exact"),
    ("Backups", "backup", "tenant__id__exact"),
    ("Moves", "move", "tenant__id__exact"),
    ("Audit log", "auditlog", "shop"),
)


def facts_of_shop(shop: Tenant) -> dict[str, Any]:
    """Health, plan, use, backups, schema, database. Eleven statements to the platform's database, and one to the
    shop's server."""
    now = timezone.now()
    is_served = shop.status in (TenantStatus.ACTIVE, TenantStatus.SUSPENDED)
    return {
        "parts": ("admin/console/shop.html",),
        "concerns": _concerns(shop, now),
        "facts": [*_plan(shop), *_backup(shop), *_database(shop)],
        "use": use_of_plan(shop, now),
        "shop_url": shop_url(shop.slug) if is_served else "",
        "links": [
            {
                "title": title,
                "url": f"{reverse(f'admin:platform_core_{model}_changelist')}?"
                + urlencode({by: shop.slug if by == "shop" else str(shop.pk)}),
            }
            for title, model, by in LISTS
        ],
    }


def _concerns(shop: Tenant, now: datetime) -> list[str]:
    """What is not as it should be, in words; nothing for a shop that is well."""
    found = []
    if shop.status == TenantStatus.PENDING_SETUP:
        run = ProvisioningRun.objects.filter(tenant=shop).order_by("-started_at").first()
        if run is not None and run.state == RunState.FAILED:
            found.append(f"Making it failed: {run.error}")
        return found
    if shop.status == TenantStatus.CANCELLED:
        return found
    if shop.status == TenantStatus.SUSPENDED:
        said = why_closed(shop)
        found.append(f"It is closed to shoppers{f': {said}' if said else ''}.")
    if shop.availability != "open":
        found.append(f"It is closed to visitors: {shop.get_availability_display().lower()}.")
    if shop.schema_version < shop_hooks.schema_version:
        found.append(f"Its database is at {shop.schema_version or 'no migration'}, not {shop_hooks.schema_version}.")
    if refused := in_quarantine(schema_digest()).get(shop.pk):
        found.append(f"Its database refused the migration: {refused}")
    state, word = state_of(shop, RollupTurn.objects.filter(pk=shop.pk).first(), now)
    if state.lags and shop.status == TenantStatus.ACTIVE:
        found.append(f"Its figures are {state.value}{f': {word}' if word else ''}.")
    turn = BackupTurn.objects.filter(tenant=shop).first()
    if turn is not None and turn.failures:
        found.append(f"It could not be backed up: {turn.last_error}")
    overdue = BillingInvoice.objects.filter(OWED, tenant=shop, due_date__lt=now.date()).count()
    if overdue:
        found.append(f"{overdue} of its invoices {'is' if overdue == 1 else 'are'} overdue.")
    return found


def _plan(shop: Tenant) -> list[tuple[str, str]]:
    rows = TenantSubscription.objects.filter(tenant=shop).exclude(status=SubscriptionStatus.CANCELLED)
    running = rows.select_related("plan").first()
    if running is None:
        return [("Subscription", "none")]
    tried = running.trial_end if running.anchor_date is None else None
    return [
        ("Subscription", f"{running.plan.display_name}, {running.get_billing_cycle_display().lower()}"),
        ("It is", f"tried out until {tried:%Y-%m-%d}" if tried else running.get_status_display().lower()),
        ("Period ends", f"{running.current_period_end:%Y-%m-%d}{', for good' if running.ends_with_period else ''}"),
    ]


def _backup(shop: Tenant) -> list[tuple[str, str]]:
    last = Backup.objects.of(shop.pk).complete().first()
    proven = Backup.objects.of(shop.pk).filter(verified_at__isnull=False).order_by("-verified_at").first()
    return [
        ("Last backup", _moment(last.started_at) if last else "none yet"),
        ("Last proven", _moment(proven.verified_at) if proven and proven.verified_at else "never"),
    ]


def _database(shop: Tenant) -> list[tuple[str, str]]:
    told = [
        ("Database", f"{shop.database_name} on {shop.server_id}, epoch {shop.epoch}"),
        ("Schema", shop.schema_version or NONE),
    ]
    if shop.status == TenantStatus.PENDING_SETUP:
        return told
    look = look_at(str(shop.server_id), shop.database_name)
    if look.problem:
        return [*told, ("Size", f"not known: {look.problem}")]
    most = f" of {look.most}" if look.most is not None and look.most >= 0 else ""
    size = NONE if look.bytes is None else str(filesizeformat(look.bytes))
    return [*told, ("Size", size), ("Connections", f"{look.connections}{most}")]


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
