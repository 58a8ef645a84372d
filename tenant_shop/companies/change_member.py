"""What members may do, and who stays one."""

from decimal import Decimal
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.companies.errors import LastAdmin, NotForThisRole
from tenant_shop.companies.find import lock_company
from tenant_shop.companies.membership import member_by_id, other_admins
from tenant_shop.companies.models import CompanyMember


def change_member(
    admin: CompanyMember, member_id: UUID, *, role: CompanyMember.Role, order_limit: Decimal | None, is_active: bool
) -> CompanyMember:
    """An admin says what a member of the same company may do.

    Changes wait for each other: the company is locked. Errors: NotForThisRole; MemberNotFound; LastAdmin.
    """
    with shop_transaction():
        lock_company(admin.company_id)
        _check_still_admin(admin)
        member = member_by_id(admin.company_id, member_id)
        if member.is_admin and not (is_active and role == CompanyMember.Role.ADMIN):
            _check_not_last(member)
        member.role, member.order_limit, member.is_active = role, order_limit, is_active
        member.save(update_fields=["role", "order_limit", "is_active"])
    return member


def leave_company(member: CompanyMember) -> None:
    """The customer buys for nobody from now on. Errors: LastAdmin."""
    with shop_transaction():
        lock_company(member.company_id)
        if member.is_admin:
            _check_not_last(member)
        CompanyMember.objects.filter(pk=member.pk).delete()


def _check_still_admin(admin: CompanyMember) -> None:
    """What was read before the lock may have changed."""
    mine = CompanyMember.objects.filter(pk=admin.pk, role=CompanyMember.Role.ADMIN, is_active=True)
    if not mine.exists():
        raise NotForThisRole


def _check_not_last(member: CompanyMember) -> None:
    if not other_admins(member).exists():
        raise LastAdmin
