"""The page on which staff take an order by hand, and what it suggests while they type."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from smartseller.errors import RuleViolation
from tenant_shop.backoffice.address_fields import BILLING
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.take_order_form import ASIDE, TakeOrderForm, customer_id_of
from tenant_shop.catalog.by_words import variants_by_words
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.companies.membership import buys_for, membership_of
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.customers.by_words import customers_by_words
from tenant_shop.customers.find import by_email
from tenant_shop.customers.models import Customer
from tenant_shop.inventory.shortage import sellable_quantity
from tenant_shop.orders.buyer import tidy_buyer
from tenant_shop.orders.errors import InvalidAddress, InvalidContact, OrderedAlready
from tenant_shop.orders.models import Order
from tenant_shop.orders.quote import Quote, quote_of
from tenant_shop.orders.take_order import basket_by_hand, take_order
from tenant_shop.payments.methods import offered_to
from tenant_shop.promotions.limits import Shopper

SUGGESTED = 10


def take_order_page(request: HttpRequest, page: Any) -> HttpResponseBase:
    """Write an order down, look at what it costs, place it. `page` is the orders' page (OrderAdmin)."""
    if not page.has_act_permission(request):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    placed = Order.objects.filter(cart_id=_token(data)).first() if data is not None and _token(data) else None
    if placed is not None:
        messages.info(request, f"Order {placed.order_number} was placed already, as below.")
        return redirect("admin:tenant_shop_order_change", placed.pk)
    settings, customer = shop_settings(), _customer(request)
    company = buys_for(membership_of(customer_id_of(customer), settings))
    form = TakeOrderForm(data, settings=settings, methods=offered_to(settings, company), customer=customer)
    quote = None
    if data is not None and data.get("do") not in ASIDE and form.is_valid():
        quote = _quote(form, customer, settings)
        if data.get("do") == "place" and quote is not None and form.cleaned_data["expected_total"] is not None:
            order = _place(request, form, customer, page)
            if order is not None:
                return redirect("admin:tenant_shop_order_change", order.pk)
    if quote is not None:
        _show(form, quote)
    context = {
        **page.admin_site.each_context(request),
        "title": "New order",
        "opts": page.opts,
        "form": form,
        "customer": customer,
        "company": company,
        "shown": _shown(quote, form) if quote else None,
    }
    refused = data is not None and data.get("do") not in ASIDE and bool(form.errors)
    return TemplateResponse(request, "admin/shop/take_order.html", context, status=422 if refused else 200)


def _token(data: QueryDict) -> UUID | None:
    try:
        return UUID(data.get("token", ""))
    except ValueError:
        return None


def _customer(request: HttpRequest) -> Customer | None:
    """The account that is meant: by the address that was typed, or by the page that led here."""
    found = Customer.objects.filter(status=Customer.Status.ACTIVE)
    if request.method == "POST":
        typed = request.POST.get("email", "")
        return by_email(typed).filter(status=Customer.Status.ACTIVE).first() if typed.strip() else None
    try:
        return found.filter(pk=UUID(request.GET.get("customer", ""))).first()
    except ValueError:
        return None


def _quote(form: TakeOrderForm, customer: Customer | None, settings: ShopSettings) -> Quote | None:
    """What it would cost; None, with the reason in the form, for what could not be ordered at all."""
    given = form.cleaned_data
    try:
        by_hand = form.by_hand("")
        customer_id = customer_id_of(customer)
        basket = basket_by_hand(
            form.rows.goods,
            by_hand=by_hand,
            coupon_code=given["coupon_code"],
            customer_id=customer_id,
            settings=settings,
        )
        company = buys_for(membership_of(customer_id, settings))
        quote = quote_of(
            basket,
            country=given["country"],
            state=given["state_province"],
            postal_code=given["postal_code"],
            shipping_code=given["delivery"] or None,
            shopper=Shopper(email=given["email"], customer_id=customer_id),
            company=company,
        )
        tidy_buyer(
            settings,
            email=given["email"],
            phone=given["phone"],
            notes=given["notes"],
            **form.addresses,
            shipping_code=quote.shipping_code or "",
            customer_id=customer_id,
            language="",
        )
    except (InvalidAddress, InvalidContact) as refusal:
        is_billing = isinstance(refusal, InvalidAddress) and refusal.kind == "billing" and given["bill_elsewhere"]
        form.tell(refusal.problems, prefix=BILLING if is_billing else "")
        return None
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return None
    for problem in quote.problems:
        form.add_error(None, problem)
    return quote if not form.errors else None


