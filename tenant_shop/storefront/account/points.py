"""A customer's points, their tier, and how they came by them."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.read import entries_of
from tenant_shop.loyalty.rules import LoyaltyRules, Tier, loyalty_rules
from tenant_shop.loyalty.tiers import spent_in_a_year
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.points_field import points_note
from tenant_shop.storefront.visit import Visit

PER_PAGE = 20
TIERS = {
    Tier.BRONZE: gettext_lazy("Bronze"),
    Tier.SILVER: gettext_lazy("Silver"),
    Tier.GOLD: gettext_lazy("Gold"),
    Tier.PLATINUM: gettext_lazy("Platinum"),
}
Reason = LoyaltyEntry.Reason
REASONS = {
    Reason.EARNED: gettext_lazy("Earned"),
    Reason.TAKEN_BACK: gettext_lazy("Taken back after a refund"),
    Reason.SPENT: gettext_lazy("Spent"),
    Reason.GIVEN_BACK: gettext_lazy("Given back"),
    Reason.CORRECTION: gettext_lazy("Corrected by the shop"),
}


@require_safe
@for_customers
def points(visit: Visit, customer: Customer) -> HttpResponse:
    """Not found while the shop has no programme."""
    rules = loyalty_rules(visit.settings.loyalty)
    if not rules.is_on:
        raise Http404
    page = Paginator(entries_of(customer), PER_PAGE).get_page(visit.request.GET.get("page"))
    here = reverse("storefront:points")
    context = {
        "balance": customer.loyalty_points,
        "worth": points_note(visit),
        "tier": TIERS[Tier(customer.loyalty_tier)],
        "next_tier": _next_tier(visit, customer, rules),
        "entries": [_row(entry) for entry in page],
        "page": page,
        "previous_url": f"{here}?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"{here}?page={page.next_page_number()}" if page.has_next() else "",
    }
    return account_page(visit, "points.html", context, here="points")


def _next_tier(visit: Visit, customer: Customer, rules: LoyaltyRules) -> str:
    """What is missing for the next tier, "" when there is none above or the night will bring it."""
    above = rules.after(customer.loyalty_tier)
    if above is None:
        return ""
    missing = above.threshold - spent_in_a_year(customer.pk, currency=visit.settings.currency, at=timezone.now())
    if missing <= 0:
        return ""
    return _("%(amount)s more within twelve months, and you are in the tier %(tier)s.") % {
        "amount": visit.money(missing),
        "tier": TIERS[Tier(above.tier)],
    }


def _row(entry: LoyaltyEntry) -> dict[str, Any]:
    return {
        "points": entry.points,
        "reason": REASONS[Reason(entry.reason)],
        "order": entry.order.order_number if entry.order else "",
        "at": entry.created_at,
    }
