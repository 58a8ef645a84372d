"""What is far too long to be a form is refused before any of it is read."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from platform_core.tenancy.context import TenantInfo
from tests.people import shop_browser, staff_browser
from tests.shopping import everything

TWO_GIGABYTES = 2_000_000_000


class Untouched:
    """A body that nobody may read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("it was read")

    readline = read


def send(browser: Client, path: str, size: int) -> Any:
    kind = "multipart/form-data; boundary=B"
    return browser.generic(
        "POST", path, **{"wsgi.input": Untouched(), "CONTENT_LENGTH": str(size), "CONTENT_TYPE": kind}
    )


@pytest.mark.parametrize(
    ("path", "most"),
    [("/account/log-in/", 10), ("/cart/", 10), ("/api/v1/orders/", 10), ("/admin/login/", 200),
     ("/admin/tenant_shop/product/add/", 200), ("/admin/design/", 200)],
)  # fmt: skip
def test_two_gigabytes_are_refused_at_every_door_and_nothing_changes(shop: TenantInfo, path: str, most: int) -> None:
    browser = shop_browser(shop)
    before = everything()

    for size in (TWO_GIGABYTES, most * 1_000_000 + 1):
        answer = send(browser, path, size)
        assert answer.status_code == 413
        if path.startswith("/api/"):
            assert answer.json()["error"]["code"] == "too_large"
        else:
            assert answer.content.decode() == f"This is larger than the {most} MB that are taken here at once.\n"

    assert everything() == before


def test_a_body_to_the_limit_is_read(shop: TenantInfo) -> None:
    with pytest.raises(AssertionError, match="it was read"):
        send(staff_browser(shop), "/admin/tenant_shop/product/add/", 200_000_000)


def test_files_to_import_are_limited_by_the_plan_instead(shop: TenantInfo) -> None:
    answer = send(staff_browser(shop), "/admin/tenant_shop/importrun/add/", TWO_GIGABYTES)
    assert answer.status_code == 413
    assert "that your plan takes" in answer.content.decode()


def test_every_path_has_a_limit() -> None:
    assert settings.BODY_LIMITS[-1][0] == "/"
