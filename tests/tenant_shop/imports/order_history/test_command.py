"""What scripts rely on: the JSON document, where it goes, and exit codes."""

import json
import lzma
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from platform_core.metrics.models import RollupTurn
from platform_core.metrics.roll_up_shop import roll_up_turn
from platform_core.metrics.turns import midnight_of, past_changed, take_due
from platform_core.tenancy.hooks import shop_hooks
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.orders.models import Order

LINES = """InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID
536365,85123A,6,2010-12-01 08:26:00,2.55,17850.0
536366,71053,x,2010-12-01 08:28:00,3.39,17850.0
536367,22139,-3,2010-12-01 08:30:00,0.0,
C536379,85123A,-1,2010-12-02 09:41:00,2.55,17850.0
"""


def run(path, *options):
    out, err = StringIO(), StringIO()
    call_command("import_orders", "--tenant", "acme", *options, str(path), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def history(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "history.csv.xz"
    path.write_bytes(lzma.compress(LINES.encode()))
    return path


def test_json_is_one_document_with_the_promised_keys(shop, history):
    out, err = run(history, "--json")
    assert json.loads(out) == {
        "rows_read": 4, "imported": 2, "skipped": 1, "rejected": 1, "orders": 1, "credit_notes": 1, "products": 1,
        "customers": 1, "skipped_because": {"it corrects the stock: no price, and nobody who bought it": 1},
        "rejects_file": "history.acme.rejects.csv",
    }  # fmt: skip
    assert err == "Rejected rows: 1, in history.acme.rejects.csv\n"


def test_people_get_a_table(shop, history):
    out, _ = run(history)
    assert "Import into Acme" in out
    assert "Orders: 1, credit notes: 1; of 1 product and 1 customer" in out


@pytest.mark.parametrize("cut", [20, 60])
def test_a_damaged_archive_imports_nothing(shop, history, cut):
    history.write_bytes(history.read_bytes()[:-cut])
    with pytest.raises(CommandError, match=r"history.csv.xz is a damaged archive\."):
        run(history)
    assert not Order.objects.exists()


def test_one_shop_at_a_time(shop, history):
    with pytest.raises(CommandError, match="one shop at a time") as refused:
        call_command("import_orders", "--all-tenants", str(history))
    assert refused.value.returncode == 2


def test_the_figures_of_what_was_imported_are_due_at_once(shop, history):
    midnight = timezone.now() + timedelta(hours=9)
    RollupTurn.objects.update_or_create(pk=shop.id, defaults={"midnight_at": midnight, "due_at": midnight})

    run(history)

    now = timezone.now()
    assert take_due(now, most=9) == [shop.id]
    assert midnight_of(shop.id) <= now
    assert roll_up_turn(now).days > 5000
    assert AnalyticsDaily.objects.get(date="2010-12-01").total_orders == 1
    finished = RollupTurn.objects.get(pk=shop.id)
    run(history)  # nothing is new
    assert RollupTurn.objects.get(pk=shop.id).due_at == finished.due_at > now


def test_a_past_that_changes_while_a_turn_is_taken_is_due_after_it(shop, monkeypatch):
    take_due(timezone.now(), most=9)
    roll_up_turn(timezone.now())
    rolled_up = shop_hooks.roll_up

    def changed_meanwhile(*args, **options):
        past_changed(shop.id)
        return rolled_up(*args, **options)

    monkeypatch.setattr(shop_hooks, "roll_up", changed_meanwhile)
    roll_up_turn(timezone.now())

    assert take_due(timezone.now(), most=9) == [shop.id]
    monkeypatch.undo()
    assert roll_up_turn(timezone.now()).days > 1
    assert take_due(timezone.now(), most=9) == []
