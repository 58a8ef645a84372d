import threading
from datetime import datetime, timedelta
from io import StringIO

import pyotp
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from platform_core.accounts.log_in import LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformRole, PlatformUser
from platform_core.accounts.two_factor.check import check_code
from platform_core.accounts.two_factor.errors import CodeRefused, TwoFactorIsOn, TwoFactorRequired
from platform_core.accounts.two_factor.models import RecoveryCode
from platform_core.accounts.two_factor.secret import SecretUnreadable, seal, unseal
from platform_core.accounts.two_factor.set_up import secret_to_set_up, switch_off, switch_on
from platform_core.audit.models import AuditLog
from platform_core.audit.origin import Origin
from platform_core.audit.scope import platform_scope
from smartseller.lockout import ATTEMPTS
from tests.people import PASSWORD, log_in, make_user, platform_browser, with_factor
from tests.platform_core.accounts.posting import mails

pytestmark = pytest.mark.usefixtures("platform")

FROM = Origin(user_id=None)


def code_at(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def switched_on() -> tuple[PlatformUser, str, list[str]]:
    """A user with a second factor, the telephone's secret and the codes on paper."""
    user = make_user()
    secret = secret_to_set_up(user)
    codes = switch_on(user, code_at(secret, timezone.now() - timedelta(seconds=30)), origin=FROM)
    user.refresh_from_db()
    return user, secret, codes


def test_the_secret_is_encrypted_at_rest_and_worth_nothing_in_another_row(settings: object) -> None:
    user, secret, _ = switched_on()
    other = make_user("other@acme.example")

    assert secret not in (user.two_factor_secret or "")
    assert len(user.two_factor_secret or "") <= 100  # the specification's column
    assert unseal(user) == secret
    other.two_factor_secret = user.two_factor_secret
    with pytest.raises(SecretUnreadable):
        unseal(other)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]  # type: ignore[attr-defined]
    assert unseal(user) == secret
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    with pytest.raises(SecretUnreadable):
        unseal(user)


def test_a_set_up_page_that_is_loaded_again_shows_the_same_secret_until_it_is_proven() -> None:
    user = make_user()
    secret = secret_to_set_up(user)

    assert secret_to_set_up(PlatformUser.objects.get()) == secret
    with pytest.raises(CodeRefused):
        switch_on(user, "000000" if code_at(secret, timezone.now()) != "000000" else "111111", origin=FROM)
    user.refresh_from_db()
    assert not user.two_factor_enabled
    assert not RecoveryCode.objects.exists()

    switch_on(user, code_at(secret, timezone.now()), origin=FROM)
    with pytest.raises(TwoFactorIsOn):
        secret_to_set_up(user)


def test_totp_replay_the_code_of_a_step_works_once_and_none_before_it_afterwards() -> None:
    user, secret, _ = switched_on()
    now = timezone.now()

    with time_machine.travel(now, tick=False):
        assert not check_code(user, code_at(secret, now))
        with pytest.raises(CodeRefused):
            check_code(user, code_at(secret, now))
        with pytest.raises(CodeRefused):
            check_code(user, code_at(secret, now - timedelta(seconds=30)))
        assert not check_code(user, code_at(secret, now + timedelta(seconds=30)))


def test_the_code_that_switched_it_on_does_not_log_in() -> None:
    user = make_user()
    secret, now = secret_to_set_up(user), timezone.now()
    with time_machine.travel(now, tick=False):
        switch_on(user, code_at(secret, now), origin=FROM)
        with pytest.raises(CodeRefused):
            check_code(user, code_at(secret, now))


def test_of_two_that_send_the_same_code_at_once_one_gets_in() -> None:
    user, secret, _ = switched_on()
    code, got_in = code_at(secret, timezone.now()), []
    begin = threading.Barrier(2)

    def send() -> None:
        begin.wait()
        try:
            check_code(PlatformUser.objects.get(pk=user.pk), code)
            got_in.append(True)
        except CodeRefused:
            got_in.append(False)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got_in) == [False, True]


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_clock_that_is_off_by_more_than_a_step_is_not_taken(steps: int) -> None:
    user, secret, _ = switched_on()

    with pytest.raises(CodeRefused):
        check_code(user, code_at(secret, timezone.now() + timedelta(seconds=30 * steps)))


