"""Another plan or cycle, step by step: choose, see what it costs to the cent, confirm just that."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from platform_core.billing.change import Change, change_subscription, preview_change
from platform_core.billing.errors import PreviewOutdated
from platform_core.billing.merchant import Choice, choices_of, standing_of
from platform_core.plans.limits import Feature, Limited, terms_of
from platform_core.tenancy.context import current_tenant
from smartseller.formats import day, percent
from smartseller.money import display
from tenant_shop.backoffice.at_once import ask
from tenant_shop.backoffice.plan.door import BILLING_WORDS, actor, for_owners, today
from tenant_shop.backoffice.plan.overview import tell_charges
from tenant_shop.backoffice.usage import Usage, usage_of, usage_questions
from tenant_shop.configuration.plan import PlanAndStaff, plan_and_staff
from tenant_shop.configuration.settings import shop_settings

CYCLES = {"monthly": "Monthly", "annual": "Annual"}


@require_safe
@for_owners
def choose(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """The plans, for months or for years."""
    standing = standing_of(current_tenant().id, today())
    asked = request.GET.get("cycle", standing.cycle if standing else "monthly")
    cycle = asked if asked in CYCLES else "monthly"
    choices = choices_of(current_tenant().id, cycle)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Choose a plan",
        "cycle": cycle,
        "cycles": CYCLES,
        "choices": [_choice(each) for each in choices],
    }
    return TemplateResponse(request, "admin/shop/plan_choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def change(request: HttpRequest, site: AdminSite, plan: str, cycle: str) -> HttpResponseBase:
    """What confirming charges, and what goes beyond the new plan; a POST confirms exactly that."""
    shop_id = current_tenant().id
    seen = preview_change(shop_id, plan=plan, cycle=cycle, today=today())
    beyond, lost = _beyond(seen), _lost(seen)
    if request.method == "POST":
        if (beyond or lost) and "understood" not in request.POST:
            messages.error(request, "Please confirm that you have read what the plan leaves out.")
        else:
            try:
                change_subscription(
                    shop_id, plan=plan, cycle=cycle, today=today(), expected_total=_expected(request),
                    actor_id=actor(request),
                )  # fmt: skip
            except PreviewOutdated as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _done(seen))
                tell_charges(request)
                return redirect("admin:plan")
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": f"Change to {seen.plan.display_name}",
        **_preview(seen),
        "beyond": beyond,
        "lost": lost,
        "standing": standing_of(shop_id, today()),
    }
    return TemplateResponse(request, "admin/shop/plan_change.html", context)


def _beyond(change: Change) -> list[Usage]:
    """What the shop has more of than the new plan includes."""
    terms = terms_of(change.plan)
    plan = PlanAndStaff(terms, plan_and_staff().staff)
    used = usage_of(plan, ask(usage_questions(terms, timezone.now(), shop_settings().zone)))
    return [each for each in used if each.beyond]


def _lost(change: Change) -> list[Feature]:
    """What the shop's plan includes, and the new one does not."""
    terms, then = current_tenant().plan_terms, terms_of(change.plan)
    return [feature for feature in Feature if terms.includes(feature) and not then.includes(feature)]


def _preview(change: Change) -> dict[str, Any]:
    def money(amount: Decimal) -> str:
        return display(amount, change.currency)

    rows = [(line.description, f"{day(line.first)} to {day(line.last)}", money(line.amount)) for line in change.lines]
    rows += [(each.description, "", money(-each.amount)) for each in change.discounts]
    if change.lines and change.tax_rate:
        rows.append((f"{percent(change.tax_rate * 100)} tax", "", money(change.tax)))
    return {
        "plan": change.plan,
        "is_now": change.is_now,
        "rows": rows,
        "total": money(change.total),
        "is_charged": change.total > 0,
        "expected_total": f"{change.total:f}",
        "price": f"{money(change.price)} {BILLING_WORDS[change.cycle]}",
        "first": change.period.first,
        "last": change.period.last,
        "reverse_charge": change.reverse_charge and change.total > 0,
    }


def _choice(choice: Choice) -> dict[str, Any]:
    terms = terms_of(choice.plan)
    return {
        "plan": choice.plan,
        "price": "" if choice.price is None else display(choice.price, choice.currency),
        "is_current": choice.is_current,
        "is_next": choice.is_next,
        "limits": [
            f"Unlimited {what.value}" if limit is None else what.many(limit)
            for what, limit in terms.limits.items()
            if what is not Limited.API_CALLS_PER_HOUR or terms.includes(Feature.API_ACCESS)
        ],
        "features": [(feature, terms.includes(feature)) for feature in Feature],
    }


def _done(seen: Change) -> str:
    if seen.is_now:
        return f"Your plan is {seen.plan.display_name} now."
    return f"Your plan becomes {seen.plan.display_name} on {day(seen.period.first)}."


def _expected(request: HttpRequest) -> Decimal:
    try:
        return Decimal(request.POST.get("expected_total", ""))
    except InvalidOperation:
        return Decimal(-1)
