"""Asking to send something back."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.returns.errors import NothingToReturn, NotReturnable
from tenant_shop.returns.models import Return
from tenant_shop.returns.request import LONGEST_NOTE
from tenant_shop.returns.request import request_return as ask
from tenant_shop.returns.returnable import returnable_pieces
from tenant_shop.storefront.account.forms import posted
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.account.orders import find_order, order_page
from tenant_shop.storefront.account.words import REASONS
from tenant_shop.storefront.cart_context import options_text
from tenant_shop.storefront.own_language import of_own_words
from tenant_shop.storefront.visit import Visit


class ReturnForm(forms.Form):
    """A field for each line of the order that can come back, named by its id: how many pieces."""

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

    def __init__(self, request: HttpRequest, *, order: Order) -> None:
        super().__init__(posted(request))
        left, own = returnable_pieces(order), self.fields
        self.lines: dict[str, UUID] = {}
        asked: dict[str, forms.Field] = {}
        for item in order.items.all():
            if pieces := left.get(item.pk):
                self.lines[item.pk.hex] = item.pk
                name = " ".join(part for part in (item.product_name, options_text(item.variant_info)) if part)
                asked[item.pk.hex] = forms.TypedChoiceField(
                    label=format_html("<bdi{}>{}</bdi>", of_own_words(request), name),
                    choices=[(number, str(number)) for number in range(pieces + 1)],
                    coerce=int,
                    initial=0,
                    widget=forms.Select({"class": "select"}),
                )
        self.fields = asked | own

    @property
    def pieces(self) -> dict[UUID, int]:
        return {line: self.cleaned_data[name] for name, line in self.lines.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def request_return(visit: Visit, customer: Customer, order_id: UUID) -> HttpResponse:
    order = find_order(customer, order_id)
    form = ReturnForm(visit.request, order=order)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        reason = Return.Reason(form.cleaned_data["reason"])
        try:
            ask(customer, order.pk, form.pieces, reason=reason, note=form.cleaned_data["note"])
        except NothingToReturn as refusal:
            form.add_error(None, str(refusal))
        except NotReturnable as refusal:
            return order_page(visit, order, problem=str(refusal), status=refusal.status)
        else:
            messages.success(visit.request, _("Your request has reached the shop, which will answer by e-mail."))
            return redirect("storefront:my_order", order_id)
    context = {"form": form, "order_id": order.pk, "number": order.order_number, "can_return": bool(form.lines)}
    return account_page(visit, "return.html", context, here="my_orders", status=status)
