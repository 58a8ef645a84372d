"""A guest asks to send something back: the order's own link is the permission, as it is to cancel."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_token
from tenant_shop.returns.errors import NotReturnable
from tenant_shop.storefront.account.returns import ReturnForm, ask_by, return_page
from tenant_shop.storefront.orders import is_erased, show_order
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit


@require_http_methods(["GET", "HEAD", "POST"])
@from_own_pages  # as the page of the order, it tells nobody its address, and Django's check refuses such forms
@never_cache
def return_by_link(request: HttpRequest, token: UUID) -> HttpResponse:
    """A customer asks in the account, where somebody has logged in. Nobody asks for who was erased."""
    try:
        order = order_by_token(token)
    except OrderNotFound as error:
        raise Http404 from error
    if is_erased(order):
        raise Http404
    if order.customer_id is not None:
        return redirect("storefront:return_request", order.pk)
    visit = Visit(request)
    try:
        form = ReturnForm(visit, order=order, typed={})
        if ask_by(form, None, order.pk):
            messages.success(request, _("Your request has reached the shop, which will answer by e-mail."))
            return redirect("storefront:order", token)
    except NotReturnable as refusal:
        return show_order(visit, order_by_token(token), problem=str(refusal), status=refusal.status)
    response = return_page(visit, order, form, back=reverse("storefront:order", args=[token]))
    response["Referrer-Policy"] = "no-referrer"
    return response
