"""Ordering many things at once: from a list of SKUs, or from the fields of a product list."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.formats import number
from tenant_shop.carts.add_many import Added, add_lines
from tenant_shop.carts.lines import MAX_LINES
from tenant_shop.carts.quick_order import AskedLine, FoundLine, demand_of, find_lines, read_list
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.pricing.errors import QuantityNotAllowed
from tenant_shop.pricing.terms import terms_for
from tenant_shop.storefront.cards import product_url
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.order_lines import QUANTITY_FIELD
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

PAGE = "storefront/quick_order.html"


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quick_order(request: HttpRequest) -> HttpResponse:
    """A list of SKUs and quantities goes into the cart; lines that cannot, stay in the field with their reasons."""
    visit = Visit(request)
    if request.method != "POST":
        return visit.page(PAGE, {"text": "", "answers": [], "most_lines": MAX_LINES})
    return _put(visit, find_lines(read_list(request.POST.get("lines", ""))))


@only_forms
@from_own_pages
def add_lines_to_cart(request: HttpRequest) -> HttpResponse:
    """The fields of a product list go into the cart; `only` names the one line whose own button was pressed."""
    visit, asked = Visit(request), _fields(request)
    variants = ProductVariant.objects.for_sale().select_related("product").in_bulk([wanted[0] for wanted in asked])
    found = [
        _line(variant, typed or _least(variant, visit))
        for variant, typed in ((variants.get(variant_id), typed) for variant_id, typed in asked)
    ]
    return _put(visit, found)


def _fields(request: HttpRequest) -> list[tuple[UUID, str]]:
    """Variants and what was typed beside them; nothing for a line whose own button was pressed and no more was said."""
    typed = {
        name.removeprefix(QUANTITY_FIELD): str(value).strip()
        for name, value in request.POST.items()
        if name.startswith(QUANTITY_FIELD)
    }
    only = request.POST.get("only", "")
    if only:
        typed = {only: typed.get(only, "")}
    asked = []
    for name, value in list(typed.items())[:MAX_LINES]:
        try:
            variant_id = UUID(hex=name)
        except ValueError:
            continue
        if only or value not in ("", "0"):
            asked.append((variant_id, value))
    return asked


def _least(variant: ProductVariant | None, visit: Visit) -> str:
    """The fewest pieces that are sold: one, unless the shop says otherwise."""
    if variant is None:
        return "1"
    return str(terms_for(visit.customer_id, [variant], visit.settings).allowed(variant.pk).least)


def _line(variant: ProductVariant | None, typed: str) -> FoundLine:
    if variant is None:
        return FoundLine(asked=AskedLine(text=""), problem=_("This item is not on sale."))
    asked = read_list(f"{variant.sku};{typed}")[0]
    return FoundLine(asked=asked, variant=None if asked.problem else variant, problem=asked.problem)


def _put(visit: Visit, found: Sequence[FoundLine]) -> HttpResponse:
    """Into the cart with what is good. All good leads to the cart; otherwise the page says what stayed out, and why."""
    demand = demand_of(found)
    request = visit.request
    if not found:
        return _answer(visit, [], {}, problem=_("Please say what you want: a SKU and a quantity in each line."))
    had_session = request.session.session_key is not None
    outcome = (
        add_lines(visit.cart_id, demand, session_id=visit.session_id(), customer_id=visit.customer_id)
        if demand
        else Added(cart_id=None, added={}, refused={})
    )
    if outcome.cart_id is not None and outcome.added:
        visit.keep_cart(outcome.cart_id)
    elif not had_session and request.session.session_key is not None:
        request.session.flush()
    refused = {variant_id: _reason(error) for variant_id, error in outcome.refused.items()}
    if not refused and not any(line.problem for line in found):
        messages.success(request, _count(len(outcome.added)))
        return redirect("storefront:cart")
    return _answer(visit, found, refused, added=outcome.added)


def _answer(
    visit: Visit,
    found: Sequence[FoundLine],
    refused: Mapping[UUID, str],
    *,
    added: Mapping[UUID, int] | None = None,
    problem: str = "",
) -> HttpResponse:
    answers = [_words(line, refused) for line in found]
    left = [
        line.asked.text for line, answer in zip(found, answers, strict=True) if answer["problem"] and line.asked.text
    ]
    context = {
        "text": "\n".join(left),
        "answers": answers,
        "problem": problem,
        "added_text": _count(len(added)) if added else "",
        "most_lines": MAX_LINES,
    }
    return visit.page(PAGE, context, status=422)


def _words(line: FoundLine, refused: Mapping[UUID, str]) -> dict[str, Any]:
    variant = line.variant
    problem = line.problem or (refused.get(variant.pk, "") if variant else "")
    return {
        "sku": variant.sku if variant else line.asked.sku or line.asked.text,
        "name": f"{variant.product.name} ({variant.label})" if variant and variant.label else "",
        "product": variant.product.name if variant else "",
        "url": product_url(variant.product.slug) if variant else "",
        "quantity": line.asked.quantity or "",
        "problem": problem,
    }


def _reason(error: Exception) -> str:
    """Why a variant stayed out, shorter than the cart says it: the line names it already."""
    if isinstance(error, QuantityNotAllowed):
        return error.wrong[0].allowed.sentence
    if not isinstance(error, OutOfStock):
        return str(error)
    missing = error.shortages[0]
    if missing.available <= 0:
        return _("Sold out.")
    sentence = ngettext(
        "Only %(number)s in stock; %(wanted)s would be in your cart.",
        "Only %(number)s in stock; %(wanted)s would be in your cart.",
        missing.available,
    )
    return sentence % {"number": number(missing.available), "wanted": number(missing.wanted)}


def _count(lines: int) -> str:
    sentence = ngettext("%(number)s line is in your cart.", "%(number)s lines are in your cart.", lines)
    return sentence % {"number": number(lines)}
