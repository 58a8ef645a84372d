"""The cart: looking, changing, entering a code."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smartseller.errors import RuleViolation
from tenant_shop.carts.basket import read_basket
from tenant_shop.carts.change import set_line_quantity
from tenant_shop.carts.coupon import apply_coupon, remove_coupon
from tenant_shop.carts.read import CartLineView, CartView, view_of
from tenant_shop.storefront.cards import image, product_url
from tenant_shop.storefront.forms import QuantityForm, choose_quantity
from tenant_shop.storefront.locale import Money
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.visit import Visit
from tenant_shop.taxes.rates import local_taxes

# As long as the column that keeps it; what is longer is no code.
LONGEST_CODE = 50


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    return _cart(Visit(request))


@only_forms
@never_cache
def change_line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    visit, form = Visit(request), QuantityForm(request.POST)
    if not form.is_valid():
        messages.error(request, choose_quantity())
        return _cart(visit, status=422)
    try:
        set_line_quantity(visit.cart_id, line_id, form.cleaned_data["quantity"])
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return _cart(visit, status=refusal.status)
    return redirect("storefront:cart")


@only_forms
@never_cache
def change_coupon(request: HttpRequest) -> HttpResponse:
    """An empty code takes out the one that is there."""
    visit, code = Visit(request), request.POST.get("code", "").strip()
    try:
        if code:
            apply_coupon(visit.cart_id, code[:LONGEST_CODE])
        else:
            remove_coupon(visit.cart_id)
    except RuleViolation as refusal:
        return _cart(visit, coupon_problem=str(refusal), status=refusal.status)
    return redirect("storefront:cart")


def _cart(visit: Visit, *, coupon_problem: str = "", status: int = 200) -> HttpResponse:
    found = view_of(read_basket(visit.cart_id, visit.settings))
    context = {
        "cart": cart_context(found, visit.money, coupon_problem=coupon_problem),
        "tax_note": cart_tax_note(visit),
    }
    return visit.page("storefront/cart.html", context, status=status, item_count=found.item_count)


def cart_tax_note(visit: Visit) -> str:
    if not local_taxes(visit.settings, visit.settings.country).are_charged:
        return ""
    return _("Prices include tax.") if visit.settings.prices_include_tax else _("Tax is added at checkout.")


def cart_context(found: CartView, money: Money, *, coupon_problem: str = "") -> dict[str, Any]:
    return {
        "lines": [line_context(line, money) for line in found.lines],
        "subtotal": money(found.subtotal),
        "discounts": [
            {
                "title": each.title,
                "description": each.description,
                "amount": money(each.amount) if each.amount else "",
                "is_automatic": each.is_automatic,
            }
            for each in found.discounts
        ],
        "coupon_code": found.coupon_code,
        "coupon_message": "" if found.coupon_refused else found.coupon_message,
        "coupon_problem": coupon_problem or (found.coupon_message if found.coupon_refused else ""),
        "total": money(found.total),
        "item_count": found.item_count,
        "is_empty": not found.lines,
        "can_checkout": found.is_orderable,
    }


def line_context(line: CartLineView, money: Money) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "url": product_url(line.product_slug),
        "options": options_text(line.options),
        "sku": line.sku,
        "image": image(line.picture),
        "quantity": line.quantity,
        "max_quantity": line.max_quantity,
        "unit_price": money(line.unit_price),
        "line_total": money(line.line_total),
        "problem": line.problem or "",
        "note": price_note(line, money),
        "savings": [{"title": title, "amount": money(amount)} for title, amount in line.savings],
    }


def price_note(line: CartLineView, money: Money) -> str:
    """That the price is another one than before; said once."""
    if line.previous_price is None:
        return ""
    return _("The price has changed from %(before)s to %(now)s.") % {
        "before": money(line.previous_price),
        "now": money(line.unit_price),
    }


def options_text(options: Any) -> str:
    return " / ".join(str(value) for value in options.values())
