"""What was ordered while the shop was tried out, and being rid of it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from platform_core.audit.origin import Origin
from tenant_shop.audit.note import note
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.delete_test_orders import delete_test_orders
from tenant_shop.orders.models import Order

# So many are deleted while somebody waits.
AT_ONCE = 200
LONGEST_COUNT = 10_000


@require_http_methods(["GET", "HEAD", "POST"])
def trying_out(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Count them; on POST delete the oldest, and say how many are left."""
    if not request.user.has_perm("tenant_shop.change_setting"):
        raise PermissionDenied
    if request.method == "POST":
        gone = delete_test_orders(actor=str(request.user.pk), most=AT_ONCE, told=partial(_note, origin_of(request)))
        left = _count()
        messages.success(request, _said(gone, left))
        return redirect("admin:test_orders")
    count = _count()
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Test orders",
        "count": count,
        "is_more": count == LONGEST_COUNT,
        "test_mode": shop_settings().test_mode,
    }
    return TemplateResponse(request, "admin/shop/test_orders.html", context)


def _note(origin: Origin, order: Order) -> None:
    note(
        origin,
        "delete_order",
        resource_type="order",
        resource_id=order.pk,
        name=order.order_number,
        before={"is_test": True, "total_amount": str(order.total_amount)},
    )


def _count() -> int:
    return Order.objects.filter(is_test=True).order_by()[:LONGEST_COUNT].count()


def _said(gone: int, left: int) -> str:
    if not gone:
        return "There was no test order to delete."
    deleted = f"{gone} test {'order' if gone == 1 else 'orders'} deleted."
    return f"{deleted} {left} {'is' if left == 1 else 'are'} left: press the button again." if left else deleted
