"""A person sees the own shops, what they use and cost, and nothing of anybody else's."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser, TenantAccess
from platform_core.billing.models import BillingInvoice
from platform_core.fleet.models import ProvisioningRun
from platform_core.metrics.models import TenantMetric
from platform_core.tenancy.context import TenantInfo
from tests.api_client import ApiClient, error_of
from tests.people import let_in, make_user
from tests.statements import StatementCount
from tests.user_programs import program_of

OWN = ("read_shops", "write_shops", "read_usage", "read_invoices")
LISTS = ("/shops/", "/usage/", "/invoices/")


@pytest.fixture
def acme(make_shop: Any) -> TenantInfo:
    return make_shop("acme", domain="chairs.example")


@pytest.fixture
def globex(make_shop: Any) -> TenantInfo:
    return make_shop("globex")


def owner_of(shop: TenantInfo, role: AccessRole = AccessRole.OWNER) -> PlatformUser:
    user = make_user(f"{role}@{shop.slug}.example")
    let_in(user, shop, role)
    return user


def bill(shop: TenantInfo, number: str) -> BillingInvoice:
    return BillingInvoice.objects.create(
        tenant_id=shop.id, invoice_number=number, subtotal=Decimal(29), total_amount=Decimal(29),
        issued_date=date(2026, 11, 1), due_date=date(2026, 11, 15), currency="USD",
        line_items=[{"text": "Premium", "amount": "29.00"}],
    )  # fmt: skip


def day_of(shop: TenantInfo, day: date, **values: Any) -> TenantMetric:
    row = {"currency": "EUR", "orders": 3, "revenue": Decimal("12.5"), "customers": 7, "products": 11, **values}
    return TenantMetric.objects.create(tenant_id=shop.id, date=day, **row)


def test_own_shops_with_what_one_is_there(acme: TenantInfo, globex: TenantInfo) -> None:
    ann = owner_of(acme)
    let_in(ann, globex, AccessRole.VIEWER)
    program = program_of(ann, "read_shops")

    page = program.get("/shops/").json()
    assert [(shop["slug"], shop["role"]) for shop in page["results"]] == [("acme", "owner"), ("globex", "viewer")]
    assert (page["next"], page["results"][0]["url"]) == (None, "http://chairs.example:8000/")
    assert page["results"][0]["office_url"] == "http://acme.localhost:8000/admin/"
    one = program.get(f"/shops/{acme.id}/")
    assert one.json() == page["results"][0]
    assert program.get(f"/shops/{acme.id}/", If_None_Match=one["ETag"]).status_code == 304
    assert program.get("/shops/?fields=slug&limit=1").json()["results"] == [{"id": str(acme.id), "slug": "acme"}]
    following = program.get("/shops/?limit=1").json()["next"]
    assert [shop["slug"] for shop in program.get(following).json()["results"]] == ["globex"]


def test_usage_and_invoices_of_the_shops_that_one_runs(acme: TenantInfo, count_statements: Any) -> None:
    today = timezone.now().astimezone().date()
    ann, bill_1 = owner_of(acme), bill(acme, "2026-000001")
    day_of(acme, today, stored_bytes=2 * 1024**3 + 1)
    day_of(acme, today.replace(day=1) - timedelta(days=1), orders=100)
    program = program_of(ann, "read_usage", "read_invoices")

    with count_statements() as counted:
        invoices = program.get("/invoices/").json()["results"]
    assert isinstance(counted, StatementCount)
    assert counted.count <= 4
    assert [(each["number"], each["total_amount"], each["shop_id"]) for each in invoices] == [
        ("2026-000001", "29.00", str(acme.id))
    ]
    assert program.get(f"/invoices/{bill_1.pk}/").json()["line_items"] == [{"text": "Premium", "amount": "29.00"}]
    assert [day["orders"] for day in program.get("/usage/").json()["results"]] == [100, 3]
    assert program.get(f"/usage/?modified_since={today}").json()["results"][0]["revenue"] == "12.50"
    used = program.get(f"/shops/{acme.id}/usage/").json()
    by_name = {each["what"]: each for each in used["limits"]}
    assert (by_name["products"]["used"], by_name["customers"]["used"], by_name["staff_users"]["used"]) == (11, 7, 1)
    assert (by_name["orders_per_month"]["used"], by_name["orders_per_month"]["is_refused_beyond"]) == (3, False)
    assert (by_name["file_storage_gb"]["used"], by_name["api_calls_per_hour"]["used"]) == (3, 0)
    assert (used["plan"], used["as_of"]) == ("Premium", str(today))


def everything(program: ApiClient, shop: TenantInfo, *rows: Any) -> str:
    """All that the API answers about, and around, somebody else's shop."""
    paths = [
        *LISTS,
        f"/shops/?slug={shop.slug}",
        f"/usage/?shop_id={shop.id}",
        f"/invoices/?shop_id={shop.id}",
        "/invoices/?number=2026-000009",
        f"/shops/{shop.id}/",
        f"/shops/{shop.id}/usage/",
        *(f"/invoices/{row.pk}/" for row in rows),
        *(f"/signups/{row.pk}/" for row in rows),
    ]
    answers = [program.get(path) for path in paths]
    assert {answer.status_code for answer in answers} <= {200, 404}
    return "".join(answer.content.decode() for answer in answers)


