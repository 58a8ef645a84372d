"""For whom a customer buys once another account of theirs is merged into this one."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from smartseller.errors import RuleViolation
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.membership import other_admins
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest

RANKS = (CompanyMember.Role.BUYER, CompanyMember.Role.APPROVER, CompanyMember.Role.ADMIN)


class OnlyAdmin(RuleViolation):
    """The account is the only admin of a company, and would leave it by the merge."""

    code = "only_admin_elsewhere"

    def __init__(self, company: str) -> None:
        self.company = company
        super().__init__(
            f"The other account is the only admin of {company}, and the one that stays buys for another company."
            " Make somebody else the admin first."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """The memberships of two accounts: `stays` is the one that holds afterwards, `ends` the one that does not."""

    stays: CompanyMember | None
    ends: CompanyMember | None


def belonging_of(survivor_id: UUID, other_id: UUID) -> Belonging:
    """Who buys for which company after a merge.

    The survivor's company holds; a company of the other account's only where the survivor has none. In one company the
    membership that allows more holds, so that no company loses its admin. Two statements at most.
    Errors: OnlyAdmin.
    """
    found = CompanyMember.objects.select_related("company").filter(customer__in=[survivor_id, other_id])
    members = {member.customer_id: member for member in found}
    mine, others = members.get(survivor_id), members.get(other_id)
    if mine is None or others is None:
        return Belonging(stays=mine or others, ends=None)
    if mine.company_id == others.company_id:
        stronger = max((mine, others), key=lambda member: (member.is_active, RANKS.index(member.role), member is mine))
        return Belonging(stays=stronger, ends=others if stronger is mine else mine)
    if others.is_admin and others.is_active and not other_admins(others).exists():
        raise OnlyAdmin(others.company.name)
    return Belonging(stays=mine, ends=others)


def lock_companies_of(*customer_ids: UUID) -> None:
    """Lock the companies that the customers belong to, in the caller's transaction: their members change one by one."""
    theirs = CompanyMember.objects.filter(customer__in=customer_ids).order_by()
    companies = Company.objects.filter(pk__in=theirs.values("company")).order_by("pk")
    list(companies.select_for_update(no_key=True).values_list("pk"))


def requests_that_end(other_id: UUID, belonging: Belonging) -> QuerySet[PurchaseRequest]:
    """What the other account waits for from a company that it does not buy for afterwards."""
    waiting = PurchaseRequest.objects.filter(customer=other_id, status=PurchaseRequest.Status.PENDING)
    return waiting if belonging.stays is None else waiting.exclude(company=belonging.stays.company_id)


def merge_members(survivor_id: UUID, other_id: UUID, belonging: Belonging) -> None:
    """Give the survivor the membership that holds, and what the other account asked for or decided on.

    What waits for a company that they do not buy for is withdrawn: its cart goes, an offer is as it was. In the
    caller's transaction, which has locked the customers, the carts and the companies.
    """
    ending = requests_that_end(other_id, belonging)
    carts = ShoppingCart.objects.filter(pk__in=list(ending.values_list("cart_id", flat=True)))
    carts.filter(quote=None).delete()
    carts.update(frozen_at=None)
    ending.update(status=PurchaseRequest.Status.WITHDRAWN, decided_at=timezone.now())
    PurchaseRequest.objects.filter(customer=other_id).update(customer=survivor_id)
    PurchaseRequest.objects.filter(decided_by=other_id).update(decided_by=survivor_id)
    if belonging.ends is not None:
        CompanyMember.objects.filter(pk=belonging.ends.pk).delete()
    CompanyMember.objects.filter(customer=other_id).update(customer=survivor_id)
