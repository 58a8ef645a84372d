"""The confirmation: a page of its own for each order, behind a link that cannot be guessed."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_shop.catalog.summary import pictures_of
from tenant_shop.customers import find
from tenant_shop.orders.address_lines import address_lines
from tenant_shop.orders.arrival_words import expected_of
from tenant_shop.orders.carriers import tracking_link
from tenant_shop.orders.company_words import company_facts, reverse_charge_text
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_token
from tenant_shop.orders.models import Order
from tenant_shop.payments.instructions import how_to_pay
from tenant_shop.returns.models import Return
from tenant_shop.returns.returnable import may_ask_to_return
from tenant_shop.storefront.account.forms import AfterOrderForm
from tenant_shop.storefront.account.words import RETURN_STATES
from tenant_shop.storefront.cards import image
from tenant_shop.storefront.cart_context import options_text
from tenant_shop.storefront.documents import document_links
from tenant_shop.storefront.locale import Money, money_in
from tenant_shop.storefront.order_money import PAID, money_facts
from tenant_shop.storefront.pay import is_paid_online
from tenant_shop.storefront.points_field import points_text
from tenant_shop.storefront.terms import terms_links
from tenant_shop.storefront.visit import Visit

STATUS_TEXTS = {
    Order.Status.PENDING: gettext_lazy("Waiting for payment"),
    Order.Status.CONFIRMED: gettext_lazy("Confirmed"),
    Order.Status.PROCESSING: gettext_lazy("Being prepared"),
    Order.Status.SHIPPED: gettext_lazy("On its way"),
    Order.Status.DELIVERED: gettext_lazy("Delivered"),
    Order.Status.CANCELLED: gettext_lazy("Cancelled"),
    Order.Status.REFUNDED: gettext_lazy("Refunded"),
}
NOT_SENT = (Order.Status.PENDING, Order.Status.CONFIRMED, Order.Status.PROCESSING, Order.Status.CANCELLED)


@never_cache
@require_safe
def confirmation(request: HttpRequest, token: UUID) -> HttpResponse:
    try:
        order = order_by_token(token)
    except OrderNotFound as error:
        raise Http404 from error
    return show_order(Visit(request), order)


def show_order(
    visit: Visit, order: Order, *, account_form: AfterOrderForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page of an order. A guest is offered an account, whether the order's address has one or not."""
    money = money_in(order.currency, visit.language)
    is_guests = order.customer_id is None and not is_erased(order)
    is_guest = visit.customer is None and is_guests
    can_return = is_guests and may_ask_to_return(order, return_days=visit.settings.return_days, now=timezone.now())
    context = {
        "order": order_facts(order, visit, money),
        "summary": summary_facts(order, money),
        "account_form": (account_form or AfterOrderForm()) if is_guest else None,
        "terms": terms_links(visit.settings),
        "token": order.public_token,
        "problem": problem,
        "can_cancel": order.customer_id is None and order.is_cancellable,
        "can_return": can_return,
        "returns": returns_facts(order),
        "documents": document_links(order, "order_document", order.public_token),
    }
    response = visit.page("storefront/confirmation.html", context, status=status)
    # The address is the key to the page: it must not travel to other sites.
    response["Referrer-Policy"] = "no-referrer"
    return response


def is_erased(order: Order) -> bool:
    """Whether who ordered has had themselves erased: the order is nobody's, and says so."""
    return find.is_erased(order.customer_email)


