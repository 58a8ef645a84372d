"""The cart: looking, changing, entering a code, laying aside, asking what delivery would cost."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smartseller.errors import RuleViolation
from smartseller.formats import number
from smartseller.throttle import count_visit, uncount
from tenant_shop.carts.basket import read_basket
from tenant_shop.carts.change import set_line_quantity
from tenant_shop.carts.coupon import apply_coupon, remove_coupon
from tenant_shop.carts.read import view_of
from tenant_shop.carts.save_for_later import forget_saved, save_line, take_back
from tenant_shop.carts.saved import SavedOwner, read_saved
from tenant_shop.promotions.find import LONGEST_CODE
from tenant_shop.promotions.limits import Shopper
from tenant_shop.quotes.request import may_ask
from tenant_shop.shipping.free_delivery import missing_for_free_delivery
from tenant_shop.storefront.cart_context import (
    cart_context,
    cart_tax_note,
    estimate_context,
    progress_context,
    saved_context,
)
from tenant_shop.storefront.estimate import EstimateForm, estimate_of, keep_estimate
from tenant_shop.storefront.forms import QuantityForm, choose_quantity
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.points_field import points_note
from tenant_shop.storefront.visit import Visit

# An hour: whoever guesses finds no code.
MOST_WRONG_CODES = 30


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    return _cart(Visit(request))


@only_forms
@never_cache
def change_line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    visit, form = Visit(request), QuantityForm(request.POST)
    if not form.is_valid():
        return _cart(visit, line_problems={line_id: choose_quantity()}, status=422)
    try:
        set_line_quantity(visit.cart_id, line_id, form.cleaned_data["quantity"])
    except RuleViolation as refusal:
        return _cart(visit, line_problems={line_id: str(refusal)}, status=refusal.status)
    return redirect("storefront:cart")


@only_forms
@never_cache
def change_coupon(request: HttpRequest) -> HttpResponse:
    """An empty code takes out the one that is there."""
    visit, code = Visit(request), request.POST.get("code", "").strip()
    try:
        if code:
            count_visit(request, "discount-code", most=MOST_WRONG_CODES)
            apply_coupon(visit.cart_id, code[:LONGEST_CODE], shopper=known_shopper(visit))
            uncount(request, "discount-code")
        else:
            remove_coupon(visit.cart_id)
    except RuleViolation as refusal:
        return _cart(visit, coupon_problem=str(refusal), typed_code=code[:LONGEST_CODE], status=refusal.status)
    return redirect("storefront:cart")


@only_forms
@never_cache
def save_for_later(request: HttpRequest, line_id: UUID) -> HttpResponse:
    visit = Visit(request)
    owner = visit.saved_owner
    if owner == SavedOwner():
        # Two at once, before the session knows of a list, are to find the same one.
        owner = SavedOwner(list_id=visit.cart_id)
    try:
        save_line(visit.cart_id, line_id, owner=owner)
    except RuleViolation as refusal:
        return _cart(visit, line_problems={line_id: str(refusal)}, status=refusal.status)
    visit.keep_saved(owner)
    return redirect("storefront:cart")


@only_forms
@never_cache
def change_saved(request: HttpRequest, saved_id: UUID) -> HttpResponse:
    """`action` says whether it goes back into the cart or away."""
    visit = Visit(request)
    try:
        if request.POST.get("action") == "remove":
            forget_saved(saved_id, owner=visit.saved_owner)
        else:
            _take_back(visit, saved_id)
    except RuleViolation as refusal:
        return _cart(visit, saved_problems={saved_id: str(refusal)}, status=refusal.status)
    return redirect("storefront:cart")


def _take_back(visit: Visit, saved_id: UUID) -> None:
    rows = {row.id: row for row in read_saved(visit.saved_owner, visit.settings)}
    cart_id, quantity = take_back(
        saved_id,
        owner=visit.saved_owner,
        cart_id=visit.cart_id,
        session_id=visit.session_id(),
        customer_id=visit.customer_id,
    )
    visit.keep_cart(cart_id)
    if (saved := rows.get(saved_id)) and quantity < saved.quantity:
        messages.warning(
            visit.request,
            _("There are not as many of %(name)s any more; %(number)s went into your cart.")
            % {"name": saved.name, "number": number(quantity)},
        )


@only_forms
@never_cache
def estimate(request: HttpRequest) -> HttpResponse:
    visit = Visit(request)
    form = EstimateForm(request.POST, language=visit.language)
    if not form.is_valid():
        return _cart(visit, estimate_form=form, status=422)
    keep_estimate(request, form)
    return redirect("storefront:cart")


def known_shopper(visit: Visit) -> Shopper | None:
    """Whose uses of discounts count already: who is logged in."""
    return Shopper(customer_id=visit.customer.pk) if visit.customer else None


def _cart(
    visit: Visit,
    *,
    coupon_problem: str = "",
    typed_code: str = "",
    line_problems: dict[UUID, str] | None = None,
    saved_problems: dict[UUID, str] | None = None,
    estimate_form: EstimateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    basket, shopper = read_basket(visit.cart_id, visit.settings), known_shopper(visit)
    chosen = estimate_of(visit.request)
    home = visit.company.country if visit.company else visit.settings.country
    country, state = (chosen.country, chosen.state) if chosen else (home, "")
    found = view_of(basket, shopper, country=country, state=state)
    shown = cart_context(found, visit.money, coupon_problem=coupon_problem)
    _blame(shown["lines"], line_problems or {}, visit)
    saved = [saved_context(row, visit.money) for row in read_saved(visit.saved_owner, visit.settings)]
    _blame(saved, saved_problems or {}, visit)
    context: dict[str, Any] = {
        "cart": shown,
        "saved": saved,
        "typed_code": typed_code,
        "tax_note": cart_tax_note(visit, country, state, chosen.postal_code if chosen else ""),
        "points_note": points_note(visit) if basket.rows else "",
    }
    if basket.rows:
        context["can_ask"] = may_ask(visit.settings, is_customer=visit.customer is not None)
        missing = missing_for_free_delivery(
            visit.settings, goods=found.subtotal, weight_grams=basket.weight_grams, country=country, state=state
        )
        context["progress"] = progress_context(found.subtotal, missing, visit.money)
        context["estimate"] = estimate_context(visit, basket, chosen, shopper) if chosen else None
        initial = chosen.as_initial if chosen else {"country": home}
        context["estimate_form"] = estimate_form or EstimateForm(initial=initial, language=visit.language)
    return visit.page("storefront/cart.html", context, status=status, item_count=found.item_count)


def _blame(lines: list[dict[str, Any]], problems: dict[UUID, str], visit: Visit) -> None:
    """Say what is wrong where it is; what is about no line that is left is said above them."""
    for row in lines:
        row["refusal"] = problems.pop(row["id"], "")
    for sentence in problems.values():
        messages.error(visit.request, sentence)
