"""Files sent from the back office: never read past the limit, looked at first, imported once, every row told of."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import imports
from tenant_shop.catalog.models import Product
from tenant_shop.imports.errors import ImportRunning
from tenant_shop.imports.runs import carry_out as carrying
from tenant_shop.imports.runs.carry_out import MOST_ATTEMPTS, carry_out, keep_runs
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.imports.runs.receive import most_bytes, plain_name
from tenant_shop.imports.turn import RIGHT
from tenant_shop.orders.models import Order
from tests.back_office import entries
from tests.databases import owner
from tests.people import shop_browser, staff_browser
from tests.shopping import at_once, everything
from tests.tenant_shop.imports.files import as_csv, row

LIST, ADD = "/admin/tenant_shop/importrun/", "/admin/tenant_shop/importrun/add/"
PRODUCTS = as_csv(
    [
        row(handle="axe", title="Axe", price="10", sku="A-1", quantity="3"),
        row(handle="saw", title="Saw", price="cheap", sku="S-1"),
        row(handle="pot", title="=1+1", price="5", sku="P-1"),
    ]
)
ORDERS = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "536365,85123A,MUG,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
    "536366,85123A,MUG,six,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
)


def send(browser: Client, content: str | bytes = PRODUCTS, *, kind: str = "products", name: str = "goods.csv") -> Any:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return browser.post(ADD, {"kind": kind, "file": file})


def the_run() -> ImportRun:
    return ImportRun.objects.get()


def work() -> ImportRun:
    carry_out(the_run().pk)
    return the_run()


def numbers(run: ImportRun) -> tuple[int, ...]:
    """Read, imported, updated, skipped, rejected."""
    return tuple(run.counts.get(name, 0) for name in ("rows_read", "imported", "updated", "skipped", "rejected"))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_products_are_looked_at_and_then_imported_and_every_row_is_told_of(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    sent = send(browser)
    with tenant_context(acme):
        looked_at = work()
        nothing_yet = Product.objects.count()
    page = browser.get(sent.url).content.decode()
    browser.post(f"{LIST}{looked_at.pk}/start/")
    with tenant_context(acme):
        done = work()
        made = sorted(Product.objects.values_list("name", flat=True))
    rejects = body(browser.get(f"{LIST}{done.pk}/rejects/")).decode()

    assert sent.url == f"{LIST}{looked_at.pk}/change/"
    assert (looked_at.step, looked_at.state, numbers(looked_at), nothing_yet) == ("check", "done", (3, 2, 0, 0, 1), 0)
    assert looked_at.preview[0][:2] == ["Handle", "Title"]
    assert [cells[0] for cells in looked_at.preview[1:]] == ["axe", "saw", "pot"]
    assert "Nothing is changed yet." in page
    assert ("Import it" in page, "hx-trigger" in page) == (True, False)
    assert (done.step, done.state, numbers(done), made) == ("import", "done", (3, 2, 0, 0, 1), ["=1+1", "Axe"])
    assert (done.file, done.percent) == ("", 100)
    assert rejects.splitlines()[0].startswith("Line,Reason,Product,Handle,Title")
    assert [line.split(",")[0] for line in rejects.splitlines()[1:]] == ["3"]
    assert [entry.action for entry in entries(acme)] == ["add_importrun", "start_importrun"]


def test_an_order_history_is_looked_at_without_the_shop_and_then_imported(acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    send(browser, ORDERS, kind="orders", name="history.csv")
    with tenant_context(acme):
        looked_at = work()
        before = Order.objects.count()
    browser.post(f"{LIST}{looked_at.pk}/start/")
    with tenant_context(acme):
        done = work()
        orders = list(Order.objects.values_list("order_number", flat=True))

    assert (numbers(looked_at), looked_at.checked["orders"], before) == ((2, 1, 0, 0, 1), 1, 0)
    assert (numbers(done), orders) == ((2, 1, 0, 0, 1), ["536365"])
    assert done.counts["imported"] + done.counts["skipped"] + done.counts["rejected"] == done.counts["rows_read"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "goods.csv is empty."),
        (b"PK\x03\x04rest", "goods.csv is a spreadsheet or an archive; save it as CSV first."),
        (b"a,b\n1,2\n", "goods.csv lacks the required"),
    ],
)
def test_what_is_no_such_file_says_why_and_changes_nothing(content: bytes, problem: str, acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    sent = send(browser, content)
    with tenant_context(acme):
        run = work()
        products = Product.objects.count()

    assert (run.state, run.problem[: len(problem)], products) == ("failed", problem, 0)
    assert problem in browser.get(sent.url).content.decode()


@pytest.mark.slow
def test_a_web_process_that_knows_no_tasks_queues_one_all_the_same() -> None:
    code = (
        "import django; django.setup(); from celery import current_app;"
        "from tenant_shop.imports.runs.receive import receive_file; print('imports.run' in current_app.tasks)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"


class Endless:
    """A body that is made as it is read, and counts what was taken of it."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.left, self.taken = head, size, 0

    def read(self, size: int = -1) -> bytes:
        size = self.left if size < 0 else min(size, self.left)
        piece = (self.head[:size] + b"x" * (size - len(self.head[:size])))[:size]
        self.head, self.left, self.taken = self.head[size:], self.left - size, self.taken + size
        return piece

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def post_endless(browser: Client, size: int) -> tuple[HttpResponse, Endless]:
    head = (
        b'--B\r\nContent-Disposition: form-data; name="kind"\r\n\r\nproducts\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    )
    stream = Endless(head, size)
    environment: dict[str, Any] = {
        "wsgi.input": stream,
        "CONTENT_LENGTH": str(size),
        "CONTENT_TYPE": "multipart/form-data; boundary=B",
    }
    return browser.generic("POST", ADD, **environment), stream  # type: ignore[return-value]


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(imports, "most_bytes", lambda: 1_000_000)
    return 1_000_000


def test_two_gigabytes_are_refused_without_reading_any(small_files: int, acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    response, stream = post_endless(browser, 2_000_000_000)

    assert (response.status_code, stream.taken) == (413, 0)
    assert "larger than the 1 MB that your plan takes" in response.content.decode()
    with tenant_context(acme):
        assert ImportRun.objects.count() == 0


def test_an_upload_is_read_to_the_limit_and_no_further(small_files: int, acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    response, stream = post_endless(browser, small_files + 60_000)

    assert response.status_code == 413
    assert small_files < stream.taken < small_files + 200_000
    with tenant_context(acme):
        assert ImportRun.objects.count() == 0
        assert not default_storage.exists("private/imports")


def test_the_limit_is_a_fiftieth_of_the_plans_storage(acme: TenantInfo) -> None:
    with tenant_context(acme):
        assert most_bytes() == {"basic": 100_000_000, "premium": 500_000_000, "enterprise": 1_000_000_000}[acme.plan]


def test_a_form_from_elsewhere_is_refused_though_the_limit_comes_first(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    browser.handler.enforce_csrf_checks = True

    assert send(browser).status_code == 403

    with tenant_context(acme):
        assert ImportRun.objects.count() == 0


def test_nobody_reads_a_file_from_the_storefront(acme: TenantInfo) -> None:
    send(staff_browser(acme))
    with tenant_context(acme):
        name = the_run().file
    visitor = shop_browser(acme)

    assert [visitor.get(f"/media/{path}").status_code for path in (name, f"x/../{name}", f"./{name}", f"/{name}")] == [
        404
    ] * 4


def test_editors_and_viewers_look_and_change_nothing(acme: TenantInfo) -> None:
    send(staff_browser(acme))
    with tenant_context(acme):
        run = work()
    for role in (AccessRole.EDITOR, AccessRole.VIEWER):
        browser = staff_browser(acme, role)
        with tenant_context(acme):
            before = everything()

        answers = [
            browser.get(f"{LIST}{run.pk}/change/").status_code,
            send(browser).status_code,
            browser.post(f"{LIST}{run.pk}/start/").status_code,
            browser.post(f"{LIST}{run.pk}/settle/").status_code,
        ]

        assert answers == [200, 403, 403, 403]
        with tenant_context(acme):
            assert everything() == before


def test_another_shops_run_is_not_there(acme: TenantInfo, make_shop: Any) -> None:
    send(staff_browser(acme))
    with tenant_context(acme):
        run = work()
    other = staff_browser(make_shop("other"), email="other@example.com")

    assert [other.post(f"{LIST}{run.pk}/start/").status_code, other.get(f"{LIST}{run.pk}/rejects/").status_code] == [
        404,
        404,
    ]


def test_two_who_press_start_at_once_start_it_once(acme: TenantInfo) -> None:
    send(staff_browser(acme))
    with tenant_context(acme):
        run = work()
        results = at_once(acme, [lambda: imports.start_import(run.pk)] * 2)

    assert sorted(type(result).__name__ for result in results) == ["CannotStart", "ImportRun"]


def test_errors_wait_on_the_first_page_until_somebody_is_done_with_them(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    send(browser)
    with tenant_context(acme):
        run = work()
    waiting = [_imports_waiting(browser)]
    browser.post(f"{LIST}{run.pk}/start/")
    with tenant_context(acme):
        work()
    waiting.append(_imports_waiting(browser))
    listed = browser.get(LIST, {"errors": "open"}).context["cl"].result_count
    browser.post(f"{LIST}{run.pk}/settle/")
    waiting.append(_imports_waiting(browser))

    assert waiting == [0, 1, 0]
    assert listed == 1


def _imports_waiting(browser: Client) -> int:
    return next(each.count for each in browser.get("/dashboard/").context["waiting"] if "Imports" in each.title)


def test_a_killed_import_goes_on_and_makes_nothing_twice(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = staff_browser(acme)
    send(browser)
    with tenant_context(acme):
        run = work()
    browser.post(f"{LIST}{run.pk}/start/")

    def killed(*args: Any, **options: Any) -> None:
        raise SystemExit

    with tenant_context(acme):
        with monkeypatch.context() as patched, pytest.raises(SystemExit):
            patched.setattr(carrying, "_keep_rejects", killed)  # all is written, and the worker dies
            carry_out(run.pk)
        left = the_run()
        ImportRun.objects.update(heard_at=timezone.now() - timedelta(minutes=11))
        queued: list[Any] = []
        monkeypatch.setattr(carrying, "queue_run", queued.append)
        keep_runs()
        done = work()
        products = Product.objects.count()

    assert (left.state, left.attempts, queued) == ("running", 1, [run.pk])
    assert (done.state, done.attempts, numbers(done), products) == ("done", 2, (3, 0, 0, 2, 1), 2)


def test_a_file_that_kills_every_worker_is_left_alone(acme: TenantInfo) -> None:
    send(staff_browser(acme))
    with tenant_context(acme):
        ImportRun.objects.update(attempts=MOST_ATTEMPTS, state="running")
        run = work()

    assert (run.state, run.problem) == ("failed", "It was tried 5 times and never came to its end.")


@pytest.mark.slow
def test_an_import_waits_for_another_one(acme: TenantInfo) -> None:
    send(staff_browser(acme))
    with tenant_context(acme):
        with owner(acme.database_name) as other:
            other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [RIGHT])
            with pytest.raises(ImportRunning):
                work()
        waited = the_run()
        done = work()

    assert (waited.state, waited.attempts, done.state) == ("waiting", 0, "done")


def test_files_go_after_a_month_and_what_became_of_their_rows_stays(acme: TenantInfo) -> None:
    send(staff_browser(acme))
    with tenant_context(acme):
        run = work()
        assert default_storage.exists(run.rejects_file)
        ImportRun.objects.update(ended_at=timezone.now() - timedelta(days=31))
        keep_runs()
        after = the_run()

        assert (after.file, after.rejects_file, numbers(after)) == ("", "", (3, 2, 0, 0, 1))
        assert not default_storage.exists(run.rejects_file)
        assert not default_storage.exists(run.file)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("my goods.csv", "my-goods.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\goods\\a.csv", "a.csv"),
        ("商品", "file.csv"),
        ("...", "file.csv"),
        ("x" * 150 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_a_files_name_is_only_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain
