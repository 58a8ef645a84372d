"""What a shop's database says by INFO, as triggers do, reaches the shop's code once it is true: after the commit."""

import pytest
from django.db import DatabaseError, transaction

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.hooks import shop_hooks


def _tell(text: str) -> None:
    with shop_connection().cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE INFO '{text}'; END $$")


def test_a_transaction_is_heard_after_its_commit_and_each_text_of_it_once(shop, monkeypatch):
    heard: list[str] = []
    monkeypatch.setattr(shop_hooks, "told", heard.append)
    alias = shop_connection().alias

    with pytest.raises(DatabaseError), transaction.atomic(using=alias):
        _tell("lost")
        with shop_connection().cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    with transaction.atomic(using=alias):
        for text in ("events", "catalogue_version 7", "events", "events"):
            _tell(text)
        assert heard == []
    assert heard == ["events", "catalogue_version 7"]

    _tell("events")
    assert heard == ["events", "catalogue_version 7", "events"]
