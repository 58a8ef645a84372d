"""The description of the shop's API. It is the same in every shop."""

from typing import Any

from smartseller.api import documents


class OpenApi(documents.OpenApi):
    urlconf = "tenant_shop.api.v1.urls"


class Documents(documents.Documents):
    title = "Shop API"


def description() -> dict[str, Any]:
    return OpenApi.description()
