"""A whole shop is erased, wherever something of it lies, and a certificate says what went and what the law keeps."""

from __future__ import annotations

import io
import json
import signal
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from platform_core.accounts.grant_access import grant_access
from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.billing.models import BillingInvoice
from platform_core.billing.open_trial import open_trial
from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.copies.export import ask_for_export, run_export
from platform_core.fleet.copies.sandbox import ask_for_sandbox
from platform_core.fleet.erasures.again import erase_again
from platform_core.fleet.erasures.certificate import check_chain, document_of, in_words
from platform_core.fleet.erasures.erase import erase_shop
from platform_core.fleet.erasures.errors import CertificateForged, CertificateInvalid, ErasureRefused
from platform_core.fleet.erasures.models import ErasureCertificate
from platform_core.fleet.moves.models import Move
from platform_core.fleet.provision.run import run_provisioning
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.servers import owner_connection
from platform_core.management.operator import Refused
from platform_core.parking.models import ParkedTask
from platform_core.parking.park import park
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tests.platform_core.fleet.backups.conftest import MakeFullShop, backups, make_full_shop
from tests.platform_core.fleet.children import die_instead, in_child
from tests.platform_core.fleet.conftest import Fleet, fleet

__all__ = ["backups", "fleet", "make_full_shop"]

ERASURES = "platform_core.fleet.erasures"


@pytest.fixture
def acme(make_full_shop: MakeFullShop) -> TenantInfo:
    """A cancelled shop with a backup, an archive, an owner of its own and one who has another shop."""
    shop, other = make_full_shop("acme"), make_full_shop("globex", customers=0)
    for email, shops in (("owner@acme.example", [shop]), ("both@acme.example", [shop, other])):
        user = PlatformUser.objects.create_user(email, "a long secret", role="merchant", first_name="Ann")  # type: ignore[arg-type]
        for each in shops:
            grant_access(user_id=user.pk, tenant_id=each.id, role=AccessRole.OWNER)
    open_trial(shop.id, plan="premium", today=date(2026, 2, 20))
    Tenant.objects.filter(pk=shop.id).update(contact_name="Ann", tax_id="DE1", billing_address={"city": "Bonn"})
    back_up_shop(shop.id)
    back_up_shop(other.id)
    run_export(ask_for_export(shop.id).pk)
    park("orders.send", ["ann@acme.example"], {}, shop.id, reason="failed", error="ann@acme.example was refused")
    return shop


def traces(backups: Path, shop: TenantInfo) -> list[str]:
    return [str(path) for path in backups.rglob("*") if path.is_file() and f"/{shop.id.hex}/" in str(path)]


def amounts(certificate: ErasureCertificate) -> dict[str, int]:
    return {entry["what"]: entry["amount"] for entry in certificate.content["erased"]}


def check_erased(fleet: Fleet, backups: Path, shop: TenantInfo) -> ErasureCertificate:
    certificate = ErasureCertificate.objects.get(tenant_id=shop.id)
    assert fleet.names() == {"globex"}
    assert traces(backups, shop) == []
    assert list(Backup.objects.values_list("slug", flat=True)) == ["globex"]
    row = Tenant.objects.get(pk=shop.id)
    told = [row.slug, row.name, row.contact_email, row.contact_name, row.tax_id, row.billing_address, row.metadata]
    assert told == [
        f"ended-{shop.id.hex}", "Erased shop", f"{shop.id.hex}@erased.invalid", None, None, None, {},
    ]  # fmt: skip
    people = dict(PlatformUser.objects.values_list("email", "is_active"))
    assert people.pop("both@acme.example") is True
    [(gone, is_active)] = people.items()
    assert (gone.endswith("@erased.invalid"), is_active) == (True, False)
    assert TenantAccess.objects.filter(tenant=shop.id).count() == 0
    assert not ParkedTask.objects.exists()
    assert amounts(certificate) | {"files of backups, the final one included": 0} == {
        "databases of the shop and its sandboxes": 1,
        "pictures and other files": 2,
        "files of archives": 1,
        "files of backups, the final one included": 0,
        "rights to enter the shop": 2,
        "invitations": 0,
        "requests for the shop": 0,
        "tasks that were set aside": 1,
        "figures by day": 0,
        "accounts of people who enter no other shop": 1,
    }
    assert amounts(certificate)["files of backups, the final one included"] >= 5
    assert check_chain() == 1
    [kept] = list((backups / "erasures").iterdir())
    assert json.loads(kept.read_text()) == document_of(certificate)
    assert reconcile().findings == []
    return certificate


