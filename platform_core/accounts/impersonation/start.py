"""Beginning a visit in somebody's place."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from platform_core.accounts.access import live_access
from platform_core.accounts.impersonation.errors import NotAllowedIn
from platform_core.accounts.impersonation.models import LONGEST, Impersonation
from platform_core.accounts.models import PlatformRole, PlatformUser
from platform_core.audit.origin import Origin
from platform_core.audit.record import record_of

SHORTEST_REASON = 10
MAY = {PlatformRole.SUPER_ADMIN, PlatformRole.ADMIN, PlatformRole.SUPPORT}


def may_impersonate(operator: PlatformUser) -> bool:
    """Whether the operator's role allows it at all."""
    return operator.is_active and operator.role in MAY


def start_impersonation(
    operator: PlatformUser,
    *,
    tenant_id: UUID,
    person_id: UUID,
    reason: str,
    lasts: timedelta,
    origin: Origin,
) -> Impersonation:
    """Let `operator` into the shop in the place of one of its merchant's people, until `lasts` is over.

    The shop's audit log says so, with the reason. The door has asked for a fresh second factor before.
    Errors: NotAllowedIn; nothing changes then. ValueError unless 0 < lasts <= one hour.
    """
    if not timedelta(0) < lasts <= LONGEST:
        raise ValueError(f"a visit of {lasts} is none")
    why = " ".join(reason.split())
    if len(why) < SHORTEST_REASON:
        raise NotAllowedIn("Say why, in a sentence that the merchant understands.")
    if not may_impersonate(operator):
        raise NotAllowedIn("Your role does not reach so far.")
    with transaction.atomic():
        access = live_access(person_id, tenant_id)
        person = PlatformUser.objects.get(pk=person_id) if access is not None else None
        if access is None or person is None or person.role != PlatformRole.MERCHANT:
            raise NotAllowedIn("This person does not work in the shop.")
        if not access.tenant.support_may_enter:
            raise NotAllowedIn("The merchant does not let SmartSeller's people in.")
        now = timezone.now()
        visit = Impersonation.objects.create(
            operator=operator,
            person=person,
            tenant_id=tenant_id,
            reason=why,
            started_at=now,
            expires_at=now + lasts,
        )
        record_of(
            origin,
            "start_impersonation",
            resource_type="impersonation",
            resource_id=visit.pk,
            tenant_id=tenant_id,
            new_values={"reason": why, "until": visit.expires_at.isoformat()},
            metadata={"name": person.email},
        )
    return visit
