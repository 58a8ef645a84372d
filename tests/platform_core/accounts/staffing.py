"""A shop, its owner, and what is done with its people."""

from datetime import timedelta
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.accounts.staff.accept import accept_invitation, invitation_token
from platform_core.accounts.staff.change import change_staff, remove_staff
from platform_core.accounts.staff.invite import invite_staff
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import tenant_scope
from platform_core.tenants.models import Tenant
from tests.people import PASSWORD, make_user

SOON = timedelta(days=3)
OWNER, ADMIN, EDITOR, VIEWER = AccessRole.OWNER, AccessRole.ADMIN, AccessRole.EDITOR, AccessRole.VIEWER


@pytest.fixture
def acme() -> Tenant:
    return Tenant.objects.create(
        slug="acme", name="Acme", database_name="smartseller_acme", contact_email="a@acme.example"
    )


@pytest.fixture
def olga(acme: Tenant) -> TenantAccess:
    """The owner."""
    return person(acme, "olga@acme.example", OWNER)


def person(shop: Tenant, email: str, role: AccessRole, **values: Any) -> TenantAccess:
    return TenantAccess.objects.create(platform_user=make_user(email), tenant=shop, role=role, **values)


def origin(access: TenantAccess) -> Origin:
    return Origin(user_id=access.platform_user_id, ip_address="192.0.2.7", user_agent="A browser")


def ask(by: TenantAccess, email: str = "ed@acme.example", role: AccessRole = EDITOR, **values: Any) -> TenantInvitation:
    return invite_staff(
        tenant_id=by.tenant_id,
        email=email,
        role=role,
        access_expires_at=values.get("until"),
        actor_id=by.platform_user_id,
        origin=origin(by),
    )


def change(by: TenantAccess, whom: TenantAccess, role: AccessRole, **values: Any) -> TenantAccess:
    return change_staff(
        whom.pk,
        tenant_id=by.tenant_id,
        role=role,
        expires_at=values.get("until"),
        exceptions=values.get("exceptions"),
        actor_id=by.platform_user_id,
        origin=origin(by),
    )


def remove(by: TenantAccess, whom: TenantAccess) -> TenantAccess:
    return remove_staff(whom.pk, tenant_id=by.tenant_id, actor_id=by.platform_user_id, origin=origin(by))


def accept(invitation: TenantInvitation, password: str = PASSWORD) -> Any:
    return accept_invitation(
        invitation_token(invitation),
        tenant_id=invitation.tenant_id,
        password=password,
        first_name="Ed",
        last_name="",
        origin=Origin(user_id=None, ip_address="192.0.2.9"),
    )


def logged(shop: Tenant) -> list[tuple[str, Any, Any]]:
    with tenant_scope(shop.pk):
        return list(AuditLog.objects.order_by("created_at", "id").values_list("action", "old_values", "new_values"))


def standing(shop: Tenant) -> tuple[Any, ...]:
    """Everything that the rules are about: equal before and after, nothing moved."""
    return (
        list(TenantAccess.objects.filter(tenant=shop).order_by("pk").values()),
        list(TenantInvitation.objects.filter(tenant=shop).order_by("pk").values()),
        list(PlatformUser.objects.order_by("pk").values()),
        logged(shop),
    )
