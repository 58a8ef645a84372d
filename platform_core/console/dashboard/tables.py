"""What stands behind each chart: a table, which is also its file."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from platform_core.metrics.business.overview import Business
from smartseller.money import display, quantize
from smartseller.spreadsheet import MARK, safe

CURRENCY = "USD"
NONE = "\u2013"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`rows` are what is known, None where nobody knows: dates, whole numbers, money (Decimal, USD), percents and
    milliseconds (float)."""

    part: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    @property
    def shown(self) -> list[tuple[str, ...]]:
        """The cells as people read them."""
        return [tuple(_shown(cell) for cell in row) for row in self.rows]

    def csv_lines(self) -> Iterator[str]:
        """The cells as programs read them; no spreadsheet runs what stands in one."""
        yield MARK + _line(self.head)
        for row in self.rows:
            yield _line(tuple(_plain(cell) for cell in row))


def tables_of(found: Business) -> list[Table]:
    return [make(found) for make in PARTS.values()]


def _recurring(found: Business) -> Table:
    return Table(
        part="recurring", title="MRR", note="What subscriptions bring in a month, at the end of each day.",
        head=("Day", "MRR (USD)", "ARR (USD)"),
        rows=[(day.date, day.recurring_revenue, day.recurring_revenue * 12) for day in found.days],
    )  # fmt: skip


def _moves(found: Business) -> Table:
    kinds = ("new", "expansion", "return", "contraction", "churn")
    return Table(
        part="moves", title="What made MRR grow", note="By month: what was added, and what was taken away.",
        head=("Month", *(f"{kind.capitalize()} (USD)" for kind in kinds), "Grown by (USD)"),
        rows=[(f"{each.month:%Y-%m}", *(each.amounts[kind] for kind in kinds), each.net) for each in found.moves],
    )  # fmt: skip


def _revenue(found: Business) -> Table:
    return Table(
        part="revenue", title="Revenue", note="What merchants paid on each day, less what they were given back.",
        head=("Day", "Revenue (USD)"), rows=[(day.date, day.total_revenue) for day in found.days],
    )  # fmt: skip


def _churn(found: Business) -> Table:
    return Table(
        part="churn", title="Churn",
        note="By month, of those who paid when it began: who left, and how much less all of them bring.",
        head=(
            "Month", "Churn of merchants (%)", "Churn of revenue (%)", "Net retention (%)", "Paid at the start", "Left",
            "Came", "Pay at the end",
        ),
        rows=[
            (
                f"{each.first:%Y-%m}", each.churn, each.revenue_churn, each.retention, each.at_start, each.lost,
                each.gained, each.at_end,
            )
            for each in found.subscribers_by_month
        ],
    )  # fmt: skip


def _trials(found: Business) -> Table:
    return Table(
        part="trials", title="Trials", note="By month: those that began, those that ended, and which of these pay.",
        head=("Month", "Began", "Ended", "Pay", "Conversion (%)"),
        rows=[
            (f"{each.first:%Y-%m}", each.began, each.ended, each.paid, each.conversion)
            for each in found.trials_by_month
        ],
    )  # fmt: skip


def _shops(found: Business) -> Table:
    return Table(
        part="shops", title="Shops", note="Not cancelled, and open, at the end of each day.",
        head=("Day", "Shops", "Open", "New", "Cancelled"),
        rows=[
            (day.date, day.total_tenants, day.active_tenants, day.new_tenants, day.churned_tenants)
            for day in found.days
        ],
    )  # fmt: skip


def _use(found: Business) -> Table:
    return Table(
        part="use", title="Orders of all shops", note="Each shop's by its own day.",
        head=("Day", "Orders", "Customers", "Products", "API calls"),
        rows=[
            (day.date, day.total_orders, day.total_customers, day.total_products, day.total_api_calls)
            for day in found.days
        ],
    )  # fmt: skip


def _uptime(found: Business) -> Table:
    return Table(
        part="uptime", title="Uptime",
        note="Of the looks at the website and the servers of shops, every minute; "
        "those in which nobody looked are neither up nor down.",
        head=("Day", "Uptime (%)", "Answers after (ms)", "Nobody looked (minutes)"),
        rows=[
            (
                day.date, None if (well := day.uptime_percentage) is None else float(well), day.avg_response_time_ms,
                found.unseen.get(day.date),
            )
            for day in found.days
        ],
    )  # fmt: skip


def _cohorts(found: Business) -> Table:
    most = max((len(each.stayed) for each in found.cohorts), default=0)
    return Table(
        part="cohorts", title="Who stays",
        note="Of those who first paid in a month: how many per cent pay at its end, a month later, and so on.",
        head=("Began", "Merchants", *(str(number) for number in range(most))),
        rows=[
            (f"{each.month:%Y-%m}", each.size, *each.rates, *(None,) * (most - len(each.rates)))
            for each in found.cohorts
        ],
    )  # fmt: skip


PARTS: dict[str, Callable[[Business], Table]] = {
    "recurring": _recurring,
    "moves": _moves,
    "revenue": _revenue,
    "churn": _churn,
    "trials": _trials,
    "shops": _shops,
    "use": _use,
    "uptime": _uptime,
    "cohorts": _cohorts,
}


def _shown(cell: Any) -> str:
    match cell:
        case None:
            return NONE
        case date():
            return cell.isoformat()
        case Decimal():
            return display(cell, CURRENCY)
        case float():
            return f"{cell:.2f}".rstrip("0").rstrip(".")
        case int():
            return f"{cell:,}"
        case _:
            return str(cell)


def _plain(cell: Any) -> Any:
    match cell:
        case None:
            return ""
        case date():
            return cell.isoformat()
        case Decimal():
            return str(quantize(cell, CURRENCY))
        case float():
            return round(cell, 2)
        case _:
            return cell


def _line(cells: tuple[Any, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([safe(cell) for cell in cells])
    return written.getvalue()
