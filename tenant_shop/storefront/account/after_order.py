"""An account for who has just ordered as a guest."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from smartseller.throttle import TooOften
from tenant_shop.customers.errors import WeakPassword
from tenant_shop.customers.register import Applicant
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_token
from tenant_shop.storefront.account.forms import AfterOrderForm
from tenant_shop.storefront.account.registering import ask_for_account
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.orders import show_order
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit


@only_forms
@from_own_pages
@never_cache
def offer(request: HttpRequest, token: UUID) -> HttpResponse:
    """A password is all that is missing; the mailbox is still to be proven."""
    try:
        order = order_by_token(token)
    except OrderNotFound as error:
        raise Http404 from error
    visit, form = Visit(request), AfterOrderForm(request.POST)
    if not form.is_valid():
        return show_order(visit, order, account_form=form, status=422)
    name = order.shipping_address
    applicant = Applicant(
        email=order.customer_email,
        password=form.cleaned_data["password"],
        first_name=name.get("first_name", ""),
        last_name=name.get("last_name", ""),
        language=visit.language,
        terms_version=visit.settings.terms_version,
    )
    try:
        ask_for_account(visit, applicant)
    except WeakPassword as refusal:
        for problem in refusal.problems:
            form.add_error("password", problem)
        return show_order(visit, order, account_form=form, status=refusal.status)
    except TooOften as refusal:
        form.add_error(None, str(refusal))
        return show_order(visit, order, account_form=form, status=refusal.status)
    sentence = _("We have written to %(email)s. Follow the link in the mail to go on.")
    messages.success(request, sentence % {"email": order.customer_email})
    return redirect("storefront:order", token)
