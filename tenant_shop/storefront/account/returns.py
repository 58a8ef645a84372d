"""Asking to send something back."""

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from smartseller.formats import number
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.returns.errors import NothingToReturn, NotReturnable
from tenant_shop.returns.models import Return
from tenant_shop.returns.request import LONGEST_NOTE, request_return
from tenant_shop.returns.returnable import is_returnable, returnable_pieces
from tenant_shop.storefront.account.forms import posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.account.orders import find_order, order_page
from tenant_shop.storefront.account.words import REASONS
from tenant_shop.storefront.cart_context import options_text
from tenant_shop.storefront.own_language import of_own_words
from tenant_shop.storefront.typed import typed_again
from tenant_shop.storefront.visit import Visit


class ReturnForm(forms.Form):
    """A field for each line of the order that can come back, named by its id: how many pieces.

    Errors: NotReturnable, for an order of which nothing can.
    """

    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you send it back?"),
        choices=[("", gettext_lazy("Please choose")), *((reason.value, words) for reason, words in REASONS.items())],
        error_messages={"required": gettext_lazy("Please choose a reason.")},
        widget=forms.Select({"class": "select"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the shop"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, visit: Visit, *, order: Order, typed: Mapping[str, str]) -> None:
        super().__init__(posted(visit.request), initial={**typed})
        if not is_returnable(order, return_days=visit.settings.return_days, now=timezone.now()):
            raise NotReturnable(order.order_number)
        left, own = returnable_pieces(order), self.fields
        self.lines: dict[str, UUID] = {}
        asked: dict[str, forms.Field] = {}
        for item in order.items.all():
            if pieces := left.get(item.pk):
                self.lines[item.pk.hex] = item.pk
                name = " ".join(part for part in (item.product_name, options_text(item.variant_info)) if part)
                asked[item.pk.hex] = forms.TypedChoiceField(
                    label=format_html("<bdi{}>{}</bdi>", of_own_words(visit.request), name),
                    choices=[(each, str(each)) for each in range(pieces + 1)],
                    coerce=int,
                    initial=0,
                    error_messages={
                        "invalid_choice": _("Please choose a number from 0 to %(most)s.") % {"most": number(pieces)}
                    },
                    widget=forms.Select({"class": "select"}),
                )
        self.fields = asked | own

    @property
    def pieces(self) -> dict[UUID, int]:
        return {line: self.cleaned_data[name] for name, line in self.lines.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def ask_in_the_account(visit: Visit, customer: Customer, order_id: UUID) -> HttpResponse:
    order = find_order(customer, order_id)
    try:
        form = ReturnForm(visit, order=order, typed=typed_again(visit))
        if ask_by(form, customer, order.pk):
            messages.success(visit.request, _("Your request has reached the shop, which will answer by e-mail."))
            return redirect("storefront:my_order", order_id)
    except NotReturnable as refusal:
        return order_page(visit, order, problem=str(refusal), status=refusal.status)
    return return_page(visit, order, form, back=reverse("storefront:my_order", args=[order_id]))


def ask_by(form: ReturnForm, customer: Customer | None, order_id: UUID) -> bool:
    """Whether what the form says was asked for; if not, the form says why, once it was sent. Errors: NotReturnable."""
    if not form.is_valid():
        return False
    said = form.cleaned_data
    try:
        request_return(customer, order_id, form.pieces, reason=Return.Reason(said["reason"]), note=said["note"])
    except NothingToReturn as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def return_page(visit: Visit, order: Order, form: ReturnForm, *, back: str) -> HttpResponse:
    """The form, at the address where it was asked for; `back` is the order's page."""
    context = {
        "form": form,
        "url": visit.request.path,
        "back": back,
        "number": order.order_number,
        "can_return": bool(form.lines),
    }
    return account_page(visit, "return.html", context, here="my_orders", status=422 if form.is_bound else 200)
