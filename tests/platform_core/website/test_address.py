from collections.abc import Callable

import pytest

from platform_core.tenancy.context import TenantInfo
from tests.people import platform_browser

pytestmark = pytest.mark.usefixtures("platform")


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("acme", "acme.localhost is free."),
        ("ACME ", "acme.localhost is free."),
        ("admin", "the platform keeps this word for itself"),
        ("-acme", "use lower-case letters, digits and single hyphens between them"),
        ("a_b", "use lower-case letters, digits and single hyphens between them"),
        ("b" * 51, "it must have 1 to 50 characters"),
    ],
)
def test_the_answer_is_a_sentence(slug: str, sentence: str) -> None:
    fragment = platform_browser().get("/signup/address/", {"slug": slug}, headers={"HX-Request": "true"})

    assert sentence in fragment.content.decode()
    assert "<html" not in fragment.content.decode()


def test_without_htmx_the_answer_is_a_page() -> None:
    page = platform_browser().get("/signup/address/", {"slug": "acme"}).content.decode()

    assert "<html" in page
    assert "acme.localhost is free." in page


def test_a_taken_address_is_said_to_be_taken(make_shop: Callable[..., TenantInfo]) -> None:
    make_shop("acme")

    page = platform_browser().get("/signup/address/", {"slug": "Acme"}).content.decode()

    assert "is taken by another shop" in page


def test_no_address_gets_no_answer() -> None:
    response = platform_browser().get("/signup/address/", headers={"HX-Request": "true"})

    assert response.content.strip() == b""
