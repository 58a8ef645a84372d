"""Transactions in the active shop's database; Django's bare `atomic()` and `on_commit()` mean the platform's."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.transaction import Atomic

from platform_core.tenancy.context import current_tenant


def shop_transaction(*, durable: bool = False) -> Atomic:
    """A transaction (or, inside one, a savepoint) in the active shop's database.

    `durable` refuses to be nested: for verbs whose effect must stand when they return.
    Errors: NoTenant; RuntimeError when a durable block is nested.
    """
    return transaction.atomic(using=current_tenant().alias, durable=durable)


def after_commit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Call `function` once the active shop's transaction has committed, at once when none is open.

    The call still runs inside the shop. Nothing is called when the transaction is rolled back.
    Errors: NoTenant.
    """
    transaction.on_commit(partial(function, *args, **kwargs), using=current_tenant().alias)
