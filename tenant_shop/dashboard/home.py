"""`/dashboard/`: the day so far, the month, and what waits."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from smartseller.money import display
from tenant_shop.backoffice.access import staff_required
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.dashboard import figures
from tenant_shop.dashboard.figures import Day
from tenant_shop.orders.models import Order

CHART_HEIGHT = 120
BAR_WIDTH = 16
BAR_STEP = 20
BADGES = {
    Order.Status.PENDING: "warn",
    Order.Status.CONFIRMED: "accent",
    Order.Status.PROCESSING: "accent",
    Order.Status.SHIPPED: "good",
    Order.Status.DELIVERED: "good",
    Order.Status.CANCELLED: "bad",
    Order.Status.REFUNDED: "bad",
}


@require_safe
@staff_required
def home(request: HttpRequest) -> HttpResponse:
    shop = shop_settings()
    days = figures.last_days(timezone.now(), shop.zone, shop.currency)
    context = {
        "shop_name": shop.store_name,
        "section": "home",
        "today": _figures(days[-1:], shop),
        "month": _figures(days, shop),
        "days": figures.DAYS,
        "chart": _chart(days, shop),
        "waiting": figures.waiting(),
        "low_stock": figures.low_stock(),
        "latest_orders": [_line(order, shop) for order in figures.latest_orders()],
    }
    return render(request, "dashboard/home.html", context)


def _figures(days: Sequence[Day], shop: ShopSettings) -> dict[str, Any]:
    orders = sum(day.orders for day in days)
    sales = sum((day.sales for day in days), Decimal(0))
    return {
        "orders": orders,
        "sales": display(sales, shop.currency, shop.language),
        "average": display(sales / orders, shop.currency, shop.language) if orders else None,
    }


def _chart(days: Sequence[Day], shop: ShopSettings) -> dict[str, Any]:
    """Bars in whole SVG units; a day with sales is never invisible."""
    highest = max(day.sales for day in days)
    bars = []
    for index, day in enumerate(days):
        height = max(2, round(day.sales / highest * CHART_HEIGHT)) if day.sales else 0
        bars.append(
            {
                "x": index * BAR_STEP,
                "y": CHART_HEIGHT - height,
                "height": height,
                "date": day.date,
                "orders": day.orders,
                "sales": display(day.sales, shop.currency, shop.language),
            }
        )
    return {
        "bars": bars,
        "width": len(days) * BAR_STEP,
        "height": CHART_HEIGHT,
        "bar_width": BAR_WIDTH,
        "highest": display(highest, shop.currency, shop.language),
        "is_empty": not highest,
    }


def _line(order: Order, shop: ShopSettings) -> dict[str, Any]:
    return {
        "id": order.pk,
        "number": order.order_number,
        "email": order.customer_email,
        "placed_at": order.created_at,
        "total": display(order.total_amount, order.currency, shop.language),
        "status": order.get_status_display(),
        "badge": BADGES[Order.Status(order.status)],
        "is_paid": order.payment_status == Order.PaymentStatus.PAID,
    }
