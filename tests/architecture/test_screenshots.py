"""`make screenshots` asks for pages that there are; that they answer, it says itself."""

from importlib import import_module
from uuid import UUID

import pytest
from django.urls import resolve

from platform_core.console.site import console
from tests.screenshots.companies import ADMIN, ARABIC, BUYER
from tests.screenshots.console import APP, ASKED, LISTS, PAGES
from tests.screenshots.pages import CUSTOMER, PLATFORM, SHOPS, STAFF

LANGUAGES = ("/de/", "/fr/", "/ar/")


@pytest.mark.parametrize("slug", SHOPS)
def test_what_is_photographed_of_a_shop_is_in_its_route_table(slug: str) -> None:
    for name, path in [*SHOPS[slug], *CUSTOMER, *BUYER, *ARABIC, *ADMIN, *STAFF[slug].paths]:
        plain = path.partition("?")[0]
        match = resolve("/" + plain[4:] if plain.startswith(LANGUAGES) else plain, urlconf="smartseller.urls.shop")
        assert match.url_name is not None, name


def test_every_page_of_the_console_is_photographed() -> None:
    import_module("platform_core.admin")
    models = {model._meta.model_name for model in console._registry}
    assert set(LISTS) == models
    for name, path in PAGES:
        assert resolve(path.partition("?")[0], urlconf="smartseller.urls.platform").url_name, name
    for model, word in ASKED:
        path = f"{APP}/{model}/{UUID(int=0)}/{word}/"
        assert resolve(path, urlconf="smartseller.urls.platform").url_name is not None, word


def test_what_is_photographed_of_the_platform_is_in_its_route_table() -> None:
    names = {name: resolve(path, urlconf="smartseller.urls.platform").url_name for name, path in PLATFORM[:-1]}
    assert None not in names.values()