def order_facts(order: Order, visit: Visit, money: Money) -> dict[str, Any]:
    payment = how_to_pay(order, visit.settings)
    return {
        "number": order.order_number,
        "email": "" if is_erased(order) else order.customer_email,
        "placed_at": order.created_at,
        "status_text": str(STATUS_TEXTS[Order.Status(order.status)]),
        "can_pay": order.is_awaiting_payment and not order.is_overdue and is_paid_online(order),
        "token": order.public_token,
        "is_cancelled": order.status == Order.Status.CANCELLED,
        "is_paid": order.payment_status in PAID,
        "money_facts": money_facts(order, money),
        "payment_title": payment.title,
        "payment_text": payment.text,
        "payment_account": payment.account,
        "payment_facts": [{"name": name, "value": value} for name, value in payment.facts],
        "expected": expected_of(order),
        "shipping_label": order.shipping_method or "",
        "parcels": parcels(order),
        "is_pickup": order.is_pickup,
        "address_lines": address_lines(order.shipping_address, is_pickup=order.is_pickup),
        "billing_lines": address_lines(order.billing_address)
        if order.billing_address != order.shipping_address
        else [],
        "notes": order.notes or "",
        "company_facts": [{"name": name, "value": value} for name, value in company_facts(order)],
    }


def parcels(order: Order) -> list[dict[str, Any]]:
    """What was sent, and where it is followed; of history that knows no parcels, what the order says."""
    sent = [
        {
            "carrier": shipment.carrier,
            "number": shipment.tracking_number,
            "url": shipment.tracking_url,
            "sent_at": shipment.created_at,
        }
        for shipment in order.shipments.all()
    ]
    if sent or order.shipped_at is None:
        return sent
    carrier, number = order.shipping_carrier or "", order.tracking_number or ""
    link = tracking_link(carrier, number)
    return [{"carrier": carrier, "number": number, "url": link, "sent_at": order.shipped_at}]


def returns_facts(order: Order) -> list[dict[str, Any]]:
    """What was asked to be sent back, and what became of it, newest first. No statement before anything was sent."""
    if order.status in NOT_SENT and order.fulfillment_status == Order.FulfillmentStatus.UNFULFILLED:
        return []
    return [
        {
            "asked_at": asked.created_at,
            "status": str(RETURN_STATES[Return.Status(asked.status)]),
            "answer": asked.answer,
            "lines": [{"quantity": line.quantity, "name": line.order_item.product_name} for line in asked.lines.all()],
        }
        for asked in Return.objects.filter(order=order).prefetch_related("lines__order_item")
    ]


def summary_facts(order: Order, money: Money) -> dict[str, Any]:
    tax = order.tax_amount
    items = list(order.items.all())
    pictures = pictures_of([item.product_id for item in items])
    return {
        "lines": [
            {
                "name": item.product_name,
                "options": options_text(item.variant_info),
                "image": image(pictures.get(item.product_id)),
                "quantity": item.quantity,
                "line_total": money(item.total_price),
            }
            for item in items
        ],
        "subtotal": money(order.subtotal_amount),
        "discounts": _discounts(order, money),
        "points": {"text": points_text(order.points_spent), "amount": money(order.points_amount)}
        if order.points_spent
        else None,
        "is_pickup": order.is_pickup,
        "shipping": money(order.shipping_amount) if order.shipping_amount else _("Free"),
        "tax": money(tax) if tax and not order.tax_included else "",
        "total": money(order.total_amount),
        "credited": money(order.credited_amount) if order.credited_amount else "",
        "to_pay": money(order.payable_amount),
        "tax_note": _tax_note(order, money),
    }


def _tax_note(order: Order, money: Money) -> str:
    if order.reverse_charge:
        return reverse_charge_text()
    tax = order.tax_amount
    return _("Includes %(amount)s tax.") % {"amount": money(tax)} if tax and order.tax_included else ""


def _discounts(order: Order, money: Money) -> list[dict[str, str]]:
    """What each discount took off; the whole in one line for an order that came without its discounts."""
    uses = [
        {"title": use.title, "amount": money(use.amount) if use.amount else ""}
        for use in order.redemptions.order_by("created_at", "id")
    ]
    discount = order.discount_amount - order.points_amount
    if uses or not discount:
        return uses
    return [{"title": ", ".join(order.discount_codes or []), "amount": money(discount)}]
