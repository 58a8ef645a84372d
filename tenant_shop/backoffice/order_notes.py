"""An order's timeline, notes and tags in the back office."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from platform_core.accounts.models import PlatformUser
from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.orders.models import Order
from tenant_shop.orders.notes import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, tag_order, write_note
from tenant_shop.orders.timeline import timeline_of

CUSTOMERS = {"checkout", "shopper", "guest"}
ACTORS = {"demo": "the test gateway", "stripe": "Stripe", "import_orders": "imported"}
LONGEST_LINE = MOST_TAGS * (LONGEST_TAG + 2)


class NoteForm(forms.Form):
    text = forms.CharField(
        label="A note for your team",
        max_length=LONGEST_NOTE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="The customer never reads it.",
    )


class TagsForm(forms.Form):
    tags = forms.CharField(
        label="Tags",
        required=False,
        max_length=LONGEST_LINE,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Separated by commas.",
    )


def told(order: Order) -> dict[str, Any]:
    """What the page shows. Six statements."""
    happenings = timeline_of(order)
    names = names_of(happening.actor for happening in happenings)
    return {
        "timeline": [
            {
                "at": happening.at,
                "text": happening.text,
                "by": _in_words(happening.actor, names),
                "is_note": happening.is_note,
            }
            for happening in happenings
        ],
        "note_form": NoteForm(auto_id="id_note_%s"),
        "tags_form": TagsForm(auto_id="id_tags_%s", initial={"tags": ", ".join(order.tags or [])}),
    }


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Names of the shop's people and the platform's, by their ids. One SELECT on the platform."""
    ids = {actor for actor in actors if _is_id(actor)}
    return {str(user.pk): user.full_name for user in PlatformUser.objects.filter(pk__in=ids)}


def _in_words(actor: str, names: Mapping[str, str]) -> str:
    """Who it was: one of the shop's people by name, else the customer, a payment service, or a job."""
    if actor in names:
        return names[actor]
    if actor.startswith("customer") or actor in CUSTOMERS:
        return "the customer"
    return ACTORS.get(actor) or ("by itself" if "." in actor or not actor else actor)


def _is_id(actor: str) -> bool:
    try:
        UUID(actor)
    except ValueError:
        return False
    return True


def note_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """The form below the timeline. `page` is the orders' page (OrderAdmin)."""
    return _change(request, order_id, page, NoteForm(request.POST), "note")


def tags_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """The form of tags. `page` is the orders' page (OrderAdmin)."""
    return _change(request, order_id, page, TagsForm(request.POST), "tag")


def _change(request: HttpRequest, order_id: UUID, page: Any, form: forms.Form, verb: str) -> HttpResponseBase:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_act_permission(request):
        raise PermissionDenied
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("admin:tenant_shop_order_change", order_id)
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    try:
        with shop_transaction():
            if verb == "note":
                order = write_note(order_id, form.cleaned_data["text"], actor=str(request.user.pk)).order
            else:
                was = list(Order.objects.filter(pk=order_id).values_list("tags", flat=True))
                order = tag_order(order_id, form.cleaned_data["tags"].split(","))
                before, after = {"tags": (was[0] if was else None) or []}, {"tags": order.tags or []}
            if before is None or before != after:
                page.note(request, verb, order, [{"changed": {"fields": [verb]}}], before=before, after=after)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The note is written down." if verb == "note" else "The tags are kept.")
    return redirect("admin:tenant_shop_order_change", order_id)
