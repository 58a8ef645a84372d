"""The cart in the words of its template."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from smartseller import formats
from tenant_shop.carts.basket import Basket
from tenant_shop.carts.read import CartLineView, CartView
from tenant_shop.carts.saved import SavedLineView
from tenant_shop.orders.arrival_words import expected
from tenant_shop.orders.company_words import reverse_charge_text
from tenant_shop.orders.destination import not_delivered, taxes_at
from tenant_shop.orders.quote import quote_of
from tenant_shop.promotions.limits import Shopper
from tenant_shop.storefront.cards import image, product_url
from tenant_shop.storefront.estimate import Estimate
from tenant_shop.storefront.locale import Money
from tenant_shop.storefront.visit import Visit
from tenant_shop.taxes.rates import local_taxes


def cart_tax_note(visit: Visit, country: str, state: str, postal_code: str = "") -> str:
    """How the cart's prices stand to tax, when it is delivered to this address."""
    if taxes_at(visit.settings, None, country, state, visit.company, postal_code=postal_code).reversed_from is not None:
        # What stands in the cart is net only where all prices are: others become so once the address is certain.
        if visit.settings.prices_include_tax:
            return _("Prices include tax. It is taken off at checkout, for the buyer owes it: reverse charge.")
        return reverse_charge_text()
    if not local_taxes(visit.settings, visit.settings.country).are_charged:
        return ""
    return _("Prices include tax.") if visit.settings.prices_include_tax else _("Tax is added at checkout.")


def cart_context(found: CartView, money: Money, *, coupon_problem: str = "") -> dict[str, Any]:
    return {
        "lines": [line_context(line, money) for line in found.lines],
        "subtotal": money(found.subtotal),
        "discounts": [
            {
                "title": each.title,
                "description": each.description,
                "amount": money(each.amount) if each.amount else "",
                "is_automatic": each.is_automatic,
            }
            for each in found.discounts
        ],
        "coupon_code": found.coupon_code,
        "coupon_message": "" if found.coupon_refused else found.coupon_message,
        "coupon_problem": coupon_problem or (found.coupon_message if found.coupon_refused else ""),
        "total": money(found.total),
        "item_count": found.item_count,
        "is_empty": not found.lines,
        "minimum_message": found.minimum_message,
        "can_checkout": found.is_orderable,
        "currency_note": _("Prices are in another currency now: %(currency)s.") % {"currency": found.currency}
        if found.currency_before
        else "",
        "lost_note": lost_note(found),
    }


def lost_note(found: CartView) -> str:
    """That something in the cart is no longer sold at all; said once."""
    if not found.lost:
        return ""
    return _("No longer sold, and taken out of your cart: %(names)s.") % {"names": formats.listing(found.lost)}


def line_context(line: CartLineView, money: Money) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "url": product_url(line.product_slug),
        "options": options_text(line.options),
        "sku": line.sku,
        "image": image(line.picture),
        "quantity": line.quantity,
        "max_quantity": line.max_quantity,
        "unit_price": money(line.unit_price),
        "line_total": money(line.line_total),
        "problem": line.problem or "",
        "normal_price": money(line.normal_price) if line.normal_price is not None else "",
        "possible": line.possible,
        "least": line.allowed.least,
        "step": line.allowed.multiple,
        "fewer": line.allowed.below(line.quantity),
        "more": line.allowed.nearest(line.quantity + 1, None),
        "stock_note": line.stock_note or "",
        "note": price_note(line, money),
        "savings": [{"title": title, "amount": money(amount)} for title, amount in line.savings],
    }


def price_note(line: CartLineView, money: Money) -> str:
    """That the price is another one than before; said once."""
    if line.previous_price is None:
        return ""
    return _("The price has changed from %(before)s to %(now)s.") % {
        "before": money(line.previous_price),
        "now": money(line.unit_price),
    }


def options_text(options: Any) -> str:
    return " / ".join(str(value) for value in options.values())


def saved_context(line: SavedLineView, money: Money) -> dict[str, Any]:
    changed = line.previous_price is not None
    return {
        "id": line.id,
        "name": line.name,
        "url": product_url(line.product_slug),
        "options": options_text(line.options),
        "image": image(line.picture),
        "quantity": line.quantity,
        "unit_price": money(line.unit_price),
        "price_before": money(line.previous_price) if changed and line.previous_price is not None else "",
        "can_return": line.can_return,
    }


def estimate_context(visit: Visit, basket: Basket, chosen: Estimate, shopper: Shopper | None) -> dict[str, Any]:
    """What delivery and tax would cost where the shopper lives; `problem` when nothing is delivered there."""
    money = visit.money
    today = timezone.localdate(timezone=basket.settings.zone)
    priced = quote_of(
        basket,
        country=chosen.country,
        state=chosen.state,
        postal_code=chosen.postal_code,
        shipping_code=None,
        shopper=shopper,
        company=visit.company,
    )
    return {
        "options": [
            {
                "name": option.name,
                "note": option.note,
                "expected": expected(option, today),
                "price": money(option.amount) if option.amount else _("Free"),
            }
            for option in priced.shipping_options
        ],
        "delivery": priced.shipping_options[0].name if priced.shipping_options else "",
        "tax": money(priced.tax) if priced.tax else "",
        "tax_included": priced.tax_included,
        "total": money(priced.total),
        "problem": "" if priced.shipping_options else not_delivered(basket.settings, chosen.country, chosen.state),
    }


def progress_context(goods: Decimal, missing: Decimal | None, money: Money) -> dict[str, Any] | None:
    """How far it is to free delivery; None when there is no such thing here."""
    if missing is None:
        return None
    text = _("%(amount)s to free delivery") % {"amount": money(missing)} if missing else _("Delivery is free.")
    return {"text": text, "value": f"{goods:f}", "most": f"{goods + missing:f}"}
