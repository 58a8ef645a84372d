"""Slowing down those who try which addresses have bought here.

A discount for a first order, or for one use of each customer, is refused to an address that is known here. Each of the
others that somebody tries is an order; of those that are refused, one network gets a few.
"""

from uuid import UUID

from smartseller.throttle import TooOften, count_visit, has_sent_too_many
from tenant_shop.carts.basket import read_basket
from tenant_shop.promotions.limits import ask_who_orders
from tenant_shop.storefront.visit import Visit

WHAT = "address-refused"
# In an hour, of one network address.
MOST_REFUSED = 20


def check_guesses(visit: Visit, cart_id: UUID) -> None:
    """Before it is ordered: whether this network may be told once more. No statement, three for who had too many.

    Errors: TooOften, only for a cart with discounts that depend on who orders.
    """
    if not has_sent_too_many(visit.request, WHAT, most=MOST_REFUSED):
        return
    if ask_who_orders(read_basket(cart_id, visit.settings).discounts):
        raise TooOften


def count_guess(visit: Visit) -> None:
    """An order was refused for its address."""
    count_visit(visit.request, WHAT, most=MOST_REFUSED)
