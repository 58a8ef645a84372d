"""The checkout's form, sent when its cart is gone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tenant_shop.carts.errors import CartGone
from tenant_shop.companies.again import check_same_request
from tenant_shop.companies.errors import AskedAlready
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.orders.again import check_same
from tenant_shop.orders.errors import OrderedAlready
from tenant_shop.orders.models import Order
from tenant_shop.storefront.checkout_sent import TOKEN, answers_of, form_for
from tenant_shop.storefront.pay import after_placing
from tenant_shop.storefront.typed import keep_typed
from tenant_shop.storefront.visit import Visit


def without_cart(visit: Visit) -> HttpResponse:
    """A customer's cart is gone once it is ordered: who sends the same page again is led to the same order."""
    token = visit.request.POST.get("token", "")
    if visit.customer_id is not None and TOKEN.fullmatch(token):
        order = Order.objects.filter(customer=visit.customer_id, idempotency_key=token).first()
        if order is not None:
            return _ordered(visit, order)
        asked = PurchaseRequest.objects.filter(customer=visit.customer_id, idempotency_key=token).first()
        if asked is not None:
            return _asked(visit, asked)
    if visit.request.method == "POST":
        keep_typed(visit)
        messages.warning(visit.request, str(CartGone(None)))
    return redirect(visit.cart_url)


def session_ended(visit: Visit) -> HttpResponse:
    """Whose page was a customer's logs in and comes back: the cart waits in the account, and what was typed here."""
    keep_typed(visit)
    messages.warning(visit.request, _("Your session has ended. Please log in to go on."))
    return redirect(f"{reverse('storefront:log_in')}?{urlencode({'next': visit.checkout_url})}")


def _ordered(visit: Visit, order: Order) -> HttpResponse:
    form = form_for(visit, visit.request.POST)
    try:
        if not form.is_valid():
            raise OrderedAlready(order)
        # Where no points can be spent any more the form has no field for them.
        points = (form.cleaned_data["points"] or 0) if "points" in form.fields else order.points_spent
        check_same(order, visit.settings, **answers_of(form, visit), points=points)
    except OrderedAlready as refusal:
        return ordered_already(visit, refusal)
    return after_placing(visit, order)


def _asked(visit: Visit, asked: PurchaseRequest) -> HttpResponse:
    form = form_for(visit, visit.request.POST)
    try:
        if not form.is_valid():
            raise AskedAlready(asked)
        check_same_request(asked, visit.settings, **answers_of(form, visit))
    except AskedAlready as refusal:
        return asked_already(visit, refusal)
    return redirect("storefront:company_request", asked.pk)


def asked_already(visit: Visit, refusal: AskedAlready) -> HttpResponse:
    """To the request as it waits, with the sentence that what was changed since is not in it."""
    messages.warning(visit.request, str(refusal))
    return redirect("storefront:company_request", refusal.asked.pk)


def ordered_already(visit: Visit, refusal: OrderedAlready) -> HttpResponse:
    """To the order as it was placed, with the sentence that what was changed since is not in it."""
    messages.warning(visit.request, str(refusal))
    return after_placing(visit, refusal.order)
