from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import authenticate, hashers
from django.utils import timezone

from platform_core.accounts.log_in import ATTEMPTS, LOCKED_FOR, LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.one_time_login import GOOD_FOR, LinkSpent, one_time_token, redeem
from tests.people import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("platform")


def fail(times: int, email: str = "owner@acme.example") -> None:
    for _ in range(times):
        with pytest.raises(LogInRefused):
            verify_credentials(email, "wrong")


def test_the_right_password_logs_in_whatever_the_case_of_the_address() -> None:
    user = make_user()

    assert verify_credentials(" Owner@ACME.example ", PASSWORD) == user


def test_a_right_password_clears_the_count_of_wrong_ones() -> None:
    user = make_user()
    fail(ATTEMPTS - 1)

    verify_credentials(user.email, PASSWORD)

    user.refresh_from_db()
    assert (user.failed_login_attempts, user.locked_until) == (0, None)


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one() -> None:
    user = make_user()
    fail(ATTEMPTS)

    with pytest.raises(LogInRefused):
        verify_credentials(user.email, PASSWORD)

    user.refresh_from_db()
    assert user.is_locked()


def test_an_attempt_on_a_locked_account_does_not_lengthen_the_lock() -> None:
    user = make_user()
    fail(ATTEMPTS)
    user.refresh_from_db()
    locked_until = user.locked_until

    fail(3)

    user.refresh_from_db()
    assert user.locked_until == locked_until


def test_the_lock_ends_and_the_count_begins_anew() -> None:
    user = make_user()
    PlatformUser.objects.filter(pk=user.pk).update(locked_until=timezone.now() - timedelta(seconds=1))
    fail(1)

    user.refresh_from_db()
    assert (user.failed_login_attempts, user.locked_until) == (1, None)
    assert verify_credentials(user.email, PASSWORD) == user


def test_a_lock_lasts_a_quarter_of_an_hour() -> None:
    user = make_user()
    before = timezone.now()
    fail(ATTEMPTS)

    user.refresh_from_db()
    assert user.locked_until is not None
    assert before + LOCKED_FOR <= user.locked_until <= timezone.now() + LOCKED_FOR


def test_a_closed_account_cannot_log_in() -> None:
    user = make_user()
    PlatformUser.objects.filter(pk=user.pk).update(is_active=False)

    with pytest.raises(LogInRefused):
        verify_credentials(user.email, PASSWORD)


@pytest.mark.parametrize("case", ["unknown", "wrong", "locked", "closed", "without a password"])
def test_every_failure_says_the_same_and_costs_one_hash(case: str) -> None:
    user = make_user()
    email = "nobody@acme.example" if case == "unknown" else user.email
    if case == "locked":
        fail(ATTEMPTS)
    if case == "closed":
        PlatformUser.objects.filter(pk=user.pk).update(is_active=False)
    if case == "without a password":
        user.set_unusable_password()
        user.save(update_fields=["password"])
    hasher = hashers.get_hasher()

    with (
        mock.patch.object(hashers, "get_hasher", return_value=hasher),
        mock.patch.object(hashers, "identify_hasher", return_value=hasher),
        mock.patch.object(type(hasher), "encode", autospec=True, side_effect=type(hasher).encode) as encode,
        pytest.raises(LogInRefused) as refusal,
    ):
        verify_credentials(email, "wrong")

    assert str(refusal.value) == str(LogInRefused())
    assert encode.call_count == 1


def test_djangos_own_way_in_counts_and_locks_too() -> None:
    user = make_user()
    fail(ATTEMPTS)

    assert authenticate(username=user.email, password=PASSWORD) is None


def test_a_one_time_token_works_once() -> None:
    user, shop = make_user(), uuid4()
    token = one_time_token(user, tenant_id=shop)

    assert redeem(token, tenant_id=shop).user == user
    with pytest.raises(LinkSpent):
        redeem(token, tenant_id=shop)


def test_a_second_token_from_before_the_first_was_used_is_spent_with_it() -> None:
    user, shop = make_user(), uuid4()
    first, second = (one_time_token(user, tenant_id=shop) for _ in range(2))
    redeem(first, tenant_id=shop)

    with pytest.raises(LinkSpent):
        redeem(second, tenant_id=shop)


def test_a_token_after_the_first_log_in_works_once_too() -> None:
    user, shop = make_user(), uuid4()
    user = redeem(one_time_token(user, tenant_id=shop), tenant_id=shop).user
    token = one_time_token(user, tenant_id=shop)

    assert redeem(token, tenant_id=shop).user == user
    with pytest.raises(LinkSpent):
        redeem(token, tenant_id=shop)


def test_a_token_for_another_shop_is_refused_and_not_spent() -> None:
    user, shop = make_user(), uuid4()
    token = one_time_token(user, tenant_id=shop)

    with pytest.raises(LinkSpent):
        redeem(token, tenant_id=uuid4())
    assert redeem(token, tenant_id=shop).user == user


@pytest.mark.parametrize("forged", ["", "x", "eyJ1c2VyIjoiIn0:1:x"])
def test_a_forged_token_is_refused(forged: str) -> None:
    with pytest.raises(LinkSpent):
        redeem(forged, tenant_id=uuid4())


def test_an_old_token_is_refused() -> None:
    user, shop = make_user(), uuid4()
    token = one_time_token(user, tenant_id=shop)

    with time_machine.travel(timezone.now() + GOOD_FOR + timedelta(seconds=1)), pytest.raises(LinkSpent):
        redeem(token, tenant_id=shop)

    user.refresh_from_db()
    assert user.last_login is None
