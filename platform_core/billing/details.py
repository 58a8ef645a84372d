"""Whom bills are made out to."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.billing.errors import TaxIdNotValid
from platform_core.billing.tax_ids.check import note_tax_id
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant
from smartseller.eu_tax_ids import MEMBER_STATES, country_of_tax_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingDetails:
    """`country` is an ISO 3166-1 alpha-2 code, by which the tax goes; `address` has its `lines` as they are printed."""

    email: str
    country: str
    address: dict[str, Any]
    tax_id: str


def read_billing_details(tenant_id: UUID) -> BillingDetails:
    tenant = Tenant.objects.get(pk=tenant_id)
    return BillingDetails(
        email=tenant.billing_email or "",
        country=tenant.country,
        address=tenant.billing_address or {},
        tax_id=tenant.tax_id or "",
    )


def change_billing_details(tenant_id: UUID, details: BillingDetails, *, actor_id: UUID | None = None) -> None:
    """Make the next bills out to `details`; those that were issued keep what they say. A new tax id is asked about at
    its register once that is committed.

    Errors: TaxIdNotValid for one that is none of the country's, within the EU; nothing changes then.
    """
    in_eu = details.country in MEMBER_STATES
    if details.tax_id and in_eu and country_of_tax_id(details.tax_id) not in MEMBER_STATES:
        raise TaxIdNotValid(details.tax_id)
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        before = _told(tenant)
        tenant.billing_email, tenant.country = details.email or None, details.country
        tenant.billing_address, tenant.tax_id = details.address, details.tax_id or None
        tenant.save(update_fields=["billing_email", "country", "billing_address", "tax_id"])
        note_tax_id(tenant)
        record(
            "change_billing_details",
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            old_values=before,
            new_values=_told(tenant),
        )
        transaction.on_commit(partial(directory.forget, tenant.pk))


def _told(tenant: Tenant) -> dict[str, Any]:
    return {
        "email": tenant.billing_email or "",
        "country": tenant.country,
        "address": (tenant.billing_address or {}).get("lines") or [],
        "tax_id": tenant.tax_id or "",
    }
