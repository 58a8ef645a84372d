"""Addresses that take forms only, and the page that each belongs to."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import ResolverMatch, reverse
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponse]

# The name of the address: the page itself, and what of the address names it.
PAGE_OF = {
    "notify": ("product", ("slug",)),
    "cart_add": ("product", ("slug",)),
    "cart_add_lines": ("quick_order", ()),
    "cart_line": ("cart", ()),
    "cart_coupon": ("cart", ()),
    "cart_save": ("cart", ()),
    "cart_saved": ("cart", ()),
    "cart_estimate": ("cart", ()),
    "quote_decline": ("quote", ("token",)),
    "quote_again": ("quote", ("token",)),
    "order_account": ("order", ("token",)),
    "order_cancel_by_link": ("order", ("token",)),
    "address_remove": ("address", ("address_id",)),
    "order_again": ("my_order", ("order_id",)),
    "order_cancel": ("my_order", ("order_id",)),
    "wish_add": ("wishlist", ()),
    "wish_remove": ("wishlist", ()),
    "data_download": ("my_data", ()),
    "erase_request": ("my_data", ()),
    "company_leave": ("company", ()),
    "company_invitation": ("company_members", ()),
    "company_request_decide": ("company_request", ("request_id",)),
    "log_out": ("account", ()),
    "sessions_end": ("sessions", ()),
}


def page_of(match: ResolverMatch) -> str:
    """The path, in the language of the request, where the page of an address can be read."""
    name, named_by = PAGE_OF.get(str(match.url_name), (match.url_name, tuple(match.kwargs)))
    return reverse(f"storefront:{name}", kwargs={key: match.kwargs[key] for key in named_by})


def only_forms(view: View) -> View:
    """For the outside of a view: whoever only looks is led to the page (302), because a refused form is shown at the
    form's address, and people reload it, keep it and go back to it. Methods that are neither are answered with 405."""
    taking = require_POST(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method in ("GET", "HEAD") and request.resolver_match is not None:
            return HttpResponseRedirect(page_of(request.resolver_match))
        return taking(request, *args, **kwargs)

    return guarded
