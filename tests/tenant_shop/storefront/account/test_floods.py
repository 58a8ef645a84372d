"""A hundred log-ins at the same moment from one place: most are answered without a hash, and nobody is let in."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.customers import log_in as logging_in
from tenant_shop.storefront.account import entering
from tests.accounts import account, log_in
from tests.shopper import Shopper

# As many as a web process has: the others wait at its door.
THREADS = 8


@pytest.mark.slow
def test_a_hundred_log_ins_at_once_cost_as_many_hashes_as_one_place_may_try(selling: TenantInfo) -> None:
    account()
    hashed: list[str] = []
    real = logging_in.make_password

    def count(password: str) -> Any:
        hashed.append(password)
        return real(password)

    def guess(number: int) -> int:
        status: int = log_in(Shopper(), f"guess{number}@example.com", "wrong").status_code
        return status

    with mock.patch.object(logging_in, "make_password", count), ThreadPoolExecutor(THREADS) as crowd:
        statuses = list(crowd.map(guess, range(100)))
    assert Counter(statuses) == {403: entering.MOST_FROM_ADDRESS, 429: 100 - entering.MOST_FROM_ADDRESS}
    assert len(hashed) == entering.MOST_FROM_ADDRESS
