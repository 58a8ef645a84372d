"""Asking for a quote, looking at the answer, and saying yes, no or "please look again"."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smartseller.errors import RuleViolation
from smartseller.throttle import TooOften, count_visit
from tenant_shop.carts.basket import read_basket
from tenant_shop.carts.read import view_of
from tenant_shop.orders.errors import InvalidContact
from tenant_shop.quotes.decide import LONGEST_NOTE, ask_again, decline_quote
from tenant_shop.quotes.errors import QuoteNotFound
from tenant_shop.quotes.find import is_a_customers, quote_by_token
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.quotes.request import LONGEST_NAME, may_ask, request_quote
from tenant_shop.storefront.cart_context import line_context
from tenant_shop.storefront.checkout import check_out
from tenant_shop.storefront.not_found import nothing_here
from tenant_shop.storefront.offer_visit import OfferVisit
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.quote_context import quote_context
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.typed import WHOSE, keep_typed, keeps_typed, typed_again, whose
from tenant_shop.storefront.visit import Visit

# In an hour, from one address of the network.
MOST_ASKED = 30


class QuoteForm(forms.Form):
    """What the merchant needs to know; of who is logged in, only the note."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Please give your name.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=255,
        error_messages={"required": gettext_lazy("Please give your e-mail address.")},
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the shop"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("What you need it for, when, and what price you have in mind."),
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args: Any, is_guest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_guest:
            del self.fields["name"], self.fields["email"]


@keeps_typed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The cart as it would be asked for. Who may not ask is led to the log-in where that helps."""
    visit = Visit(request)
    customer = visit.customer
    if request.method == "POST" and customer is None and request.POST.get(WHOSE):
        keep_typed(visit)
        messages.warning(request, _("Your session has ended. Please log in to go on."))
        return _to_log_in(request.path)
    if not may_ask(visit.settings, is_customer=customer is not None):
        if customer is None and may_ask(visit.settings, is_customer=True):
            return _to_log_in(request.path)
        return nothing_here(visit)
    sent = [request.POST] if request.method == "POST" else []
    form = QuoteForm(*sent, is_guest=customer is None, initial=typed_again(visit))
    if form.is_valid():
        given = form.cleaned_data
        try:
            count_visit(request, "quote", most=MOST_ASKED)
            quote = request_quote(
                visit.cart_id,
                email=customer.email if customer else given["email"],
                name=customer.full_name if customer else given["name"],
                note=given["note"],
                customer_id=visit.customer_id,
                language=visit.language,
            )
        except (InvalidContact, TooOften) as refusal:
            form.add_error(None, str(refusal))
        except RuleViolation as refusal:
            keep_typed(visit)
            messages.warning(request, str(refusal))
            return redirect("storefront:cart")
        else:
            messages.success(request, _("Your request has reached the shop, which will answer by e-mail."))
            return redirect("storefront:quote", quote.public_token)
    cart = view_of(read_basket(visit.cart_id, visit.settings))
    if not cart.lines:
        if request.method == "POST":
            keep_typed(visit)
        return redirect("storefront:cart")
    lines = [line_context(line, visit.money) for line in cart.lines]
    context = {"form": form, "lines": lines, "subtotal": visit.money(cart.subtotal), "whose": whose(customer)}
    status = 422 if form.is_bound else 200
    return visit.page("storefront/quote_new.html", context, status=status, item_count=cart.item_count)


@never_cache
@require_safe
def show(request: HttpRequest, token: UUID) -> HttpResponse:
    visit = Visit(request)
    found = _find(visit, token)
    return found if isinstance(found, HttpResponse) else _page(visit, found)


@from_own_pages  # a page that tells nobody its address sends forms without one, which Django's check refuses
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: UUID) -> HttpResponse:
    """The checkout, for what was offered."""
    found = _find(Visit(request), token)
    if isinstance(found, HttpResponse):
        return found
    if not found.is_open and request.method != "POST":
        return redirect("storefront:quote", token)
    return _secret(check_out(OfferVisit(request, found)))


@only_forms
@from_own_pages
@never_cache
def decline(request: HttpRequest, token: UUID) -> HttpResponse:
    visit = Visit(request)
    found = _find(visit, token)
    if isinstance(found, HttpResponse):
        return found
    try:
        decline_quote(found.pk, actor=_actor(visit), by_customer=True)
    except RuleViolation as refusal:
        return _page(visit, found, problem=str(refusal), status=refusal.status)
    messages.success(request, _("You have declined the offer."))
    return redirect("storefront:quote", token)


@only_forms
@from_own_pages
@never_cache
def again(request: HttpRequest, token: UUID) -> HttpResponse:
    """The note says what should be otherwise."""
    visit = Visit(request)
    found = _find(visit, token)
    if isinstance(found, HttpResponse):
        return found
    note = request.POST.get("note", "").replace("\x00", "").strip()
    if not note:
        return _page(visit, found, problem=_("Please write what the shop should look at again."), status=422)
    try:
        ask_again(found.pk, actor=_actor(visit), note=note)
    except RuleViolation as refusal:
        return _page(visit, found, problem=str(refusal), status=refusal.status)
    messages.success(request, _("Your request has reached the shop, which will answer by e-mail."))
    return redirect("storefront:quote", token)


def _find(visit: Visit, token: UUID) -> QuoteRequest | HttpResponse:
    """The quote, or where to go instead: a customer's is theirs, and they may have to log in first."""
    try:
        return quote_by_token(token, customer_id=visit.customer_id)
    except QuoteNotFound:
        if visit.customer is None and is_a_customers(token):
            return _to_log_in(reverse("storefront:quote", args=[token]))
        return nothing_here(visit)


def _to_log_in(back: str) -> HttpResponse:
    return redirect(f"{reverse('storefront:log_in')}?{urlencode({'next': back})}")


def _actor(visit: Visit) -> str:
    return f"customer {visit.customer_id}" if visit.customer_id else "guest"


def _page(visit: Visit, quote: QuoteRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"quote": quote_context(quote, visit), "problem": problem, "longest_note": LONGEST_NOTE}
    return _secret(visit.page("storefront/quote.html", context, status=status))


def _secret(response: HttpResponse) -> HttpResponse:
    """The address is the key to the page: it must not travel to other sites."""
    response["Referrer-Policy"] = "no-referrer"
    return response
