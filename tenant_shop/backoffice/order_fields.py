"""An order's custom fields on its page."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.custom_values import CustomValueField, form_name
from tenant_shop.backoffice.told_form import mark_of, read_marks, written_marks
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.set_values import set_order_values
from tenant_shop.configuration.custom_fields.values import values_in, written
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order


class OrderFieldsForm(forms.Form):
    """A field for each of the shop's own."""

    def __init__(self, fields: Sequence[CustomField], metadata: Any) -> None:
        values = values_in(metadata)
        initial = {form_name(field): written(values.get(field.key)) for field in fields}
        super().__init__(initial=initial, auto_id="id_%s")
        self.seen = written_marks({field.key: mark_of(initial[form_name(field)]) for field in fields})
        for field in fields:
            shown = CustomValueField(field)
            shown.stand_at(values.get(field.key))
            self.fields[form_name(field)] = shown


def fields_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """The form of the shop's own fields. `page` is the orders' page (OrderAdmin)."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_act_permission(request):
        raise PermissionDenied
    fields = page.custom_fields(request)
    given = {field.key: request.POST.get(form_name(field), "") for field in fields}
    try:
        with shop_transaction():
            values = values_in(lock_order(order_id).metadata)
            now = {field.key: written(values.get(field.key)) for field in fields}
            ours, overtaken = _beside(now, given, read_marks(request.POST.get("seen")))
            order = set_order_values(order_id, ours)
            page.note(request, "change", order, [{"changed": {"fields": [field.name for field in fields]}}])
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        for field in fields:
            if field.key in overtaken:
                messages.error(
                    request,
                    f"{field.name}: somebody else wrote “{now[field.key]}” while you were editing, and that is kept. "
                    f"You wrote “{given[field.key]}”.",
                )
        messages.success(request, "Your fields are kept.")
    return redirect("admin:tenant_shop_order_change", order_id)


def _beside(
    now: Mapping[str, str], given: Mapping[str, str], seen: Mapping[str, str]
) -> tuple[dict[str, str], set[str]]:
    """What is to be kept, by key: what was written here, and what somebody else has written since the page was opened;
    and the keys of what both wrote, of which theirs stays."""
    others = {key for key in now if key in seen and seen[key] != mark_of(now[key])}
    both = {key for key in others if mark_of(given[key]) not in (seen[key], mark_of(now[key]))}
    return {**given, **{key: now[key] for key in others}}, both


def told_fields(fields: Sequence[CustomField], order: Order) -> dict[str, Any]:
    """What the page shows of them; nothing in a shop without any."""
    return {"fields_form": OrderFieldsForm(fields, order.metadata)} if fields else {}
