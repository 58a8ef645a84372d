"""Taking an archive in: a new shop with the same rows and files, or nothing at all."""

from __future__ import annotations

import io
import json
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from platform_core.accounts.models import TenantAccess
from platform_core.fleet.copies.errors import ArchiveUnusable
from platform_core.fleet.copies.export import ask_for_export, run_export
from platform_core.fleet.copies.import_archive import import_archive
from platform_core.fleet.models import ProvisioningRun, SpareDatabase
from platform_core.fleet.provision import steps
from platform_core.fleet.reconcile import reconcile
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.models import Tenant
from tenant_shop.configuration.models import Setting
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tests.platform_core.fleet.backups.conftest import MakeFullShop
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Fleet

OWNER = "new.owner@elsewhere.example"
NAMES = [step.name for step in steps.OF_AN_ARCHIVE]
FEW = {("after", "fill_from_archive"), ("before", "files_from_archive")}


@pytest.fixture
def archive(make_full_shop: MakeFullShop, backups: Path) -> Path:
    shop = make_full_shop("acme")
    with tenant_context(shop):
        Setting.objects.create(key="gateway.stripe", value="sealed for acme")
        OutboxEvent.objects.create(topic="mail.customer", payload={"email": "c1@acme.example"})
    return backups / run_export(ask_for_export(shop.id).pk).location


def changed(archive: Path, change: Callable[[dict[str, bytes]], None], *, again: bool = False) -> Path:
    """A copy of the archive with files of it changed; with `again`, as somebody would who writes the manifest anew."""
    import hashlib

    with zipfile.ZipFile(archive) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change(files)
    if again:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
            if name != "manifest.json"
        }
        files["manifest.json"] = json.dumps(manifest).encode()
    path = archive.with_name("changed.zip")
    with zipfile.ZipFile(path, "w") as written:
        for name, content in files.items():
            written.writestr(name, content)
    return path


def manifest_with(**values: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), **values}).encode()

    return change


def check_taken_in(fleet: Fleet) -> None:
    found = directory.by_slug("again")
    with tenant_context(found):
        assert list(Customer.objects.order_by("email").values_list("email", "first_name")) == [
            (f"c{number}@acme.example", "Ünal") for number in range(3)
        ]
        assert Setting.objects.get(key="greeting").value == {"text": "Welcome to acme"}
        assert not Setting.objects.filter(key__startswith="gateway.").exists()
        assert OutboxEvent.objects.get().delivered_at is not None  # nobody hears twice what the old shop tells
        with default_storage.open("pictures/one.jpg") as picture:
            assert picture.read() == b"picture of acme"
        assert default_storage.size("pictures/more/two.jpg") == 3000
        assert default_storage.listdir("pictures")[1] == ["one.jpg"]
        assert Customer.objects.create(email="later@acme.example").email == "later@acme.example"
    assert fleet.execute("again", "SELECT tenant_id FROM tenant_sentinel") == [(found.id,)]
    triggers = fleet.execute("again", "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'")
    assert triggers == [(0,)]
    assert TenantAccess.objects.get(tenant=found.id).platform_user.email == OWNER
    assert fleet.names() == {"acme", "again"}
    assert reconcile().findings == []


def test_a_shop_comes_back_at_another_address(fleet: Fleet, archive: Path) -> None:
    out = io.StringIO()
    with mock.patch("platform_core.management.tenant_copies.refill_spares"):
        call_command(
            "tenant", "import_archive", str(archive), "--slug", "again", "--owner-email", OWNER, "--json", stdout=out
        )
    assert [step["name"] for step in json.loads(out.getvalue())["steps"]] == NAMES
    check_taken_in(fleet)
    assert Client(headers={"host": "again.localhost"}).get("/").status_code == 200


def cut(files: dict[str, bytes]) -> None:
    del files["rows/customers.csv"]


def add_a_way_out(files: dict[str, bytes]) -> None:
    files["files/../../out.txt"] = b"x"


def add_a_stranger(files: dict[str, bytes]) -> None:
    files["rows/pg_authid.csv"] = b"x"


def bend(files: dict[str, bytes]) -> None:
    files["rows/customers.csv"] = files["rows/customers.csv"].replace(b"c1@acme", b"x1@acme")


