"""Two people who change what a gateway knows the shop by at the same moment: neither loses what the other typed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import payment_settings
from tenant_shop.payments.secrets import keep_secrets, read_secrets
from tests.databases import owner
from tests.paying import take_cards
from tests.people import staff_browser

SETTINGS = "/admin/settings/payments/"
WAITS = """
    SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()
"""


def test_two_who_each_change_one_secret_keep_both(
    make_shop: Callable[..., TenantInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one comes when the first has read what is kept, and has not written."""
    acme = make_shop("acme")
    with tenant_context(acme):
        take_cards()
        keep_secrets("stripe", {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"})
    first, second = staff_browser(acme), staff_browser(acme, AccessRole.ADMIN)
    chosen = {"payment_methods": ["stripe_card"], "test_mode": "on", "stripe_key": "pk_test_1"}
    answers: list[Any] = []
    other = threading.Thread(
        target=lambda: answers.append(second.post(SETTINGS, {**chosen, "webhook_secret": "whsec_2"}))
    )
    save = payment_settings._save

    def meanwhile(form: Any) -> list[str]:
        if not other.ident:
            other.start()
            with owner(acme.database_name) as watcher:
                while not watcher.execute(WAITS).fetchone()[0] and other.is_alive():
                    pass
        return save(form)

    monkeypatch.setattr(payment_settings, "_save", meanwhile)
    answers.append(first.post(SETTINGS, {**chosen, "secret_key": "sk_test_2"}))
    other.join()
    assert [answer.status_code for answer in answers] == [302, 302]
    with tenant_context(acme):
        assert read_secrets("stripe") == {"secret_key": "sk_test_2", "webhook_secret": "whsec_2"}
