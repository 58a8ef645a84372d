"""Charts in the words of Chart.js, as the admin theme draws them, each from its table."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from platform_core.console.dashboard.tables import Table

BRAND, PALE, GREY, RED, AMBER = "var(--color-primary-500)", "var(--color-primary-300)", "#8b93a1", "#c2413a", "#c98a1b"
INK = "#767e8c"
# Of each table: its columns that are drawn, how, and in which colour.
DRAWN: dict[str, tuple[tuple[int, str, str], ...]] = {
    "recurring": ((1, "line", BRAND),),
    "moves": ((1, "bar", BRAND), (2, "bar", PALE), (3, "bar", GREY), (4, "bar", AMBER), (5, "bar", RED)),
    "revenue": ((1, "bar", BRAND),),
    "churn": ((1, "bar", BRAND), (2, "bar", AMBER)),
    "trials": ((1, "bar", PALE), (2, "bar", GREY), (3, "bar", BRAND)),
    "shops": ((1, "line", GREY), (2, "line", BRAND)),
    "use": ((1, "bar", BRAND),),
    "uptime": ((1, "line", BRAND),),
}
STACKED = {"moves"}
# Near their top nothing could be told apart if they began at zero.
FROM_ITS_LEAST = {"uptime"}


@dataclass(frozen=True, slots=True)
class Chart:
    """A table, and how it is drawn; `data` is empty for one that is a table only, or has nothing to show."""

    table: Table
    kind: str
    data: str
    options: str
    summary: str

    @property
    def cohorts(self) -> list[dict[str, Any]]:
        """The table of cohorts, each cell with how warm it is."""
        return [
            {"month": month, "size": f"{size:,}", "cells": [_warm(rate) for rate in rates]}
            for month, size, *rates in self.table.rows
        ]


def chart_of(table: Table) -> Chart:
    series = DRAWN.get(table.part, ())
    is_empty = not any(row[column] for row in table.rows for column, _, _ in series)
    if not series or is_empty:
        return Chart(table, "", "", "", "")
    data = {
        "labels": [_label(row[0]) for row in table.rows],
        "datasets": [_dataset(table, column, kind, colour) for column, kind, colour in series],
    }
    options = _options(
        legend=len(series) > 1, stacked=table.part in STACKED, from_zero=table.part not in FROM_ITS_LEAST
    )
    column = series[0][0]
    known = [row for row in table.rows if row[column] is not None]
    summary = f"{table.title}: {table.head[column]} {table.shown[table.rows.index(known[-1])][column]} at the end"
    return Chart(table, series[0][1], json.dumps(data), options, summary)


def _warm(rate: float | None) -> dict[str, Any]:
    if rate is None:
        return {"text": "", "heat": "none"}
    return {"text": f"{rate:.0f} %", "heat": min(9, int(rate // 10))}


def _dataset(table: Table, column: int, kind: str, colour: str) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "label": table.head[column],
        "type": kind,
        "data": [_point(row[column]) for row in table.rows],
        "backgroundColor": colour,
    }
    if kind == "line":
        return drawn | {"borderColor": colour, "borderWidth": 2, "pointRadius": 0 if len(table.rows) > 1 else 3}
    return drawn | {"borderRadius": 3, "maxBarThickness": 28}


def _point(cell: Any) -> float | None:
    """Only for drawing: the tables have the exact amounts."""
    return float(cell) if isinstance(cell, Decimal | int | float) else None


def _label(cell: Any) -> str:
    return f"{cell:%-d %b}" if isinstance(cell, date) else str(cell)


def _options(*, legend: bool, stacked: bool, from_zero: bool) -> str:
    compact = {"notation": "compact", "maximumFractionDigits": 2}
    return json.dumps(
        {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "locale": "en",
            "interaction": {"mode": "index", "intersect": False},
            "plugins": {
                "legend": {
                    "display": legend, "align": "end",
                    "labels": {"color": INK, "usePointStyle": True, "boxWidth": 8, "boxHeight": 8},
                }
            },
            "scales": {
                "x": {
                    "stacked": stacked, "grid": {"display": False},
                    "ticks": {"color": INK, "maxRotation": 0, "autoSkip": True, "autoSkipPadding": 16},
                },
                "y": {
                    "stacked": stacked, "beginAtZero": from_zero, "grid": {},
                    "ticks": {"color": INK, "maxTicksLimit": 6, "format": compact},
                },
            },
        }
    )  # fmt: skip
