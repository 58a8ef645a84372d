"""The checkout in the words of its template."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_shop.carts.basket import read_basket
from tenant_shop.carts.read import CartView, view_of
from tenant_shop.orders.address import tidy_state
from tenant_shop.orders.arrival_words import expected
from tenant_shop.orders.quote import Quote, quote_of
from tenant_shop.payments.methods import offered_to
from tenant_shop.promotions.limits import Shopper
from tenant_shop.storefront.cards import image
from tenant_shop.storefront.cart_context import lost_note, options_text, price_note
from tenant_shop.storefront.checkout_form import CheckoutForm
from tenant_shop.storefront.locale import Money
from tenant_shop.storefront.points_field import points_context, points_in, purse_of
from tenant_shop.storefront.quote_summary import totals_of
from tenant_shop.storefront.terms import terms_links
from tenant_shop.storefront.visit import Visit

NO_PAYMENT = gettext_lazy("This shop offers no way to pay at the moment. Please write to it.")


def checkout_context(visit: Visit, form: CheckoutForm, *, judges_address: bool = False) -> dict[str, Any]:
    """Prices the cart for the country and delivery that `form` holds; by what the typed e-mail address has used only
    with `judges_address`, which is for an order that was refused for it. Errors: CartGone.
    """
    basket = read_basket(visit.cart_id, visit.settings)
    points = points_in(form)
    cart = view_of(basket)
    shopper = Shopper(customer_id=visit.customer_id) if visit.customer_id else None
    if judges_address:
        shopper = Shopper(email=str(form["email"].value() or ""), customer_id=visit.customer_id)
    priced = quote_of(
        basket,
        country=form["country"].value() or None,
        state=_state(form),
        postal_code=_postal_code(form),
        shipping_code=form["shipping_method"].value() or None,
        shopper=shopper,
        company=visit.company,
        purse=purse_of(visit, points.points),
    )
    if not form["shipping_method"].value():
        form.deliver_by(priced.shipping_code)
    payment = offered_to(visit.settings, visit.company)
    paid_by = form["payment_method"].value() or (payment[0].code if payment else "")
    today = timezone.localdate(timezone=visit.settings.zone)
    notes = [f"{line.name}: {note}" for line in cart.lines if (note := price_note(line, visit.money))]
    return {
        "lines": cart.lines,
        "item_count": cart.item_count,
        "shipping_options": [
            {
                "value": option.code,
                "label": option.name,
                "detail": option.note,
                "price": visit.money(option.amount) if option.amount else _("Free"),
                "checked": option.code == priced.shipping_code,
                "is_own": option.is_own,
                "expected": expected(option, today),
            }
            for option in priced.shipping_options
        ],
        "payment_options": [
            {
                "value": method.code,
                "label": method.name,
                "detail": method.description,
                "price": "",
                "checked": method.code == paid_by,
            }
            for method in payment
        ],
        "points": points_context(visit, priced, points),
        "summary": _summary(cart, priced, visit.money),
        "expected_total": f"{priced.total:f}",
        "company": _company(visit),
        "needs_approval": visit.company is not None
        and visit.member is not None
        and visit.member.needs_approval(priced.total),
        "currency": priced.currency,
        "terms": terms_links(visit.settings),
        "terms_version": visit.settings.terms_version,
        "terms_text": visit.settings.terms_text,
        "lost_note": lost_note(cart),
        "notices": [
            *([lost_note(cart)] if cart.lost else []),
            *priced.problems,
            *([] if payment else [str(NO_PAYMENT)]),
            # Why the address is refused is for nobody to read who only typed it.
            *(() if judges_address else (remark for remark in priced.remarks if remark != priced.points_remark)),
            *notes,
        ],
        "can_order": bool(payment) and not priced.problems,
    }


def _state(form: CheckoutForm) -> str:
    """The chosen state as tax rates and zones name it."""
    if "region" not in form.fields:
        return ""
    return tidy_state(str(form["region"].value() or ""), country=form["country"].value())


def _postal_code(form: CheckoutForm) -> str:
    return str(form["postal_code"].value() or "") if "postal_code" in form.fields else ""


def _company(visit: Visit) -> dict[str, str] | None:
    """Whom the shopper buys for."""
    company = visit.company
    return {"name": company.name, "tax_id": company.tax_id} if company is not None else None


def _summary(cart: CartView, priced: Quote, money: Money) -> dict[str, Any]:
    return {
        "lines": [
            {
                "name": line.name,
                "options": options_text(line.options),
                "image": image(line.picture),
                "quantity": line.quantity,
                "line_total": money(wanted.total),
            }
            for line, wanted in zip(cart.lines, priced.lines, strict=True)
        ],
        **totals_of(priced, money),
    }
