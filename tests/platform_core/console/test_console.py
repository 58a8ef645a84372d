from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser, TenantAccess
from platform_core.audit.models import AuditLog
from platform_core.audit.record import record
from platform_core.audit.scope import platform_scope
from platform_core.fleet.backups.models import BackupTurn
from platform_core.fleet.models import DatabaseServer
from platform_core.metrics.models import PlatformMetric, RollupTurn
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo
from platform_core.tenants.models import Tenant
from tests.people import let_in, log_in, make_user, platform_browser
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")

MODELS = (
    "tenant",
    "tenantaccess",
    "tenantplan",
    "tenantsubscription",
    "billinginvoice",
    "cardcharge",
    "cardrefund",
    "taxidcheck",
    "plancoupon",
    "backup",
    "restore",
    "keptdatabase",
    "move",
    "migrationrun",
    "shopmigration",
    "parkedtask",
    "platformsetting",
    "databaseserver",
    "provisioningrun",
    "sparedatabase",
    "templateversion",
    "platformmetric",
    "platformsales",
    "rollupturn",
    "platformuser",
    "impersonation",
    "auditlog",
)


def operator_browser(role: PlatformRole = PlatformRole.SUPER_ADMIN) -> object:
    browser = platform_browser()
    log_in(browser, make_user("op@smartseller.example", role=role))
    return browser


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(model: str, make_shop: Callable[..., TenantInfo]) -> None:
    shop = make_shop("acme")
    let_in(make_user(), shop)
    record("create_tenant", resource_type="tenant", resource_id=shop.id, tenant_id=shop.id)
    browser = operator_browser()

    assert browser.get("/admin/").status_code == 200
    assert browser.get(f"/admin/platform_core/{model}/").status_code == 200


def test_the_list_of_shops_says_how_each_fares_in_as_many_statements_as_for_one(
    make_shop: Callable[..., TenantInfo],
) -> None:
    page, browser = "/admin/platform_core/tenant/", operator_browser(PlatformRole.SUPPORT)
    make_shop("acme")
    browser.get(page)
    with StatementCount() as one:
        browser.get(page)
    for slug in ("bolt", "cog", "dune"):
        make_shop(slug)
    now = timezone.now()
    BackupTurn.objects.create(tenant=Tenant.objects.get(slug="bolt"), due_at=now, failures=1)
    Tenant.objects.filter(slug="cog").update(availability="moving")
    Tenant.objects.filter(slug="dune").update(schema_version="0001")
    with StatementCount() as four:
        told = browser.get(page).content.decode()

    assert one.count == four.count
    for word in ("well", "backup fails", "moving", "schema behind"):
        assert word in told, word


def test_databases_are_shown_with_size_and_connections(make_shop: Callable[..., TenantInfo]) -> None:
    shop = make_shop("acme")
    told = operator_browser(PlatformRole.DEVELOPER).get("/admin/platform_core/databaseserver/databases/")

    page = told.content.decode()
    assert (told.status_code, f"{shop.database_name} on primary" in page, "1 shop," in page) == (200, True, True)
    assert platform_browser().get("/admin/platform_core/databaseserver/databases/").status_code == 302


def test_a_merchant_does_not_get_in(make_shop: Callable[..., TenantInfo]) -> None:
    merchant, browser = make_user(), platform_browser()
    let_in(merchant, make_shop("acme"))
    log_in(browser, merchant)

    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == "/shops/"
    assert browser.get("/admin/platform_core/tenant/").status_code == 302


def test_visitors_are_led_to_the_log_in() -> None:
    assert platform_browser().get("/admin/", follow=True).redirect_chain[-1][0].startswith("/login/?next=")


