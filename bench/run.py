"""One measurement after the other, and the report."""

import argparse
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

import django
import psycopg
from rich.console import Console
from rich.table import Table

from bench import (
    api_calls,
    backups,
    cluster,
    dispatch,
    history,
    listing,
    long_lists,
    memory,
    migration,
    orders,
    pages,
    provisioning,
    rollup,
    routing,
    search,
    visits,
    webhooks,
)
from bench.measure import Figure

Measurement = Callable[[list[cluster.Shop], int], list[Figure]]
MEASUREMENTS: dict[str, Measurement] = {
    "routing": routing.measure,
    "visits": visits.measure,
    "listing": listing.measure,
    "provisioning": provisioning.measure,
    "backups": backups.measure,
    "dispatch": dispatch.measure,
    "orders": orders.measure,
    "pages": pages.measure,
    "api": api_calls.measure,
    "webhooks": webhooks.measure,
    "search": search.measure,
    "history": history.measure,
    "rollup": rollup.measure,
    "lists": long_lists.measure,
    "memory": memory.measure,
}
# How many shops is all that it asks: it makes its own, and the filled ones are not made for it alone.
WITH_SHOPS_OF_ITS_OWN: dict[str, Callable[[int, int], list[Figure]]] = {"migration": migration.measure}
console = Console()


def run(arguments: argparse.Namespace) -> None:
    """Run the wanted measurements; each line appears as soon as it is known."""
    names = arguments.only.split(",") if arguments.only else [*MEASUREMENTS, *WITH_SHOPS_OF_ITS_OWN]
    figures: list[Figure] = []
    with cluster.cluster():
        wanted = 0 if WITH_SHOPS_OF_ITS_OWN.keys() >= set(names) else arguments.shops
        if "rollup" in names:
            rollup.sell(cluster.FILLED_SHOP)  # once, and not in each of its clones
        with console.status(f"making {wanted} shops"):
            shops = cluster.shops(wanted)
        for name in names:
            cluster.settle()
            with console.status(f"measuring {name}"):
                if name in WITH_SHOPS_OF_ITS_OWN:
                    found = WITH_SHOPS_OF_ITS_OWN[name](arguments.shops, arguments.rounds)
                else:
                    found = MEASUREMENTS[name](shops, arguments.rounds)
            figures += found
            for figure in found:
                console.print(f"{figure.name}: {figure.ratio:.3f} ({figure.low:.3f} to {figure.high:.3f})")
        machine = _machine()
    console.print(_table(figures))
    report = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "figures": []}
    report["figures"] = [{**asdict(figure), "is_met": figure.is_met} for figure in figures]
    arguments.output.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


def _table(figures: list[Figure]) -> Table:
    table = Table(title="SmartSeller against its baselines")
    for heading in ("what", "measured", "baseline", "ratio", "95 % of the median", "goal", ""):
        table.add_column(heading, justify="right" if heading == "ratio" else "left")
    for figure in figures:
        met = {True: "met", False: "missed", None: ""}[figure.is_met]
        spread = f"{figure.low:.3f} to {figure.high:.3f}"
        table.add_row(figure.name, figure.measured, figure.baseline, f"{figure.ratio:.3f}", spread, figure.goal, met)
    return table


def _machine() -> dict[str, object]:
    with cluster.superuser() as connection:
        version = connection.execute("SHOW server_version").fetchone()
    return {
        "processors": os.cpu_count(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "psycopg": psycopg.__version__,
        "postgresql": version[0] if version else "",
    }
