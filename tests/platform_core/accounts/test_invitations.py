"""Who is invited to work in a shop, and for how long the link opens it."""

import pytest
from django.utils import timezone

from platform_core.accounts.models import PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.staff.accept import accept_invitation, find_invitation, invitation_token, needs_password
from platform_core.accounts.staff.errors import AccountClosed, AlreadyInvited, AlreadyStaff, InvitationOver
from platform_core.accounts.staff.invite import renew_invitation, revoke_invitation
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.audit.origin import Origin
from platform_core.tenants.models import Tenant
from tests.people import PASSWORD, make_user
from tests.platform_core.accounts.staffing import (
    ADMIN,
    EDITOR,
    SOON,
    VIEWER,
    accept,
    acme,
    ask,
    logged,
    olga,
    origin,
    person,
    remove,
    standing,
)

__all__ = ["acme", "olga"]

pytestmark = pytest.mark.usefixtures("platform")


def test_a_new_address_is_invited_sets_a_password_and_is_in(acme: Tenant, olga: TenantAccess) -> None:
    invitation = ask(olga, " Ed@Acme.example ", until=timezone.now() + SOON)
    assert (invitation.email, needs_password(invitation)) == ("ed@acme.example", True)

    joined = accept(invitation)

    assert joined.is_new
    assert joined.user.check_password(PASSWORD)
    assert (joined.user.role, joined.user.email_verified) == (PlatformRole.MERCHANT, True)
    access = TenantAccess.objects.get(platform_user=joined.user)
    assert (access.role, access.expires_at, access.granted_by_id) == (
        EDITOR,
        invitation.access_expires_at,
        olga.platform_user_id,
    )
    assert [entry[0] for entry in logged(acme)] == ["invite_staff", "accept_invitation"]


def test_somebody_with_an_account_just_accepts_and_keeps_the_password(acme: Tenant, olga: TenantAccess) -> None:
    ed = make_user("ed@acme.example")
    invitation = ask(olga)
    assert not needs_password(invitation)

    joined = accept(invitation, password="")

    assert (joined.user, joined.is_new) == (ed, False)
    ed.refresh_from_db()
    assert ed.check_password(PASSWORD)
    assert TenantAccess.objects.get(platform_user=ed).role == EDITOR


def test_a_password_that_a_stranger_sends_along_changes_no_account(acme: Tenant, olga: TenantAccess) -> None:
    ed = make_user("ed@acme.example")

    accept(ask(olga), password="something else entirely")

    ed.refresh_from_db()
    assert ed.check_password(PASSWORD)


def test_a_link_works_once(acme: Tenant, olga: TenantAccess) -> None:
    invitation = ask(olga)
    accept(invitation)
    before = standing(acme)

    with pytest.raises(InvitationOver):
        accept(invitation)

    assert standing(acme) == before


@pytest.mark.parametrize("end", ["too old", "withdrawn", "sent again", "forged", "of another shop"])
def test_a_link_that_is_over_opens_nothing(end: str, acme: Tenant, olga: TenantAccess) -> None:
    invitation = ask(olga)
    token, shop_id = invitation_token(invitation), acme.pk
    match end:
        case "too old":
            TenantInvitation.objects.update(created_at=timezone.now() - SOON, expires_at=timezone.now())
        case "withdrawn":
            revoke_invitation(invitation.pk, tenant_id=acme.pk, actor_id=olga.platform_user_id, origin=origin(olga))
        case "sent again":
            renew_invitation(invitation.pk, tenant_id=acme.pk, actor_id=olga.platform_user_id, origin=origin(olga))
        case "forged":
            token = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
        case _:
            shop_id = Tenant.objects.create(
                slug="bolt", name="Bolt", database_name="smartseller_bolt", contact_email="b@bolt.example"
            ).pk
    before = standing(acme)

    with pytest.raises(InvitationOver):
        find_invitation(token, tenant_id=shop_id)
    with pytest.raises(InvitationOver):
        accept_invitation(
            token, tenant_id=shop_id, password=PASSWORD, first_name="", last_name="", origin=Origin(user_id=None)
        )

    assert standing(acme) == before


def test_a_closed_account_is_not_opened_by_an_invitation(acme: Tenant, olga: TenantAccess) -> None:
    make_user("ed@acme.example")
    PlatformUser.objects.filter(email="ed@acme.example").update(is_active=False)
    invitation = ask(olga)
    before = standing(acme)

    with pytest.raises(AccountClosed):
        accept(invitation)

    assert standing(acme) == before


def test_whoever_was_removed_comes_back_as_what_is_offered_now(acme: Tenant, olga: TenantAccess) -> None:
    ed = person(acme, "ed@acme.example", ADMIN, permissions={"tenant_shop.view_staff": False})
    remove(olga, ed)

    accept(ask(olga, role=VIEWER))

    ed.refresh_from_db()
    assert (ed.role, ed.permissions, ed.is_active) == (VIEWER, {}, True)


@pytest.mark.parametrize(
    ("email", "error"), [("olga@acme.example", AlreadyStaff), ("asked@acme.example", AlreadyInvited)]
)
def test_nobody_is_invited_twice(email: str, error: type[Exception], acme: Tenant, olga: TenantAccess) -> None:
    ask(olga, "asked@acme.example")
    before = standing(acme)

    with pytest.raises(error):
        ask(olga, email)

    assert standing(acme) == before


def test_an_invitation_that_is_over_gives_way_to_a_new_one(acme: Tenant, olga: TenantAccess) -> None:
    old = ask(olga)
    TenantInvitation.objects.update(created_at=timezone.now() - SOON, expires_at=timezone.now())

    new = ask(olga, role=VIEWER)

    old.refresh_from_db()
    assert old.revoked_at is not None
    assert accept(new).is_new
