"""The page that corrects the e-mail address and the telephone number of an order."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.customers.find import is_erased
from tenant_shop.orders.change_contact import CALLED, change_contact
from tenant_shop.orders.editing import OrderEditedMeanwhile
from tenant_shop.orders.errors import InvalidContact
from tenant_shop.orders.models import Order


class ContactForm(forms.Form):
    """What was there when the page was opened goes along: the second of two is told."""

    seen_email = forms.CharField(required=False, max_length=255, widget=forms.HiddenInput)
    seen_phone = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    email = forms.EmailField(
        label="E-mail address",
        max_length=255,
        help_text="Where mails about this order go from now on. An account's own address is changed on its page.",
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label="Telephone",
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


def contact_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """Correct where the customer is reached. `page` is the orders' page (OrderAdmin)."""
    if not page.has_act_permission(request):
        raise PermissionDenied
    order = Order.objects.filter(pk=order_id).first()
    if order is None or is_erased(order.customer_email):
        raise Http404
    form = ContactForm(request.POST if request.method == "POST" else None, initial={**_now(order), **_seen(order)})
    if request.method == "POST" and form.is_valid() and _correct(request, order, form, page):
        return redirect("admin:tenant_shop_order_change", order_id)
    context = {
        **page.admin_site.each_context(request),
        "title": f"Contact of order {order.order_number}",
        "order": order,
        "opts": page.opts,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/shop/order_contact.html", context, status=status)


def _now(order: Order) -> dict[str, str]:
    return {"email": order.customer_email, "phone": order.customer_phone or ""}


def _seen(order: Order) -> dict[str, str]:
    return {f"seen_{name}": value for name, value in _now(order).items()}


def _correct(request: HttpRequest, order: Order, form: ContactForm, page: Any) -> bool:
    given = form.cleaned_data
    try:
        with shop_transaction():
            changed = change_contact(
                order.pk,
                email=given["email"],
                phone=given["phone"],
                seen=(given["seen_email"], given["seen_phone"]),
                actor=str(request.user.pk),
            )
            if changed:
                words = [{"changed": {"fields": [CALLED[name] for name in changed]}}]
                page.note(request, "contact", order, words)
    except OrderEditedMeanwhile as refusal:
        # What they wrote stays; saved once more it is meant instead of what is there now.
        form.data = request.POST.copy()
        form.data.update(_seen(order))
        form.add_error(None, f"{refusal} It is now: {', '.join(filter(None, _now(order).values()))}.")
        return False
    except InvalidContact as refusal:
        for name, problem in refusal.problems.items():
            form.add_error(name, problem)
        return False
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "The contact is corrected." if changed else "Nothing was different.")
    return True
