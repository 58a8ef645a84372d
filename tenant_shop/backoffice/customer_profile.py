"""A customer's profile in the back office: what they bought, agreed to and wrote; their data, and how it is erased."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.customer_notes import notes_shown
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.erase import ask_to_erase
from tenant_shop.customers.export import export_of
from tenant_shop.customers.find import is_erased, not_erased
from tenant_shop.customers.models import Customer
from tenant_shop.customers.profile import profile_of


def profile_shown(customer: Customer) -> dict[str, Any]:
    """What the template below the customer's form shows."""
    settings = shop_settings()
    profile = profile_of(customer, settings)
    return {
        **notes_shown(customer),
        "profile": profile,
        "is_erased": is_erased(customer.email),
        "profile_facts": [
            ("Lifetime value, less refunds", amount(profile.value, settings.currency)),
            ("Orders that count", f"{profile.orders:,}"),
            ("Average order", amount(profile.average, settings.currency)),
            ("Last order", profile.newest[0].created_at if profile.newest else None),
        ],
        "profile_orders": [
            {"order": order, "total": amount(order.total_amount, order.currency)} for order in profile.newest
        ],
    }


def data_page(request: HttpRequest, customer_id: UUID, page: Any) -> HttpResponseBase:
    """Download what the shop holds of a customer, to be handed to them; for who may delete customers.

    `page` is the customers' (CustomerAdmin).
    """
    customer = _asked(request, customer_id, page, of=not_erased())
    if isinstance(customer, HttpResponseBase):
        return customer
    now = timezone.now()
    with shop_transaction():
        page.note(request, "export", customer, [{"exported": {"fields": ["their data"]}}])
    answer = JsonResponse(export_of(customer, at=now), DjangoJSONEncoder, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="customer-{now:%Y-%m-%d}.json"'
    return answer


def erasure_page(request: HttpRequest, customer_id: UUID, page: Any) -> HttpResponseBase:
    """Send a customer the link that erases them, as they asked for; it opens active accounts only.

    `page` is the customers' page (CustomerAdmin).
    """
    active = Customer.objects.filter(status=Customer.Status.ACTIVE)
    customer = _asked(request, customer_id, page, of=active)
    if isinstance(customer, HttpResponseBase):
        return customer
    try:
        with shop_transaction():
            ask_to_erase(customer)
            page.note(request, "ask_to_erase", customer, [{"asked": {"fields": ["the link that erases them"]}}])
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The link that erases the account is on its way to {customer.email}.")
    return redirect("admin:tenant_shop_customer_change", customer_id)


def _asked(
    request: HttpRequest, customer_id: UUID, page: Any, *, of: QuerySet[Customer]
) -> Customer | HttpResponseBase:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_delete_permission(request):
        raise PermissionDenied
    customer = of.filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    return customer
