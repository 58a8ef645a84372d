"""Which discounts a customer may not use any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, Subquery
from django.db.models.functions import Lower

from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.promotions.errors import Refusal
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """Who orders: the address that was typed, and the account if one is logged in. Anybody can type any address:
    before it is ordered, only the account is asked about.
    """

    email: str = ""
    customer_id: UUID | None = None

    @property
    def account(self) -> "Shopper | None":
        """Who is logged in, whatever was typed; None for a guest."""
        return Shopper(customer_id=self.customer_id) if self.customer_id else None


def normalised_email(email: str) -> str:
    """An address as limits compare it: without spaces around it, in lower case, without NUL, which no text has."""
    return email.replace("\x00", "").strip().lower()


def barred(discounts: Sequence[DiscountCode], shopper: Shopper) -> dict[UUID, Refusal]:
    """The discounts that `shopper` may not use, and why: used as often as one may, or for a first order only.

    A guest is the address that was typed, and whoever has proven that it is theirs. An account is itself, the address
    that was typed and, once it is proven, its own. Uses that were given back and orders that were cancelled do not
    count. At most two statements, none when no discount asks. Under the discounts' locks the answer stays true until
    the transaction ends.
    """
    found: dict[UUID, Refusal] = {}
    once = [discount for discount in discounts if discount.usage_limit_per_customer is not None]
    if once:
        uses = DiscountRedemption.objects.filter(
            _of(shopper, "customer_email"), discount__in=[discount.pk for discount in once], released_at=None
        )
        counts = dict(uses.values_list("discount").annotate(Count("pk")))
        for discount in once:
            if counts.get(discount.pk, 0) >= (discount.usage_limit_per_customer or 0):
                found[discount.pk] = Refusal.USED_BY_CUSTOMER
    first = [discount.pk for discount in discounts if discount.first_order_only]
    if first:
        orders = Order.objects.alias(address=Lower("customer_email")).filter(_of(shopper, "address", customer=None))
        if orders.exclude(status=Order.Status.CANCELLED).exists():
            found |= dict.fromkeys(first, Refusal.NOT_FIRST_ORDER)
    return found


def ask_who_orders(discounts: Iterable[DiscountCode]) -> bool:
    """Whether some of them depend on who orders. Pure."""
    return any(discount.first_order_only or discount.usage_limit_per_customer is not None for discount in discounts)


def _of(shopper: Shopper, address: str, **only: None) -> Q:
    """Rows of the shopper, with a column `customer` and one with an address in lower case, which counts where `only`
    is true too."""
    email = normalised_email(shopper.email)
    proven = Customer.objects.annotate(address=Lower("email")).filter(email_verified=True)
    if shopper.customer_id is None:
        own = Q(customer_id=Subquery(proven.filter(address=email).values("pk")[:1]))
        return Q(**{address: email}, **only) | own
    other = Subquery(proven.filter(pk=shopper.customer_id).values_list("address")[:1])
    own = Q(**{address: other}, **only) | Q(customer_id=shopper.customer_id)
    return Q(**{address: email}, **only) | own if email else own
