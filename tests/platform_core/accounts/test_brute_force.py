"""Trying passwords on many accounts: what one network gets, whatever the accounts, and what of it can be told."""

from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth import hashers
from django.db.models import F
from django.utils import timezone

from platform_core.accounts.log_in import LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.networks import ATTEMPTS, LogInNetwork, forget_networks, network_of
from tests.people import PASSWORD, make_user, platform_browser, shop_browser
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")

HERE, THERE = "203.0.113.7", "203.0.113.8"


def refused(email: str, password: str = "wrong", *, network: str = HERE) -> bool:
    try:
        verify_credentials(email, password, network=network)
    except LogInRefused:
        return True
    return False


def attempts(network: str = HERE) -> int:
    return LogInNetwork.objects.get(pk=network).attempts


def test_brute_force_over_many_accounts_is_stopped_by_its_network_and_nobody_elses_log_in_is() -> None:
    victim = make_user()
    for number in range(ATTEMPTS):
        assert refused(f"someone{number}@acme.example")

    assert refused(victim.email, PASSWORD)
    assert not refused(victim.email, PASSWORD, network=THERE)
    victim.refresh_from_db()
    assert not victim.is_locked()


def test_an_account_of_the_attackers_own_does_not_clear_the_networks_count() -> None:
    own = make_user("attacker@example.com")
    for number in range(6):
        assert refused(f"someone{number}@acme.example")
        assert not refused(own.email, PASSWORD)

    assert attempts() == 6


def test_a_right_password_is_no_attempt_so_an_office_behind_one_address_gets_in() -> None:
    own = make_user()
    for _ in range(ATTEMPTS + 5):
        assert not refused(own.email, PASSWORD)

    assert attempts() == 0


def test_the_window_ends_and_the_count_begins_anew() -> None:
    own = make_user()
    for number in range(ATTEMPTS + 3):
        refused(f"someone{number}@acme.example")
    assert refused(own.email, PASSWORD)

    LogInNetwork.objects.update(window_until=F("window_until") - timedelta(hours=1))

    assert not refused(own.email, PASSWORD)


def test_networks_are_single_ipv4_addresses_and_slash_64s_of_ipv6() -> None:
    assert network_of("203.0.113.7") == "203.0.113.7"
    assert network_of("::ffff:203.0.113.7") == "203.0.113.7"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of(None) == network_of("a socket") == "unknown"


@pytest.mark.parametrize("case", ["unknown", "wrong", "locked", "closed", "network", "second factor"])
def test_no_enumeration_every_refusal_costs_the_same_hashes_and_statements(case: str) -> None:
    user = make_user()
    email = "nobody@acme.example" if case == "unknown" else user.email
    match case:
        case "locked":
            PlatformUser.objects.update(locked_until=timezone.now() + timedelta(minutes=5))
        case "closed":
            PlatformUser.objects.update(is_active=False)
        case "second factor":
            PlatformUser.objects.update(two_factor_enabled=True)
        case "network":
            LogInNetwork.objects.create(
                network=HERE, attempts=ATTEMPTS, window_until=timezone.now() + timedelta(minutes=5)
            )
    hasher = hashers.get_hasher()

    with (
        mock.patch.object(hashers, "get_hasher", return_value=hasher),
        mock.patch.object(hashers, "identify_hasher", return_value=hasher),
        mock.patch.object(type(hasher), "encode", autospec=True, side_effect=type(hasher).encode) as encode,
        StatementCount() as statements,
        pytest.raises(LogInRefused) as refusal,
    ):
        verify_credentials(email, "wrong", network=HERE)

    assert (encode.call_count, statements.count, str(refusal.value)) == (1, 4, str(LogInRefused()))


def test_both_doors_count_in_one_place(make_shop: object) -> None:
    shop = make_shop("acme")  # type: ignore[operator]
    for door in (platform_browser(), shop_browser(shop)):
        door.post("/login/", {"username": "nobody@acme.example", "password": "wrong"}, REMOTE_ADDR=HERE)

    assert attempts() == 2


def test_counts_are_forgotten_a_day_after_their_window() -> None:
    now = timezone.now()
    for days, network in ((2, HERE), (0, THERE)):
        LogInNetwork.objects.create(network=network, attempts=1, window_until=now - timedelta(days=days))

    assert forget_networks(now) == 1
    assert attempts(THERE) == 1
