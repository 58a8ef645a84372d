"""The page on which the shop's owners and admins choose in which languages it is read."""

from typing import Any

import pytest
from kombu.exceptions import OperationalError

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, current_tenant, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.search import upkeep
from tenant_shop.configuration.change_languages import change_languages
from tenant_shop.configuration.models import Setting
from tests.people import staff_browser
from tests.shopper import Shopper

PAGE = "/admin/languages/"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shops whose search was queued to be read anew."""
    shops: list[str] = []
    monkeypatch.setattr(upkeep.rebuild_search_task, "delay", lambda: shops.append(current_tenant().slug))
    return shops


def stored(shop: TenantInfo) -> dict[str, Any]:
    with tenant_context(shop):
        return dict(Setting.objects.filter(key__startswith="language").values_list("key", "value"))


def changes(shop: TenantInfo) -> list[Any]:
    with tenant_scope(shop.id):
        entries = AuditLog.objects.filter(action="change_settings").order_by("created_at")
        return [entry.metadata["changes"][0]["changed"]["fields"] for entry in entries]


@pytest.mark.parametrize("role", [AccessRole.OWNER, AccessRole.ADMIN])
def test_those_who_run_the_shop_choose_its_languages(role: AccessRole, acme: TenantInfo, queued: list[str]) -> None:
    browser = staff_browser(acme, role)
    assert PAGE in browser.get("/admin/").content.decode()

    answer = browser.post(PAGE, {"own": "de", "others": ["de", "ar", "en"]})

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert stored(acme) == {"language": "de", "languages": ["en", "ar"]}
    assert queued == ["acme"]
    assert changes(acme) == [["Main language", "Further languages"]]
    assert "Search now reads every product anew" in browser.get(PAGE).content.decode()
    assert Shopper().get("/ar/")["Content-Language"] == "ar"
    assert Shopper().get("/")["Content-Language"] == "de"


def test_search_is_read_anew_only_when_the_main_language_is_another_one(acme: TenantInfo, queued: list[str]) -> None:
    browser = staff_browser(acme)
    browser.post(PAGE, {"own": "en", "others": ["de"]})
    browser.post(PAGE, {"own": "en", "others": ["de"]})
    assert "Nothing was different." in browser.get(PAGE).content.decode()
    browser.post(PAGE, {"own": "en"})
    assert stored(acme) == {"language": "en", "languages": []}
    assert queued == []
    assert changes(acme) == [["Further languages"], ["Further languages"]]


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_others_do_not_see_the_page_and_change_nothing(role: AccessRole, acme: TenantInfo, queued: list[str]) -> None:
    browser, before = staff_browser(acme, role), stored(acme)
    assert PAGE not in browser.get("/admin/").content.decode()

    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, {"own": "de"}).status_code == 403

    assert (stored(acme), queued, changes(acme)) == (before, [], [])


@pytest.mark.parametrize(
    "sent", [{"own": ""}, {"own": "it"}, {"own": "en", "others": ["xx"]}, {"own": "de-XX"}, {"x": 1}]
)
def test_a_language_without_words_is_refused_and_nothing_moves(
    sent: dict[str, Any], acme: TenantInfo, queued: list[str]
) -> None:
    browser, before = staff_browser(acme), stored(acme)
    assert browser.post(PAGE, sent).status_code == 422
    assert (stored(acme), queued, changes(acme)) == (before, [], [])


def test_the_country_of_the_main_language_is_kept(acme: TenantInfo, queued: list[str]) -> None:
    with tenant_context(acme):
        change_languages("de-AT", [])
    browser = staff_browser(acme)
    assert '<option value="de-AT" selected>Deutsch (Österreich)</option>' in browser.get(PAGE).content.decode()
    browser.post(PAGE, {"own": "de-AT", "others": ["fr"]})
    assert stored(acme) == {"language": "de-AT", "languages": ["fr"]}
    assert queued == ["acme"], "by the first change alone"


def test_a_change_that_is_rolled_back_queues_nothing(acme: TenantInfo, queued: list[str]) -> None:
    before = stored(acme)
    with tenant_context(acme), pytest.raises(ZeroDivisionError), shop_transaction():
        change_languages("fr", [])
        raise ZeroDivisionError
    assert (stored(acme), queued) == (before, [])


def test_without_a_broker_the_change_stands(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down() -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(upkeep.rebuild_search_task, "delay", down)
    assert staff_browser(acme).post(PAGE, {"own": "fr"}).status_code == 302
    assert stored(acme) == {"language": "fr", "languages": []}
    assert "search follows the new language with the next round" in caplog.text