def _place(request: HttpRequest, form: TakeOrderForm, customer: Customer | None, page: Any) -> Order | None:
    given = form.cleaned_data
    try:
        order = take_order(
            given["token"],
            form.rows.goods,
            by_hand=replace(form.by_hand(str(request.user.pk)), told=partial(_note, request, page)),
            coupon_code=given["coupon_code"],
            expected_total=given["expected_total"],
            customer_id=customer_id_of(customer),
            email=given["email"],
            phone=given["phone"],
            notes=given["notes"],
            **form.addresses,
            shipping_code=given["delivery"],
            payment_method=form.payment_method,
            purchase_number=given["purchase_number"],
            language=customer.language if customer else "",
        )
    except OrderedAlready as known:
        messages.info(request, f"Order {known.order.order_number} was placed already, as below.")
        return known.order
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, f"Order {order.order_number} is placed; the customer is told by mail.")
    return order


def _note(request: HttpRequest, page: Any, order: Order) -> None:
    page.note(
        request,
        "take",
        order,
        [{"taken": {"fields": [amount(order.total_amount, order.currency)]}}],
        after={"status": order.status, "payment_status": order.payment_status, "total_amount": str(order.total_amount)},
    )


def _show(form: TakeOrderForm, quote: Quote) -> None:
    """Have the form carry what its reader sees now: the total, and the delivery that was counted."""
    options = [
        (option.code, f"{option.name}, {amount(option.amount, quote.currency)}")
        for option in quote.shipping_options
        if option.is_own and option.code != "by_hand"
    ]
    form.offer(options)
    data = cast("QueryDict", form.data).copy()
    data["expected_total"], data["delivery"] = str(quote.total), quote.shipping_code or ""
    form.data = data


def _shown(quote: Quote, form: TakeOrderForm) -> dict[str, Any]:
    def money(value: Decimal) -> str:
        return amount(value, quote.currency)

    return {
        "lines": [
            {
                "name": " · ".join(part for part in (line.name, " / ".join(line.options.values()), line.sku) if part),
                "quantity": line.quantity,
                "each": money(line.unit_price),
                "total": money(line.total),
            }
            for line in quote.lines
        ],
        "sums": [
            ("Subtotal", money(quote.subtotal)),
            *[
                (given.discount.title, f"-{money(given.amount)}" if given.amount else "free delivery")
                for given in quote.savings
            ],
            ("Delivery", money(quote.shipping)),
            ("Tax" + (" (included)" if quote.tax_included else ""), money(quote.tax)),
        ],
        "total": money(quote.total),
        "remarks": quote.remarks,
    }


def suggest_goods(request: HttpRequest, page: Any) -> HttpResponseBase:
    """Goods by their SKU or name, for the field that asks for a SKU."""

    def found(words: str) -> list[dict[str, str]]:
        active = ProductVariant.objects.filter(is_active=True, product__status=Product.Status.ACTIVE)
        rows = variants_by_words(active.select_related("product"), words).order_by("sku")[:SUGGESTED]
        return [{"value": variant.sku, "label": _told(variant)} for variant in rows]

    return _suggest(request, page, "tenant_shop.view_product", found)


def _told(variant: ProductVariant) -> str:
    left = sellable_quantity(variant)
    facts = (
        variant.product.name,
        variant.label,
        amount(variant.effective_price),
        f"{left} left" if left is not None else "",
    )
    return " · ".join(fact for fact in facts if fact)


def suggest_customers(request: HttpRequest, page: Any) -> HttpResponseBase:
    """Accounts by their address or name, for the field that asks for an address."""

    def found(words: str) -> list[dict[str, str]]:
        rows = customers_by_words(Customer.objects.filter(status=Customer.Status.ACTIVE), words)
        return [{"value": row.email, "label": row.full_name or row.email} for row in rows.order_by("email")[:SUGGESTED]]

    return _suggest(request, page, "tenant_shop.view_customer", found)


def _suggest(request: HttpRequest, page: Any, permission: str, found: Any) -> HttpResponseBase:
    if not page.has_act_permission(request) or not request.user.has_perm(permission):
        raise PermissionDenied
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    words = " ".join(request.GET.get("q", "").split())
    return JsonResponse({"found": found(words) if words else []})
