"""The mails about an order on its page, each to be sent once more."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import capfirst

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.orders.models import Order
from tenant_shop.orders.send_again import mails_of, send_again
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.models import PaymentEntry, PaymentRefund
from tenant_shop.returns.models import Return


def mails_shown(
    order: Order, *, entries: Sequence[PaymentEntry], refunds: Sequence[PaymentRefund], returns: Iterable[Return]
) -> dict[str, Any]:
    """For `_order_mails.html`. At most two statements."""
    parcels = Shipment.objects.filter(order=order)
    mails = mails_of(order, parcels=parcels, entries=entries, refunds=refunds, returns=returns)
    return {"mails": [{"key": mail.key, "title": capfirst(mail.title)} for mail in mails]}


def send_again_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """The buttons. `page` is the orders' page (OrderAdmin)."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not page.has_act_permission(request):
        raise PermissionDenied
    try:
        with shop_transaction():
            mail = send_again(order_id, request.POST.get("mail", ""), actor=str(request.user.pk))
            order = Order.objects.get(pk=order_id)
            page.note(request, "resend", order, [{"sent again": {"fields": [mail.title]}}])
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"On its way to the customer again: {mail.title}.")
    return redirect("admin:tenant_shop_order_change", order_id)
