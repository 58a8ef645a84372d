"""What pages read with the settings is kept from tables, whoever writes them and however many at once."""

import threading

import pytest

from platform_core.tenancy.context import TenantInfo
from tests.databases import owner

WAITING = "SELECT pg_sleep(0.002) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
PATIENCE = 5000


@pytest.mark.parametrize(
    ("key", "write"),
    [
        ("tax_rates", "INSERT INTO tax_rates (country, state, rate) VALUES ('{0}', '', 0.1)"),
        ("shipping_zones", "INSERT INTO shipping_zones (name, places) VALUES ('{0}', ARRAY['{0}'])"),
        (
            "product_fields",
            "INSERT INTO custom_fields (owner, key, name, kind, in_storefront)"
            " VALUES ('product', lower('{0}'), '{0}', 'text', true)",
        ),
        (
            "footer_pages",
            "INSERT INTO pages (title, slug, body, is_published, show_in_footer)"
            " VALUES ('{0}', lower('{0}'), '', true, true)",
        ),
    ],
)
def test_of_two_who_write_at_once_neither_is_forgotten(key: str, write: str, shop: TenantInfo) -> None:
    with owner(shop.database_name) as first, owner(shop.database_name) as second, owner() as watcher:
        with first.transaction():
            first.execute(write.format("FR"))
            other = threading.Thread(target=second.execute, args=(write.format("DE"),))
            other.start()
            for _ in range(PATIENCE):
                if watcher.execute(WAITING, (shop.database_name,)).fetchone():
                    break
            else:
                raise AssertionError("the second never waited for the first")
        other.join()
        kept = first.execute("SELECT value::text FROM settings WHERE key = %s", (key,)).fetchone()
    assert kept is not None
    assert "FR" in kept[0]
    assert "DE" in kept[0]
