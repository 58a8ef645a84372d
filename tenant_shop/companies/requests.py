"""Purchase requests: finding them, and what they would cost now."""

from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet

from tenant_shop.carts.basket import Basket
from tenant_shop.carts.lines import lines_of
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.errors import OwnRequest, RequestDecided, RequestNotFound
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.inventory.shortage import summed_demand
from tenant_shop.orders.errors import CurrencyChanged
from tenant_shop.orders.quote import Quote, quote_of
from tenant_shop.promotions.limits import Shopper
from tenant_shop.quotes.deal import check_acceptable
from tenant_shop.quotes.errors import QuoteChanged, QuoteNotOpen


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


def own_request(customer_id: UUID, request_id: UUID) -> PurchaseRequest:
    """What the customer asked for, whatever they are in the company by now. One statement. Errors: RequestNotFound."""
    found = PurchaseRequest.objects.select_related("customer", "decided_by", "order", "company")
    asked = found.filter(pk=request_id, customer=customer_id).first()
    if asked is None:
        raise RequestNotFound(request_id)
    return asked


def waiting_of(customer_id: UUID) -> QuerySet[PurchaseRequest]:
    """What the customer asked for, in any company, and nobody has decided on. The latest first."""
    return PurchaseRequest.objects.filter(customer=customer_id, status=PurchaseRequest.Status.PENDING)


def waiting_for(member: CompanyMember) -> int:
    """How many requests wait for the member's decision. One statement, none for who decides on none."""
    if not member.is_active or not member.sees_all_orders:
        return 0
    waiting = PurchaseRequest.objects.filter(company=member.company_id, status=PurchaseRequest.Status.PENDING)
    return waiting.count() if member.is_admin else waiting.exclude(customer=member.customer_id).count()


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


def price_request(
    asked: PurchaseRequest, settings: ShopSettings, *, judges_address: bool = False
) -> tuple[Basket, Quote]:
    """What a pending request would cost now; that an offer does not hold any more, or that the shop sells in another
    currency, is among the problems. What the address that the buyer typed has used counts only with `judges_address`,
    which is for an approval that was refused for it: nobody learns by asking who has bought here.

    At most seven statements. Errors: RequestDecided once its cart is gone.
    """
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
        postal_code=address.get("postal_code", ""),
        shipping_code=answers["shipping_code"],
        shopper=Shopper(email=answers["email"] if judges_address else "", customer_id=asked.customer_id),
        company=asked.company,
    )
    try:
        check_offer(basket, asked.customer_id, None)
    except (QuoteNotOpen, QuoteChanged) as refusal:
        quote = replace(quote, problems=(*quote.problems, str(refusal)))
    if asked.currency != settings.currency:
        quote = replace(quote, problems=(*quote.problems, str(CurrencyChanged(asked.currency, settings.currency))))
    return basket, quote


def check_offer(basket: Basket, customer_id: UUID | None, revision: int | None) -> None:
    """Whether the offer that the basket stands for, if it does, holds for the customer as they saw it (`revision`).

    Sound while its cart is locked: nobody changes an offer without that. Errors: QuoteNotOpen, QuoteChanged.
    """
    demand = summed_demand((row.variant_id, row.quantity) for row in basket.rows)
    currency = basket.settings.currency
    check_acceptable(basket.deal, demand, customer_id=customer_id, revision=revision, currency=currency)


def request_of_offer(quote_id: UUID) -> PurchaseRequest | None:
    """The request that waits for somebody's decision on the offer, with its company. One statement."""
    carts = ShoppingCart.objects.filter(quote=quote_id).values("pk")
    waiting = PurchaseRequest.objects.filter(cart_id__in=carts, status=PurchaseRequest.Status.PENDING)
    return waiting.select_related("company").first()
