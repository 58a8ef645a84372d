"""The page on which staff change an order by hand: what it would be, and what is to be paid or given back, then the
change."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from smartseller.errors import RuleViolation
from tenant_shop.backoffice.address_fields import BILLING
from tenant_shop.backoffice.base import amount
from tenant_shop.backoffice.edit_order_form import EditOrderForm
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.edit_order import Preview, edit_order, preview_edit
from tenant_shop.orders.editing import OrderEditedMeanwhile, mark_of, why_not_editable
from tenant_shop.orders.errors import InvalidAddress
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import Wanted
from tenant_shop.orders.reprice import deliveries


def edit_order_page(request: HttpRequest, order_id: UUID, page: Any) -> HttpResponseBase:
    """Show an order's lines, addresses and delivery to be changed. `page` is the orders' page (OrderAdmin)."""
    if not page.has_act_permission(request):
        raise PermissionDenied
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    if data is not None and data.get("key") and order.metadata.get("edit") == data["key"]:
        messages.info(request, "This change was saved already.")
        return redirect("admin:tenant_shop_order_change", order_id)
    items = list(OrderItem.objects.filter(order=order))
    refusal = why_not_editable(order)
    form = EditOrderForm(data, order=order, items=items)
    shown = None
    if data is not None and data.get("do") != "more" and not refusal and form.is_valid():
        if data.get("seen") != mark_of(order, items):
            _tell_what_it_is(form, order, items)
        else:
            shown = _preview(form, order, items)
            is_confirmed = data.get("do") == "save" and form.cleaned_data["expected_total"] is not None
            if shown is not None and is_confirmed and _save(request, form, order, page):
                return redirect("admin:tenant_shop_order_change", order_id)
    if shown is not None:
        copy = cast("QueryDict", form.data).copy()
        copy["expected_total"] = str(shown.total)
        form.data = copy
    form.offer(_deliveries(order, items, shown))
    is_refused = data is not None and data.get("do") != "more" and bool(form.errors or refusal)
    context = {
        **page.admin_site.each_context(request),
        "title": f"Change order {order.order_number}",
        "opts": page.opts,
        "order": order,
        "form": form,
        "refusal": refusal,
        "shown": _shown(order, items, shown) if shown is not None else None,
    }
    return TemplateResponse(request, "admin/shop/edit_order.html", context, status=422 if is_refused else 200)


def _preview(form: EditOrderForm, order: Order, items: list[OrderItem]) -> Preview | None:
    try:
        return preview_edit(order, items, form.change)
    except InvalidAddress as refusal:
        for name, sentence in refusal.problems.items():
            field = (BILLING if refusal.kind == "billing" else "") + name
            form.add_error(field if field in form.fields else None, sentence)
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
    return None


def _save(request: HttpRequest, form: EditOrderForm, order: Order, page: Any) -> bool:
    given, was = form.cleaned_data, _facts(order)
    try:
        changed = edit_order(
            order.pk,
            form.change,
            seen=given["seen"],
            expected_total=given["expected_total"],
            key=given["key"],
            actor=str(request.user.pk),
            tell=given["tell"],
            told=partial(_note, request, page, was),
        )
    except OrderEditedMeanwhile:
        order.refresh_from_db()
        _tell_what_it_is(form, order, list(OrderItem.objects.filter(order=order)))
        return False
    except RuleViolation as refusal:
        form.add_error(None, str(refusal))
        return False
    owed = f" Give the customer {amount(changed.owed_amount, changed.currency)} back." if changed.owed_amount else ""
    messages.success(request, f"Order {changed.order_number} is changed.{owed}")
    return True


def _note(request: HttpRequest, page: Any, was: Mapping[str, Any], changed: Order) -> None:
    last = changed.history.last()
    words = str(last.comment) if last is not None else ""
    now = _facts(changed)
    moved = [name for name in now if was[name] != now[name]]
    page.note(
        request,
        "edit",
        changed,
        [{"changed": {"fields": [words]}}],
        before={name: was[name] for name in moved},
        after={name: now[name] for name in moved},
    )


def _facts(order: Order) -> dict[str, Any]:
    """What the audit log compares; of an address that it is another one is said, not which."""
    lines = OrderItem.objects.filter(order=order).values_list("quantity", "product_sku")
    return {
        "lines": ", ".join(f"{quantity} \N{MULTIPLICATION SIGN} {sku}" for quantity, sku in lines),
        "total_amount": amount(order.total_amount, order.currency),
        "shipping_method": order.shipping_method,
        "status": order.status,
        "payment_status": order.payment_status,
    }


def _tell_what_it_is(form: EditOrderForm, order: Order, items: list[OrderItem]) -> None:
    """Somebody else was first: keep what this user wrote, say what the order is now, and let them decide."""
    goods = ", ".join(f"{item.quantity} \N{MULTIPLICATION SIGN} {item.product_name}" for item in items)
    form.add_error(None, str(OrderEditedMeanwhile(order.order_number)))
    form.add_error(
        None, f"Now it has {goods}, for {amount(order.total_amount, order.currency)}. What you wrote is kept below."
    )
    copy = cast("QueryDict", form.data).copy()
    copy["seen"] = mark_of(order, items)
    copy.pop("expected_total", None)
    form.data = copy


def _deliveries(order: Order, items: list[OrderItem], shown: Preview | None) -> list[tuple[str, str]]:
    """The shop's ways to deliver the order, as it would be where that is known."""
    address: Mapping[str, str] = shown.edited.shipping_address if shown else order.shipping_address
    rows: Sequence[Any] = shown.edited.pricing.lines if shown and shown.edited.pricing else items
    variants = ProductVariant.objects.select_related("product").in_bulk([row.variant_id for row in rows])
    lines = [
        Wanted(variant=variants[row.variant_id], quantity=row.quantity, unit_price=row.unit_price)
        for row in rows
        if row.variant_id in variants
    ]
    options = deliveries(shop_settings(), address, lines)
    return [(option.code, f"{option.name}, {amount(option.amount, order.currency)}") for option in options]


