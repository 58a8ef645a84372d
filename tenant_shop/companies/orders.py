"""A company's orders, as its members see them."""

from uuid import UUID

from django.db.models import Count, QuerySet

from tenant_shop.companies.models import CompanyMember
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order


def company_orders(member: CompanyMember, *, page: int, on_a_page: int, search: str = "") -> tuple[list[Order], bool]:
    """A page (from 1) of the orders that the member sees, the latest first, with `line_count` and their customers; and
    whether there are older ones. `search` is an order number or a purchase-order number. One statement.
    """
    start = (page - 1) * on_a_page
    orders = _seen_by(member).select_related("customer").annotate(line_count=Count("items"))
    if search:
        orders = orders.filter(order_number=search) | orders.filter(purchase_number__iexact=search)
    found: list[Order] = list(orders.order_by("-created_at", "-id")[start : start + on_a_page + 1])
    return found[:on_a_page], len(found) > on_a_page


def company_order(member: CompanyMember, order_id: UUID) -> Order:
    """An order that the member sees, its `items` read along. Two statements. Errors: OrderNotFound."""
    order = _seen_by(member).select_related("customer").prefetch_related("items").filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    return order


def _seen_by(member: CompanyMember) -> QuerySet[Order]:
    """All of the company's for approvers and admins, their own for buyers, none for who is not active any more."""
    orders = Order.objects.filter(company=member.company_id)
    if not member.is_active:
        return orders.none()
    return orders if member.sees_all_orders else orders.filter(customer=member.customer_id)
