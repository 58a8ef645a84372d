"""Purchase requests: finding them, and what they would cost now."""

from uuid import UUID

from django.db.models import QuerySet

from tenant_shop.carts.basket import Basket
from tenant_shop.carts.lines import lines_of
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.errors import OwnRequest, RequestDecided, RequestNotFound
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.quote import Quote, quote_of
from tenant_shop.promotions.limits import Shopper


def requests_for(member: CompanyMember) -> QuerySet[PurchaseRequest]:
    """What the member sees: all of the company's for approvers and admins, their own for buyers. The latest first."""
    found = PurchaseRequest.objects.filter(company=member.company_id)
    if not member.is_active:
        return found.none()
    return found if member.sees_all_orders else found.filter(customer=member.customer_id)


def request_for(member: CompanyMember, request_id: UUID) -> PurchaseRequest:
    """A request that the member sees, with its people and its order. One statement. Errors: RequestNotFound."""
    found = requests_for(member).select_related("customer", "decided_by", "order", "company")
    asked = found.filter(pk=request_id).first()
    if asked is None:
        raise RequestNotFound(request_id)
    return asked


def may_decide(member: CompanyMember, asked: PurchaseRequest) -> bool:
    """Whether the member may approve or reject it: approvers what others want, admins whatever is wanted. Pure."""
    if not member.is_active or not member.sees_all_orders or asked.company_id != member.company_id:
        return False
    return member.is_admin or asked.customer_id != member.customer_id


def check_may_decide(member: CompanyMember, asked: PurchaseRequest) -> None:
    """Errors: RequestNotFound for another company's or a buyer; OwnRequest; RequestDecided."""
    if not may_decide(member, asked):
        if member.is_active and member.sees_all_orders and asked.company_id == member.company_id:
            raise OwnRequest
        raise RequestNotFound(asked.pk)
    if not asked.is_pending:
        raise RequestDecided(asked.pk)


def price_request(asked: PurchaseRequest, settings: ShopSettings) -> tuple[Basket, Quote]:
    """What a pending request would cost now. At most six statements. Errors: RequestDecided once its cart is gone."""
    cart = ShoppingCart.objects.filter(pk=asked.cart_id, completed_at=None, frozen_at__isnull=False).first()
    if cart is None:
        raise RequestDecided(asked.pk)
    basket = Basket(cart.pk, cart, tuple(lines_of(cart.pk)), settings)
    answers = asked.answers
    address = answers["shipping_address"]
    quote = quote_of(
        basket,
        country=address["country"],
        state=address["state_province"],
        shipping_code=answers["shipping_code"],
        shopper=Shopper(email=answers["email"], customer_id=asked.customer_id),
        company=asked.company,
    )
    return basket, quote
