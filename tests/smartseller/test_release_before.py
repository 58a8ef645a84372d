"""While shops are migrated, processes of two releases serve them: the one before works with what this one made of a
database, and this one with a database that it has not migrated yet, or says that it does not.

The release before is the last that does not know the newest migration of shops, or of the platform's own database: it
is taken from the history.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_core.tenancy.hooks import shop_hooks
from smartseller import embedded
from smartseller.embedded import APP_ROLE, OWNER_ROLE, Embedded
from tests.tenant_shop.imports.files import as_csv, row

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = "tenant_shop/migrations"
PLATFORMS_MIGRATIONS = "platform_core/migrations"
SERVED, IN_MAINTENANCE = 200, 503

# Runs in the code of either release, with the shopper and the staff of its own tests.
VISIT = """
from django.test.utils import setup_test_environment
setup_test_environment()
from tests.shopper import Shopper
slug = {slug!r}
shopper = Shopper(slug + ".localhost")
pages = [shopper.get(path).status_code for path in ("/", "/products/", "/products/?q=mug", "/products/mug/")]
"""
TRADE = """
shopper.follow(shopper.add("mug", quantity="2"))
buyer = {{"email": "ann@example.com", "first_name": "Ann", "last_name": "Example", "address1": "1 Main Street",
          "postal_code": "10115", "city": "Berlin", "country": "DE", "action": "order"}}
placed = shopper.submit(shopper.get("/checkout/"), "/checkout/", **buyer)
pages += [placed.status_code, shopper.follow(placed).status_code]
from platform_core.tenancy import directory
from tests.people import staff_browser
staff = staff_browser(directory.by_slug(slug), email={email!r})
lists = ("order", "product", "customer", "category", "discountcode", "productreview")
pages += [staff.get(f"/admin/tenant_shop/{{name}}/").status_code for name in lists]
pages += [staff.get("/dashboard/").status_code]
"""
# The platform's own pages, and every list of the console with whatever is in it.
LOOK_AROUND = """
from django.test.utils import setup_test_environment
setup_test_environment()
from django.test import Client
from platform_core.accounts.models import PlatformRole
from platform_core.console.site import console
from tests.people import log_in, make_user
visitor = Client(HTTP_HOST="localhost")
pages = [visitor.get(path).status_code for path in ("/", "/pricing/", "/signup/", "/login/", "/readyz")]
operator = Client(HTTP_HOST="localhost")
log_in(operator, make_user({email!r}, role=PlatformRole.SUPER_ADMIN))
lists = [f"/admin/{{model._meta.app_label}}/{{model._meta.model_name}}/" for model in console._registry]
pages += [operator.get(path).status_code for path in ("/admin/", *lists)]
pages = sorted(set(pages))
"""
SAY = "print(pages)"
ALL_WELL = [200] * 4 + [302, 200] + [200] * 7
SOLD = """
from tenant_shop.models import Order, ProductVariant
print([Order.objects.count(), *ProductVariant.objects.values_list("inventory_quantity", flat=True)])
"""
# Every verb that writes into the platform's tables, and a shop out of the new release's template.
WORK = """
from django.core.management import call_command
for line in (
    "tenant create --slug bean --name Bean --owner-email ann@bean.example",
    "spares --refill",
    "backup --all",
    "tenant suspend bean --yes",
    "tenant resume bean --yes",
    "tenant export bean",
    "billing_run",
    "reconcile --fix",
    "restore --tenant acme --latest --yes",
):
    call_command(*line.split())
