"""The page where an order is paid, as often as it takes: it always shows where the payment stands now."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.errors import RuleViolation
from smartseller.headers import policy
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_token
from tenant_shop.orders.models import Order
from tenant_shop.payments.ask import enter_payment, read_payment, start_payment
from tenant_shop.payments.errors import GatewayNotOffered, OrderNotPayable
from tenant_shop.payments.gateways.demo import answer_second_step, waits_for_confirmation
from tenant_shop.payments.gateways.protocol import Outcome, Report
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import Payment
from tenant_shop.payments.next_attempt import newest_attempt, next_attempt
from tenant_shop.storefront.card_form import CardForm
from tenant_shop.storefront.pay_context import REFRESH_SECONDS, pay_context
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

IN_PLAY = frozenset({Outcome.AUTHORIZED, Outcome.CAPTURED})


def after_placing(visit: Visit, order: Order) -> HttpResponse:
    """Where a shopper goes who has just ordered: to the payment, or to the confirmation. At most three statements.

    Outside of any transaction, and after the order's: whatever the gateway does, the order stands.
    """
    if order.is_awaiting_payment and is_paid_online(order):
        payment = newest_attempt(order)
        if payment is not None and payment.state == Payment.State.NEW:
            try:
                _started(visit, order, payment)
            except GatewayNotOffered:
                return redirect("storefront:order", order.public_token)
        return redirect("storefront:order_pay", order.public_token)
    return redirect("storefront:order", order.public_token)


def is_paid_online(order: Order) -> bool:
    method = KNOWN.get(order.payment_method or "")
    return method is not None and method.is_online


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: UUID) -> HttpResponse:
    try:
        order = order_by_token(token)
    except OrderNotFound as error:
        raise Http404 from error
    visit = Visit(request)
    payment = newest_attempt(order)
    if payment is None or not order.is_awaiting_payment or order.is_overdue:
        return redirect("storefront:order", token)
    if request.method == "POST":
        return _pay(visit, order, payment)
    return _show(visit, order, payment)


def _show(visit: Visit, order: Order, payment: Payment) -> HttpResponse:
    """Ask the gateway where it stands, and show that: this is also where shoppers come back to from their bank."""
    report = None
    try:
        if payment.state == Payment.State.NEW and is_paid_online(order):
            report = _started(visit, order, payment)
        elif payment.is_under_way or payment.can_be_paid_yet:
            report = read_payment(payment, order, visit.settings, return_url=_return_url(visit, order))
    except GatewayNotOffered:
        # The shop has left the mode in which the attempt was made; another way to pay can be chosen.
        report = Report(outcome=Outcome.DROPPED)
    if report is not None and payment.can_be_paid_yet and not report.reference:
        report = None  # nobody answered: what was said last stands
    if report is not None and report.outcome in IN_PLAY:
        return redirect("storefront:order", order.public_token)
    return _page(visit, order, payment, report)


def _pay(visit: Visit, order: Order, payment: Payment) -> HttpResponse:
    """Pay, try again, or choose another way: the form names the attempt that its page showed."""
    posted = visit.request.POST
    method = posted.get("method", "")
    card = CardForm(posted) if method == "test_card" and "number" in posted else None
    if card is not None and not card.is_valid():
        return _page(visit, order, payment, Report(outcome=Outcome.SHOPPER), card=card, status=422)
    try:
        order, payment = next_attempt(order, visit.settings, after=_uuid(posted.get("attempt", "")), method=method)
        if payment.state == Payment.State.NEW and is_paid_online(order):
            _started(visit, order, payment)
        if card is None:
            return redirect(_name_of_page(order), order.public_token)
        return_url = _return_url(visit, order)
        report = enter_payment(payment, order, visit.settings, card.cleaned_data, return_url=return_url)
    except (OrderNotPayable, GatewayNotOffered):
        return redirect("storefront:order", order.public_token)
    except RuleViolation as refusal:
        messages.warning(visit.request, str(refusal))
        return redirect("storefront:order_pay", order.public_token)
    if report.next_url:
        return redirect(report.next_url)
    if report.outcome in IN_PLAY:
        return redirect("storefront:order", order.public_token)
    return redirect("storefront:order_pay", order.public_token)


def _started(visit: Visit, order: Order, payment: Payment) -> Report:
    return start_payment(payment, order, visit.settings, return_url=_return_url(visit, order))


def _name_of_page(order: Order) -> str:
    return "storefront:order_pay" if is_paid_online(order) else "storefront:order"


def _return_url(visit: Visit, order: Order) -> str:
    """On the host, and in the language, that the shopper is at; the fence has checked that the host is the shop's."""
    return visit.request.build_absolute_uri(reverse("storefront:order_pay", args=[order.public_token]))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _page(
    visit: Visit,
    order: Order,
    payment: Payment,
    report: Report | None,
    *,
    card: CardForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = pay_context(visit, order, payment, report, card=card)
    response = visit.page("storefront/pay.html", context, status=status)
    # The address is the key to the page: it must not travel to other sites.
    response["Referrer-Policy"] = "no-referrer"
    if context["stripe"] is not None:
        script = urlsplit(settings.STRIPE_SCRIPT_URL)
        response["Content-Security-Policy"] = policy(card_fields=f"{script.scheme}://{script.netloc}")
    if context["stage"] == "waiting":
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def test_bank(request: HttpRequest, token: UUID, payment_id: UUID) -> HttpResponse:
    """The second step of a test card: the page that a bank would show."""
    visit = Visit(request)
    payment = (
        Payment.objects.select_related("order").filter(pk=payment_id, order__public_token=token, gateway="demo").first()
    )
    if payment is None or not visit.settings.test_mode:
        raise Http404
    if not waits_for_confirmation(payment):
        return redirect("storefront:order_pay", token)
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer in ("confirm", "refuse"):
            answer_second_step(payment, confirmed=answer == "confirm")
        return redirect("storefront:order_pay", token)
    context = {"amount": visit.money(payment.amount), "number": payment.order.order_number, "title": _("Test bank")}
    response = visit.page("storefront/test_bank.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
