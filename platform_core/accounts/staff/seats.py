"""How many people a shop has, and whether there is room for one more."""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from platform_core.accounts.models import PlatformRole, TenantAccess
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.plans.limits import Limited, PlanTerms, check_room, terms_of
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant

LIVE = Q(is_active=True, platform_user__is_active=True) & (Q(expires_at=None) | Q(expires_at__gt=Now()))


def lock_staff(tenant_id: UUID) -> None:
    """Hold the shop for the transaction: whatever is done to its people comes one after the other."""
    Tenant.objects.select_for_update(no_key=True).only("pk").get(pk=tenant_id)


def seats_taken(tenant_id: UUID, *, without: TenantInvitation | None = None) -> int:
    """The merchant's own people with a live access, and those who are invited. Two statements.

    The platform's people, let in for a while to help, take none.
    """
    accesses = TenantAccess.objects.filter(LIVE, tenant=tenant_id, platform_user__role=PlatformRole.MERCHANT).count()
    invitations = TenantInvitation.objects.filter(tenant=tenant_id).open()
    if without is not None:
        invitations = invitations.exclude(pk=without.pk)
    return accesses + int(invitations.count())


def terms_of_shop(tenant_id: UUID) -> PlanTerms:
    """What the shop's plan includes at this moment; one statement."""
    return terms_of(TenantPlan.objects.get(name__in=Tenant.objects.filter(pk=tenant_id).values("plan_type")))


def check_seat(tenant_id: UUID, *, without: TenantInvitation | None = None) -> None:
    """Errors: PlanLimitReached when one more is one too many. Ask with the shop locked."""
    check_room(terms_of_shop(tenant_id), Limited.STAFF_USERS, used=seats_taken(tenant_id, without=without))
