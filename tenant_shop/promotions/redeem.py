"""Using discounts for an order, and giving the uses back."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from tenant_shop.orders.items import OrderItem
from tenant_shop.promotions.combine import Savings
from tenant_shop.promotions.limits import Shopper, normalised_email
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption, OrderItemDiscount

# Discounts whose use depends on who used them (`DiscountCode.is_limited`).
LIMITED = ~Q(usage_limit=None) | ~Q(usage_limit_per_customer=None) | Q(first_order_only=True)


def lock_limited(discounts: Sequence[DiscountCode]) -> list[DiscountCode]:
    """`discounts`, those with limits read anew and locked until the transaction ends, in the order of their keys, so
    that a limit cannot be passed meanwhile. One that is gone is left out. One statement, none without limits.

    Others are not locked: everybody who orders would wait for one that is for everybody.
    """
    limited = [discount.pk for discount in discounts if discount.is_limited]
    if not limited:
        return list(discounts)
    rows = DiscountCode.objects.select_for_update(no_key=True).filter(pk__in=limited).order_by("pk")
    locked = {row.pk: row for row in rows}
    return [
        locked.get(discount.pk, discount) for discount in discounts if discount.pk in locked or not discount.is_limited
    ]


def redeem(
    savings: Savings, items: Sequence[OrderItem], *, order_id: UUID, shopper: Shopper, shipping: Decimal
) -> None:
    """Record what `order_id`, with `items` in the lines' order, saves by which discount; `count_uses` comes later.

    `shipping` is what delivery would cost. Those with limits are locked and checked. Two statements, none when nothing
    is saved.
    """
    if not savings.given:
        return
    uses = [
        DiscountRedemption(
            discount=given.discount,
            order_id=order_id,
            customer_id=shopper.customer_id,
            customer_email=normalised_email(shopper.email),
            title=given.discount.title,
            amount=given.amount,
            shipping_amount=shipping if given.free_shipping else Decimal(0),
        )
        for given in savings.given
    ]
    DiscountRedemption.objects.bulk_create(uses)
    OrderItemDiscount.objects.bulk_create(
        OrderItemDiscount(item=item, redemption=use, amount=part)
        for use, given in zip(uses, savings.given, strict=True)
        for item, part in zip(items, given.parts, strict=True)
        if part
    )


def count_uses(savings: Savings) -> None:
    """Count what `redeem` recorded. One statement, none when nothing is saved.

    Everybody who uses a discount without limits waits for its count until the transaction ends: next come numbers only.
    """
    if savings.given:
        _count((given.discount.pk for given in savings.given), by=1)


def redeem_anew(
    uses: Sequence[DiscountRedemption],
    savings: Savings,
    items: Sequence[OrderItem],
    *,
    order_id: UUID,
    shipping: Decimal,
) -> None:
    """Write down what an order that was changed saves now by the discounts that it used (`uses`), in the caller's
    transaction, under the order's lock and those of `lock_limits_of`.

    A discount that gives nothing any more is given back, as when the order is cancelled. `items` and `shipping` as in
    `redeem`. No discount is used that was not used before.
    """
    if not uses:
        return
    given = {each.discount.pk: each for each in savings.given}
    OrderItemDiscount.objects.filter(redemption__order=order_id).delete()
    now = timezone.now()
    for use in uses:
        still = given.get(use.discount_id)
        use.amount = still.amount if still else Decimal(0)
        use.shipping_amount = shipping if still and still.free_shipping else Decimal(0)
        use.released_at = None if still else now
    DiscountRedemption.objects.bulk_update(uses, ["amount", "shipping_amount", "released_at"])
    OrderItemDiscount.objects.bulk_create(
        OrderItemDiscount(item=item, redemption=use, amount=part)
        for use in uses
        if use.discount_id in given
        for item, part in zip(items, given[use.discount_id].parts, strict=True)
        if part
    )
    if lost := [use.discount_id for use in uses if use.discount_id not in given]:
        _count(lost, by=-1)


def lock_limits_of(order_id: UUID) -> None:
    """Lock the discounts with limits that an order used, in the order of their keys. Before variants, as when an order
    is placed: otherwise the two could wait for each other. One statement."""
    used = DiscountRedemption.objects.filter(order_id=order_id, released_at=None).values("discount_id")
    list(
        DiscountCode.objects.select_for_update(no_key=True)
        .filter(LIMITED, pk__in=used)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def release_redemptions(order_id: UUID) -> None:
    """Give back the uses that `order_id` made. Runs in the caller's transaction, under the order's lock and those of
    `lock_limits_of`. Safe twice."""
    open_uses = DiscountRedemption.objects.filter(order_id=order_id, released_at=None)
    discount_ids = list(open_uses.values_list("discount_id", flat=True))
    if not discount_ids:
        return
    open_uses.update(released_at=timezone.now())
    _count(discount_ids, by=-1)


def _count(discount_ids: Iterable[UUID], *, by: int) -> None:
    rows = DiscountCode.objects.select_for_update(no_key=True).filter(pk__in=list(discount_ids)).order_by("pk")
    DiscountCode.objects.filter(pk__in=rows.values("pk")).update(usage_count=Greatest(F("usage_count") + by, 0))
