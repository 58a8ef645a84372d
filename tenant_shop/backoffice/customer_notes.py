"""Notes and tags of a customer in the back office, and erasing who asked for it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminEmailInputWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.order_notes import NoteForm, TagsForm, names_of
from tenant_shop.customers.erase import erase_customer
from tenant_shop.customers.find import not_erased
from tenant_shop.customers.models import Customer
from tenant_shop.customers.notes import CustomerNote, note_customer, tag_customer

# The newest, on the page.
MOST_SHOWN = 50


class EraseForm(forms.Form):
    email = forms.EmailField(
        label="Write their e-mail address to erase the account now",
        max_length=255,
        help_text="It cannot be undone. Orders and reviews stay, and say no longer whose they were.",
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )


def notes_shown(customer: Customer) -> dict[str, Any]:
    """What the profile shows. Two statements, one of them on the platform."""
    notes = list(CustomerNote.objects.filter(customer=customer)[:MOST_SHOWN])
    names = names_of(note.actor for note in notes)
    return {
        "notes": [
            {"at": note.created_at, "text": note.text, "by": names.get(note.actor, note.actor)} for note in notes
        ],
        "note_form": NoteForm(auto_id="id_note_%s"),
        "tags_form": TagsForm(auto_id="id_tags_%s", initial={"tags": ", ".join(customer.tags or [])}),
        "erase_form": EraseForm(auto_id="id_erase_%s"),
    }


def note_page(request: HttpRequest, customer_id: UUID, page: Any) -> HttpResponseBase:
    """The form of notes. `page` is the customers' (CustomerAdmin)."""
    return _change(request, customer_id, page, NoteForm(request.POST), "note")


def tags_page(request: HttpRequest, customer_id: UUID, page: Any) -> HttpResponseBase:
    """The form of tags. `page` is the customers' (CustomerAdmin)."""
    return _change(request, customer_id, page, TagsForm(request.POST), "tag")


def erase_page(request: HttpRequest, customer_id: UUID, page: Any) -> HttpResponseBase:
    """Erase a customer at once, who asked for it otherwise than by the link in a mail; for who may delete customers.

    `page` is the customers' (CustomerAdmin).
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_delete_permission(request):
        raise PermissionDenied
    customer = not_erased().filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    form = EraseForm(request.POST)
    back = redirect("admin:tenant_shop_customer_change", customer_id)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return back
    try:
        with shop_transaction():
            erase_customer(customer_id, email=form.cleaned_data["email"], actor=str(request.user.pk))
            # The log says that somebody was erased, and not who it was.
            page.note(request, "erase", Customer.objects.get(pk=customer_id), [{"changed": {"fields": ["erased"]}}])
    except Customer.DoesNotExist as gone:
        raise Http404 from gone
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return back
    messages.success(request, "The customer is erased.")
    return redirect("admin:tenant_shop_customer_changelist")


def _change(request: HttpRequest, customer_id: UUID, page: Any, form: forms.Form, verb: str) -> HttpResponseBase:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_change_permission(request):
        raise PermissionDenied
    customer = not_erased().filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    back = redirect("admin:tenant_shop_customer_change", customer_id)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return back
    before = ", ".join(customer.tags or [])
    try:
        with shop_transaction():
            if verb == "note":
                note_customer(customer_id, form.cleaned_data["text"], actor=str(request.user.pk))
                page.note(request, verb, customer, [{"changed": {"fields": [verb]}}])
            else:
                after = ", ".join(tag_customer(customer_id, form.cleaned_data["tags"].split(",")).tags or [])
                words = [{"changed": {"fields": ["tags"]}}]
                if before != after:
                    page.note(request, verb, customer, words, before={"tags": before}, after={"tags": after})
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The note is written down." if verb == "note" else "The tags are kept.")
    return back
