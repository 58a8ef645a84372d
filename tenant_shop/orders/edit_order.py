"""Changing an order by hand: what was sent stays in it, and its invoice is replaced."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.credit import check_credit, is_open_invoice
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.documents.find import documents_of, standing_invoice
from tenant_shop.documents.issue import replace_invoice
from tenant_shop.integrations.record import record_event
from tenant_shop.inventory.change_taken import change_taken
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.mails.promise import promise_mail
from tenant_shop.orders import confirmation
from tenant_shop.orders.editing import (
    Change,
    OrderEditedMeanwhile,
    OrderNotEditable,
    check_editable,
    mark_of,
)
from tenant_shop.orders.errors import OrderNotFound, TotalChanged
from tenant_shop.orders.for_company import check_company_rise
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import PricedLine
from tenant_shop.orders.reprice import Edited, reprice
from tenant_shop.orders.snapshot import items_snapshot, order_snapshot
from tenant_shop.orders.whole import complete_order
from tenant_shop.orders.write_edit import said_of_edit, said_of_invoice, write_lines, write_order
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.reopen import await_balance, give_up_attempts
from tenant_shop.payments.status import Balance, balance
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.promotions.redeem import lock_limits_of, redeem_anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an order would be after a change, and what is still to be paid, or to be given back, of it. `invoice` is the
    number of the one that would be replaced."""

    edited: Edited
    total: Decimal
    missing: Decimal
    owed: Decimal
    invoice: str = ""


def preview_edit(order: Order, items: Sequence[OrderItem], change: Change) -> Preview:
    """What `edit_order` would make of the order, without locking or changing anything.

    Errors: those of `edit_order` but for what happens meanwhile, and for stock.
    """
    check_editable(order)
    uses = _uses_of(order)
    wanted = {*change.added, *(item.variant_id for item in items if item.variant_id)}
    variants = ProductVariant.objects.select_related("product").in_bulk(list(wanted))
    edited = _edited(order, items, change, shop_settings(), uses, variants)
    total = edited.pricing.total if edited.pricing else order.total_amount
    money = balance(PaymentEntry.objects.filter(payment__order=order))
    _check_rise(order, total, money)
    invoice = standing_invoice(documents_of(order))
    return Preview(
        edited=edited,
        total=total,
        missing=max(total - money.captured, Decimal(0)),
        owed=max(money.captured - money.refunded - total, Decimal(0)),
        invoice=invoice.number if invoice else "",
    )


def edit_order(
    order_id: UUID,
    change: Change,
    *,
    seen: str,
    expected_total: Decimal,
    key: str,
    actor: str,
    tell: bool = False,
    told: Callable[[Order], None] | None = None,
) -> Order:
    """Change an order as `preview_edit` showed it: its lines, addresses and delivery. The same `key` again changes it
    once.

    What was bought keeps its price, stock and the uses of discounts follow, and what is to be paid is asked for anew:
    an order that is paid and costs more waits for its money again, one that costs less owes it to the customer. An
    invoice that says something else by now is credited whole and replaced by a new one, in the same transaction. `seen`
    is the `mark_of` what was looked at, `expected_total` the total that was shown. With `tell` the customer is mailed
    the order as it is then. `actor` is a user's id. `told` is called with the changed order at the end of the
    transaction, once.
    Attempts to pay that are under way are given up at their gateways first, with nothing locked.
    Rows are locked as when an order is placed: order, company, discounts with limits, variants, counts of discounts;
    the counters of documents last.
    Errors, with nothing changed: OrderNotFound, OrderNotEditable, OrderEditedMeanwhile, TotalChanged, InvalidAddress,
        ShippingUnavailable, OutOfStock, QuantityNotAllowed, BelowMinimumOrder, CreditExceeded, PaymentUnderWay,
        SellerUnknown for an invoice that would have to be replaced.
    """
    settings = shop_settings()
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    if order.metadata.get("edit") == key:
        return order
    check_editable(order)
    _check_seen(order, seen)
    if expected_total != order.total_amount:
        give_up_attempts(order, settings)
    with shop_transaction():
        order = lock_order(order_id)
        if order.metadata.get("edit") == key:
            return order
        check_editable(order)
        items = _check_seen(order, seen)
        _edit(order, items, change, settings, expected_total=expected_total, key=key, actor=actor, tell=tell)
        if told is not None:
            told(order)
        return order


