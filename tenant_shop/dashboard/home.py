"""`/dashboard/`: what is to be done, how the shop is doing, and what happened lately."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from platform_core.plans.limits import Feature, Limited
from platform_core.tenancy.context import current_tenant
from tenant_shop.analytics.figures import days_of, shares_of
from tenant_shop.backoffice.access import staff_required
from tenant_shop.backoffice.at_once import ask
from tenant_shop.backoffice.reviews_waiting import note_counted
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.today import questions_of, things_for, waiting_of
from tenant_shop.backoffice.usage import beyond_plan, usage_links, usage_of, usage_questions
from tenant_shop.configuration.plan import plan_and_staff
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.dashboard.activity import latest_events
from tenant_shop.dashboard.charts import charts_of
from tenant_shop.dashboard.checklist import checklist_of, checklist_questions
from tenant_shop.dashboard.chosen import LAST, Chosen, chosen_days
from tenant_shop.dashboard.download import FIGURES
from tenant_shop.dashboard.not_in_plan import Offer, offer_of
from tenant_shop.dashboard.numbers import as_of, numbers_of, returning_questions
from tenant_shop.dashboard.setup import RUNS_SHOP

BILLING = "tenant_shop.view_billing"
BEST = 10


@require_safe
@staff_required
def home(request: HttpRequest) -> HttpResponse:
    """What the request's user may see of it. Nine statements at most, however much there is: session, user, access,
    settings, plan, everything that is counted, days, shares, events. Without analytics in the plan no shares are asked.
    """
    user, now = request.user, timezone.now()
    shop, plan = shop_settings(), plan_and_staff()
    runs_shop, sees_customers = user.has_perm(RUNS_SHOP), user.has_perm("tenant_shop.view_customer")
    sees_plan, sees_orders = user.has_perm(BILLING), user.has_perm("tenant_shop.view_order")
    offer = offer_of(request, Feature.ANALYTICS)
    chosen = None
    if user.has_perm(FIGURES):
        chosen = chosen_days(request.GET, now.astimezone(shop.zone).date(), any_days=offer is None)
    things = things_for(user, shop)
    answers = ask(
        questions_of(things)
        | (checklist_questions() if runs_shop else {})
        | (usage_questions(plan.limits, now, shop.zone) if sees_plan or sees_customers or sees_orders else {})
        | (returning_questions(chosen.period, shop) if chosen and offer is None else {})
    )
    waiting = waiting_of(things, answers)
    if "reviews" in answers:
        note_counted(answers["reviews"])
    if sees_customers:
        customers = f"{reverse('admin:tenant_shop_customer_changelist')}?"
        waiting += beyond_plan(plan, answers, Limited.CUSTOMERS, title="Customers", url=customers)
    if sees_orders:
        orders = f"{reverse('admin:tenant_shop_order_changelist')}?"
        waiting += beyond_plan(plan, answers, Limited.ORDERS_PER_MONTH, title="Orders this month", url=orders)
    context = {
        **backoffice.each_context(request),
        "title": "Dashboard",
        "shop": shop,
        "setup": checklist_of(answers, shop, current_tenant().theme) if runs_shop else None,
        "waiting": waiting,
        "is_quiet": not any(place.count for place in waiting),
        "events": latest_events(user, shop.language),
        "plan": plan.limits.plan,
        "usage": usage_of(plan, answers, usage_links(user, now, shop.zone)) if sees_plan else [],
        **(_figures(request, chosen, answers, shop, offer) if chosen else {}),
    }
    return TemplateResponse(request, "dashboard/home.html", context)


def _figures(
    request: HttpRequest, chosen: Chosen, answers: Mapping[str, Any], shop: ShopSettings, offer: Offer | None
) -> dict[str, Any]:
    days = days_of(chosen.period)
    sees_orders = request.user.has_perm("tenant_shop.view_order")
    sees_products = request.user.has_perm("tenant_shop.view_product")
    shares = shares_of(chosen.period, most=BEST) if offer is None else None
    return {
        "chosen": chosen,
        "periods": LAST,
        "offer": offer,
        "days": days,
        "as_of": as_of(days, shop.zone),
        "numbers": numbers_of(days, answers, shop, sees_orders=sees_orders, has_analytics=offer is None),
        "charts": charts_of(days, shares, shop, sees_orders=sees_orders, sees_products=sees_products),
    }
