"""The page where the payer of a bill confirms a card payment to the bank."""

from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from platform_core.billing.cards.collect import ask
from platform_core.billing.cards.errors import CardsNotOffered, CardsUnavailable
from platform_core.billing.cards.give import gateway, public_key
from platform_core.billing.cards.link import charge_of
from platform_core.billing.cards.models import CardCharge, ChargeState
from platform_core.tenancy.hosts import shop_url
from smartseller.headers import policy
from smartseller.money import display
from smartseller.throttle import TooOften, count_visit

# Each looks at the gateway.
MOST_IN_AN_HOUR = 60


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_card(request: HttpRequest, token: str) -> HttpResponse:
    """The gateway's script asks the bank; afterwards a POST has us ask the gateway what became of it. Whoever has the
    link may do it: nothing but this payment can be done with it."""
    charge = charge_of(token)
    if charge is None:
        raise Http404
    try:
        count_visit(request, "confirm-card", most=MOST_IN_AN_HOUR)
        if request.method == "POST" and charge.state == ChargeState.CONFIRMING:
            charge = ask(charge, timezone.now().astimezone(UTC).date())
        secret = gateway().confirmation(charge.reference) if charge.state == ChargeState.CONFIRMING else ""
    except (CardsNotOffered, CardsUnavailable, TooOften) as error:
        return _page(request, charge, problem=str(error), status=error.status)
    return _page(request, charge, secret=secret, was_tried=request.method == "POST")


def _page(
    request: HttpRequest,
    charge: CardCharge,
    *,
    secret: str = "",
    problem: str = "",
    was_tried: bool = False,
    status: int = 200,
) -> HttpResponse:
    tenant = charge.invoice.tenant
    context = {
        "section": "",
        "state": str(charge.state),
        "amount": display(charge.amount, charge.currency),
        "card": charge.card,
        "number": charge.invoice.invoice_number,
        "shop": tenant.name,
        "plan_url": shop_url(tenant.slug, "/admin/plan/"),
        "secret": secret,
        "method": charge.method,
        "public_key": public_key(),
        "script": settings.STRIPE_SCRIPT_URL,
        "problem": problem,
        "was_tried": was_tried,
    }
    response = render(request, "website/card_confirm.html", context, status=status)
    script = urlsplit(settings.STRIPE_SCRIPT_URL)
    response["Content-Security-Policy"] = policy(card_fields=f"{script.scheme}://{script.netloc}")
    response["Referrer-Policy"] = "same-origin"
    return response
