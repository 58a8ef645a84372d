from collections.abc import Callable

import pytest

from platform_core.accounts.models import PlatformRole
from platform_core.tenancy.context import TenantInfo
from tests.people import PASSWORD, let_in, log_in, make_user, platform_browser

pytestmark = pytest.mark.usefixtures("platform")


def test_a_merchant_is_led_to_the_shops_that_are_his(make_shop: Callable[..., TenantInfo]) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    user = make_user()
    let_in(user, acme)
    let_in(make_user("other@bolt.example"), bolt)
    browser = platform_browser()

    assert log_in(browser, user).headers["Location"] == "/shops/"
    page = browser.get("/shops/").content.decode()
    assert "acme.localhost" in page
    assert "bolt.localhost" not in page


def test_an_operator_is_led_to_the_console() -> None:
    browser = platform_browser()

    response = log_in(browser, make_user("op@smartseller.example", role=PlatformRole.SUPPORT))

    assert response.headers["Location"] == "/admin/"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_away_from_the_host(wanted: str) -> None:
    response = platform_browser().post("/login/", {"username": make_user().email, "password": PASSWORD, "next": wanted})

    assert response.headers["Location"] == "/shops/"


def test_known_and_unknown_addresses_get_the_same_page() -> None:
    user = make_user()

    known, unknown = (
        platform_browser().post("/login/", {"username": email, "password": "wrong"})
        for email in (user.email, "nobody@acme.example")
    )

    assert known.status_code == unknown.status_code == 422
    pages = [response.content.decode() for response in (known, unknown)]
    assert pages[0].count("do not match") == pages[1].count("do not match") == 1


def test_logging_out_ends_the_session() -> None:
    browser = platform_browser()
    log_in(browser, make_user())

    browser.post("/logout/")

    assert browser.get("/shops/").headers["Location"] == "/login/?next=/shops/"


def test_a_shop_is_found_by_its_address(make_shop: Callable[..., TenantInfo]) -> None:
    make_shop("acme")

    found = platform_browser().post("/find-my-shop/", {"slug": "Acme"})

    assert found.headers["Location"] == "http://acme.localhost:8000/login/"
