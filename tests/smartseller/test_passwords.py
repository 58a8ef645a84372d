"""Argon2 takes a hundred megabytes for each password: two at once, and no more, however many log in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import argon2.low_level
import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.test import override_settings

from smartseller import passwords
from smartseller.settings import base

REAL = override_settings(PASSWORD_HASHERS=base.PASSWORD_HASHERS)


@REAL
def test_a_password_is_hashed_with_argon2_and_known_again() -> None:
    known = make_password("seven green kettles")
    assert identify_hasher(known).algorithm == "argon2"
    assert known.startswith("argon2$argon2id$")
    assert check_password("seven green kettles", known)
    assert not check_password("seven green kettle", known)


@REAL
def test_a_hundred_at_once_are_hashed_two_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most, lock = [0], [0], threading.Lock()
    together = threading.Barrier(passwords.AT_ONCE)

    def count(*args: Any, **how: Any) -> bytes:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        together.wait(60)  # both places are taken
        with lock:
            under_way[0] -= 1
        return b"$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ$aGFzaA"

    monkeypatch.setattr(argon2.low_level, "hash_secret", count)
    with ThreadPoolExecutor(100) as crowd:
        made = list(crowd.map(make_password, [f"password {number}" for number in range(100)]))
    assert (len(made), most[0]) == (100, passwords.AT_ONCE)
