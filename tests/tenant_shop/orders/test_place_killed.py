"""A process that dies in the middle of an order leaves nothing behind."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.orders.confirmation import send_confirmations
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.verification.verify_shop import verify_shop
from tests.shopping import cart_with, configure, everything, stock_of, stocked, submission

CHILD = """
import json, os, signal, sys
from decimal import Decimal
from unittest import mock
from uuid import UUID

import django

django.setup()
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from tenant_shop.orders import place

slug, module, at, sent = json.loads(sys.stdin.read())
sent["cart_id"], sent["expected_total"] = UUID(sent["cart_id"]), Decimal(sent["expected_total"])
with tenant_context(directory.by_slug(slug)):
    with mock.patch(f"tenant_shop.{module}.{at}", lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)):
        place.place_order(**sent)
"""


def order_and_be_killed(shop: TenantInfo, module: str, at: str, sent: dict[str, Any]) -> None:
    document = json.dumps([shop.slug, module, at, {**sent, "cart_id": str(sent["cart_id"])}], default=str)
    child = subprocess.run([sys.executable, "-c", CHILD], input=document, text=True, capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr


SLOW = [pytest.param(at, marks=pytest.mark.slow) for at in ("insert_items", "take_stock", "assign_number")]


@pytest.mark.slow
@pytest.mark.parametrize("at", [*SLOW, "announce_order"])
def test_a_killed_order_leaves_nothing_and_can_be_sent_again(shop: TenantInfo, at: str) -> None:
    configure()
    mug = stocked(stock=5)
    sent = submission(cart_with((mug, 2)))
    before = everything()
    order_and_be_killed(shop, "orders.place", at, sent)
    assert everything() == before
    place_order(**sent)
    assert (stock_of(mug), Order.objects.count()) == (3, 1)
    assert verify_shop() == []


@pytest.mark.slow
def test_what_was_promised_is_kept_when_the_process_dies_between_the_commit_and_the_broker(shop: TenantInfo) -> None:
    configure()
    mug = stocked(stock=5)
    sent = submission(cart_with((mug, 2)))
    order_and_be_killed(shop, "mails.promise", "_queue", sent)
    placed = Order.objects.get()
    assert place_order(**sent) == placed
    assert [send_confirmations(timezone.now()) for _ in range(2)] == [1, 0]
    assert [message.to for message in mail.outbox] == [["ann@example.com"]]
    assert stock_of(mug) == 3
    assert verify_shop() == []
