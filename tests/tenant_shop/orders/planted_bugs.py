"""Mistakes that somebody could have made in the rooms where orders are bought: the machine has to find each."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.gateways.protocol import Attempt, Gateway, RefundReport
from tenant_shop.payments.gateways.registry import gateway_of
from tenant_shop.payments.given_back import GivenBack, Standing, standing_of
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.settle import settle_locked
from tenant_shop.payments.status import Entry, balance
from tenant_shop.returns.refunds import return_of


def nothing(*args: Any, **how: Any) -> int:
    return 0


def paid_ones_too(now: Any) -> Any:
    return Order.objects.filter(status__in=["pending", "confirmed"], payment_due_at__lte=now)


def dropped_here_only(before: Payment, order: Order, shop: ShopSettings) -> bool:
    Payment.objects.filter(pk=before.pk).update(state=Payment.State.DROPPED)
    return False


def all_but_pending(payment: Payment) -> Decimal:
    return Payment.objects.get(pk=payment.pk).refundable_amount


class Forgetful:
    """A gateway that is asked under another key each time."""

    def __init__(self, real: Gateway) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def refund(self, attempt: Attempt, amount: Decimal, **how: Any) -> RefundReport:
        return self.real.refund(attempt, amount, **{**how, "key": uuid4().hex if how["again"] else how["key"]})


def forgetful(code: str, shop: ShopSettings) -> Forgetful:
    return Forgetful(gateway_of(code, shop))


def a_hundred_of_each(order_id: UUID) -> dict[UUID | None, int]:
    return dict.fromkeys(OrderItem.objects.filter(order=order_id).values_list("variant_id", flat=True), 100)


def unless_for_a_return(order: Order, payment: Payment, **how: Any) -> Order:
    refund = PaymentRefund.objects.get(pk=how["details"]["refund"])
    return order if return_of(refund) else settle_locked(order, payment, **how)


def owed_for_ever(order: Order, entries: Iterable[Entry]) -> Decimal:
    price = Decimal(0) if order.status == Order.Status.CANCELLED else order.total_amount
    return max(balance(entries).captured - price, Decimal(0))


def as_if_nothing_was_given_back(order: Order, items: list[OrderItem]) -> dict[UUID, Standing]:
    return standing_of(order, items, GivenBack())


# What goes wrong, and where somebody would have written it.
BUGS: dict[str, tuple[str, Callable[..., Any]]] = {
    "stock is not looked at": ("orders.place.check_stock orders.reckon.check_stock", nothing),
    "a cancelled order keeps its goods": ("orders.cancel.release_stock", nothing),
    "a cancelled order keeps its code": ("orders.cancel.release_redemptions", nothing),
    "uses of codes are not counted": ("promotions.redeem._count", nothing),
    "limits of each buyer are not asked for": ("orders.charge.barred", lambda discounts, shopper: {}),
    "a cart is ordered again": ("orders.place.already_placed", lambda cart_id, key: None),
    "paid orders expire": ("orders.expire._overdue", paid_ones_too),
}
# Those in what follows an order: a machine that buys nothing more comes to them sooner.
LATER_BUGS: dict[str, tuple[str, Callable[..., Any]]] = {
    "an attempt is followed without giving it up": ("payments.next_attempt._give_up", dropped_here_only),
    "money on its way is not reserved": ("payments.refund.refundable payments.refundable.refundable", all_but_pending),
    "a refund is sent again under a new key": ("payments.refund.gateway_of", forgetful),
    "pieces are given back twice": ("payments.refund_amounts.given_back", lambda refunds: GivenBack()),
    "more is put back on sale than was taken": ("inventory.take_back.taken_by", a_hundred_of_each),
    "the money of a return is not entered": ("payments.refund.settle_locked", unless_for_a_return),
    "what was given back is still owed": ("payments.settle.owed orders.cancel.owed", owed_for_ever),
    "unpaid orders expire without asking": ("orders.expire._may_be_paid", lambda order_id, now, shop: False),
    "what was given back unsent is sent": ("orders.fulfil.standings", as_if_nothing_was_given_back),
}
