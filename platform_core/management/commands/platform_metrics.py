from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.console import Group

from platform_core.management.operator import OperatorCommand, table
from platform_core.metrics.add_up import add_up_changes, add_up_days
from platform_core.metrics.models import PlatformMetric, PlatformSales

FIGURES = (
    "date", "total_tenants", "active_tenants", "new_tenants", "churned_tenants", "total_revenue", "recurring_revenue",
    "total_orders", "total_customers", "total_products",
)  # fmt: skip
SALES = ("date", "currency", "tenants", "orders", "revenue")


class Command(OperatorCommand):
    help = """Add up the platform's figures by day, and show them: tenants, orders, customers, products, revenue.

Without a span it is what shops have said since the last time, and every day up to yesterday. With --from and --to it
is every day of the span anew, from what shops said last: `rollup --all --from … --to …` makes them say it anew.
Revenue is the platform's own, in USD; what shops sold is listed by currency."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE", help="such as 2026-01-31")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE", help="the last day")

    def work(self, *, first: date | None, last: date | None, **options: Any) -> None:
        if (first is None) != (last is None):
            raise CommandError("--from and --to go together.", returncode=2)
        if first is None or last is None:
            days = add_up_changes(timezone.now())
        elif first > last:
            raise CommandError(f"{first} is after {last}.", returncode=2)
        else:
            count = add_up_days(first, last)
            days = [first + timedelta(days=number) for number in range(count)]
        metrics = list(PlatformMetric.objects.filter(date__in=days).order_by("date").values(*FIGURES))
        sales = list(PlatformSales.objects.filter(date__in=days).order_by("date", "currency").values(*SALES))
        self.answer(
            {"days": metrics, "sales": sales},
            Group(
                table(FIGURES, [list(row.values()) for row in metrics]),
                "",
                table(SALES, [list(row.values()) for row in sales], title="Sales of shops by currency"),
            ),
        )
