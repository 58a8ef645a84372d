import pytest

from platform_core.plans.limits import Feature
from platform_core.website.plans import plan_cards
from tests.people import log_in, make_user, platform_browser
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")


@pytest.mark.parametrize("path", ["/", "/pricing/"])
def test_the_plans_stand_on_the_page_with_one_statement_and_no_cookie(path: str) -> None:
    with StatementCount() as statements:
        response = platform_browser().get(path)

    page = response.content.decode()
    assert response.status_code == 200
    assert all(text in page for text in ("Basic", "$29", "1,000 products", "Unlimited products"))
    assert statements.count == 1
    assert response.cookies == {}


@pytest.mark.parametrize("path", ["/signup/", "/login/", "/find-my-shop/", "/signup/address/"])
def test_the_forms_open(path: str) -> None:
    assert platform_browser().get(path).status_code == 200


def test_a_plan_chosen_on_the_pricing_page_is_chosen_in_the_form() -> None:
    page = platform_browser().get("/signup/?plan=enterprise&slug=Acme").content.decode()

    assert 'value="enterprise" checked' in page
    assert 'value="acme"' in page


def test_a_plan_promises_nothing_that_it_does_not_have() -> None:
    basic, premium, enterprise = plan_cards()

    assert not any("API" in limit for limit in basic["limits"])
    assert "5,000 API calls per hour" in premium["limits"]
    assert [feature["label"] for feature in basic["features"] if feature["included"]] == []
    there = [
        [feature["label"] for feature in plan["features"] if feature["included"]] for plan in (premium, enterprise)
    ]
    of_both = ["Analytics", "Advanced reports", "API access"]
    assert there == [of_both, [*of_both, "Your own domain", "White label"]]
    page = " ".join(platform_browser().get("/pricing/").content.decode().split())
    for feature in Feature:
        assert feature.promise in page


def test_browsers_that_ask_for_an_icon_get_the_websites() -> None:
    answer = platform_browser().get("/favicon.ico")

    assert answer.status_code == 302
    assert "smartseller" in answer["Location"]
    assert answer["Location"].endswith(".svg")
    assert answer["Cache-Control"] == "public, max-age=86400"


def test_the_footer_knows_who_is_logged_in() -> None:
    browser = platform_browser()
    assert ">Log in</a>" in browser.get("/").content.decode()
    user = make_user()
    log_in(browser, user)

    page = browser.get("/").content.decode()

    assert ">Log in</a>" not in page
    assert page.count(">Your shops</a>") == 2
