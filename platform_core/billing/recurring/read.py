"""What all subscriptions bring in a month."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from platform_core.billing.recurring.models import RecurringChange
from smartseller.money import quantize


def monthly_recurring_revenue(day: date, currency: str) -> Decimal:
    """MRR at the end of `day` (UTC): a twelfth of what subscriptions bring in a year. Rounding: half up, once, of the
    sum. One statement."""
    rows = RecurringChange.objects.filter(day__lte=day, currency=currency)
    year = rows.aggregate(sum=Sum("annual_change"))["sum"] or Decimal(0)
    return quantize(year / 12, currency)
