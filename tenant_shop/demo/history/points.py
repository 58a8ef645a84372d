"""The points that customers earned with the orders of the past."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.demo.history.moments import id_at
from tenant_shop.demo.history.orders import PastOrder
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import points_for, points_to_take_back
from tenant_shop.loyalty.rules import LoyaltyRules, loyalty_rules
from tenant_shop.loyalty.tiers import assign_tiers
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.status import balance

Reason = LoyaltyEntry.Reason


def write_points(settings: ShopSettings, orders: Sequence[PastOrder], *, staff: str) -> int:
    """Write the entries of all orders that arrived, as the shop's verbs would have, and bring tiers up to date; how
    many entries. Two statements.
    """
    rules = loyalty_rules(settings.loyalty)
    if not rules.is_on:
        return 0
    entries = list(_entries(rules, orders, staff))
    LoyaltyEntry.objects.bulk_create(entries)
    latest = max(past.order.updated_at for past in orders)
    assign_tiers(rules, currency=settings.currency, at=latest)
    return len(entries)


def _entries(rules: LoyaltyRules, orders: Sequence[PastOrder], staff: str) -> Iterator[LoyaltyEntry]:
    spent: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    arrived = [past for past in orders if past.order.status == Order.Status.DELIVERED and past.order.customer_id]
    for past in sorted(arrived, key=lambda past: past.order.delivered_at or past.order.created_at):
        order, customer_id = past.order, past.order.customer_id
        at = order.delivered_at or order.created_at
        if customer_id is None or at < rules.since:
            continue
        multiplier = rules.tier_for(spent[customer_id]).multiplier
        points = points_for(order, points_per_unit=rules.points_per_unit, multiplier=multiplier)
        spent[customer_id] += order.total_amount
        if not points:
            continue
        yield LoyaltyEntry(
            id=id_at(at),
            customer_id=customer_id,
            order=order,
            points=points,
            reason=Reason.EARNED,
            actor=staff,
            created_at=at,
        )
        taken = points_to_take_back(points, order, balance(past.entries), delivery_refunded=Decimal(0))
        if taken:
            back = max(entry.created_at for entry in past.entries if entry.kind == PaymentEntry.Kind.REFUNDED)
            yield LoyaltyEntry(
                id=id_at(back),
                customer_id=customer_id,
                order=order,
                points=-taken,
                reason=Reason.TAKEN_BACK,
                actor=staff,
                created_at=back,
            )