def break_rows(files: dict[str, bytes]) -> None:
    files["rows/customers.csv"] = files["rows/customers.csv"].replace(b"c1@acme.example", b"c0@acme.example")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "again", "why"),
    [
        (cut, False, "other files than its manifest says"),
        (cut, True, "a table of it is missing"),
        (bend, False, "rows/customers.csv is not what was archived"),
        (bend, True, "has other rows"),
        (break_rows, True, "its rows cannot be a shop's"),
        (add_a_way_out, True, "no place for files/../../out.txt"),
        (add_a_stranger, True, "no place for rows/pg_authid.csv"),
        (manifest_with(schema_version="9999_later"), False, "newer than this release's"),
        (manifest_with(schema_version="0001_initial"), False, "its tables are not those of 0001_initial"),
        (manifest_with(schema_version="0001_of_somebody"), False, "none that this release can make"),
        (manifest_with(kind="somebody-elses"), False, "it is of something else"),
        (manifest_with(format=2), False, "its format is another release's"),
        (manifest_with(tables={}), False, "names different tables"),
        (lambda files: files.pop("manifest.json"), False, "no manifest"),
    ],
)
def test_what_is_no_whole_archive_is_refused_with_nothing_made(
    fleet: Fleet, archive: Path, change: Callable[[dict[str, bytes]], None], again: bool, why: str
) -> None:
    path = changed(archive, change, again=again)
    check_refused(fleet, path, why)


def test_one_that_is_cut_off_or_no_archive_at_all(fleet: Fleet, archive: Path) -> None:
    whole = archive.read_bytes()
    for end in (0, 100, len(whole) // 2, len(whole) - 1):
        path = archive.with_name("cut.zip")
        path.write_bytes(whole[:end])
        check_refused(fleet, path, "no ZIP file, or cut off")
    check_refused(fleet, archive.with_name("nowhere.zip"), "there is no file")
    check_refused(fleet, archive.parent, "cannot be read: Is a directory")


def check_refused(fleet: Fleet, path: Path, why: str) -> None:
    with pytest.raises(Exception, match=why):
        import_archive(path, slug="again", owner_email=OWNER)
    assert not Tenant.objects.filter(slug="again").exists()
    assert not SpareDatabase.objects.exists()
    assert fleet.names() == {"acme"}
    assert reconcile().findings == []


def test_the_address_is_free_after_a_refusal(fleet: Fleet, archive: Path) -> None:
    with pytest.raises(Exception, match="other rows"):
        import_archive(changed(archive, bend, again=True), slug="again", owner_email=OWNER)
    import_archive(archive, slug="again", owner_email=OWNER)
    check_taken_in(fleet)


@contextmanager
def killed_around(when: str, name: str) -> Iterator[None]:
    def wrap(step: steps.Step) -> steps.Step:
        def do(site: Any) -> None:
            if when == "before":
                die()
            step.do(site)
            die()

        return steps.Step(step.name, do) if step.name == name else step

    with mock.patch.object(steps, "OF_AN_ARCHIVE", tuple(map(wrap, steps.OF_AN_ARCHIVE))):
        yield


@pytest.mark.parametrize(
    ("when", "name"),
    [
        pytest.param(when, name, marks=() if (when, name) in FEW else pytest.mark.slow)
        for name in NAMES
        for when in ("before", "after")
    ],
)
def test_a_kill_at_any_step_is_carried_on_by_the_same_command(
    fleet: Fleet, archive: Path, when: str, name: str
) -> None:
    def work() -> None:
        import_archive(archive, slug="again", owner_email=OWNER)

    with killed_around(when, name):
        assert in_child(work) == signal.SIGKILL
    directory.clear()
    assert ProvisioningRun.objects.get().state == "running"
    run = ProvisioningRun.objects.get()
    from platform_core.fleet.provision.run import run_provisioning

    run_provisioning(run.pk) if when == "after" and name == "open_shop" else work()
    check_taken_in(fleet)


def test_another_archive_is_not_mixed_into_what_was_begun(fleet: Fleet, archive: Path) -> None:
    with killed_around("before", "fill_from_archive"):
        assert in_child(lambda: import_archive(archive, slug="again", owner_email=OWNER)) == signal.SIGKILL
    other = changed(archive, lambda files: files.update({"README.txt": b"other"}), again=True)
    archive.write_bytes(other.read_bytes())
    from platform_core.fleet.provision.run import run_provisioning

    with pytest.raises(ArchiveUnusable, match="another one than the one that was begun with"):
        run_provisioning(ProvisioningRun.objects.get().pk)
