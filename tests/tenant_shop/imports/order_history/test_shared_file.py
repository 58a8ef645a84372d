"""Half a year of a wholesaler's invoices, counted independently. The file is not part of this repository."""

import csv
import lzma
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.roll_up import roll_up
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.imports.drafts import Outcome
from tenant_shop.imports.order_history.import_orders import import_orders
from tenant_shop.orders.models import Order
from tenant_shop.verification.verify_shop import verify_shop

CHECKOUT = Path(__file__).resolve().parents[4]
PLACES = [folder / "shared" / "data" / "online-retail" for folder in CHECKOUT.parents[:2]]
FILES = sorted(path for place in PLACES for path in place.glob("*.csv.xz"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILES, reason="the sample files (shared/data) are not beside this checkout"),
]

CHILD = """
import os, signal, sys
import django
django.setup()
from pathlib import Path
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.imports.order_history import import_orders

original, calls = import_orders.write_credit_notes, 0

def killed_the_third_time(*args):
    global calls
    calls += 1
    if calls == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args)

import_orders.write_credit_notes = killed_the_third_time
with tenant_context(directory.by_slug("acme")):
    import_orders.import_orders(Path(sys.argv[1]), rejects_path=Path(sys.argv[2]))
"""


def revenue_by_month(path):
    """What the file says was sold, by an independent sum: quantity times price of every row, month by month."""
    months = Counter()
    with lzma.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            months[row["InvoiceDate"][:7]] += int(row["Quantity"]) * Decimal(row["UnitPrice"])
    return dict(months)


def revenue_in_shop():
    months = Counter()
    for model, moment, sign in ((Order, "created_at", 1), (CreditNote, "issued_at", -1)):
        sums = model.objects.annotate(month=TruncMonth(moment)).values("month").annotate(total=Sum("total_amount"))
        for found in sums.order_by():
            months[f"{found['month']:%Y-%m}"] += sign * found["total"]
    return dict(months)


def counts(report):
    return (report.rows_read, *(report.outcomes[outcome] for outcome in ("imported", "skipped", "rejected")))


def test_half_a_year_arrives_to_the_cent_also_after_a_kill_and_once(shop, tmp_path):
    path, rejects = FILES[0], tmp_path / "rejects.csv"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "smartseller.settings.test"}
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(rejects)],
        cwd=CHECKOUT, env=environment, check=False, capture_output=True,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    already = Order.objects.count() + CreditNote.objects.count()
    assert already > 0

    report = import_orders(path, rejects_path=rejects)

    assert report.rows_read == 209_029 == report.outcomes.total()
    assert report.outcomes[Outcome.REJECTED] == 0
    assert already + report.orders + report.credit_notes == Order.objects.count() + CreditNote.objects.count()
    assert revenue_in_shop() == revenue_by_month(path)
    assert verify_shop() == []

    roll_up(date(2010, 12, 1), date(2011, 5, 31))
    months = AnalyticsDaily.objects.annotate(month=TruncMonth("date")).values("month").order_by()
    assert {
        f"{found['month']:%Y-%m}": found["total"] for found in months.annotate(total=Sum("total_revenue"))
    } == revenue_by_month(path)

    again = import_orders(path, rejects_path=rejects)
    assert (again.orders, again.credit_notes) == (0, 0)
    assert counts(again) == (209_029, 0, 209_029, 0)
    assert revenue_in_shop() == revenue_by_month(path)
