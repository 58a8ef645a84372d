"""The checkout: one page, one form, one order."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.errors import RuleViolation
from smartseller.throttle import TooOften
from tenant_shop.carts.errors import CartGone
from tenant_shop.companies.errors import (
    ApprovalNeeded,
    ApprovalNotNeeded,
    AskedAlready,
    CreditExceeded,
    NobodyApproves,
    NotForThisRole,
    NotOrderable,
    PurchaseNumberInvalid,
    PurchaseNumberMissing,
)
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.orders.errors import (
    BelowMinimumOrder,
    CartEmpty,
    CouponRefused,
    CurrencyChanged,
    IdempotencyConflict,
    InvalidAddress,
    InvalidContact,
    OrderedAlready,
    OutOfStock,
    PaymentMethodUnavailable,
    PointsRefused,
    QuantityNotAllowed,
    QuoteChanged,
    QuoteNotOpen,
    ShippingUnavailable,
    TermsChanged,
    TermsNotAgreed,
    TooManyUnpaid,
    TotalChanged,
)
from tenant_shop.orders.place import place_order
from tenant_shop.promotions.errors import Refusal
from tenant_shop.storefront.checkout_again import asked_already, ordered_already, session_ended, without_cart
from tenant_shop.storefront.checkout_context import checkout_context
from tenant_shop.storefront.checkout_form import CheckoutForm, what_is_known
from tenant_shop.storefront.checkout_sent import amount_of, answers_of, form_for, new_token, seen_by, token_of
from tenant_shop.storefront.estimate import estimate_of
from tenant_shop.storefront.guesses import check_guesses, count_guess
from tenant_shop.storefront.pay import after_placing
from tenant_shop.storefront.typed import WHOSE, keeps_typed, typed_again, whose
from tenant_shop.storefront.unpaid_orders import check_unpaid, count_unpaid
from tenant_shop.storefront.visit import Visit

# What is said above the form.
REFUSALS = (
    OutOfStock,
    QuantityNotAllowed,
    BelowMinimumOrder,
    CouponRefused,
    CurrencyChanged,
    PointsRefused,
    ShippingUnavailable,
    PaymentMethodUnavailable,
    TermsNotAgreed,
    CreditExceeded,
    ApprovalNeeded,
    ApprovalNotNeeded,
    NobodyApproves,
    NotForThisRole,
    NotOrderable,
    TooManyUnpaid,
    TooOften,
)


@keeps_typed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    return check_out(Visit(request))


def check_out(visit: Visit) -> HttpResponse:
    """The page, and what its form sends, for the visitor's cart or for an offer's."""
    request = visit.request
    if request.method == "POST" and visit.customer_id is None and request.POST.get(WHOSE):
        return session_ended(visit)
    cart_id = visit.cart_id
    if cart_id is None:
        return without_cart(visit)
    if request.method != "POST":
        return _first_look(visit)
    if request.POST.get("action") == "reprice":
        return _reprice(visit)
    return _submit(visit, cart_id)


def _first_look(visit: Visit) -> HttpResponse:
    estimate = estimate_of(visit.request)
    where = estimate.as_initial if estimate else {}
    given = what_is_known(visit.customer, visit.company) if visit.customer else visit.known_of_guest
    form = form_for(visit, initial={"country": visit.settings.country, **where, **given, **typed_again(visit)})
    return _page(visit, form, token=new_token())


def _reprice(visit: Visit) -> HttpResponse:
    """What the shopper typed with the total for the chosen country and delivery; nothing is judged yet."""
    posted = visit.request.POST
    form = form_for(visit, initial={**dict(posted.items()), "billing_same": "billing_same" in posted})
    return _page(visit, form, token=token_of(visit.request))


def _submit(visit: Visit, cart_id: UUID) -> HttpResponse:
    form = form_for(visit, visit.request.POST)
    token, expected_total = token_of(visit.request), amount_of(visit.request.POST.get("expected_total", ""))
    if not form.is_valid():
        form.blame_addresses()
        return _page(visit, form, token=token, status=422)
    if expected_total is None:
        return _page(visit, form, token=token, problem=_("Please check the total and order again."), status=422)
    try:
        check_guesses(visit, cart_id)
        check_unpaid(visit, cart_id, form.cleaned_data["email"])
        sent = {
            "cart_id": cart_id,
            "idempotency_key": token,
            "expected_total": expected_total,
            **answers_of(form, visit),
            **seen_by(visit),
        }
        if visit.request.POST.get("action") == "request":
            return _send(visit, sent)
        points = form.cleaned_data.get("points") or 0
        order = place_order(**sent, customer_id=visit.customer_id, points=points, settings=visit.settings)
    except (InvalidAddress, InvalidContact) as refusal:
        form.blame(refusal)
        form.blame_addresses()
        return _page(visit, form, token=token, status=refusal.status)
    except (CartGone, CartEmpty, QuoteNotOpen, QuoteChanged) as refusal:
        messages.warning(visit.request, str(refusal))
        return redirect(visit.cart_url)
    except TotalChanged as refusal:
        problem = _(
            "The total has changed from %(before)s to %(now)s. Nothing has been ordered. Please check, then order at "
            "the new total."
        ) % {"before": visit.money(refusal.expected), "now": visit.money(refusal.actual)}
        return _page(visit, form, token=token, problem=problem, status=refusal.status)
    except AskedAlready as refusal:
        return asked_already(visit, refusal)
    except TermsChanged as refusal:
        form.untick_terms()
        return _page(visit, form, token=token, problem=_refused(refusal), status=refusal.status)
    except OrderedAlready as refusal:
        return ordered_already(visit, refusal)
    except IdempotencyConflict as refusal:
        return _page(visit, form, token=new_token(), problem=str(refusal), status=refusal.status)
    except (PurchaseNumberMissing, PurchaseNumberInvalid) as refusal:
        form.add_error("purchase_number", str(refusal))
        return _page(visit, form, token=token, status=refusal.status)
    except REFUSALS as refusal:
        by_address = isinstance(refusal, CouponRefused) and refusal.reason is Refusal.NOT_WITH_ADDRESS
        if by_address:
            count_guess(visit)
        problem = _refused(refusal)
        return _page(visit, form, token=token, problem=problem, status=refusal.status, judges_address=by_address)
    count_unpaid(visit, order)
    return after_placing(visit, order)


def _send(visit: Visit, sent: dict[str, Any]) -> HttpResponse:
    """Have the company approve it first."""
    if visit.customer_id is None:
        raise NotForThisRole
    asked = send_for_approval(**sent, customer_id=visit.customer_id)
    messages.success(visit.request, _("Sent for approval. We write to you as soon as it is decided."))
    return redirect("storefront:company_request", asked.pk)


def _refused(refusal: RuleViolation) -> str:
    return " ".join((str(refusal), _("Nothing has been ordered.")))


def _page(
    visit: Visit,
    form: CheckoutForm,
    *,
    token: str,
    problem: str = "",
    status: int = 200,
    judges_address: bool = False,
) -> HttpResponse:
    """The page as it stands now; a cart that cannot be ordered is shown instead, where its problems can be solved."""
    try:
        context: dict[str, Any] = checkout_context(visit, form, judges_address=judges_address)
    except CartGone:
        return redirect(visit.cart_url)
    if not context["lines"]:
        if context["lost_note"]:
            messages.warning(visit.request, context["lost_note"])
        return redirect(visit.cart_url)
    # What the refusal says already is not said again by the look at the cart.
    context["notices"] = [notice for notice in context["notices"] if notice not in problem]
    return visit.page(
        "storefront/checkout.html",
        {
            **context,
            "form": form,
            "token": token,
            "problem": problem,
            "checkout_url": visit.checkout_url,
            "cart_url": visit.cart_url,
            "revision": visit.offer_revision,
            "is_offer": visit.is_for_offer,
            "whose": whose(visit.customer),
        },
        status=status,
        item_count=None if visit.is_for_offer else context["item_count"],
    )