@pytest.mark.parametrize("written", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "' OR 1=1 --"])
def test_what_is_no_code_is_refused(written: str) -> None:
    user, _, _ = switched_on()

    with pytest.raises(CodeRefused):
        check_code(user, written)


def test_recovery_codes_work_once_each_however_they_are_written() -> None:
    user, _, codes = switched_on()
    assert len(set(codes)) == 10

    assert check_code(user, codes[0])
    with pytest.raises(CodeRefused):
        check_code(user, codes[0])
    assert check_code(user, codes[1].upper().replace("-", " "))
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert codes[2].replace("-", "") not in kept


def test_recovery_codes_of_another_user_are_worth_nothing() -> None:
    _, _, codes = switched_on()
    other = with_factor(make_user("other@acme.example"))

    with pytest.raises(CodeRefused):
        check_code(other, codes[0])


def test_wrong_codes_lock_the_account_and_a_known_password_buys_no_more_of_them() -> None:
    user, secret, _ = switched_on()
    for _ in range(ATTEMPTS // 2):
        verify_credentials(user.email, PASSWORD)
        with pytest.raises(CodeRefused):
            check_code(user, "abc")
    with pytest.raises(CodeRefused):
        check_code(user, "abc")

    with pytest.raises(CodeRefused):
        check_code(user, code_at(secret, timezone.now()))
    with pytest.raises(LogInRefused):
        verify_credentials(user.email, PASSWORD)
    user.refresh_from_db()
    assert user.is_locked()


def test_a_right_code_clears_the_count() -> None:
    user, secret, _ = switched_on()
    verify_credentials(user.email, PASSWORD)

    check_code(user, code_at(secret, timezone.now()))

    user.refresh_from_db()
    assert (user.failed_login_attempts, user.locked_until) == (0, None)


def test_switching_off_takes_everything_away_tells_and_records_it() -> None:
    user, _, _ = switched_on()

    switch_off(user, origin=FROM)

    user.refresh_from_db()
    assert (user.two_factor_enabled, user.two_factor_secret, user.two_factor_step) == (False, None, None)
    assert not RecoveryCode.objects.exists()
    assert [message.subject for message in mails()] == ["Two-factor log-in is on", "Two-factor log-in is off"]
    with platform_scope():
        logged = list(AuditLog.objects.order_by("created_at").values_list("action", flat=True))
    assert logged == ["enable_two_factor", "disable_two_factor"]


@pytest.mark.parametrize("role", [role for role in PlatformRole if role != PlatformRole.MERCHANT])
def test_the_platforms_own_people_cannot_switch_it_off(role: PlatformRole) -> None:
    operator = make_user("op@smartseller.example", role=role)

    with pytest.raises(TwoFactorRequired):
        switch_off(operator, origin=FROM)

    operator.refresh_from_db()
    assert operator.two_factor_enabled


def test_sealing_twice_never_looks_the_same() -> None:
    user = make_user()
    assert seal("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", user) != seal("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", user)


def test_an_operator_who_has_lost_it_starts_anew_and_it_is_written_down() -> None:
    operator, browser = make_user("op@smartseller.example", role=PlatformRole.SUPER_ADMIN), platform_browser()
    log_in(browser, operator)
    assert browser.get("/admin/").status_code == 200

    call_command("reset_two_factor", "OP@smartseller.example", reason="called back by telephone", stdout=StringIO())

    assert browser.get("/admin/").status_code == 302
    assert log_in(browser, operator).headers["Location"] == "/account/two-factor/"
    with platform_scope():
        told = AuditLog.objects.get(action="reset_two_factor").metadata
    assert told == {"by": "manage.py reset_two_factor", "reason": "called back by telephone"}
    with pytest.raises(CommandError):
        call_command("reset_two_factor", operator.email, reason="again")
