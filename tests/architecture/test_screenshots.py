"""`make screenshots` asks for pages that there are; that they answer, it says itself."""

import pytest
from django.urls import resolve

from tests.screenshots.companies import ADMIN, ARABIC, BUYER
from tests.screenshots.pages import CUSTOMER, PLATFORM, SHOPS, STAFF

LANGUAGES = ("/de/", "/fr/", "/ar/")


@pytest.mark.parametrize("slug", SHOPS)
def test_what_is_photographed_of_a_shop_is_in_its_route_table(slug: str) -> None:
    for name, path in [*SHOPS[slug], *CUSTOMER, *BUYER, *ARABIC, *ADMIN, *STAFF[slug].paths]:
        plain = path.partition("?")[0]
        match = resolve("/" + plain[4:] if plain.startswith(LANGUAGES) else plain, urlconf="smartseller.urls.shop")
        assert match.url_name is not None, name


def test_what_is_photographed_of_the_platform_is_in_its_route_table() -> None:
    names = {name: resolve(path, urlconf="smartseller.urls.platform").url_name for name, path in PLATFORM[:-1]}
    assert None not in names.values()
