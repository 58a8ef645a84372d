"""What a shop's owner decides about who gets in and how."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from platform_core.accounts.impersonation.end import end_visits
from platform_core.accounts.impersonation.models import Impersonation
from platform_core.accounts.models import PlatformUser
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of
from platform_core.tenants.models import Tenant
from smartseller.errors import RuleViolation


class OwnFactorFirst(RuleViolation):
    """Who asks for a second factor of others, and has none, would be locked out by that."""

    code = "own_factor_first"

    def __init__(self) -> None:
        super().__init__("Log in with two-factor yourself first: without it, this would close the shop to you, too.")


def read_shop_security(tenant_id: UUID) -> dict[str, bool]:
    """One statement."""
    tenant = Tenant.objects.only("support_may_enter", "staff_two_factor").get(pk=tenant_id)
    return {"support_may_enter": tenant.support_may_enter, "staff_two_factor": tenant.staff_two_factor}


def visits_of(tenant_id: UUID, *, limit: int = 20) -> list[Impersonation]:
    """The latest visits of SmartSeller's people in the place of the shop's. One statement."""
    return list(Impersonation.objects.filter(tenant=tenant_id).select_related("operator", "person")[:limit])


def change_shop_security(
    tenant_id: UUID, *, support_may_enter: bool, staff_two_factor: bool, actor: PlatformUser, origin: Origin
) -> bool:
    """Whether SmartSeller's people may log in in the place of the shop's, and whether the shop's people need a second
    factor; whether anything was different. Both hold at the next click: visits that are running end.

    Errors: OwnFactorFirst; nothing changes then.
    """
    wanted = {"support_may_enter": support_may_enter, "staff_two_factor": staff_two_factor}
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        before = {name: getattr(tenant, name) for name in wanted}
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if not changed:
            return False
        if changed.get("staff_two_factor") and (actor.session is None or actor.session.two_factor_at is None):
            raise OwnFactorFirst
        # A sandbox of the shop has the same customers.
        Tenant.objects.filter(Q(pk=tenant_id) | Q(sandbox_of=tenant_id)).update(**changed)
        if changed.get("support_may_enter") is False:
            end_visits(
                Impersonation.objects.filter(Q(tenant=tenant_id) | Q(tenant__sandbox_of=tenant_id)), origin=origin
            )
        record_of(
            origin,
            "change_security",
            resource_type="security",
            tenant_id=tenant_id,
            old_values={name: before[name] for name in changed},
            new_values=changed,
        )
    return True
