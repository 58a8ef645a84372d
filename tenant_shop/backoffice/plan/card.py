"""The card that pays: given in Stripe's own fields, so that its number never comes here."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.billing.cards.give import begin_card, finish_card, forget_card, public_key
from platform_core.billing.merchant import standing_of
from platform_core.tenancy.context import current_tenant
from smartseller.headers import policy
from tenant_shop.backoffice.fresh import when_fresh_to
from tenant_shop.backoffice.plan.door import actor, for_owners, today
from tenant_shop.backoffice.plan.overview import tell_charges

LONGEST_REFERENCE = 255


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_billing", before_the_form=True)
@for_owners
def card(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """Stripe's fields; a POST says under which reference the card was given. Whatever is open is charged at once."""
    shop_id = current_tenant().id
    if request.method == "POST":
        given = finish_card(
            request.POST.get("set_up", "")[:LONGEST_REFERENCE], tenant_id=shop_id, actor_id=actor(request)
        )
        messages.success(request, f"{given} pays your bills from now on.")
        tell_charges(request)
        return redirect("admin:plan")
    made = begin_card(shop_id)
    context = {
        **site.each_context(request),
        "title": "Pay by card",
        "set_up": made,
        "public_key": public_key(),
        "script": settings.STRIPE_SCRIPT_URL,
        "standing": standing_of(shop_id, today()),
    }
    response = TemplateResponse(request, "admin/shop/plan_card.html", context)
    script = urlsplit(settings.STRIPE_SCRIPT_URL)
    response["Content-Security-Policy"] = policy(admin=True, card_fields=f"{script.scheme}://{script.netloc}")
    return response


@require_POST
@for_owners
def forget(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    forget_card(current_tenant().id, actor_id=actor(request))
    messages.success(request, "The card is removed. Please pay your bills by bank transfer.")
    return redirect("admin:plan")
