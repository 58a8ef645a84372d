"""What scripts rely on: the JSON document, where it goes, and exit codes."""

import csv
import json
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from platform_core.tenancy import directory
from tenant_shop.catalog.models import Product
from tenant_shop.imports.import_products import import_products
from tests.shopping import at_once
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
    assert json.loads(run(write_file(ROWS), "--json")[0])["rejects_file"] == "products.acme.rejects.csv"
    assert (tmp_path / "products.acme.rejects.csv").is_file()


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


@pytest.mark.slow
def test_two_imports_into_a_shop_never_run_at_once(shop, make_shop, write_file, tmp_path, monkeypatch):
    """The second is refused, whatever the first is doing; another shop's is not, and the right ends with the first."""
    path = write_file(ROWS[:1])
    bolt = make_shop("bolt")
    answers = []

    def try_others(_):
        before = fingerprint()
        answers.extend(at_once(shop, [partial(run, path)]))
        answers.extend(at_once(bolt, [partial(import_products, path, rejects_path=tmp_path / "bolt.csv")]))
        assert fingerprint() == before

    import_products(path, rejects_path=tmp_path / "r.csv", on_progress=try_others)

    refused, elsewhere = answers
    assert str(refused) == "Another import into acme is running; start this one when it has ended."
    assert elsewhere.outcomes["imported"] == 1
    assert json.loads(run(path, "--json")[0])["skipped"] == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "cancelled"}, "The shop acme is closed for good."),
        ({"status": "pending_setup"}, "The shop acme is being prepared."),
        ({"availability": "maintenance"}, "The shop acme is unavailable for a moment."),
    ],
)
def test_a_shop_that_is_not_there_to_work_in_is_refused(platform, shop, write_file, change, reason):
    before = fingerprint()
    platform.update_tenant("acme", **change)
    directory.clear()
    with pytest.raises(CommandError) as refused:
        run(write_file(ROWS))
    assert (str(refused.value), refused.value.returncode) == (reason, 1)
    assert fingerprint() == before


def test_a_suspended_shop_can_be_filled(platform, shop, write_file):
    platform.update_tenant("acme", status="suspended")
    directory.clear()
    assert json.loads(run(write_file(ROWS[:1]), "--json")[0])["imported"] == 1


def test_a_database_that_refuses_is_one_line_and_exit_code_1(platform, shop, write_file):
    with platform.unreachable(shop), pytest.raises(CommandError) as failed:
        run(write_file(ROWS))
    assert failed.value.returncode == 1
    assert str(failed.value).startswith("The database of acme was lost on the way (")
    assert len(str(failed.value).splitlines()) == 1
