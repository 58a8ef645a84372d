import pytest

from tests.people import platform_browser
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
