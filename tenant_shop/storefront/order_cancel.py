"""A guest cancels what they ordered: the order's own link is the permission, as it is to pay another way."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import OrderNotCancellable, OrderNotFound
from tenant_shop.orders.find import order_by_token
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.orders import show_order
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

REASON = "Cancelled by the guest."


@only_forms
@from_own_pages  # a page that tells nobody its address sends forms without one, which Django's check refuses
@never_cache
def cancel_by_link(request: HttpRequest, token: UUID) -> HttpResponse:
    """A customer's order is cancelled in the account, where somebody has logged in."""
    try:
        order = order_by_token(token)
    except OrderNotFound as error:
        raise Http404 from error
    if order.customer_id is not None:
        return redirect("storefront:my_order", order.pk)
    try:
        cancel_order(order.pk, reason=REASON, actor="guest")
    except OrderNotCancellable as refusal:
        problem = _("This order can no longer be cancelled. Please write to the shop.")
        return show_order(Visit(request), order_by_token(token), problem=problem, status=refusal.status)
    messages.success(request, _("The order is cancelled."))
    return redirect("storefront:order", token)
