"""Transactions in the active shop's database; Django's bare `atomic()` and `on_commit()` mean the platform's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.transaction import Atomic
from psycopg.errors import LockNotAvailable

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.errors import ShopBusy

# Each waiting shopper holds one of the process's connections, which are few and shared by all shops.
SHOPPERS_WAIT_SECONDS = 3


def shop_transaction(*, durable: bool = False) -> Atomic:
    """A transaction (or, inside one, a savepoint) in the active shop's database.

    `durable` refuses to be nested: for verbs whose effect must stand when they return.
    Errors: NoTenant; RuntimeError when a durable block is nested.
    """
    return transaction.atomic(using=current_tenant().alias, durable=durable)


@contextmanager
def shopper_transaction(*, durable: bool = False) -> Iterator[None]:
    """As `shop_transaction`, for what a shopper waits for: no lock is waited for longer than three seconds.

    One statement more. The limit ends with the transaction, so that it works behind PgBouncer too.
    Errors: ShopBusy when somebody else held a row for so long; nothing is changed then.
    """
    alias = current_tenant().alias
    try:
        with shop_transaction(durable=durable):
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{SHOPPERS_WAIT_SECONDS}s"])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ShopBusy from error
        raise


def after_commit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call `function` once the active shop's transaction has committed, at once when none is open.

    The call still runs inside the shop. Nothing is called when the transaction is rolled back.
    Errors: NoTenant.
    """
    transaction.on_commit(partial(function, *args, **kwargs), using=current_tenant().alias)
