"""How charts are drawn: their points, and the options of Chart.js."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tenant_shop.analytics.period import Period
from tenant_shop.backoffice.counted_orders import WEEKDAYS

BRAND, GREY = "var(--color-primary-500)", "#8b93a1"
INK = "#767e8c"
# So many days get a point each; more are put together by weeks, and still more by months.
MOST_DAYS, MOST_WEEKS = 92, 400
# Longer ones would be cut at their beginning on a phone; tables have the whole name.
LONGEST_LABEL = 18
SMALLEST_DOT, LARGEST_DOT = 1.5, 7


def grouped(each: Sequence[tuple[date, Any]], value: Any) -> list[tuple[str, str, Decimal]]:
    """A short label, a long one, and the total, for each day, week of seven days or month of the calendar."""
    if len(each) <= MOST_DAYS:
        return [(f"{day:%-d %b}", f"{day:%-d %b %Y}", value(figures)) for day, figures in each]
    return [
        (
            f"{group[0][0]:%-d %b}" if len(each) <= MOST_WEEKS else f"{group[0][0]:%b %Y}",
            f"{group[0][0]:%-d %b %Y} to {group[-1][0]:%-d %b %Y}",
            sum((value(figures) for _, figures in group), Decimal(0)),
        )
        for group in _groups(each)
    ]


def spans(each: Sequence[tuple[date, Any]]) -> list[Period]:
    """The days of each point."""
    return [Period(group[0][0], group[-1][0]) for group in _groups(each)]


def _groups(each: Sequence[tuple[date, Any]]) -> list[list[tuple[date, Any]]]:
    groups: dict[Any, list[tuple[date, Any]]] = {}
    for number, (day, figures) in enumerate(each):
        few = number if len(each) <= MOST_DAYS else number // 7
        groups.setdefault(few if len(each) <= MOST_WEEKS else (day.year, day.month), []).append((day, figures))
    return list(groups.values())


def floats(points: Iterable[tuple[str, str, Decimal]]) -> list[float]:
    """Only for drawing: the tables have the exact amounts."""
    return [float(total) for _, _, total in points]


def radius(share: float) -> float:
    """In pixels; areas compare as numbers do."""
    return float(round(SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * share**0.5, 2))


def short_name(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"


def bar_options(*, legend: bool = False, lying: bool = False) -> str:
    # Rounded to whole millions, 1.5M and 2M would both read 2M.
    compact = {"notation": "compact", "minimumFractionDigits": 0, "maximumFractionDigits": 2}
    short = {"color": INK, "precision": 0, "maxTicksLimit": 6, "maxRotation": 0, "format": compact}
    numbers = {"beginAtZero": True, "ticks": short, "grid": {}}
    names = {
        "grid": {"display": False},
        "ticks": {"color": INK, "maxRotation": 0, "autoSkip": not lying, "autoSkipPadding": 12},
    }
    return json.dumps(
        {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "locale": "en",
            "indexAxis": "y" if lying else "x",
            "interaction": {"mode": "index", "axis": "y" if lying else "x", "intersect": False},
            "plugins": {
                "legend": {
                    "display": legend, "align": "end",
                    "labels": {"color": INK, "usePointStyle": True, "boxWidth": 8, "boxHeight": 8},
                }
            },
            "scales": {"x": numbers, "y": names} if lying else {"x": names, "y": numbers},
        }
    )  # fmt: skip


def hour_options() -> str:
    return json.dumps(
        {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "locale": "en",
            "plugins": {"legend": {"display": False}, "tooltip": {"enabled": False}},
            "scales": {
                "x": {
                    "min": 0, "max": 23, "grid": {"display": False},
                    "ticks": {
                        "color": INK, "stepSize": 3, "includeBounds": False, "maxRotation": 0,
                    },
                },
                "y": {
                    "type": "category", "labels": [weekday[:3] for weekday in WEEKDAYS], "offset": True,
                    "ticks": {"color": INK}, "grid": {},
                },
            },
        }
    )  # fmt: skip