def test_nothing_of_another_persons_shops_is_ever_seen(acme: TenantInfo, globex: TenantInfo) -> None:
    ann, bob = owner_of(acme), owner_of(globex)
    theirs, mine = bill(globex, "2026-000009"), bill(acme, "2026-000001")
    day_of(globex, date(2026, 11, 1))
    run = ProvisioningRun.objects.create(
        tenant_id=globex.id, state="succeeded", request={"owner_id": str(bob.pk)}, request_key=uuid4().hex
    )
    program = program_of(ann, *OWN)

    seen = everything(program, globex, theirs, run)
    for trace in (str(globex.id), '"slug":"globex"', theirs.invoice_number, str(theirs.pk), str(run.pk)):
        assert trace not in seen
    assert mine.invoice_number in seen
    # What is not there and what is another's are answered alike.
    for path in ("/shops/{}/", "/shops/{}/usage/", "/invoices/{}/", "/signups/{}/"):
        wrong = program.get(path.format(uuid4()))
        for key in (globex.id, theirs.pk, run.pk):
            there = program.get(path.format(key))
            assert (there.status_code, error_of(there)) == (404, error_of(wrong))
    assert program_of(bob, *OWN).get(f"/signups/{run.pk}/").status_code == 200
    # An operator who asks for the own shops is a person like any other.
    operator = make_user("op@platform.example", role=PlatformRole.SUPER_ADMIN)
    assert str(globex.id) not in everything(program_of(operator, *OWN), globex, theirs, run)


def test_an_access_that_is_over_or_small_shows_no_more_than_it_lets_in(acme: TenantInfo) -> None:
    bill(acme, "2026-000001")
    day_of(acme, date(2026, 11, 1))
    ann = owner_of(acme, AccessRole.VIEWER)
    program = program_of(ann, *OWN)

    assert [len(program.get(path).json()["results"]) for path in LISTS] == [1, 0, 0]
    assert program.get(f"/shops/{acme.id}/usage/").status_code == 404
    TenantAccess.objects.update(role=AccessRole.ADMIN)
    assert [len(program.get(path).json()["results"]) for path in LISTS] == [1, 1, 1]
    TenantAccess.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [len(program.get(path).json()["results"]) for path in LISTS] == [0, 0, 0]
    TenantAccess.objects.update(expires_at=None, is_active=False)
    assert [len(program.get(path).json()["results"]) for path in LISTS] == [0, 0, 0]
    assert program.get(f"/shops/{acme.id}/").status_code == 404
