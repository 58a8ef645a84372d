"""Amounts of a currency in pages."""

from decimal import Decimal

from django import template

from smartseller.money import display

register = template.Library()


@register.filter
def price(amount: Decimal, currency: str) -> str:
    """`$29.00`."""
    return display(amount, currency)
