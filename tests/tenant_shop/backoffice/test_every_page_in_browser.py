"""Every page behind the counter is for everybody: axe finds nothing, on a desk and on a phone, and none is too wide."""

import re
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tests.browser import NARROW, WIDE
from tests.people import staff_browser
from tests.tenant_shop.backoffice.doors import doors, furnish, path_of
from tests.tenant_shop.backoffice.test_staff_in_browser import log_in
from tests.tenant_shop.dashboard.test_home_in_browser import TOO_WIDE

# One template for all models: the product's and the order's stand for the others; a new one's form is an old one's.
ALIKE, STANDING_FOR_ALL = ("/history/", "/delete/", "/add/"), ("/product/", "/order/")
# Moments in Django's words, and as computers sort them: pages have one form, `24 Nov 2026, 07:35`.
OTHER_MOMENTS = re.compile(r"\b[ap]\.m\.|\b\w+\. \d{1,2}, \d{4}|\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}|&lt;time")
# What a page fetches to show it in itself.
PARTS = {"/admin/search/"}


def pages(shop: TenantInfo) -> dict[str, Any]:
    """The answer at the address of every page that the owner can open."""
    ids, browser = furnish(shop), staff_browser(shop)
    paths = {path_of(route, ids) for _, route in doors() if not route.startswith("api/")}
    wanted = [
        path
        for path in sorted(paths - PARTS)
        if not path.endswith(ALIKE) or any(model in path for model in STANDING_FOR_ALL)
    ]
    answers = {path: browser.get(path) for path in wanted}
    return {
        path: answer
        for path, answer in answers.items()
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    }


@pytest.mark.slow
def test_every_page_writes_moments_in_one_form(acme: TenantInfo) -> None:
    said = {path: OTHER_MOMENTS.findall(answer.content.decode()) for path, answer in pages(acme).items()}

    assert {path: others for path, others in said.items() if others} == {}


@pytest.mark.slow
def test_axe_finds_nothing_on_any_page(acme: TenantInfo, site: Any, browser: Any, violations: Any) -> None:
    walked = pages(acme)
    assert len(walked) > 60
    page = browser.new_context(viewport={"width": WIDE, "height": 900}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, site, "owner@acme.example")
    found = []
    for path in walked:
        page.goto(site.url("acme", path))
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            wrong = [*violations(page), *errors, *(["too wide"] if page.evaluate(TOO_WIDE) else [])]
            errors.clear()
            found += [f"{path} at {width}: {each}" for each in wrong]
    assert not found, "\n".join(found)
