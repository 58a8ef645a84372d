"""What the platform itself knows of a shop and its people: gone, but for what the law wants kept."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.billing.cards.models import MerchantCard
from platform_core.billing.coupons.models import CouponUse
from platform_core.billing.models import BillingInvoice, TenantSubscription
from platform_core.billing.tax_ids.models import TaxIdCheck
from platform_core.fleet.copies.discard import let_go_of_address
from platform_core.fleet.models import ProvisioningRun
from platform_core.metrics.models import RollupTurn, TenantMetric
from platform_core.parking.models import ParkedTask
from platform_core.tenants.models import Tenant

NOBODY = "erased.invalid"
Rows = Callable[[UUID], QuerySet[Any]]
ROWS: dict[str, Rows] = {
    "rights to enter the shop": lambda tenant_id: TenantAccess.objects.filter(tenant=tenant_id),
    "invitations": lambda tenant_id: TenantInvitation.objects.filter(tenant=tenant_id),
    "requests for the shop": lambda tenant_id: ProvisioningRun.objects.filter(tenant=tenant_id),
    "tasks that were set aside": lambda tenant_id: ParkedTask.objects.filter(tenant=tenant_id),
    "figures by day": lambda tenant_id: TenantMetric.objects.filter(tenant=tenant_id),
}
# Source: § 147 AO and § 14b UStG (Germany), Art. 17 (3) b GDPR: whoever issued an invoice keeps it.
KEPT = (
    {
        "what": "invoices that the platform issued for the shop's plan, and the subscriptions they are for",
        "why": "tax and commercial law have whoever issues an invoice keep it, ten years at most; Art. 17 (3) b GDPR",
    },
    {
        "what": "the audit log's entries about the shop, with the addresses of its people that stand in them",
        "why": "proof of who changed and erased what; nobody can rewrite it; Art. 5 (2), 17 (3) b and e GDPR",
    },
)
BILLED = {
    "what": "the address that invoices were written to",
    "why": "it is part of the invoices; tax and commercial law, Art. 17 (3) b GDPR",
}


def count_rows(tenant_id: UUID) -> dict[str, int]:
    """How many rows of each kind `scrub_platform` takes out."""
    return {what: rows(tenant_id).count() for what, rows in ROWS.items()} | {
        "accounts of people who enter no other shop": len(_only_here(tenant_id))
    }


def kept_by_law(tenant_id: UUID) -> list[dict[str, str]]:
    """What stays, and why."""
    return [*KEPT, *([BILLED] if _is_billed(tenant_id) else [])]


def scrub_platform(tenant_id: UUID) -> None:
    """Take the shop out of the platform's rows, but for what is kept by law. Safe to repeat.

    An account that opens no other shop is closed and says of nobody who it was.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        for user in _only_here(tenant_id):
            _close_account(user)
        for rows in ROWS.values():
            rows(tenant_id).delete()
        RollupTurn.objects.filter(tenant=tenant).delete()
        billed = _is_billed(tenant_id)
        if not billed:
            TenantSubscription.objects.filter(tenant=tenant).delete()
        _scrub_row(tenant, billed=billed)
        for sandbox in Tenant.objects.filter(sandbox_of=tenant_id):
            for rows in ROWS.values():
                rows(sandbox.pk).delete()
            _scrub_row(sandbox, billed=False)


def _is_billed(tenant_id: UUID) -> bool:
    return BillingInvoice.objects.filter(tenant=tenant_id).exists()


def _only_here(tenant_id: UUID) -> list[PlatformUser]:
    """Merchants' people who may enter this shop, its sandboxes, and no other."""
    here = [tenant_id, *Tenant.objects.filter(sandbox_of=tenant_id).values_list("pk", flat=True)]
    elsewhere = TenantAccess.objects.exclude(tenant__in=here).values("platform_user")
    theirs = TenantAccess.objects.filter(tenant=tenant_id).values("platform_user")
    merchants = PlatformUser.objects.filter(role=PlatformRole.MERCHANT, pk__in=theirs)
    return list(merchants.exclude(pk__in=elsewhere))


def _scrub_row(tenant: Tenant, *, billed: bool) -> None:
    if not tenant.slug.startswith("ended-"):
        let_go_of_address(tenant)
    nobody = f"{tenant.pk.hex}@{NOBODY}"
    tenant.contact_email, tenant.contact_phone, tenant.contact_name = nobody, None, None
    CouponUse.objects.filter(tenant=tenant).update(person=nobody)
    MerchantCard.objects.filter(tenant=tenant).delete()
    TaxIdCheck.objects.filter(tenant=tenant).delete()
    tenant.theme_config, tenant.feature_flags, tenant.settings, tenant.metadata = {}, {}, {}, {}
    if not billed:
        tenant.name, tenant.billing_email, tenant.billing_address, tenant.tax_id = "Erased shop", nobody, None, None
    tenant.save()


def _close_account(user: PlatformUser) -> None:
    user.email, user.first_name, user.last_name = f"{user.pk.hex}@{NOBODY}", None, None
    user.password, user.is_active, user.metadata = make_password(None), False, {}
    user.last_login, user.two_factor_secret, user.two_factor_enabled = None, None, False
    user.save()
