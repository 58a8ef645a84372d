"""Asking to be told when something is back, and leaving that list."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from smartseller.throttle import TooOften, count_visit
from tenant_shop.catalog.product_page import product_page
from tenant_shop.restock.ask import ask_to_be_told
from tenant_shop.restock.errors import NotAwaitable
from tenant_shop.restock.leave import address_of, leave
from tenant_shop.storefront.cards import product_url
from tenant_shop.storefront.forms import NotifyForm
from tenant_shop.storefront.not_found import nothing_here
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.picker import variant_url
from tenant_shop.storefront.product import show_product
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

# From one address in an hour.
MOST_ASKED = 20


@only_forms
@never_cache
@from_own_pages
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to the product with a word of thanks, the same whether the address was known or not."""
    visit, page = Visit(request), product_page(slug)
    if page is None:
        return nothing_here(visit, message=_("This product is no longer sold here."))
    form = NotifyForm(request.POST, page=page)
    if not form.is_valid():
        return show_product(visit, page, form.chosen, status=422, notify=form)
    try:
        count_visit(request, "notify", most=MOST_ASKED)
    except TooOften as refusal:
        return show_product(visit, page, form.chosen, status=refusal.status, error=str(refusal), notify=form)
    variant = form.cleaned_data["variant"]
    try:
        ask_to_be_told(variant.id, email=form.cleaned_data["email"], language=visit.language)
    except NotAwaitable as refusal:
        return show_product(visit, page, variant, status=refusal.status, error=str(refusal))
    messages.success(request, _("We will write to you once, as soon as it is back."))
    return redirect(variant_url(product_url(page.summary.slug), variant, page.variants))


@never_cache
@csrf_exempt  # the link itself is the permission, and mail programs that leave with one click carry no token
@require_http_methods(["GET", "HEAD", "POST"])
def leave_list(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, because mail scanners follow links; the button, or a mail program's, does."""
    visit = Visit(request)
    if request.method == "POST":
        leave(token)
        return visit.page("storefront/notify_left.html", {"title": _("You get no more such mails"), "has_left": True})
    if address_of(token) is None:
        return visit.page("storefront/notify_left.html", {"title": _("You get no more such mails"), "has_left": True})
    return visit.page("storefront/notify_left.html", {"title": _("No more mails about stock?"), "has_left": False})