def test_nothing_is_left_of_a_shop_and_the_certificate_says_so(fleet: Fleet, acme: TenantInfo, backups: Path) -> None:
    cancel_tenant(acme.id, reason="closed down")
    said: list[str] = []

    certificate = erase_shop(acme.id, reason="asked for under Art. 17", say=said.append)

    check_erased(fleet, backups, acme)
    assert said[0] == "databases of the shop and its sandboxes: 1"
    text = "\n".join(in_words(certificate))
    for part in ("no. 1", f"acme ({acme.id})", "asked for under Art. 17", "Art. 17 (3) b GDPR", certificate.sha256):
        assert part in text
    assert "owner@acme.example" not in json.dumps(document_of(certificate))
    with platform_scope():
        told = set(AuditLog.objects.filter(tenant=acme.id).values_list("action", flat=True))
    assert {"erase_tenant", "certify_erasure"} <= told
    assert erase_shop(acme.id, reason="again") == certificate
    paper = backups.with_name("certificate.pdf")
    call_command("tenant", "certificate", "1", "--pdf", str(paper), "--json", stdout=io.StringIO())
    assert paper.read_bytes().startswith(b"%PDF-")


def test_what_was_billed_is_kept_with_the_address_on_the_bills(fleet: Fleet, acme: TenantInfo) -> None:
    BillingInvoice.objects.create(
        tenant_id=acme.id, invoice_number="P-1", subtotal=Decimal(29), total_amount=Decimal(29),
        issued_date=date(2026, 3, 1), due_date=date(2026, 3, 15),
    )  # fmt: skip
    cancel_tenant(acme.id, reason="")
    certificate = erase_shop(acme.id, reason="")
    assert BillingInvoice.objects.get().invoice_number == "P-1"
    row = Tenant.objects.get(pk=acme.id)
    assert (row.tax_id, row.billing_address, row.contact_name) == ("DE1", {"city": "Bonn"}, None)
    assert "the address that invoices were written to" in [entry["what"] for entry in certificate.content["kept"]]


@pytest.mark.slow
def test_a_sandbox_goes_with_its_shop(fleet: Fleet, acme: TenantInfo, backups: Path) -> None:
    run_provisioning(ask_for_sandbox(acme.id, anonymise=False).run_id)
    sandbox = Tenant.objects.get(sandbox_of=acme.id).pk
    run_export(ask_for_export(sandbox).pk)
    park("orders.send", ["ann@acme.example"], {}, sandbox, reason="failed", error="ann@acme.example was refused")
    cancel_tenant(acme.id, reason="")
    certificate = erase_shop(acme.id, reason="")
    assert fleet.names() == {"globex"}
    assert amounts(certificate)["databases of the shop and its sandboxes"] == 2
    assert amounts(certificate)["pictures and other files"] == 4
    assert amounts(certificate)["files of archives"] == 2
    assert [str(path) for path in backups.rglob("*") if path.is_file() and sandbox.hex in str(path)] == []
    assert not ParkedTask.objects.exists()
    assert not Tenant.objects.filter(sandbox_of=acme.id).exclude(status="cancelled").exists()
    assert not PlatformUser.objects.filter(email="owner@acme.example").exists()
    assert reconcile().findings == []


@pytest.mark.slow
def test_copies_that_moves_left_go_too_and_a_move_that_runs_is_finished_first(
    fleet: Fleet, acme: TenantInfo, backups: Path
) -> None:
    cancel_tenant(acme.id, reason="")
    with owner_connection(acme.server) as connection:
        connection.execute(f'CREATE DATABASE "{acme.database_name}_copy" TEMPLATE template0')
    # The shop lives elsewhere in the ledger than where the move was to lead: `default` is the only server here.
    Move.objects.create(
        tenant_id=acme.id, method="dump", source="elsewhere", target=acme.server, old_database=acme.database_name,
        new_database=f"{acme.database_name}_copy",
    )  # fmt: skip
    with pytest.raises(ErasureRefused, match="a move of it is under way"):
        erase_shop(acme.id, reason="")
    assert {"acme", "acme_copy", "globex"} <= fleet.names()
    Move.objects.update(state="failed")

    certificate = erase_shop(acme.id, reason="")

    assert fleet.names() == {"globex"}
    assert amounts(certificate)["databases of the shop and its sandboxes"] == 2


