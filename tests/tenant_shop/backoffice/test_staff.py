"""The page of the shop's people, and the way in by a mail."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.accounts.permissions import AREAS
from platform_core.accounts.staff.invite import invite_staff
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.audit.origin import Origin
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import OutboxEvent
from tenant_shop.staff.mail import send_invitations
from tests.databases import WorkerDatabases
from tests.people import PASSWORD, let_in, log_in, make_user, shop_browser, staff_browser

PAGE = "/admin/staff/"
ED = {"email": "ed@acme.example", "role": "editor", "last_day": ""}
NEW = {"first_name": "Ed", "last_name": "", "password": PASSWORD, "again": PASSWORD}


def mailed(shop: TenantInfo, *, at: datetime | None = None) -> list[str]:
    """Send what waits; the paths of all links so far, oldest first."""
    with tenant_context(shop):
        send_invitations(at or timezone.now())
    links = [re.search(r"http://acme\.localhost(?::\d+)?(/join/\S+/)", str(sent.body)) for sent in mail.outbox]
    return [found[1] for found in links if found]


def test_an_editor_is_invited_joins_and_works_until_he_is_removed(acme: TenantInfo) -> None:
    owner = staff_browser(acme)

    assert owner.post(PAGE, ED)["Location"] == PAGE
    assert "ed@acme.example is invited" in owner.get(PAGE).content.decode()
    (link,) = mailed(acme)
    assert mail.outbox[0].to == ["ed@acme.example"]
    assert mail.outbox[0].subject == "My Store: Work at My Store"
    ed = shop_browser(acme)
    page = ed.get(link)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "as <strong>editor</strong>" in page.content.decode()
    assert ed.post(link, NEW)["Location"] == "/dashboard/"
    assert ed.get("/admin/tenant_shop/product/").status_code == 200
    assert ed.get(PAGE).status_code == ed.get("/admin/plan/").status_code == 403

    access = TenantAccess.objects.get(platform_user__email="ed@acme.example")
    assert owner.post(f"{PAGE}{access.pk}/remove/")["Location"] == PAGE

    assert ed.get("/admin/tenant_shop/product/")["Location"].startswith("/admin/login/")
    assert log_in(ed, PlatformUser.objects.get(email="ed@acme.example")).status_code == 422


def test_somebody_with_an_account_accepts_and_then_logs_in(acme: TenantInfo) -> None:
    ed = make_user("ed@acme.example")
    staff_browser(acme).post(PAGE, ED)
    (link,) = mailed(acme)
    browser = shop_browser(acme)
    assert "password" not in re.sub(r"<head>.*</head>", "", browser.get(link).content.decode(), flags=re.DOTALL)

    done = browser.post(link)

    assert "Log in as ed@acme.example" in done.content.decode()
    assert browser.get("/dashboard/").status_code == 302, "the link alone logs nobody in"
    assert log_in(browser, ed)["Location"] == "/dashboard/"


def test_the_mail_and_the_page_are_the_same_whether_there_is_an_account_or_not(acme: TenantInfo) -> None:
    owner = staff_browser(acme)
    make_user("known@acme.example")
    said = []
    for email in ("known@acme.example", "fresh@acme.example"):
        answer = owner.post(PAGE, {**ED, "email": email}, follow=True)
        said.append(answer.content.decode().count(email))
    mailed(acme)

    known, fresh = mail.outbox
    assert known.subject == fresh.subject
    assert re.sub(r"/join/\S+", "", str(known.body)) == re.sub(r"/join/\S+", "", str(fresh.body))
    assert said[0] > 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short", "again": "short"},
        {"again": "another password entirely"},
        {"password": "", "again": ""},
        {"password": "ed@acme.example", "again": "ed@acme.example"},
    ],
)
def test_a_bad_password_is_refused_and_the_link_still_works(wrong: dict[str, str], acme: TenantInfo) -> None:
    staff_browser(acme).post(PAGE, ED)
    (link,) = mailed(acme)
    browser = shop_browser(acme)

    assert browser.post(link, NEW | wrong).status_code == 422

    assert not PlatformUser.objects.filter(email="ed@acme.example").exists()
    assert browser.post(link, NEW).status_code == 302


def test_a_link_that_is_over_says_so_to_everybody_alike(acme: TenantInfo) -> None:
    staff_browser(acme).post(PAGE, ED)
    (link,) = mailed(acme)
    shop_browser(acme).post(link, NEW)
    visitor = shop_browser(acme)

    spent, forged = visitor.get(link), visitor.get("/join/forged/")

    assert spent.status_code == forged.status_code == 403
    assert "cannot be accepted any more" in spent.content.decode()
    assert visitor.post(link, NEW).status_code == 403
    with tenant_context(acme):
        assert Session.objects.count() == 2, "the owner's and the editor's"


def test_sent_again_only_the_newest_link_works(acme: TenantInfo) -> None:
    owner = staff_browser(acme)
    owner.post(PAGE, ED)
    mailed(acme)
    invitation = TenantInvitation.objects.get()

    owner.post(f"{PAGE}invitations/{invitation.pk}/resend/")

    old, new = mailed(acme)
    assert shop_browser(acme).get(old).status_code == 403
    assert shop_browser(acme).get(new).status_code == 200
    owner.post(f"{PAGE}invitations/{invitation.pk}/revoke/")
    assert shop_browser(acme).get(new).status_code == 403
    assert "ed@acme.example" not in owner.get(PAGE).content.decode().partition("Invite somebody")[0].partition(
        "Staff</h"
    )[2].replace("The invitation of ed@acme.example is withdrawn.", "")


def test_an_invitation_of_a_process_that_died_is_mailed_all_the_same(acme: TenantInfo) -> None:
    owner = make_user()
    let_in(owner, acme)
    invite_staff(
        tenant_id=acme.id,
        email="ed@acme.example",
        role=AccessRole.EDITOR,
        access_expires_at=None,
        actor_id=owner.pk,
        origin=Origin(user_id=owner.pk),
    )
    assert mailed(acme) == []

    assert len(mailed(acme, at=timezone.now() + timedelta(minutes=6))) == 1

    assert TenantInvitation.objects.get().sent_at is not None
    assert len(mailed(acme, at=timezone.now() + timedelta(minutes=12))) == 1
    with tenant_context(acme):
        assert OutboxEvent.objects.filter(topic="mail.staff_invitation", delivered_at=None).count() == 0


def test_the_last_day_is_the_shops(acme: TenantInfo) -> None:
    owner = staff_browser(acme)
    person = let_in(make_user("ed@acme.example"), acme, AccessRole.EDITOR)
    answer = owner.post(f"{PAGE}{person.pk}/", {"role": "viewer", "last_day": "2031-01-31"})

    assert answer["Location"] == PAGE
    person.refresh_from_db()
    # Midnight in Berlin.
    assert (person.role, person.expires_at) == ("viewer", datetime(2031, 1, 31, 23, tzinfo=UTC))
    assert 'value="2031-01-31"' in owner.get(f"{PAGE}{person.pk}/").content.decode()


def test_an_owner_makes_exceptions_by_area_and_an_admin_does_not(acme: TenantInfo) -> None:
    owner, admin = staff_browser(acme), staff_browser(acme, AccessRole.ADMIN)
    person = let_in(make_user("ed@acme.example"), acme, AccessRole.EDITOR)
    areas = {f"area_{number}": "" for number, _ in enumerate(AREAS)}
    staff_area = next(f"area_{number}" for number, area in enumerate(AREAS) if area.title == "Staff")
    orders = next(f"area_{number}" for number, area in enumerate(AREAS) if "order" in area.models)
    form = {"role": "editor", "last_day": "", **areas, staff_area: "see", orders: "nothing"}

    admin.post(f"{PAGE}{person.pk}/", form)
    person.refresh_from_db()
    assert person.permissions == {}

    owner.post(f"{PAGE}{person.pk}/", form)
    person.refresh_from_db()
    assert person.permissions["tenant_shop.view_staff"] is True
    assert person.permissions["tenant_shop.change_staff"] is False
    assert person.permissions["tenant_shop.view_order"] is False
    assert "tenant_shop.view_product" not in person.permissions

    owner.post(f"{PAGE}{person.pk}/", {**form, staff_area: "", orders: ""})
    person.refresh_from_db()
    assert person.permissions == {}


def test_single_exceptions_are_kept_as_they_are(acme: TenantInfo) -> None:
    owner = staff_browser(acme)
    single = {"tenant_shop.delete_order": True}
    person = let_in(make_user("ed@acme.example"), acme, AccessRole.EDITOR, permissions=single)
    areas = {f"area_{n}": "single" if "order" in area.models else "" for n, area in enumerate(AREAS)}
    assert "Single exceptions, as they are" in owner.get(f"{PAGE}{person.pk}/").content.decode()

    owner.post(f"{PAGE}{person.pk}/", {"role": "viewer", "last_day": "", **areas})

    person.refresh_from_db()
    assert (person.role, person.permissions) == ("viewer", single)


@pytest.mark.parametrize("whose", ["another shop's", "nobody's"])
def test_people_who_do_not_work_here_are_not_found(whose: str, acme: TenantInfo, make_shop: Any) -> None:
    owner = staff_browser(acme)
    stranger = let_in(make_user("x@bolt.example"), make_shop("bolt"), AccessRole.VIEWER)
    pk = stranger.pk if whose == "another shop's" else "01a217c3-69c6-7587-907b-29911182ca81"
    before = list(TenantAccess.objects.values())

    assert owner.get(f"{PAGE}{pk}/").status_code == 404
    assert owner.post(f"{PAGE}{pk}/", {"role": "owner", "last_day": ""}).status_code == 404
    assert owner.post(f"{PAGE}{pk}/remove/").status_code == 404
    assert list(TenantAccess.objects.values()) == before


def test_an_admin_neither_sees_the_form_of_an_owner_nor_removes_one(acme: TenantInfo) -> None:
    admin = staff_browser(acme, AccessRole.ADMIN)
    owner = let_in(make_user("olga@acme.example"), acme)

    assert admin.get(f"{PAGE}{owner.pk}/").status_code == 403
    assert admin.post(f"{PAGE}{owner.pk}/", {"role": "viewer", "last_day": ""}).status_code == 403
    admin.post(f"{PAGE}{owner.pk}/remove/")
    assert admin.post(PAGE, {**ED, "role": "owner"}).status_code == 422

    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_a_full_plan_says_so_and_invites_nobody(acme: TenantInfo, platform: WorkerDatabases) -> None:
    platform.update_tenant("acme", plan_type="basic")
    owner = staff_browser(acme)
    for number in (1, 2):
        let_in(make_user(f"p{number}@acme.example"), acme, AccessRole.VIEWER)
    assert "3 of the 3 people that your plan includes" in owner.get(PAGE).content.decode()

    refused = owner.post(PAGE, ED)

    assert refused.status_code == 422
    assert "includes 3 staff users" in refused.content.decode()
    assert TenantInvitation.objects.count() == 0


def test_a_person_named_with_markup_is_shown_as_text(acme: TenantInfo) -> None:
    owner = staff_browser(acme)
    user = make_user("ed@acme.example")
    PlatformUser.objects.filter(pk=user.pk).update(first_name="<script>alert(1)</script>")
    let_in(user, acme, AccessRole.VIEWER)

    assert "<script>alert(1)" not in owner.get(PAGE).content.decode()
