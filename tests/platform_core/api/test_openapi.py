"""The description of the platform's API."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from platform_core.api.v1.documents import OpenApi
from platform_core.api.v1.urls import urlpatterns
from tests.people import platform_browser


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return OpenApi.description()


def test_the_document_is_sound_and_its_own() -> None:
    found = OpenApi.description()

    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert (found["openapi"], found["info"]["title"]) == ("3.1.0", "Platform API")
    validate_schema(found)


def test_every_path_is_described_and_says_what_it_needs(document: dict[str, Any]) -> None:
    operations = {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    described = {path for _, path in operations}
    hidden = {"documents", "openapi", "missing"}
    assert len(described) == len([each for each in urlpatterns if each.name not in hidden])
    open_to_all = {path for (_, path), each in operations.items() if not each.get("security")}
    assert open_to_all == {"/", "/plans/", "/plans/{key}/", "/signups/progress/{token}/"}
    assert operations["post", "/signups/"]["security"] == [{}, {"key": []}]
    assert "write_tenants" in operations["post", "/tenants/{key}/suspend/"]["description"]
    names = [each["operationId"] for each in operations.values()]
    assert len(set(names)) == len(names)


def test_the_document_and_its_page_are_for_everybody(platform: Any) -> None:
    browser = platform_browser()
    assert browser.get("/api/v1/openapi.json").json()["info"]["title"] == "Platform API"
    page = browser.get("/api/v1/docs/")
    assert b"<title>Platform API</title>" in page.content
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
