"""A discount by a link: `/discount/SPRING/?to=/products/`, for mails and posts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_shop.carts.coupon import carry_coupon
from tenant_shop.promotions.errors import CouponRefused
from tenant_shop.promotions.find import LONGEST_CODE, normalised_code
from tenant_shop.storefront.cart import known_shopper
from tenant_shop.storefront.languages import in_readers_language
from tenant_shop.storefront.visit import Visit


@never_cache
@require_safe
def discount_link(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the code for the visitor's cart, open or yet to come, and lead on to a page of this shop.

    Whether the code holds is told by the cart. One that does not, is not put in the place of another.
    """
    visit, name = Visit(request), normalised_code(code)
    if name and len(name) <= LONGEST_CODE and name.isprintable():
        try:
            if not carry_coupon(visit.cart_id, name, shopper=known_shopper(visit)):
                visit.keep_code(name)
        except CouponRefused as refusal:
            stays = _("Your cart keeps the code that it has.")
            messages.warning(request, f"{refusal} {stays}")
        else:
            messages.info(request, _("The code %(code)s is kept for your cart.") % {"code": name})
    return redirect(_own_path(request.GET.get("to", "")))


def _own_path(wanted: str) -> str:
    """`wanted` in the reader's language if it is a path of this shop, or else the home page."""
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return in_readers_language(wanted) if own else reverse("storefront:home")
