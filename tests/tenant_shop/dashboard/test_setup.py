"""The set-up list: told by what is there, dismissed by who runs the shop."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import ShopProfile, shop_hooks
from tenant_shop.configuration.models import Setting
from tenant_shop.pages.models import Page
from tenant_shop.shipping.models import ShippingZone
from tenant_shop.taxes.models import TaxRate
from tests.back_office import entries
from tests.factories.catalog import ProductFactory
from tests.factories.orders import OrderFactory
from tests.people import staff_browser

HOME, SETUP = "/dashboard/", "/dashboard/setup/"
STEPS = ["product", "shipping", "tax", "payment", "look", "legal", "contact", "order"]


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    """As somebody finds it who has just signed up."""
    acme = make_shop("acme")
    assert shop_hooks.seed is not None
    with tenant_context(acme):
        shop_hooks.seed(
            ShopProfile(name="Acme", email="a@b.example", currency="EUR", timezone="UTC", country="DE", theme={})
        )
    return acme


def say(key: str, value: object) -> None:
    Setting.objects.update_or_create(key=key, defaults={"value": value})


def done(browser: Client) -> list[str]:
    return [step.name for step in browser.get(HOME).context["setup"].steps if step.is_done]


def test_a_new_shop_has_everything_to_do_and_each_step_leads_to_its_form(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    setup = browser.get(HOME).context["setup"]
    assert [step.name for step in setup.steps] == STEPS
    assert (setup.done, setup.is_over, setup.dismissed) == (0, False, 0)
    assert [browser.get(step.url).status_code for step in setup.steps] == [200] * len(STEPS)


def test_steps_are_done_by_what_is_there(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    acts: list[tuple[str, Callable[[], object]]] = [
        ("product", lambda: ProductFactory(status="draft")),
        ("product", lambda: ProductFactory()),
        ("shipping", lambda: ShippingZone.objects.create(name="World", kind="elsewhere")),
        ("tax", lambda: TaxRate.objects.create(country="DE", rate="0.19")),
        ("payment", lambda: say("payment_instructions", "DE00 1234")),
        ("look", lambda: say("design_history", [{"number": 1}])),
        ("legal", lambda: Page.objects.filter(slug__in=["terms", "returns"]).update(is_published=True)),
        ("legal", lambda: Page.objects.filter(slug="privacy").update(is_published=True)),
        ("contact", lambda: Page.objects.filter(slug="about").update(is_published=True)),
        ("order", lambda: OrderFactory(cart_id=None)),
        ("order", lambda: OrderFactory(cart_id=uuid4())),
    ]
    found: list[str] = []
    for number, (step, act) in enumerate(acts):
        with tenant_context(acme):
            act()
        last = number + 1 == len(acts) or acts[number + 1][0] != step
        found += [step] if last else []
        assert done(browser) == found, step
    page = browser.get(HOME)
    assert page.context["setup"].is_over
    assert "Set up your shop" not in page.content.decode()


@pytest.mark.parametrize(
    ("methods", "is_done"),
    [(["cash_on_delivery"], True), (["bank_transfer"], False), (["test_card"], False), ([], False)],
)
def test_a_way_to_pay_has_to_take_real_money(acme: TenantInfo, methods: list[str], is_done: bool) -> None:
    with tenant_context(acme):
        say("payment_methods", methods)
        say("test_mode", True)
    assert ("payment" in done(staff_browser(acme))) is is_done


def test_a_step_is_dismissed_for_everybody_and_comes_back(acme: TenantInfo) -> None:
    browser, other = staff_browser(acme), staff_browser(acme, AccessRole.ADMIN)
    for _ in range(2):
        assert browser.post(SETUP, {"dismiss": "tax"}).headers["Location"] == HOME
    setup = other.get(HOME).context["setup"]
    assert ([step.name for step in setup.steps], setup.dismissed) == ([name for name in STEPS if name != "tax"], 1)
    assert [entry.action for entry in entries(acme)] == ["change_settings"]
    other.post(SETUP, {"dismiss": "all"})
    assert "Set up your shop" not in browser.get(HOME).content.decode()
    browser.post(SETUP)
    assert [step.name for step in browser.get(HOME).context["setup"].steps] == STEPS


def test_an_unreadable_list_of_the_dismissed_counts_for_none(acme: TenantInfo) -> None:
    with tenant_context(acme):
        say("setup_dismissed", {"tax": True})
    browser = staff_browser(acme)
    assert len(browser.get(HOME).context["setup"].steps) == len(STEPS)
    browser.post(SETUP, {"dismiss": "tax"})
    assert browser.get(HOME).context["setup"].dismissed == 1


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_who_does_not_run_the_shop_neither_sees_nor_dismisses(acme: TenantInfo, role: AccessRole) -> None:
    browser = staff_browser(acme, role)
    assert browser.get(HOME).context["setup"] is None
    assert browser.post(SETUP, {"dismiss": "tax"}).status_code == 403
    with tenant_context(acme):
        assert not Setting.objects.filter(key="setup_dismissed").exists()


def test_what_is_no_step_is_refused(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    assert browser.post(SETUP, {"dismiss": "taxes"}).status_code == 400
    assert browser.get(SETUP).status_code == 405
    with tenant_context(acme):
        assert not Setting.objects.filter(key="setup_dismissed").exists()
