"""Who comes to the platform's API, with what, and how often."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from platform_core.accounts.models import PlatformRole, PlatformUser
from platform_core.api.gate import view
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import platform_scope
from platform_core.keys.make import MOST_KEYS, revoke_key, roll_key
from platform_core.keys.models import UserCall, UserKey
from platform_core.keys.scopes import SCOPES
from platform_core.keys.upkeep import REMEMBERED, forget_what_is_over
from smartseller.api.keys.errors import KeyNotMade, ScopeNotYours, TooManyKeys
from tests.api_client import error_of
from tests.people import log_in, make_user, platform_browser
from tests.user_programs import anybody, client_with, key_of, program_of

OWN = ("read_shops", "write_shops", "read_usage", "read_invoices")


@pytest.fixture
def ann(platform: Any) -> PlatformUser:
    return make_user("ann@acme.example")


def test_a_key_is_shown_once_and_kept_as_a_digest(ann: PlatformUser) -> None:
    made = key_of(ann, "read_shops")

    kept = UserKey.objects.get()
    assert made.secret.startswith("ak_live_")
    assert kept.prefix == made.secret[:16]
    assert made.secret not in str(UserKey.objects.values().get())
    assert client_with(made.secret).get("/shops/").status_code == 200
    assert UserKey.objects.get().last_used_at is not None


def test_a_key_that_is_wrong_over_or_from_elsewhere_opens_nothing(ann: PlatformUser) -> None:
    now, origin = timezone.now(), Origin(user_id=ann.pk)
    wrong = key_of(ann, "read_shops").secret
    wrong = wrong[:-1] + ("0" if wrong[-1] != "0" else "1")
    old = key_of(ann, "read_shops", at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    ended = key_of(ann, "read_shops")
    revoke_key(ann, ended.key.pk, at=now, origin=origin)
    far = key_of(ann, "read_shops", networks=["10.0.0.0/8"])
    near = key_of(ann, "read_shops", networks=["127.0.0.0/8"])

    assert error_of(anybody().get("/shops/"))[:2] == (401, "not_authenticated")
    assert error_of(client_with("hello").get("/shops/"))[:2] == (401, "key_invalid")
    assert error_of(client_with(wrong).get("/shops/"))[:2] == (401, "key_invalid")
    assert error_of(client_with(old.secret).get("/shops/"))[:2] == (401, "key_expired")
    assert error_of(client_with(ended.secret).get("/shops/"))[:2] == (401, "key_revoked")
    assert error_of(client_with(far.secret).get("/shops/"))[:2] == (403, "address_not_allowed")
    assert client_with(near.secret).get("/shops/").status_code == 200
    assert error_of(anybody().get(f"/shops/?key={near.secret}"))[:2] == (400, "key_in_address")
    # Copied to somebody else, its row opens nothing.
    UserKey.objects.filter(pk=near.key.pk).update(user=make_user("eve@evil.example"))
    assert error_of(client_with(near.secret).get("/shops/"))[:2] == (401, "key_invalid")


def test_a_key_is_worth_no_more_than_its_scopes_and_its_owner(ann: PlatformUser) -> None:
    assert error_of(program_of(ann).get("/shops/"))[:2] == (403, "scope_missing")
    assert error_of(program_of(ann, "read_shops").post("/signups/", {"slug": "a", "name": "A"}))[:2] == (
        403,
        "scope_missing",
    )
    for scope in set(SCOPES) - set(OWN):
        with pytest.raises(ScopeNotYours):
            key_of(ann, scope)
    with pytest.raises(KeyNotMade):
        key_of(ann, "read_everything")

    operator = make_user("op@platform.example", role=PlatformRole.ADMIN)
    program = program_of(operator, "read_tenants", "read_fleet")
    assert program.get("/tenants/").status_code == program.get("/fleet/").status_code == 200
    PlatformUser.objects.filter(pk=operator.pk).update(role=PlatformRole.MERCHANT)
    assert error_of(program.get("/tenants/"))[:2] == (403, "scope_not_yours")
    PlatformUser.objects.filter(pk=operator.pk).update(is_active=False)
    assert error_of(program.get("/tenants/"))[:2] == (401, "key_invalid")


def test_a_session_opens_nothing(ann: PlatformUser) -> None:
    browser = platform_browser()
    assert log_in(browser, ann).status_code == 302
    assert browser.get("/shops/").status_code == 200

    assert browser.get("/api/v1/shops/").status_code == 401


def test_a_rolled_key_works_on_for_a_while_and_a_person_has_so_many(ann: PlatformUser) -> None:
    now, origin = timezone.now(), Origin(user_id=ann.pk)
    old = key_of(ann, "read_shops", networks=["127.0.0.1"])
    new = roll_key(ann, old.key.pk, overlap=timedelta(hours=1), at=now, origin=origin)

    assert (new.key.scopes, new.key.networks) == (["read_shops"], ["127.0.0.1/32"])
    assert client_with(old.secret).get("/shops/").status_code == 200
    assert UserKey.objects.get(pk=old.key.pk).expires_at == now + timedelta(hours=1)
    with pytest.raises(UserKey.DoesNotExist):
        revoke_key(make_user("eve@evil.example"), new.key.pk, at=now, origin=origin)
    for _ in range(MOST_KEYS - 2):
        key_of(ann)
    with pytest.raises(TooManyKeys):
        key_of(ann)
    with platform_scope():
        actions = AuditLog.objects.filter(user=ann.pk).values_list("action", flat=True)
        assert set(actions) == {"make_user_key", "roll_user_key"}


def test_calls_are_counted_by_person_and_without_a_key_by_address(
    ann: PlatformUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "OF_A_PERSON", 2)
    monkeypatch.setattr(view, "OF_A_VISITOR", 1)
    first, second = program_of(ann, "read_shops"), program_of(ann, "read_shops")

    answer = first.get("/shops/")
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == ("2", "1")
    assert second.get("/shops/").status_code == 200
    refused = first.get("/shops/")
    assert error_of(refused)[:2] == (429, "rate_limited")
    assert int(refused["Retry-After"]) > 0
    assert program_of(make_user("bob@globex.example"), "read_shops").get("/shops/").status_code == 200
    assert [anybody(REMOTE_ADDR="192.0.2.77").get("/plans/").status_code for _ in range(2)] == [200, 429]


def test_manners_are_those_of_every_api_here(ann: PlatformUser) -> None:
    program = program_of(ann, "read_shops", "read_usage")

    assert error_of(program.get("/shops/?x=1")) == (400, "unknown_parameter", "x")
    assert error_of(program.get("/shops/?limit=0")) == (400, "out_of_range", "limit")
    assert error_of(program.get("/shops/?cursor=x")) == (400, "invalid_cursor", "cursor")
    assert error_of(program.get("/nothing/"))[:2] == (404, "not_found")
    assert error_of(program.post("/shops/", {}))[:2] == (405, "method_not_allowed")
    assert error_of(program.get("/shops/", API_Version="1999-01-01"))[:2] == (400, "api_version_unknown")
    assert program.get("/shops/")["API-Version"] == "2026-11-27"
    assert program.get("/shops/")["Cache-Control"] == "no-store, private"
    assert program.get("/").json()["shops"] == "http://localhost/api/v1/shops/"


def test_what_is_over_is_forgotten_in_time(ann: PlatformUser) -> None:
    now = timezone.now()
    key = key_of(ann).key
    kept = {"name": "a", "fingerprint": "0" * 64, "status": 201, "key": key}
    UserCall.objects.create(**kept, expires_at=now)
    UserCall.objects.create(**{**kept, "name": "b"}, expires_at=now + timedelta(hours=1))
    revoke_key(ann, key.pk, at=now - REMEMBERED + timedelta(days=1), origin=Origin(user_id=ann.pk))

    forget_what_is_over(now)
    assert list(UserCall.objects.values_list("name", flat=True)) == ["b"]
    assert UserKey.objects.count() == 1
    forget_what_is_over(now + timedelta(days=1))
    assert (UserCall.objects.count(), UserKey.objects.count()) == (0, 0)