def test_the_audit_log_shows_every_shops_entries_and_changes_none(make_shop: Callable[..., TenantInfo]) -> None:
    for slug in ("acme", "bolt"):
        record(f"visit_{slug}", resource_type="tenant", tenant_id=make_shop(slug).id)
    browser = operator_browser()
    with platform_scope():
        entry = AuditLog.objects.get(action="visit_acme")

    page = browser.get("/admin/platform_core/auditlog/").content.decode()

    assert "visit_acme" in page
    assert "visit_bolt" in page
    assert browser.get(f"/admin/platform_core/auditlog/{entry.pk}/change/").status_code == 200
    assert browser.post(f"/admin/platform_core/auditlog/{entry.pk}/change/", {"action": "x"}).status_code == 403
    assert browser.post(f"/admin/platform_core/auditlog/{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_shops_are_shown_and_not_edited(make_shop: Callable[..., TenantInfo]) -> None:
    shop = make_shop("acme")
    url = f"/admin/platform_core/tenant/{shop.id}/"
    browser = operator_browser()

    assert browser.get(f"{url}change/").status_code == 200
    assert browser.post(f"{url}change/", {"status": "cancelled"}).status_code == 403
    assert browser.post(f"{url}delete/", {"post": "yes"}).status_code == 403


def test_a_changed_server_is_audited_and_keeps_what_commands_decide() -> None:
    server = DatabaseServer.objects.get()

    operator_browser().post(
        f"/admin/platform_core/databaseserver/{server.pk}/change/",
        {"region": "eu", "capacity": 500, "state": "draining", "reason": "More disks"},
    )

    server.refresh_from_db()
    assert (server.key, server.capacity, server.region, server.state) == ("primary", 500, "local", "open")
    with platform_scope():
        entry = AuditLog.objects.get(action="change_databaseserver")
    assert entry.user == PlatformUser.objects.get()
    assert entry.old_values["capacity"] != entry.new_values["capacity"] == 500
    assert (entry.ip_address, entry.metadata["reason"]) == ("127.0.0.1", "More disks")


def test_servers_people_and_accesses_are_changed_with_a_reason(make_shop: Callable[..., TenantInfo]) -> None:
    shop, user, browser = make_shop("acme"), make_user(), operator_browser()
    let_in(user, shop)
    access, server = TenantAccess.objects.get(), DatabaseServer.objects.get()
    person = {"email": user.email, "first_name": "Ann", "last_name": "Lee", "role": "merchant", "is_active": "on"}
    pages: tuple[tuple[str, dict[str, str]], ...] = (
        (f"databaseserver/{server.pk}/", {"capacity": "7"}),
        (f"platformuser/{user.pk}/", person),
        (f"tenantaccess/{access.pk}/", {"role": "viewer", "permissions": "{}", "is_active": "on"}),
    )

    def post(page: str, form: dict[str, str]) -> int:
        return browser.post(f"/admin/platform_core/{page}change/", form).status_code

    assert [post(page, {**form, "reason": " "}) for page, form in pages] == [200, 200, 200]
    server.refresh_from_db(), user.refresh_from_db(), access.refresh_from_db()
    assert (server.capacity != 7, user.first_name, access.role) == (True, None, "owner")
    assert [post(page, {**form, "reason": "Ticket 9"}) for page, form in pages] == [302, 302, 302]
    with platform_scope():
        told = AuditLog.objects.filter(action__startswith="change_", metadata__reason="Ticket 9")
        assert set(told.values_list("resource_type", flat=True)) == {"databaseserver", "platformuser", "tenantaccess"}


@pytest.mark.parametrize("role", [PlatformRole.SUPPORT, PlatformRole.ADMIN])
def test_nobody_takes_a_merchants_access_over_or_gives_one_to_operators(
    role: PlatformRole, make_shop: Callable[..., TenantInfo]
) -> None:
    shop, owner, browser = make_shop("acme"), make_user(), operator_browser(role)
    let_in(owner, shop)
    me = PlatformUser.objects.get(email="op@smartseller.example")
    let_in(me, make_shop("bolt"), AccessRole.VIEWER)
    theirs, mine = TenantAccess.objects.get(platform_user=owner), TenantAccess.objects.get(platform_user=me)
    form = {"role": "owner", "permissions": "{}", "is_active": "on", "reason": "Ticket 9"}
    taken = {"platform_user": str(me.pk), "tenant": str(shop.id)}

    browser.post(f"/admin/platform_core/tenantaccess/{theirs.pk}/change/", {**form, **taken})
    raised = browser.post(f"/admin/platform_core/tenantaccess/{mine.pk}/change/", form)
    made = browser.post("/admin/platform_core/tenantaccess/add/", {**form, **taken})
    deleted = browser.post(f"/admin/platform_core/tenantaccess/{theirs.pk}/delete/", {"post": "yes"})

    assert (raised.status_code, deleted.status_code) == (200, 403)
    assert made.status_code == (403 if role == PlatformRole.SUPPORT else 200)
    rights = TenantAccess.objects.order_by("pk").values_list("platform_user", "tenant", "role")
    assert set(rights) == {(owner.pk, shop.id, "owner"), (me.pk, mine.tenant_id, "viewer")}


@pytest.mark.parametrize("role", [PlatformRole.SUPPORT, PlatformRole.DEVELOPER])
def test_support_and_developers_change_no_plan(role: PlatformRole) -> None:
    plan = TenantPlan.objects.get(name="basic")

    response = operator_browser(role).post(f"/admin/platform_core/tenantplan/{plan.pk}/change/", {"name": "free"})

    assert response.status_code == 403
    plan.refresh_from_db()
    assert plan.name == "basic"


def test_an_admin_cannot_make_a_super_admin_of_himself() -> None:
    browser = operator_browser(PlatformRole.ADMIN)
    user = PlatformUser.objects.get()

    response = browser.post(
        f"/admin/platform_core/platformuser/{user.pk}/change/", {"email": user.email, "role": "super_admin"}
    )

    user.refresh_from_db()
    assert response.status_code == 403
    assert user.role == PlatformRole.ADMIN


def test_an_access_is_granted_in_the_console_and_audited_under_its_shop(make_shop: Callable[..., TenantInfo]) -> None:
    shop, user = make_shop("acme"), make_user()

    operator_browser().post(
        "/admin/platform_core/tenantaccess/add/",
        {"platform_user": user.pk, "tenant": shop.id, "role": "viewer", "permissions": "{}", "is_active": "on",
         "reason": "She lost hers"},
    )  # fmt: skip

    access = TenantAccess.objects.get()
    assert (access.role, access.granted_by) == ("viewer", PlatformUser.objects.get(email="op@smartseller.example"))
    with platform_scope():
        assert AuditLog.objects.get(action="add_tenantaccess").tenant_id == shop.id


@pytest.fixture
def two_seats(platform: None) -> Iterator[None]:
    """Plans are kept from test to test."""
    before = dict(TenantPlan.objects.values_list("pk", "max_staff_users"))
    TenantPlan.objects.update(max_staff_users=2)
    yield
    for plan, seats in before.items():
        TenantPlan.objects.filter(pk=plan).update(max_staff_users=seats)


def test_an_access_from_the_console_takes_a_seat_of_the_plan(
    two_seats: None, make_shop: Callable[..., TenantInfo]
) -> None:
    shop = make_shop("acme")
    let_in(make_user("owner@example.com"), shop)
    second, third = make_user("second@example.com"), make_user("third@example.com")
    helper = make_user("helper@example.com", role=PlatformRole.SUPPORT)
    browser = operator_browser()

    def give(user: PlatformUser, **changes: str) -> int:
        form = {
            "platform_user": user.pk, "tenant": shop.id, "role": "viewer", "permissions": "{}", "is_active": "on",
            "reason": "A seat",
        }  # fmt: skip
        return browser.post("/admin/platform_core/tenantaccess/add/", {**form, **changes}).status_code

    assert [give(second), give(third)] == [302, 200]
    assert not TenantAccess.objects.filter(platform_user=third).exists()
    # Who helps for the platform takes none, and neither does an access that is over, or switched off.
    assert give(helper) == 302
    assert give(third, expires_at_0="2020-01-01", expires_at_1="00:00:00") == 302
    access = TenantAccess.objects.get(platform_user=third)
    path = f"/admin/platform_core/tenantaccess/{access.pk}/change/"
    form = {"role": "viewer", "permissions": "{}", "is_active": "on", "reason": "A seat"}
    refused = browser.post(path, form)
    access.refresh_from_db()
    assert (refused.status_code, access.expires_at is not None) == (200, True)
    assert "staff users" in refused.content.decode()

    # Who has a seat keeps it, whatever else is changed.
    mine = TenantAccess.objects.get(platform_user=second)
    path = f"/admin/platform_core/tenantaccess/{mine.pk}/change/"
    assert browser.post(path, {**form, "role": "editor"}).status_code == 302
    mine.refresh_from_db()
    assert mine.role == "editor"


def test_the_console_says_which_rollups_lag(make_shop: Callable[..., TenantInfo]) -> None:
    for slug in ("well", "ill", "asleep"):
        make_shop(slug)
    call_command("rollup_schedule", "--run", stdout=StringIO(), stderr=StringIO())
    RollupTurn.objects.filter(tenant__slug="ill").update(failures=3, last_error="OperationalError: no room")
    Tenant.objects.filter(slug="asleep").update(status="suspended")
    call_command("platform_metrics", stdout=StringIO())
    browser = operator_browser()

    page = browser.get("/admin/platform_core/rollupturn/").content.decode()
    for said in ("up to date", "failing", "OperationalError: no room", "passed over"):
        assert said in page
    assert "add/" not in page
    today = PlatformMetric.objects.get()
    assert browser.get(f"/admin/platform_core/platformmetric/{today.pk}/change/").status_code == 200
    assert (
        browser.post(f"/admin/platform_core/platformmetric/{today.pk}/change/", {"total_orders": 9}).status_code == 403
    )


def test_the_audit_log_is_searched_and_taken_along_which_is_written_down(make_shop: Callable[..., TenantInfo]) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    owner = make_user()
    for shop in (acme, bolt):
        record("visit_shop", resource_type="tenant", resource_id=shop.id, tenant_id=shop.id, user_id=owner.pk)
    browser = operator_browser()
    page = "/admin/platform_core/auditlog/"

    found = browser.get(page, {"shop": "acme", "person": "Owner@acme.example", "action": "visit_shop"})
    file = browser.get(f"{page}list.csv", {"shop": "bolt"})

    assert found.content.decode().count("visit_shop</strong>") == 1
    assert browser.get(page, {"object": str(bolt.id)}).content.decode().count("visit_shop</strong>") == 1
    assert browser.get(page, {"until": "2020-01-01"}).content.decode().count("visit_shop</strong>") == 0
    assert browser.get(page, {"person": "nobody@acme.example"}).status_code == 422
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert ",bolt,owner@acme.example,visit_shop,tenant," in lines[1]
    with platform_scope():
        assert AuditLog.objects.filter(action="export_auditlog").count() == 1
    assert platform_browser().get(f"{page}list.csv").status_code == 302
