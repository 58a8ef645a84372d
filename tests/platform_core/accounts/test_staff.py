"""A shop's people: who may say who works there, how many, and that an owner stays."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformRole, TenantAccess
from platform_core.accounts.staff.errors import AccessInThePast, LastOwner, StaffNotYours, UnknownException
from platform_core.accounts.staff.seats import seats_taken
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.plans.limits import PlanLimitReached
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from tests.people import make_user
from tests.platform_core.accounts.staffing import (
    ADMIN,
    EDITOR,
    OWNER,
    SOON,
    VIEWER,
    accept,
    acme,
    ask,
    change,
    logged,
    olga,
    person,
    remove,
    standing,
)

__all__ = ["acme", "olga"]

pytestmark = pytest.mark.usefixtures("platform")


@pytest.fixture
def smaller_plan() -> Iterator[Callable[[], object]]:
    """Makes the basic plan one for a single person, until the test is over: plans are kept between tests."""
    basic = TenantPlan.objects.filter(name="basic")
    yield lambda: basic.update(max_staff_users=1)
    basic.update(max_staff_users=3)


@pytest.mark.parametrize("by", [EDITOR, VIEWER])
def test_editors_and_viewers_say_nothing_about_staff(by: AccessRole, acme: Tenant, olga: TenantAccess) -> None:
    actor, victim = person(acme, "actor@acme.example", by), person(acme, "victim@acme.example", VIEWER)
    before = standing(acme)

    for attempt in (
        lambda: ask(actor),
        lambda: change(actor, victim, EDITOR),
        lambda: change(actor, actor, OWNER),
        lambda: remove(actor, victim),
    ):
        with pytest.raises(StaffNotYours):
            attempt()

    assert standing(acme) == before


def test_an_admin_makes_no_owner_and_touches_none(acme: Tenant, olga: TenantAccess) -> None:
    admin = person(acme, "admin@acme.example", ADMIN)
    before = standing(acme)

    for attempt in (
        lambda: ask(admin, role=OWNER),
        lambda: change(admin, admin, OWNER),
        lambda: change(admin, olga, VIEWER),
        lambda: change(admin, admin, ADMIN, exceptions={"tenant_shop.view_auditlog": True}),
        lambda: remove(admin, olga),
    ):
        with pytest.raises(StaffNotYours):
            attempt()

    assert standing(acme) == before


def test_an_exception_that_gives_staff_to_an_editor_does_not_let_him_rise(acme: Tenant, olga: TenantAccess) -> None:
    editor = person(acme, "ed@acme.example", EDITOR, permissions={"tenant_shop.change_staff": True})

    with pytest.raises(StaffNotYours):
        ask(editor, "x@acme.example", ADMIN)
    with pytest.raises(StaffNotYours):
        change(editor, editor, ADMIN)

    assert ask(editor, "x@acme.example", VIEWER).role == VIEWER


def test_an_access_that_ended_says_nothing_any_more(acme: Tenant, olga: TenantAccess) -> None:
    person(acme, "other@acme.example", OWNER)
    TenantAccess.objects.filter(pk=olga.pk).update(expires_at=timezone.now())

    with pytest.raises(StaffNotYours):
        ask(olga)


def test_people_of_another_shop_are_not_found(acme: Tenant, olga: TenantAccess) -> None:
    bolt = Tenant.objects.create(
        slug="bolt", name="Bolt", database_name="smartseller_bolt", contact_email="b@bolt.example"
    )
    stranger = person(bolt, "stranger@bolt.example", VIEWER)
    before = standing(bolt)

    with pytest.raises(TenantAccess.DoesNotExist):
        change(olga, stranger, OWNER)
    with pytest.raises(TenantAccess.DoesNotExist):
        remove(olga, stranger)

    assert standing(bolt) == before


def test_the_last_owner_stays(acme: Tenant, olga: TenantAccess) -> None:
    person(acme, "for-a-while@acme.example", OWNER, expires_at=timezone.now() + SOON)
    before = standing(acme)

    for attempt in (
        lambda: remove(olga, olga),
        lambda: change(olga, olga, ADMIN),
        lambda: change(olga, olga, OWNER, until=timezone.now() + SOON),
    ):
        with pytest.raises(LastOwner):
            attempt()

    assert standing(acme) == before


def test_of_two_owners_one_may_go(acme: Tenant, olga: TenantAccess) -> None:
    other = person(acme, "other@acme.example", OWNER)

    remove(other, olga)

    with pytest.raises(LastOwner):
        remove(other, other)
    assert TenantAccess.objects.filter(is_active=True).get() == other


def test_a_change_is_kept_with_what_there_was_before(acme: Tenant, olga: TenantAccess) -> None:
    ed = person(acme, "ed@acme.example", EDITOR)
    until = timezone.now() + SOON

    change(olga, ed, VIEWER, until=until, exceptions={"tenant_shop.view_setting": False})
    change(olga, ed, VIEWER, until=until)  # nothing is different

    assert logged(acme) == [
        (
            "change_staff",
            {"role": "editor", "expires_at": None, "permissions": {}},
            {
                "role": "viewer",
                "expires_at": until.isoformat(),
                "permissions": {"tenant_shop.view_setting": False},
            },
        )
    ]
    with tenant_scope(acme.pk):
        entry = AuditLog.objects.get()
    assert (entry.user_id, entry.ip_address, entry.user_agent) == (olga.platform_user_id, "192.0.2.7", "A browser")


@pytest.mark.parametrize(
    "exceptions",
    [
        {"tenant_shop.view_nothing": True},
        {"tenant_shop.fly_order": True},
        {"platform_core.view_tenant": True},
        {"tenant_shop.view_order": "yes"},
    ],
)
def test_an_exception_names_a_permission_and_says_yes_or_no(exceptions: Any, acme: Tenant, olga: TenantAccess) -> None:
    ed = person(acme, "ed@acme.example", EDITOR)

    with pytest.raises(UnknownException):
        change(olga, ed, EDITOR, exceptions=exceptions)

    ed.refresh_from_db()
    assert ed.permissions == {}


def test_an_access_does_not_end_before_it_began(acme: Tenant, olga: TenantAccess) -> None:
    ed = person(acme, "ed@acme.example", EDITOR)

    with pytest.raises(AccessInThePast):
        change(olga, ed, EDITOR, until=timezone.now())
    with pytest.raises(AccessInThePast):
        ask(olga, "x@acme.example", until=timezone.now())


def test_the_plan_says_how_many(acme: Tenant, olga: TenantAccess) -> None:
    """Three on the basic plan: people with a live access, and those who are asked."""
    person(acme, "gone@acme.example", VIEWER, is_active=False)
    person(acme, "over@acme.example", VIEWER, expires_at=timezone.now())
    helper = make_user("op@smartseller.example", role=PlatformRole.SUPPORT)
    TenantAccess.objects.create(platform_user=helper, tenant=acme, role=ADMIN)
    invitation = ask(olga)
    person(acme, "third@acme.example", VIEWER)
    assert seats_taken(acme.pk) == 3
    before = standing(acme)

    with pytest.raises(PlanLimitReached, match="includes 3 staff users"):
        ask(olga, "fourth@acme.example")
    with pytest.raises(PlanLimitReached):
        change(olga, TenantAccess.objects.get(platform_user__email="over@acme.example"), VIEWER)

    assert standing(acme) == before
    assert accept(invitation).is_new, "who was asked has a seat"


def test_a_plan_that_became_smaller_is_asked_again_when_an_invitation_is_accepted(
    acme: Tenant, olga: TenantAccess, smaller_plan: Callable[[], object]
) -> None:
    invitation = ask(olga)
    smaller_plan()
    before = standing(acme)

    with pytest.raises(PlanLimitReached):
        accept(invitation)

    assert standing(acme) == before


def test_of_five_invitations_at_once_two_find_a_seat(acme: Tenant, olga: TenantAccess) -> None:
    def attempt(number: int) -> bool:
        try:
            ask(olga, f"p{number}@acme.example")
        except PlanLimitReached:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(5) as threads:
        got_in = list(threads.map(attempt, range(5)))

    assert sum(got_in) == 2
    assert seats_taken(acme.pk) == 3


def test_two_owners_who_remove_each_other_at_once_leave_one(acme: Tenant, olga: TenantAccess) -> None:
    other = person(acme, "other@acme.example", OWNER)

    def attempt(pair: tuple[TenantAccess, TenantAccess]) -> bool:
        try:
            remove(*pair)
        except (LastOwner, StaffNotYours):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(attempt, [(olga, other), (other, olga)]))

    assert sorted(done) == [False, True]
    assert TenantAccess.objects.filter(tenant=acme, is_active=True, role=OWNER).count() == 1