"""
TEMPLATE = """
from platform_core.fleet.models import TemplateVersion
print(TemplateVersion.objects.get(is_current=True).pk)
"""


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False).stdout


def release_before(migrations: str) -> str:
    """The commit before the one that brought the newest of the migrations; empty where the history is not here."""
    brought_by = git("log", "-1", "--diff-filter=A", "--format=%H", "--", migrations).decode().strip()
    return git("rev-parse", "--verify", "--quiet", f"{brought_by}^").decode().strip() if brought_by else ""


@dataclass(frozen=True)
class Release:
    """A release's code in a folder, and the servers it works with."""

    folder: Path
    environment: dict[str, str]

    @property
    def newest(self) -> str:
        """The newest migration of shops that it knows."""
        return max(file.stem for file in (self.folder / MIGRATIONS).glob("0*.py"))

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"manage.py {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def visit(self, slug: str) -> list[int]:
        return self._pages(VISIT.format(slug=slug) + SAY)

    def trade(self, slug: str, email: str) -> list[int]:
        return self._pages((VISIT + TRADE).format(slug=slug, email=email) + SAY)

    def look_around(self, email: str) -> list[int]:
        return self._pages(LOOK_AROUND.format(email=email) + SAY)

    def sold(self, slug: str) -> list[int]:
        return self._numbers(self.manage("tenant_shell", "--tenant", slug, "--command", SOLD))

    def template(self) -> str:
        """Which template new shops are made from."""
        return self.manage("shell", "--verbosity", "0", "--command", TEMPLATE)

    def _pages(self, code: str) -> list[int]:
        return self._numbers(self.manage("shell", "--verbosity", "0", "--command", code))

    @staticmethod
    def _numbers(printed: str) -> list[int]:
        numbers: list[int] = json.loads(printed.splitlines()[-1])
        return numbers


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, str]]:
    """An installation of its own that holds nothing yet."""
    cluster, name = Embedded(folder, durable=False), "smartseller_platform"
    embedded.ensure_running(cluster)
    try:
        yield {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "smartseller.settings.local",
            "SMARTSELLER_DATA_DIR": str(folder),
            "DATABASE_PREFIX": "smartseller_",
            "DATABASE_URL": cluster.conninfo(APP_ROLE, name),
            "DATABASE_OWNER_URL": cluster.conninfo(OWNER_ROLE, name),
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
    finally:
        embedded.stop_if_unused(cluster)


def unpacked(migrations: str, folder: Path) -> Path:
    """The code that does not know the newest of the migrations."""
    commit = release_before(migrations)
    if not commit:
        pytest.skip("the history that the release before is taken from is not here")
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as tree:
        tree.extractall(folder, filter="data")
    return folder


@pytest.mark.slow
def test_two_releases_serve_shops_that_are_migrated_and_shops_that_are_not(tmp_path: Path) -> None:
    folder = unpacked(MIGRATIONS, tmp_path / "before")
    goods = tmp_path / "goods.csv"
    goods.write_text(
        as_csv([row(handle="mug", title="Mug", price="12.50", sku="MUG", tracker="shopify", quantity="9",
                         published="TRUE", status="active")])
    )  # fmt: skip

    with servers(tmp_path / "data") as environment:
        before, after = Release(folder, environment), Release(ROOT, environment)
        before.manage("setup")
        for slug in ("acme", "bean"):
            before.manage("tenant", "create", "--slug", slug, "--name", slug, "--owner-email", f"ann@{slug}.example",
                          "--currency", "EUR", "--timezone", "Europe/Berlin", "--country", "DE")  # fmt: skip
            before.manage("import_products", "--tenant", slug, "--format", "shopify", str(goods))
        assert before.trade("acme", "one@acme.example") == ALL_WELL

        after.manage("migrate_tenants", "--tenant", "acme")  # the platform's database with it, and not the other shop
        assert before.trade("acme", "two@acme.example") == ALL_WELL
        assert after.trade("acme", "three@acme.example") == ALL_WELL
        assert before.trade("bean", "one@bean.example") == ALL_WELL
        assert (
            after.visit("bean") == [SERVED if before.newest >= shop_hooks.oldest_schema_version else IN_MAINTENANCE] * 4
        )
        assert (after.sold("acme"), before.sold("bean")) == ([3, 3], [1, 7])


@pytest.mark.slow
def test_the_release_before_goes_on_with_the_platform_that_this_one_migrated(tmp_path: Path) -> None:
    folder = unpacked(PLATFORMS_MIGRATIONS, tmp_path / "before")
    with servers(tmp_path / "data") as environment:
        before, after = Release(folder, environment), Release(ROOT, environment)
        before.manage("setup")
        before.manage("tenant", "create", "--slug", "acme", "--name", "A shop", "--owner-email", "ann@acme.example")
        assert before.look_around("one@platform.example") == [SERVED]

        after.manage("setup")
        assert before.look_around("two@platform.example") == [SERVED]
        assert after.look_around("three@platform.example") == [SERVED]
        newest = after.template()
        before.manage("shell", "--verbosity", "0", "--command", WORK)
        assert before.visit("bean")[0] == SERVED
        assert before.template() == newest
