"""What a company's order says of the company, in the active language."""

from django.utils.translation import gettext as _

from tenant_shop.orders.models import Order


def company_facts(order: Order) -> tuple[tuple[str, str], ...]:
    """Names with values: the company, its tax id, its own number for the order; none for who bought for themselves."""
    facts = (
        (_("Company"), order.company_name),
        (_("Tax id"), order.company_tax_id),
        (_("Purchase order"), order.purchase_number),
    )
    return tuple((name, value) for name, value in facts if value)


def reverse_charge_text() -> str:
    """The sentence that invoices without tax carry. Source: Directive 2006/112/EC, article 226 (11a)."""
    return _("Reverse charge: the tax is owed by the buyer.")