def test_a_shop_that_is_not_cancelled_is_left_alone(fleet: Fleet, acme: TenantInfo, backups: Path) -> None:
    before = traces(backups, acme)
    with pytest.raises(ErasureRefused):
        erase_shop(acme.id, reason="")
    assert (traces(backups, acme), fleet.names()) == (before, {"acme", "globex"})
    cancel_tenant(acme.id, reason="")
    with pytest.raises(CommandError, match="say --yes"):
        call_command("tenant", "erase", "acme")
    with mock.patch("sys.stdin", io.StringIO("acne\n")) as typed:
        typed.isatty = lambda: True  # type: ignore[method-assign]
        with pytest.raises(Refused, match="left as it was"):
            call_command("tenant", "erase", "acme", stderr=io.StringIO())
    assert fleet.names() == {"acme", "globex"}
    assert not ErasureCertificate.objects.exists()


KILLED_AT = [
    pytest.param("erase.record", marks=pytest.mark.slow),
    pytest.param("things.drop_database_in_use", marks=pytest.mark.slow),
    "things.remove_files",
    pytest.param("things._remove_below", marks=pytest.mark.slow),
    pytest.param("erase.scrub_platform", marks=pytest.mark.slow),
    pytest.param("erase.issue", marks=pytest.mark.slow),
    pytest.param("erase.keep_beside_backups", marks=pytest.mark.slow),
]


@pytest.mark.slow
@pytest.mark.parametrize("target", KILLED_AT)
def test_a_killed_erasure_is_carried_on_and_certifies_the_same(
    fleet: Fleet, acme: TenantInfo, backups: Path, target: str
) -> None:
    cancel_tenant(acme.id, reason="")

    def work() -> None:
        with mock.patch(f"{ERASURES}.{target}", side_effect=die_instead):
            erase_shop(acme.id, reason="")

    assert in_child(work) == signal.SIGKILL
    erase_shop(acme.id, reason="")
    check_erased(fleet, backups, acme)


def test_a_certificate_that_was_changed_or_taken_out_is_noticed(fleet: Fleet, make_full_shop: MakeFullShop) -> None:
    for slug in ("one", "two"):
        shop = make_full_shop(slug, customers=0)
        cancel_tenant(shop.id, reason="")
        erase_shop(shop.id, reason="")
    out = io.StringIO()
    call_command("tenant", "certificate", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"certificates": 2, "valid": True}
    first = ErasureCertificate.objects.get(number=1)
    for change, why in (
        ({"content": {**first.content, "reason": "another"}}, "not what was issued"),
        ({"signature": "x"}, "not signed by this installation"),
        ({"number": 7}, "it is missing"),
    ):
        ErasureCertificate.objects.filter(pk=first.pk).update(**change)
        with pytest.raises(CertificateInvalid, match=why):
            check_chain()
        first.save()
    assert check_chain() == 2


@pytest.mark.slow
def test_a_platform_that_came_back_from_a_backup_erases_again(fleet: Fleet, acme: TenantInfo, backups: Path) -> None:
    cancel_tenant(acme.id, reason="")
    row = Tenant.objects.filter(pk=acme.id).values().get()
    erase_shop(acme.id, reason="")
    as_before(acme, row)

    assert erase_again() == 1

    assert Tenant.objects.get(pk=acme.id).contact_name is None
    assert check_chain() == 1
    assert erase_again() == 0


def as_before(shop: TenantInfo, row: dict[str, Any]) -> None:
    """As the platform's backup of the day before knew it."""
    ErasureCertificate.objects.all().delete()
    Tenant.objects.filter(pk=shop.id).update(**{key: value for key, value in row.items() if key != "id"})


def test_a_certificate_that_somebody_put_beside_the_backups_erases_nothing(
    fleet: Fleet, acme: TenantInfo, backups: Path, settings: Any
) -> None:
    other = Tenant.objects.get(slug="globex")
    cancel_tenant(acme.id, reason="")
    row = Tenant.objects.filter(pk=acme.id).values().get()
    erase_shop(acme.id, reason="")
    as_before(acme, row)
    [genuine] = list((backups / "erasures").iterdir())
    document = json.loads(genuine.read_text())
    forged = genuine.with_name("000002-forged.json")
    for text in (
        json.dumps({**document, "number": 2, "shop": {"id": str(other.pk), "slug": "globex"}}),
        json.dumps([]),
        "{",
    ):
        forged.write_text(text)
        with pytest.raises(CertificateForged, match="000002-forged"):
            erase_again()
    assert Tenant.objects.get(pk=acme.id).slug == "acme"
    assert Tenant.objects.get(pk=other.pk).status == "active"
    assert fleet.names() == {"globex"}
    forged.unlink()

    # An installation that has another key since knows its own all the same.
    settings.SECRET_KEY, old = "another key than before, and long enough", settings.SECRET_KEY
    with pytest.raises(CertificateForged):
        erase_again()
    settings.SECRET_KEY_FALLBACKS = [old]
    assert erase_again() == 1
    assert check_chain() == 1
