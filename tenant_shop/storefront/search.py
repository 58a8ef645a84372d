"""What the storefront says about a search: suggestions while somebody types, better spellings, ideas when it fails."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from smartseller.client_address import address_of
from tenant_shop.catalog.browse import ProductList, bestselling_products, newest_products
from tenant_shop.catalog.search.find import tidy_query
from tenant_shop.catalog.search.matches import MAX_CANDIDATES
from tenant_shop.catalog.search.note import note_search
from tenant_shop.catalog.search.popular import popular_searches
from tenant_shop.catalog.search.suggest import suggest
from tenant_shop.storefront.cards import brand_url, cards, steps
from tenant_shop.storefront.list_query import ListQuery
from tenant_shop.storefront.visit import Visit

IDEAS, CATEGORIES, SEARCHES = 4, 8, 6


def search_url(text: str) -> str:
    return f"{reverse('storefront:product_list')}?{urlencode({'q': text})}"


@require_safe
@cache_control(private=True, no_cache=True)
def suggestions(request: HttpRequest) -> HttpResponse:
    """A fragment for the search field; whoever comes here without htmx is led to the search itself."""
    text = tidy_query(request.GET.get("q", ""))
    if "HX-Request" not in request.headers:
        return redirect(search_url(text))
    visit = Visit(request)
    found = suggest(text, shelves=visit.shelves, now=timezone.now())
    context: dict[str, Any] = {"q": text, "search_url": search_url(text)}
    if found is not None:
        context |= {
            "products": cards(found.products, visit),
            "count": found.count,
            "categories": steps(found.categories),
            "brands": [{"name": brand.name, "url": brand_url(brand.slug)} for brand in found.brands],
            "searches": _searches(found.searches),
            "did_you_mean": found.did_you_mean,
        }
    return render(request, "storefront/_suggestions.html", context)


def search_context(visit: Visit, found: ProductList, query: ListQuery) -> dict[str, Any]:
    """What a list says about its search, which is counted; one of the whole shop that finds nothing comes with ideas.

    One statement for a search, at most four more when it finds nothing.
    """
    if not query.text:
        return {}
    total, path = found.page.paginator.count, visit.request.path
    is_plain = not query.is_narrowed and path == reverse("storefront:product_list")
    if is_plain and query.page in ("", "1") and visit.request.method == "GET":
        note_search(query.text, found=total, visitor=address_of(visit.request), now=timezone.now())
    return {
        "did_you_mean": found.did_you_mean,
        "did_you_mean_url": f"{path}?{urlencode({'q': found.did_you_mean})}" if found.did_you_mean else "",
        "is_exact": found.is_exact,
        "capped_at": MAX_CANDIDATES if found.is_capped else None,
        "ideas": _ideas(visit) if is_plain and not total else None,
    }


def _ideas(visit: Visit) -> dict[str, Any]:
    bestsellers = bestselling_products(IDEAS)
    return {
        "searches": _searches(popular_searches(SEARCHES, now=timezone.now())),
        "categories": steps(visit.shelves.featured[:CATEGORIES]),
        "are_bestsellers": bool(bestsellers),
        "products": cards(bestsellers or newest_products(IDEAS), visit),
    }


def _searches(texts: list[str]) -> list[dict[str, str]]:
    return [{"text": text, "url": search_url(text)} for text in texts]
