"""What a shop's people want to know of a customer before they answer the telephone."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from smartseller.money import quantize
from tenant_shop.analytics.counted import counted
from tenant_shop.companies.membership import membership_of
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview

NEWEST = 10
Kind = PaymentEntry.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Amounts in the shop's currency. `orders` counts those that the figures count, `value` is what they cost less what
    was given back or need not be paid, `average` that by order; both None without one.
    """

    orders: int
    value: Decimal | None
    average: Decimal | None
    newest: list[Order]
    consents: list[CustomerConsent]
    returns: list[Return]
    reviews: list[ProductReview]
    company: Company | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """`orders` and `value` as in `Profile`."""

    orders: int
    value: Decimal | None


def worth_of(customer_id: UUID, currency: str) -> Worth:
    """What a customer's orders in `currency` are worth. Two statements."""
    counting = counted(Order.objects.filter(customer=customer_id), currency)
    nothing = Decimal(0)
    sums = counting.aggregate(
        orders=Count("pk"),
        total=Coalesce(Sum("total_amount"), nothing),
        credited=Coalesce(Sum("credited_amount"), nothing),
    )
    moved = PaymentEntry.objects.filter(payment__order__in=counting.order_by())
    moves = dict(
        moved.filter(kind__in=[Kind.REFUNDED, Kind.REFUND_FAILED]).values_list("kind").annotate(sum=Sum("amount"))
    )
    given_back = moves.get(Kind.REFUNDED, nothing) - moves.get(Kind.REFUND_FAILED, nothing)
    value = sums["total"] - sums["credited"] - given_back if sums["orders"] else None
    return Worth(orders=sums["orders"], value=value)


def profile_of(customer: Customer, settings: ShopSettings) -> Profile:
    """At most seven statements. Orders in a currency that the shop had before are listed and not summed.

    Rounding: the average half up, to the currency's minor unit.
    """
    mine = Order.objects.filter(customer=customer)
    worth = worth_of(customer.pk, settings.currency)
    orders, value = worth.orders, worth.value
    member = membership_of(customer.pk, settings)
    return Profile(
        orders=orders,
        value=value,
        average=quantize(value / orders, settings.currency) if value is not None else None,
        newest=list(mine.order_by("-created_at", "-id")[:NEWEST]),
        consents=list(CustomerConsent.objects.filter(customer=customer).order_by("-created_at", "-id")),
        returns=list(Return.objects.select_related("order").filter(customer=customer)[:NEWEST]),
        reviews=list(
            ProductReview.objects.select_related("product").filter(customer=customer).order_by("-created_at")[:NEWEST]
        ),
        company=member.company if member else None,
    )
