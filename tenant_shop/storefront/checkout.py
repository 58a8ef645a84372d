"""The checkout: one page, one form, one order."""

import re
import secrets
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.errors import RuleViolation
from tenant_shop.carts.errors import CartGone
from tenant_shop.companies.errors import (
    ApprovalNeeded,
    ApprovalNotNeeded,
    CreditExceeded,
    NobodyApproves,
    NotForThisRole,
    NotOrderable,
    PurchaseNumberInvalid,
    PurchaseNumberMissing,
)
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.companies.send_request import send_for_approval
from tenant_shop.orders.errors import (
    BelowMinimumOrder,
    CartEmpty,
    CouponRefused,
    CurrencyChanged,
    IdempotencyConflict,
    InvalidAddress,
    InvalidContact,
    OutOfStock,
    PaymentMethodUnavailable,
    PointsRefused,
    QuantityNotAllowed,
    QuoteChanged,
    QuoteNotOpen,
    ShippingUnavailable,
    TermsNotAgreed,
    TotalChanged,
)
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.shipping.rates import pickup_codes
from tenant_shop.storefront.checkout_context import checkout_context
from tenant_shop.storefront.checkout_form import CheckoutForm, what_is_known
from tenant_shop.storefront.estimate import estimate_of
from tenant_shop.storefront.pay import after_placing
from tenant_shop.storefront.points_field import spending_rules
from tenant_shop.storefront.visit import Visit

# A token that this page could have made; it names the submission, so that sending it twice orders once.
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
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
)
# What is ticked where the merchant asks for a tick and has no words for it.
AGREE = gettext_lazy("I have read the terms and agree to them.")
# A plain decimal that fits the column.
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,3})?")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    return check_out(Visit(request))


def check_out(visit: Visit) -> HttpResponse:
    """The page, and what its form sends, for the visitor's cart or for an offer's."""
    request = visit.request
    cart_id = visit.cart_id
    if cart_id is None:
        return _without_cart(visit)
    if request.method != "POST":
        return _first_look(visit)
    if request.POST.get("action") == "reprice":
        return _reprice(visit)
    return _submit(visit, cart_id)


def _without_cart(visit: Visit) -> HttpResponse:
    """A customer's cart is gone once it is ordered: who sends the same page again is led to the same order."""
    token = visit.request.POST.get("token", "")
    if visit.customer_id is not None and TOKEN.fullmatch(token):
        order = Order.objects.filter(customer=visit.customer_id, idempotency_key=token).first()
        if order is not None:
            return after_placing(visit, order)
        asked = PurchaseRequest.objects.filter(customer=visit.customer_id, idempotency_key=token).first()
        if asked is not None:
            return redirect("storefront:company_request", asked.pk)
    return redirect(visit.cart_url)


def _first_look(visit: Visit) -> HttpResponse:
    estimate = estimate_of(visit.request)
    where = estimate.as_initial if estimate else {}
    given = what_is_known(visit.customer, visit.company) if visit.customer else visit.known_of_guest
    form = _form(visit, initial={"country": visit.settings.country, **where, **given})
    return _page(visit, form, token=_new_token())


def _form(visit: Visit, *posted: QueryDict, initial: dict[str, Any] | None = None) -> CheckoutForm:
    settings = visit.settings
    return CheckoutForm(
        *posted,
        initial=initial or {},
        language=visit.language,
        pickup_codes=pickup_codes(settings),
        terms=(settings.terms_text or str(AGREE)) if settings.terms_need_tick else "",
        takes_points=spending_rules(visit) is not None,
        company=visit.company,
    )


def _reprice(visit: Visit) -> HttpResponse:
    """What the shopper typed with the total for the chosen country and delivery; nothing is judged yet."""
    posted = visit.request.POST
    form = _form(visit, initial={**dict(posted.items()), "billing_same": "billing_same" in posted})
    return _page(visit, form, token=_token(visit.request))


def _submit(visit: Visit, cart_id: UUID) -> HttpResponse:
    form = _form(visit, visit.request.POST)
    token, expected_total = _token(visit.request), _amount(visit.request.POST.get("expected_total", ""))
    if not form.is_valid():
        return _page(visit, form, token=token, status=422)
    if expected_total is None:
        return _page(visit, form, token=token, problem=_("Please check the total and order again."), status=422)
    try:
        if visit.request.POST.get("action") == "request":
            return _send(cart_id, form, token, expected_total, visit)
        order = place_order(
            **_answers(cart_id, form, token, expected_total, visit),
            customer_id=visit.customer_id,
            points=form.cleaned_data.get("points") or 0,
            quote_revision=_revision(visit),
        )
    except (InvalidAddress, InvalidContact) as refusal:
        form.blame(refusal)
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
    except IdempotencyConflict as refusal:
        return _page(visit, form, token=_new_token(), problem=str(refusal), status=refusal.status)
    except (PurchaseNumberMissing, PurchaseNumberInvalid) as refusal:
        form.add_error("purchase_number", str(refusal))
        return _page(visit, form, token=token, status=refusal.status)
    except REFUSALS as refusal:
        return _page(visit, form, token=token, problem=_refused(refusal), status=refusal.status)
    return after_placing(visit, order)


def _send(cart_id: UUID, form: CheckoutForm, token: str, expected_total: Decimal, visit: Visit) -> HttpResponse:
    """Have the company approve it first."""
    if visit.customer_id is None:
        raise NotForThisRole
    asked = send_for_approval(**_answers(cart_id, form, token, expected_total, visit), customer_id=visit.customer_id)
    messages.success(visit.request, _("Sent for approval. We write to you as soon as it is decided."))
    return redirect("storefront:company_request", asked.pk)


def _answers(cart_id: UUID, form: CheckoutForm, token: str, expected_total: Decimal, visit: Visit) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "cart_id": cart_id,
        "idempotency_key": token,
        "email": given["email"],
        "phone": given["phone"],
        "shipping_address": form.address,
        "billing_address": form.billing_address,
        "shipping_code": given["shipping_method"],
        "payment_method": given["payment_method"],
        "expected_total": expected_total,
        "expected_currency": visit.request.POST.get("currency", ""),
        "notes": given["notes"],
        "purchase_number": given.get("purchase_number", ""),
        "language": visit.language,
        "agreed_to": form.agreed_to,
    }


def _revision(visit: Visit) -> int | None:
    """The offer as the page showed it; -1, which no offer is, when the form does not say."""
    if not visit.is_for_offer:
        return None
    posted = visit.request.POST.get("revision", "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 9 else -1


def _refused(refusal: RuleViolation) -> str:
    return " ".join((str(refusal), _("Nothing has been ordered.")))


def _page(visit: Visit, form: CheckoutForm, *, token: str, problem: str = "", status: int = 200) -> HttpResponse:
    """The page as it stands now; a cart that cannot be ordered is shown instead, where its problems can be solved."""
    try:
        context: dict[str, Any] = checkout_context(visit, form)
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
        },
        status=status,
        item_count=None if visit.is_for_offer else context["item_count"],
    )


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _token(request: HttpRequest) -> str:
    posted = request.POST.get("token", "")
    return posted if TOKEN.fullmatch(posted) else _new_token()


def _amount(posted: str) -> Decimal | None:
    """The total that the form carries, as the page wrote it; None when it is no such amount."""
    return Decimal(posted) if AMOUNT.fullmatch(posted) else None
