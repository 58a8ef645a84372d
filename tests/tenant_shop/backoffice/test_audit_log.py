"""Who changed what, from what to what, from where: the owner reads it, and none of it is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser
from platform_core.accounts.one_time_login import one_time_token
from platform_core.accounts.sessions.models import UserSession
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.read import Wanted, entries_of
from platform_core.audit.record import record
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.audit import note as audit_note
from tenant_shop.audit.mask import MASK
from tenant_shop.audit.note import deliver_entries, note
from tenant_shop.models import Customer, OutboxEvent, Product
from tests.back_office import entries, inline, product_form
from tests.factories.catalog import BrandFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.people import let_in, log_in, make_user, shop_browser, staff_browser
from tests.shopping import configure, everything, order_of, stocked

PAGE = "/admin/audit/"
FROM = Origin(user_id=None, ip_address="192.0.2.1")


def waiting() -> int:
    return OutboxEvent.objects.filter(topic="audit.entry").count()


def test_a_save_is_kept_with_the_values_before_and_after_and_where_it_came_from(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        brand = BrandFactory(name="Stark", slug="stark")

    browser.post(
        f"/admin/tenant_shop/brand/{brand.pk}/change/",
        {"name": "Stark Ltd", "slug": "stark", "is_active": "on"},
        HTTP_USER_AGENT="A browser",
        REMOTE_ADDR="192.0.2.7",
    )

    entry = entries(acme)[-1]
    assert (entry.action, entry.resource_id) == ("change_brand", brand.pk)
    assert (entry.old_values, entry.new_values) == ({"name": "Stark"}, {"name": "Stark Ltd"})
    assert (entry.ip_address, entry.user_agent) == ("192.0.2.7", "A browser")
    assert entry.user == PlatformUser.objects.get()
    with tenant_context(acme):
        assert waiting() == 0
    page = browser.get(PAGE).content.decode()
    assert "Stark Ltd" in page
    assert "192.0.2.7" in page
    assert "Stark Ltd" in browser.get(f"/admin/tenant_shop/brand/{brand.pk}/history/").content.decode()


def test_rows_below_a_form_are_kept_under_their_names(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    rows = [{"sku": "H-S", "options": "Size: S", "price": "9.90", "position": 0, "is_active": "on"}]
    browser.post("/admin/tenant_shop/product/add/", product_form(**inline("variant_rows", rows)))
    with tenant_context(acme):
        product = Product.objects.get()
        variant = product.variant_rows.get()

    kept = {"id": variant.pk, "sku": "H-S", "options": "Size: S", "price": "8.50", "position": 0, "is_active": "on"}
    changed = product_form(**inline("variant_rows", [kept], initial=1))
    browser.post(f"/admin/tenant_shop/product/{product.pk}/change/", changed)

    entry = entries(acme)[-1]
    assert entry.old_values is not None
    assert entry.new_values is not None
    assert {key.partition(": ")[2]: value for key, value in entry.old_values.items() if ": " in key} == {"price": "9.9"}
    assert {key.partition(": ")[2]: value for key, value in entry.new_values.items() if ": " in key} == {"price": "8.5"}


def test_the_filter_offers_what_was_done_in_this_shop(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    other = make_shop("bolt")
    with tenant_context(other), shop_transaction():
        note(FROM, "merge_customer", resource_type="customer")
    with tenant_context(acme), shop_transaction():
        for action in ("undo_bulkedit", "take_order", "take_order", "let_go_order"):
            note(FROM, action, resource_type="order")
    browser = staff_browser(acme)

    def offered(query: str) -> list[tuple[str, str]]:
        page = browser.get(f"{PAGE}{query}")
        assert page.status_code == 200
        return list(page.context["form"].fields["verb"].choices)

    usual = [("", "Everything"), ("let", "Let go"), ("log", "Log in, log out"), ("take", "Take"), ("undo", "Undo")]
    assert offered("") == usual
    assert offered("?verb=erase") == [usual[0], ("erase", "Erase"), *usual[1:]]
    found = browser.get(f"{PAGE}?verb=undo").context["rows"]
    assert [row["change"].verb for row in found] == ["Undo"]
    assert browser.get(f"{PAGE}?verb=_%25").status_code == 422


def test_what_was_deleted_is_kept(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        brand = BrandFactory(name="Stark")

    browser.post(f"/admin/tenant_shop/brand/{brand.pk}/delete/", {"post": "yes"})

    entry = entries(acme)[-1]
    assert entry.old_values is not None
    assert (entry.action, entry.old_values["name"], entry.metadata["name"]) == ("delete_brand", "Stark", "Stark")


def test_of_a_customer_the_log_says_what_was_changed_and_not_to_what(acme: TenantInfo) -> None:
    """The log is never rewritten, and a customer may have everything erased."""
    browser = staff_browser(acme)
    with tenant_context(acme):
        customer = CustomerFactory(email="ann@example.com", first_name="Ann")

    browser.post(
        f"/admin/tenant_shop/customer/{customer.pk}/change/",
        {"email": "anna@example.com", "first_name": "Anna", "last_name": "Example", "status": "inactive",
         "language": "en",
         **inline("addresses", [])},
    )  # fmt: skip

    with tenant_context(acme):
        assert Customer.objects.get().email == "anna@example.com"
    entry = entries(acme)[-1]
    assert entry.old_values == {"email": MASK, "first_name": MASK, "status": "active"}
    assert entry.new_values == {"email": MASK, "first_name": MASK, "status": "inactive"}
    assert not {"ann@example.com", "anna@example.com"} & set(str(vars(entry)).split("'"))


def test_no_words_about_an_order_keep_an_address(acme: TenantInfo) -> None:
    words = [{"taken": {"fields": ["Ann@Example.com, €5.00", "for <bob@example.co.uk>: 1 piece"]}}]
    with tenant_context(acme), shop_transaction():
        note(FROM, "take_order", resource_type="order", changes=words)
        note(FROM, "invite_staff", resource_type="staff", changes=[{"invited": {"fields": ["ed@acme.example"]}}])
    kept, invited = (entry.metadata["changes"] for entry in entries(acme))
    assert kept == [{"taken": {"fields": [f"{MASK}, €5.00", f"for <{MASK}>: 1 piece"]}}]
    assert invited == [{"invited": {"fields": ["ed@acme.example"]}}]


def test_a_change_that_is_rolled_back_leaves_no_entry(acme: TenantInfo) -> None:
    with tenant_context(acme):
        with pytest.raises(RuntimeError), shop_transaction():
            note(FROM, "change_brand", resource_type="brand")
            raise RuntimeError
        assert waiting() == 0
    assert entries(acme) == []


def test_an_entry_waits_for_a_platform_that_is_down_and_is_written_once(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **values: Any) -> UUID:
        raise DatabaseError("the server is gone")

    with tenant_context(acme):
        with monkeypatch.context() as outage:
            outage.setattr(audit_note, "record", down)
            with shop_transaction():
                note(FROM, "change_brand", resource_type="brand", before={"name": "A"}, after={"name": "B"})
            with pytest.raises(DatabaseError):
                deliver_entries(timezone.now())
        assert (waiting(), entries(acme)) == (1, [])
        event = OutboxEvent.objects.get(topic="audit.entry")

        assert deliver_entries(timezone.now()) == 1
        event.save(force_insert=True)  # the answer of the platform was lost
        assert deliver_entries(timezone.now()) == 1

        assert waiting() == 0
    (entry,) = entries(acme)
    assert (entry.pk, entry.created_at, entry.new_values) == (event.pk, event.created_at, {"name": "B"})


def test_the_platforms_people_and_sessions_by_its_link_are_marked(acme: TenantInfo) -> None:
    operator, browser = make_user("op@smartseller.example", role=PlatformRole.SUPPORT), shop_browser(acme)
    let_in(operator, acme, AccessRole.ADMIN)
    operator.session = UserSession.objects.create(user=operator, two_factor_at=timezone.now())
    browser.get("/welcome/", {"token": one_time_token(operator, tenant_id=acme.id)})
    browser.post("/admin/tenant_shop/brand/add/", {"name": "Stark", "slug": "stark", "is_active": "on"})

    marks = {"platform_staff": True, "entered_by": "one_time_link"}
    with tenant_scope(acme.id):
        logged = list(AuditLog.objects.order_by("created_at"))
    assert [entry.action for entry in logged] == ["log_in", "add_brand"]
    assert all(marks.items() <= entry.metadata.items() for entry in logged)
    owner = staff_browser(acme)
    page = owner.get(PAGE, {"platform": "on"}).content.decode()
    assert page.count("by a one-time link") == 2
    assert "owner@acme.example</td>" not in page


def test_logging_in_and_out_is_kept(acme: TenantInfo) -> None:
    user, browser = make_user(), shop_browser(acme)
    let_in(user, acme)
    log_in(browser, user, "the wrong password")
    log_in(browser, user)
    browser.post("/logout/")

    with tenant_scope(acme.id):
        logged = list(AuditLog.objects.order_by("created_at").values_list("action", "user", "metadata"))
    assert logged == [("log_in", user.pk, {}), ("log_out", user.pk, {})]


def test_pages_follow_each_other_without_gaps_though_entries_come_in_between(acme: TenantInfo) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    made = [
        record(f"change_{number}", resource_type="brand", tenant_id=acme.id, at=moment + timedelta(seconds=number // 3))
        for number in range(8)
    ]
    seen, place = [], None
    for _ in range(4):
        page = entries_of(acme.id, Wanted(), after=place, limit=3)
        seen += [entry.pk for entry in page.entries]
        place = page.next
        record("change_late", resource_type="brand", tenant_id=acme.id)
        if place is None:
            break

    assert seen == made[::-1] if seen == made[::-1] else sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen)) == 8


def test_another_shops_entries_are_never_seen(acme: TenantInfo, make_shop: Any) -> None:
    bolt = make_shop("bolt")
    record("change_secret", resource_type="brand", tenant_id=bolt.id, metadata={"name": "Bolt's own"})
    owner = staff_browser(acme)

    assert "Bolt" not in owner.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"Stark", "Hammer", "Old"}),
        ({"kind": "brand"}, {"Stark", "Old"}),
        ({"verb": "delete"}, {"Hammer"}),
        ({"since": "2026-03-02"}, {"Stark", "Hammer"}),
        ({"until": "2026-03-01"}, {"Old"}),
        ({"since": "2026-03-02", "until": "2026-03-02", "kind": "product"}, set()),
    ],
)
def test_the_owner_finds_what_is_looked_for(query: dict[str, str], found: set[str], acme: TenantInfo) -> None:
    """Days are the shop's: 23:30 UTC on the first is the second of March in Berlin."""
    for action, kind, name, at in (
        ("change_brand", "brand", "Old", datetime(2026, 3, 1, 22, 30, tzinfo=UTC)),
        ("change_brand", "brand", "Stark", datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
        ("delete_product", "product", "Hammer", datetime(2026, 3, 3, 12, tzinfo=UTC)),
    ):
        record(action, resource_type=kind, tenant_id=acme.id, metadata={"name": name}, at=at)

    page = staff_browser(acme).get(PAGE, query)

    assert page.status_code == 200
    assert {name for name in ("Old", "Stark", "Hammer") if f" {name}<br>" in page.content.decode()} == found


@pytest.mark.parametrize(
    "query",
    [{"who": "nobody"}, {"kind": "x"}, {"object": "x"}, {"after_at": "x", "after_id": "x"}, {"since": "31.13."},
     {"after_at": "2026-03-01T00:00:00", "after_id": "01a217c3-69c6-7587-907b-29911182ca81"}],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused(query: dict[str, str], acme: TenantInfo) -> None:
    assert staff_browser(acme).get(PAGE, query).status_code == 422


def test_prices_and_choices_are_kept_as_people_read_them(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        brand = BrandFactory(name="Stark")
        product = ProductFactory(name="Hammer", sku="H-1", slug="hammer", price=Decimal("12.5"))

    form = product_form(price="13", brand=str(brand.pk))
    with tenant_context(acme):
        variant = product.variant_rows.get()
    rows = [{"id": variant.pk, "sku": variant.sku, "options": "", "price": "", "position": variant.position,
             "is_active": "on"}]  # fmt: skip
    browser.post(f"/admin/tenant_shop/product/{product.pk}/change/", form | inline("variant_rows", rows, initial=1))

    entry = entries(acme)[-1]
    assert entry.new_values is not None
    assert entry.old_values is not None
    assert (entry.old_values["price"], entry.new_values["price"]) == ("12.5", "13")
    assert (entry.old_values["brand"], entry.new_values["brand"]) == (None, "Stark")


def test_verbs_are_kept_with_where_the_order_stood_and_stands(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        configure()
        order = order_of((stocked(), 1))

    browser.post(f"/admin/tenant_shop/order/{order.pk}/pay/")

    (paid,) = entries(acme)
    assert (paid.action, paid.resource_id, paid.metadata["name"]) == ("pay_order", order.pk, order.order_number)
    assert (paid.old_values, paid.new_values) == (
        {"status": "pending", "payment_status": "pending"},
        {"status": "confirmed", "payment_status": "paid"},
    )


def test_what_cannot_be_written_down_is_not_done(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = staff_browser(acme)
    browser.raise_request_exception = False
    with tenant_context(acme):
        configure()
        order = order_of((stocked(), 1))
        before = everything()

    def broken(*args: Any, **how: Any) -> None:
        raise DatabaseError("nothing is written any more")

    monkeypatch.setattr("tenant_shop.backoffice.base.note", broken)
    for verb in ("pay", "cancel"):
        sent = {"goods": "back"}
        assert browser.post(f"/admin/tenant_shop/order/{order.pk}/{verb}/", sent).status_code == 500
    with tenant_context(acme):
        assert everything() == before


def test_the_owner_takes_the_log_along_with_its_filters_and_that_is_written_down(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo]
) -> None:
    other = make_shop("bolt")
    for number in range(3):
        record(f"change_{number}", resource_type="brand", tenant_id=acme.id)
    record("change_9", resource_type="brand", tenant_id=other.id)
    record("add_product", resource_type="product", tenant_id=acme.id)
    owner, admin = staff_browser(acme), staff_browser(acme, AccessRole.ADMIN)

    file = owner.get("/admin/audit/list.csv", {"kind": "brand"})
    lines = b"".join(file.streaming_content).decode().splitlines()

    assert [line.split(",")[3] for line in lines[1:]] == ["change_2", "change_1", "change_0"]
    assert admin.get("/admin/audit/list.csv").status_code == 403
    with tenant_scope(acme.id):
        assert AuditLog.objects.filter(action="export_auditlog").count() == 1
