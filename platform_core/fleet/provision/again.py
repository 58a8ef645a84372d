"""Trying once more to make a shop whose making failed."""

from functools import partial
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.fleet.errors import ShopNotPending
from platform_core.fleet.models import ProvisioningRun, RunState
from platform_core.fleet.provision.task import provision_soon
from platform_core.tenants.models import Tenant, TenantStatus


def provision_again(tenant_id: UUID, *, reason: str, actor_id: UUID) -> ProvisioningRun:
    """Have a worker do the steps that are not done of a shop in preparation.

    Safe while another is at it: the second finds nothing to do. Errors: Tenant.DoesNotExist; ShopNotPending for a shop
    that is made, or was cancelled.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        run = ProvisioningRun.objects.filter(tenant=tenant).exclude(state=RunState.SUCCEEDED).order_by("-pk").first()
        if run is None or tenant.status != TenantStatus.PENDING_SETUP:
            raise ShopNotPending(tenant.slug, tenant.status)
        record(
            "provision_again",
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            metadata={"reason": reason, "run": str(run.pk)},
        )
        transaction.on_commit(partial(provision_soon, run.pk))
    return run
