from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import IntegrityError, transaction

from platform_core.accounts.models import PlatformRole, PlatformUser

pytestmark = pytest.mark.usefixtures("platform")


def test_an_address_is_one_login_in_whatever_case() -> None:
    user = PlatformUser.objects.create_user(" Ann@Acme.Example ", "a long secret", role=PlatformRole.MERCHANT)

    assert user.email == "ann@acme.example"
    assert PlatformUser.objects.get(email="ANN@acme.example") == user
    assert authenticate(username="Ann@Acme.example", password="a long secret") == user
    with pytest.raises(IntegrityError, match="platform_users_email_key"), transaction.atomic(using="default"):
        PlatformUser.objects.create_user("ANN@ACME.EXAMPLE", role=PlatformRole.SUPPORT)
    assert PlatformUser.objects.count() == 1


def test_the_database_keeps_addresses_in_lower_case() -> None:
    user = PlatformUser.objects.create_user("ann@acme.example", role=PlatformRole.MERCHANT)

    with (
        pytest.raises(IntegrityError, match="platform_users_email_lower_case"),
        transaction.atomic(using="default"),
    ):
        PlatformUser.objects.raw("UPDATE platform_users SET email = 'Ann@acme.example' RETURNING *")[0]

    user.refresh_from_db()
    assert user.email == "ann@acme.example"


def test_a_user_without_password_cannot_log_in() -> None:
    PlatformUser.objects.create_user("ann@acme.example", role=PlatformRole.MERCHANT)

    assert authenticate(username="ann@acme.example", password="") is None


def test_a_user_needs_an_address() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        PlatformUser.objects.create_user("  ", role=PlatformRole.MERCHANT)


def test_an_inactive_user_cannot_log_in() -> None:
    PlatformUser.objects.create_user("ann@acme.example", "a long secret", role=PlatformRole.SUPPORT, is_active=False)

    assert authenticate(username="ann@acme.example", password="a long secret") is None


def test_djangos_createsuperuser_makes_a_super_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long secret")

    call_command("createsuperuser", email="root@smartseller.example", interactive=False, verbosity=0)

    user = PlatformUser.objects.get()
    assert (user.role, user.is_staff, user.is_superuser) == ("super_admin", True, True)
    assert user.check_password("a long secret")


@pytest.mark.parametrize(
    ("role", "staff", "superuser"),
    [
        (PlatformRole.SUPER_ADMIN, True, True),
        (PlatformRole.ADMIN, True, False),
        (PlatformRole.SUPPORT, True, False),
        (PlatformRole.DEVELOPER, True, False),
        (PlatformRole.MERCHANT, False, False),
    ],
)
def test_the_role_decides_who_is_staff(role: PlatformRole, staff: bool, superuser: bool) -> None:
    user = PlatformUser.objects.create_user("ann@acme.example", role=role)

    assert (user.is_staff, user.is_superuser) == (staff, superuser)


def test_a_lock_ends_by_itself() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    user = PlatformUser(email="ann@acme.example", locked_until=now)

    assert user.is_locked(now - timedelta(seconds=1))
    assert not user.is_locked(now)
    assert not PlatformUser(email="ann@acme.example").is_locked(now)


def test_a_new_password_notes_its_time() -> None:
    user = PlatformUser.objects.create_user("ann@acme.example", "a long secret", role=PlatformRole.MERCHANT)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    PlatformUser.objects.update(password_changed_at=long_ago)
    user.refresh_from_db()
    assert user.password_changed_at == long_ago

    user.set_password("another secret")
    user.save()

    user.refresh_from_db()
    assert user.password_changed_at > long_ago


def test_the_specified_columns_hold_the_password_and_the_last_login() -> None:
    assert PlatformUser._meta.get_field("password").column == "password_hash"
    assert PlatformUser._meta.get_field("last_login").column == "last_login_at"
