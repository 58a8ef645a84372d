"""The sums of a quote in the words of the summary's template."""

from typing import Any

from django.utils.translation import gettext as _

from tenant_shop.orders.company_words import reverse_charge_text
from tenant_shop.orders.quote import Quote
from tenant_shop.storefront.locale import Money
from tenant_shop.storefront.points_field import points_text


def totals_of(priced: Quote, money: Money) -> dict[str, Any]:
    """All but the lines."""
    return {
        "subtotal": money(priced.subtotal),
        "discounts": [
            {
                "title": given.discount.title,
                "description": "",
                "amount": money(given.amount) if given.amount else "",
            }
            for given in priced.savings
        ],
        "points": {"text": points_text(priced.points), "amount": money(priced.points_amount)}
        if priced.points
        else None,
        "is_pickup": any(way.is_pickup for way in priced.shipping_options if way.code == priced.shipping_code),
        "shipping": _delivery(priced, money),
        "tax": money(priced.tax) if priced.tax and not priced.tax_included else "",
        "total": money(priced.total),
        "tax_note": _tax_note(priced, money),
    }


def _delivery(priced: Quote, money: Money) -> str:
    if priced.shipping_code is None:
        return ""
    return money(priced.shipping) if priced.shipping else _("Free")


def _tax_note(priced: Quote, money: Money) -> str:
    if priced.reverse_charge:
        return reverse_charge_text()
    return _("Includes %(amount)s tax.") % {"amount": money(priced.tax)} if priced.tax and priced.tax_included else ""
