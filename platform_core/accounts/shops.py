"""The shops that one person works in."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.tenants.models import Tenant, TenantStatus

# Who sees what a shop costs and uses.
RUNS_IT = (AccessRole.OWNER, AccessRole.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnShop:
    """A shop as whoever works in it sees it in a list; `role` and `status` in people's words."""

    tenant_id: UUID
    slug: str
    name: str
    role: str
    status: str
    is_open: bool


def shops_of(user_id: UUID, *, roles: Collection[str] = AccessRole.values) -> QuerySet[Tenant]:
    """The shops where an active user has an access that holds now, in one of `roles`; `role` is which."""
    living = TenantAccess.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=Now()),
        platform_user=user_id,
        platform_user__is_active=True,
        is_active=True,
        role__in=roles,
    )
    return Tenant.objects.filter(accesses__in=living).annotate(role=F("accesses__role"))


def own_shops(user_id: UUID) -> list[OwnShop]:
    """Those that let the user in, by name. One statement."""
    return [_read(shop) for shop in _listed(user_id)]


def own_shop(user_id: UUID, slug: str) -> OwnShop | None:
    """One of them; None when it does not let the user in. One statement."""
    shop = _listed(user_id).filter(slug=slug).first()
    return None if shop is None else _read(shop)


def _listed(user_id: UUID) -> QuerySet[Tenant]:
    return shops_of(user_id).exclude(status=TenantStatus.CANCELLED).order_by("name", "slug")


def _read(shop: Any) -> OwnShop:
    """Of a row of `shops_of`."""
    return OwnShop(
        tenant_id=shop.pk,
        slug=shop.slug,
        name=shop.name,
        role=str(AccessRole(shop.role).label),
        status=shop.get_status_display(),
        is_open=shop.is_active,
    )
