"""The audit log as the role that serves requests sees it: alias `default`."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connections, transaction

from platform_core.audit.acting import commanded
from platform_core.audit.export import csv_lines
from platform_core.audit.models import AuditLog
from platform_core.audit.read import Wanted, each_entry, entries_everywhere
from platform_core.audit.record import record
from platform_core.audit.scope import platform_scope, tenant_scope
from platform_core.tenants.models import Tenant
from smartseller.observability.request_id import named
from tests.databases import PLATFORM, owner
from tests.people import make_user
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")


def tenant(slug: str) -> Tenant:
    return Tenant.objects.create(
        slug=slug, name=slug, database_name=f"smartseller_{slug}", contact_email=f"owner@{slug}.example"
    )


@pytest.fixture
def acme() -> Tenant:
    return tenant("acme")


@pytest.fixture
def other() -> Tenant:
    return tenant("other")


@pytest.fixture
def entries(acme: Tenant, other: Tenant) -> dict[str, UUID]:
    """One entry of each tenant and one of the platform."""
    return {
        "acme": record("suspend_tenant", resource_type="tenant", resource_id=acme.pk, tenant_id=acme.pk),
        "other": record("suspend_tenant", resource_type="tenant", resource_id=other.pk, tenant_id=other.pk),
        "platform": record("update_plan", resource_type="plan"),
    }


def visible() -> set[UUID]:
    return set(AuditLog.objects.values_list("pk", flat=True))


def total() -> int:
    with owner(PLATFORM) as connection:  # a superuser: no policy holds it
        row = connection.execute("SELECT count(*) FROM platform_audit_log").fetchone()
    assert row is not None
    return int(row[0])


def test_these_tests_run_as_the_role_that_serves_requests() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (settings.DATABASE_APP_ROLE, False)


def test_a_tenants_scope_shows_its_own_entries_only(acme: Tenant, entries: dict[str, UUID]) -> None:
    with tenant_scope(acme.pk):
        assert visible() == {entries["acme"]}


def test_the_platforms_scope_shows_every_entry(entries: dict[str, UUID]) -> None:
    with platform_scope():
        assert visible() == set(entries.values())


def test_without_a_scope_nothing_is_seen(entries: dict[str, UUID]) -> None:
    assert visible() == set()


def test_a_scope_ends_with_its_transaction(acme: Tenant, entries: dict[str, UUID]) -> None:
    with tenant_scope(acme.pk):
        pass

    assert visible() == set()


def test_recording_inside_a_transaction_leaves_it_its_own_scope(
    acme: Tenant, other: Tenant, entries: dict[str, UUID]
) -> None:
    with tenant_scope(acme.pk):
        record("update_plan", resource_type="tenant", tenant_id=other.pk)
        assert visible() == {entries["acme"]}
    with transaction.atomic(using="default"):
        record("update_plan", resource_type="tenant", tenant_id=other.pk)
        assert visible() == set()


def test_a_failure_inside_a_scope_gives_the_outer_one_back(acme: Tenant, entries: dict[str, UUID]) -> None:
    with tenant_scope(acme.pk):
        with pytest.raises(DatabaseError), platform_scope(), connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert visible() == {entries["acme"]}


@pytest.mark.parametrize("whose", ["other", "platform"])
def test_a_tenants_scope_adds_entries_of_that_tenant_only(acme: Tenant, other: Tenant, whose: str) -> None:
    tenant_id = {"other": other.pk, "platform": None}[whose]

    with pytest.raises(ProgrammingError, match="row-level security"), tenant_scope(acme.pk):
        AuditLog.objects.create(action="forge", resource_type="tenant", tenant_id=tenant_id)

    assert total() == 0


def test_without_a_scope_nothing_is_added(acme: Tenant) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(using="default"):
        AuditLog.objects.create(action="forge", resource_type="tenant", tenant_id=acme.pk)

    assert total() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE platform_audit_log SET action = 'innocent'",
        "DELETE FROM platform_audit_log",
        "TRUNCATE platform_audit_log",
    ],
)
def test_the_log_is_never_rewritten_by_requests(entries: dict[str, UUID], statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        platform_scope(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)

    with platform_scope():
        assert sorted(AuditLog.objects.values_list("action", flat=True)) == [
            "suspend_tenant",
            "suspend_tenant",
            "update_plan",
        ]


def test_even_the_tables_owner_changes_no_entry(entries: dict[str, UUID]) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL app.audit_scope = 'platform'")
        cursor.execute("UPDATE platform_audit_log SET action = 'innocent'")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM platform_audit_log")
        assert cursor.rowcount == 0

    connections["owner"].close()
    assert total() == 3


def test_an_entry_shares_the_fate_of_the_transaction_it_describes(acme: Tenant) -> None:
    with transaction.atomic(using="default"):
        record("suspend_tenant", resource_type="tenant", tenant_id=acme.pk)
        transaction.set_rollback(True, using="default")

    assert total() == 0


def test_an_entry_keeps_what_it_was_told(acme: Tenant) -> None:
    pk = record(
        "update_plan",
        resource_type="tenant",
        resource_id=acme.pk,
        tenant_id=acme.pk,
        old_values={"plan_type": "basic"},
        new_values={"plan_type": "premium"},
        metadata={"reason": "asked for"},
        ip_address="2001:db8::1",
        user_agent="curl",
        request_id="r-1",
    )

    with tenant_scope(acme.pk):
        entry = AuditLog.objects.get(pk=pk)
    assert (entry.old_values, entry.new_values) == ({"plan_type": "basic"}, {"plan_type": "premium"})
    assert (entry.metadata, entry.ip_address, entry.user_agent) == ({"reason": "asked for"}, "2001:db8::1", "curl")
    assert (entry.request_id, entry.user_id, entry.resource_id) == ("r-1", None, acme.pk)


def test_secrets_are_masked_wherever_they_stand_and_what_no_person_did_says_what_did_it(acme: Tenant) -> None:
    values = {"name": "A", "smtp": {"host": "h", "password": "p"}, "hooks": [{"api_key": "k"}, {"secret": ""}]}
    with commanded("manage.py tenant"):
        ours = record("change_settings", resource_type="tenant", tenant_id=acme.pk, new_values=values)
        anns = record(
            "change_settings", resource_type="tenant", tenant_id=acme.pk, user_id=make_user("ann@acme.example").pk
        )
    outside = record("change_settings", resource_type="tenant", tenant_id=acme.pk)

    with tenant_scope(acme.pk):
        found = {entry.pk: entry for entry in AuditLog.objects.all()}
    assert found[ours].new_values == {
        "name": "A", "smtp": {"host": "h", "password": "•••"}, "hooks": [{"api_key": "•••"}, {"secret": ""}],
    }  # fmt: skip
    assert [found[pk].metadata for pk in (ours, anns, outside)] == [{"by": "manage.py tenant"}, {}, {}]


def test_values_left_out_are_null_in_the_database(acme: Tenant) -> None:
    record("suspend_tenant", resource_type="tenant", tenant_id=acme.pk)

    with owner(PLATFORM) as connection:
        row = connection.execute("SELECT old_values, new_values, metadata FROM platform_audit_log").fetchone()
    assert row == (None, None, {})


def test_operators_search_by_person_action_object_and_window_page_by_page_and_count_nothing(
    acme: Tenant, other: Tenant
) -> None:
    ann, bob = make_user("ann@acme.example"), make_user("bob@acme.example")
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for number in range(120):
        record(
            "change_brand" if number % 2 else "add_brand",
            resource_type="brand" if number % 3 else "product",
            resource_id=acme.pk if number == 7 else None,
            tenant_id=acme.pk if number % 5 else other.pk,
            user_id=(ann if number % 4 else bob).pk,
            at=moment + timedelta(minutes=number // 4),
        )

    def found(tenant_id: UUID | None = None, **wanted: Any) -> int:
        read = partial(entries_everywhere, Wanted(**wanted), tenant_id=tenant_id, limit=7)
        rows = list(each_entry(lambda place: read(after=place)))
        assert len({row.pk for row in rows}) == len(rows)
        assert [(row.created_at, row.pk) for row in rows] == sorted(
            ((row.created_at, row.pk) for row in rows), reverse=True
        )
        return len(rows)

    assert found() == 120
    assert found(other.pk) == 24
    assert found(user_id=bob.pk) == 30
    assert found(action="add_brand") == 60
    assert found(resource_type="product") == 40
    assert found(resource_id=acme.pk) == 1
    assert found(since=moment + timedelta(minutes=5), until=moment + timedelta(minutes=6)) == 4
    assert found(action="add_brand", resource_type="product", user_id=bob.pk) == 10
    with StatementCount() as statements:
        entries_everywhere(Wanted(), limit=50)
    assert statements.count == 3  # the scope opened and closed, and the page


def test_an_entry_names_the_request_that_it_was_written_for(acme: Tenant) -> None:
    with named("a-request-of-ours"):
        entry = record("update_plan", resource_type="tenant", tenant_id=acme.pk)

    with platform_scope():
        assert AuditLog.objects.get(pk=entry).request_id == "a-request-of-ours"


def test_a_file_of_entries_runs_in_no_spreadsheet(acme: Tenant) -> None:
    record(
        "add_brand",
        resource_type="brand",
        tenant_id=acme.pk,
        new_values={"name": "=1+1"},
        metadata={"name": "=HYPERLINK()", "reason": "+49 said so"},
        user_agent="@SUM(A1)",
    )
    page = entries_everywhere(Wanted())

    head, row = "".join(csv_lines(page.entries)).splitlines()
    own = "".join(csv_lines(page.entries, slug_of="acme"))

    assert head.startswith("\ufeffwhen (UTC),shop,who,action")
    assert ",acme,SmartSeller,add_brand,brand,," in row
    assert "'=HYPERLINK()" in row
    assert "'@SUM(A1)" in row
    assert row.endswith("'+49 said so")
    # Why, operators write for each other.
    assert "said so" not in own