def _shown(order: Order, items: list[OrderItem], preview: Preview) -> dict[str, Any]:
    def money(value: Decimal) -> str:
        return amount(value, order.currency)

    pricing, edited = preview.edited.pricing, preview.edited
    before = {item.variant_id: item.quantity for item in items}
    gone = [item for item in items if not edited.pieces[item.pk]]
    lines = [
        {
            "name": f"{line.name} · {line.sku}",
            "before": before.get(line.variant_id, 0),
            "after": line.quantity,
            "each": money(line.unit_price),
            "total": money(line.total),
        }
        for line in (pricing.lines if pricing else ())
    ]
    lines += [
        {
            "name": f"{item.product_name} · {item.product_sku}",
            "before": item.quantity,
            "after": 0,
            "each": "-",
            "total": "-",
        }
        for item in gone
    ]
    sums = []
    if pricing is not None:
        sums = [
            ("Subtotal", money(order.subtotal_amount), money(pricing.subtotal)),
            ("Discount", money(order.discount_amount), money(pricing.discount)),
            (f"Delivery: {edited.delivery.name}", money(order.shipping_amount), money(pricing.shipping)),
            ("Tax" + (" (included)" if pricing.tax_included else ""), money(order.tax_amount), money(pricing.tax)),
        ]
    remark = edited.savings.refusal if edited.savings else None
    return {
        "lines": lines,
        "sums": sums,
        "total_before": money(order.total_amount),
        "total": money(preview.total),
        "missing": money(preview.missing) if preview.missing else "",
        "owed": money(preview.owed) if preview.owed else "",
        "invoice": preview.invoice,
        "remark": str(remark) if remark else "",
    }
