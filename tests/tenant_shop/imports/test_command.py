"""What scripts rely on: the JSON document, where it goes, and exit codes."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tenant_shop.catalog.models import Product
from tests.tenant_shop.imports.files import fingerprint, row

ROWS = [row(handle="a", title="A", price="1"), row(handle="b", title="=B()", price="x")]


def run(path, *options):
    out, err = StringIO(), StringIO()
    call_command(
        "import_products", "--tenant", "acme", "--format", "shopify", *options, str(path), stdout=out, stderr=err
    )
    return out.getvalue(), err.getvalue()


def test_json_is_one_document_with_the_promised_keys(shop, write_file, tmp_path, capsys):
    rejects = tmp_path / "out.csv"
    out, err = run(write_file(ROWS), "--json", "--rejects", str(rejects))

    assert json.loads(out) == {
        "rows_read": 2, "imported": 1, "updated": 0, "skipped": 0, "rejected": 1, "products": 1, "variants": 1,
        "rejects_file": str(rejects),
    }  # fmt: skip
    assert capsys.readouterr().out == ""
    assert err == f"Rejected rows: 1, in {rejects}\n"
    with rejects.open(newline="") as file:
        assert [line["Title"] for line in csv.DictReader(file)] == ["'=B()"]


def test_without_rejects_the_path_is_null(shop, write_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out, _ = run(write_file(ROWS[:1]), "--json")
    assert json.loads(out)["rejects_file"] is None
    assert [path.name for path in tmp_path.iterdir()] == ["products.csv"]


def test_rejected_rows_are_written_to_the_current_folder_by_default(shop, write_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert json.loads(run(write_file(ROWS), "--json")[0])["rejects_file"] == "products.rejects.csv"
    assert (tmp_path / "products.rejects.csv").is_file()


def test_people_get_a_table(shop, write_file, tmp_path):
    out, _ = run(write_file(ROWS), "--rejects", str(tmp_path / "r.csv"))
    assert "Import into Acme" in out
    assert "Products: 1, variants: 1" in out


def test_a_dry_run_says_so(shop, write_file, tmp_path):
    before = fingerprint()
    out, err = run(write_file(ROWS), "--dry-run", "--json", "--rejects", str(tmp_path / "r.csv"))
    assert (json.loads(out)["imported"], err.splitlines()[-1]) == (1, "This was a dry run: nothing was changed.")
    assert fingerprint() == before


def test_a_refused_file_is_one_line_and_exit_code_1(shop, write_file, tmp_path):
    with pytest.raises(CommandError, match=r"^products\.csv lacks the required columns") as refused:
        run(write_file("a,b\n1,2\n"))
    assert (refused.value.returncode, Product.objects.count()) == (1, 0)
    with pytest.raises(CommandError, match="does not exist"):
        run(tmp_path / "gone.csv")


def test_one_shop_at_a_time(shop, write_file):
    with pytest.raises(CommandError, match="one shop at a time"):
        call_command("import_products", "--all-tenants", str(write_file(ROWS)))
    with pytest.raises(CommandError, match="no shop nobody"):
        call_command("import_products", "--tenant", "nobody", str(write_file(ROWS)))