def _edit(
    order: Order,
    items: list[OrderItem],
    change: Change,
    settings: ShopSettings,
    *,
    expected_total: Decimal,
    key: str,
    actor: str,
    tell: bool,
) -> None:
    if order.company_id and is_open_invoice(order):
        Company.objects.select_for_update(no_key=True).get(pk=order.company_id)
    lock_limits_of(order.pk)
    uses = _uses_of(order)
    variants = lock_variants({*change.added, *(item.variant_id for item in items if item.variant_id)})
    edited = _edited(order, items, change, settings, uses, variants)
    before, was = order_snapshot(order), items_snapshot(items)
    pricing, total_before = edited.pricing, order.total_amount
    total = pricing.total if pricing else total_before
    money = balance(PaymentEntry.objects.filter(payment__order=order))
    _check_rise(order, total, money)
    if total != expected_total:
        raise TotalChanged(expected_total, total, order.currency)
    if order.company is not None and is_open_invoice(order) and total > total_before:
        check_credit(order.company, total - total_before, order.currency)
    sentences = said_of_edit(order, items, edited, variants)
    if pricing is not None:
        stood = {item.variant_id: item.quantity for item in items if item.variant_id}
        change_taken(order.pk, stood, edited.demand, variants, actor=actor)
        items = write_lines(order, items, edited, pricing.lines)
        if edited.savings is not None:
            redeem_anew(uses, edited.savings, items, order_id=order.pk, shipping=edited.delivery.amount)
    write_order(order, edited, settings, key=key)
    await_balance(order, actor=actor, is_same_price=total == total_before)
    replaced = replace_invoice(order, actor=actor)
    status = order.status
    OrderStatusHistory.objects.create(
        order=order,
        previous_status=before["status"],
        new_status=status,
        comment=sentences + (said_of_invoice(replaced) if replaced else ""),
        updated_by=actor,
    )
    after = {**order_snapshot(order), "items": items_snapshot(items)}
    record_event("order.edited", {**after, "before": {**before, "items": was}})
    complete_order(order, actor=actor, why="Nothing of it is left to be sent.")
    if tell:
        promise_mail(confirmation.TOPIC, {"order_id": str(order.pk)}, task=confirmation.send_confirmation_task)


def _edited(
    order: Order,
    items: Sequence[OrderItem],
    change: Change,
    settings: ShopSettings,
    uses: Sequence[DiscountRedemption],
    variants: Mapping[UUID, ProductVariant],
) -> Edited:
    edited = reprice(order, items, change, settings=settings, uses=uses, variants=variants, at=timezone.now())
    sent = [item for item in items if item.quantity_fulfilled]
    if not sent:
        return edited
    if edited.shipping_address != order.shipping_address or change.delivery_code or change.own_delivery:
        raise OrderNotEditable(order.order_number, "Some of it is on its way already, to where it was to go.")
    if edited.pricing is not None:
        lines = {line.variant_id: line for line in edited.pricing.lines}
        if any(not _costs_the_same(item, lines[item.variant_id]) for item in sent if item.variant_id):
            raise OrderNotEditable(order.order_number, "What was sent would cost something else.")
    return edited


def _costs_the_same(item: OrderItem, line: PricedLine) -> bool:
    """Whether a line of which pieces were sent stays as it is; of one that loses pieces, whether it is taxed alike."""
    if line.quantity != item.quantity:
        return line.tax_rate == item.tax_rate
    return (line.discount, line.tax) == (item.discount_amount, item.tax_amount)


def _check_rise(order: Order, total: Decimal, money: Balance) -> None:
    """More than was asked for can be asked for while the whole order is here and none of its money went back, and if
    the buyer's company lets them."""
    if total <= max(order.total_amount, money.captured):
        return
    if order.fulfillment_status != Order.FulfillmentStatus.UNFULFILLED:
        raise OrderNotEditable(order.order_number, "Some of it was sent: take a new order for what is added.")
    if money.refunded:
        raise OrderNotEditable(order.order_number, "Money was given back for it: take a new order for what is added.")
    if order.company_id and total > order.total_amount:
        check_company_rise(order, total)


def _check_seen(order: Order, seen: str) -> list[OrderItem]:
    items = list(OrderItem.objects.filter(order=order))
    if mark_of(order, items) != seen:
        raise OrderEditedMeanwhile(order.order_number)
    return items


def _uses_of(order: Order) -> list[DiscountRedemption]:
    """The discounts that the order uses. One statement."""
    return list(DiscountRedemption.objects.select_related("discount").filter(order=order, released_at=None))
