"""A customer's orders: the list, one of them, ordering it again, cancelling it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenant_shop.carts.add_many import add_lines
from tenant_shop.customers.models import Customer
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotCancellable, OrderNotFound
from tenant_shop.orders.mine import order_of, orders_of
from tenant_shop.orders.models import Order
from tenant_shop.payments.given_back import SENT
from tenant_shop.pricing.errors import QuantityNotAllowed
from tenant_shop.returns.returnable import may_ask_to_return
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.documents import document_answer, document_links
from tenant_shop.storefront.locale import money_in
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.orders import STATUS_TEXTS, order_facts, returns_facts, summary_facts
from tenant_shop.storefront.visit import Visit

ON_A_PAGE = 10
CANCELLED_BY = "Cancelled by the customer."


@require_safe
@for_customers
def my_orders(visit: Visit, customer: Customer) -> HttpResponse:
    asked = visit.request.GET.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 else 1
    found, has_older = orders_of(customer, page=max(page, 1), on_a_page=ON_A_PAGE)
    address = reverse("storefront:my_orders")
    context = {
        "orders": [order_row(order, visit) for order in found],
        "newer_url": f"{address}?page={page - 1}" if page > 1 else "",
        "older_url": f"{address}?page={page + 1}" if has_older else "",
    }
    return account_page(visit, "orders.html", context, here="my_orders")


def order_row(order: Order, visit: Visit) -> dict[str, Any]:
    return {
        "url": reverse("storefront:my_order", args=[order.pk]),
        "number": order.order_number,
        "placed_at": order.created_at,
        "status": str(STATUS_TEXTS[Order.Status(order.status)]),
        "line_count": getattr(order, "line_count", 0),
        "total": money_in(order.currency, visit.language)(order.total_amount),
    }


@require_safe
@for_customers
def my_order(visit: Visit, customer: Customer, order_id: UUID) -> HttpResponse:
    return order_page(visit, find_order(customer, order_id))


def find_order(customer: Customer, order_id: UUID) -> Order:
    """Errors: Http404, also for another customer's."""
    try:
        return order_of(customer, order_id)
    except OrderNotFound as error:
        raise Http404 from error


def order_page(visit: Visit, order: Order, *, problem: str = "", status: int = 200) -> HttpResponse:
    can_return = may_ask_to_return(order, return_days=visit.settings.return_days, now=timezone.now())
    context = {
        "order": order_facts(order, visit, money_in(order.currency, visit.language)),
        "summary": summary_facts(order, money_in(order.currency, visit.language)),
        "order_id": order.pk,
        "documents": document_links(order, "my_document", order.pk),
        "problem": problem,
        "delivered_at": order.delivered_at,
        "can_cancel": order.is_cancellable,
        "can_return": can_return,
        "can_review": order.status in SENT,
        "returns": returns_facts(order),
    }
    return account_page(visit, "order.html", context, here="my_orders", status=status)


@require_safe
@for_customers
def my_document(visit: Visit, customer: Customer, order_id: UUID, document_id: UUID) -> HttpResponse:
    return document_answer(visit.request, find_order(customer, order_id), document_id)


@only_forms
@for_customers
def order_again(visit: Visit, customer: Customer, order_id: UUID) -> HttpResponse:
    """What is still sold goes into the cart; of the rest is said what it is, and why."""
    order = find_order(customer, order_id)
    items = list(order.items.all())
    wanted = [(item.variant_id, item.quantity) for item in items if item.variant_id is not None]
    outcome = add_lines(visit.cart_id, wanted, session_id=visit.session_id(), customer_id=customer.pk)
    if outcome.added:
        messages.success(visit.request, _("What you ordered then is in your cart again, at today's prices."))
    for item in items:
        refusal = outcome.refused.get(item.variant_id) if item.variant_id else None
        if refusal is None and item.variant_id is not None:
            continue
        reason = str(refusal) if isinstance(refusal, OutOfStock | QuantityNotAllowed) else ""
        messages.warning(
            visit.request, reason or _("%(name)s is no longer sold like this.") % {"name": item.product_name}
        )
    return redirect("storefront:cart" if outcome.added else reverse("storefront:my_order", args=[order_id]))


@only_forms
@for_customers
def order_cancel(visit: Visit, customer: Customer, order_id: UUID) -> HttpResponse:
    order = find_order(customer, order_id)
    try:
        cancel_order(order.pk, reason=CANCELLED_BY, actor=f"customer {customer.pk}")
    except OrderNotCancellable as refusal:
        problem = _("This order can no longer be cancelled. You can send it back once it has arrived.")
        return order_page(visit, find_order(customer, order_id), problem=problem, status=refusal.status)
    messages.success(visit.request, _("The order is cancelled."))
    return redirect("storefront:my_order", order_id)
