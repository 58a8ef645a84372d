"""The operators' console: its lists, the first thing of each, and what asks why."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyotp

from tests.screenshots.steps import Stop, Way, go

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOGIN = "operator@smartseller.example"
APP = "/admin/platform_core"
# Each list, of which the first thing is looked at, too.
LISTS = (
    "tenant",
    "tenantaccess",
    "tenantsubscription",
    "billinginvoice",
    "cardcharge",
    "cardrefund",
    "taxidcheck",
    "tenantplan",
    "plancoupon",
    "databaseserver",
    "provisioningrun",
    "migrationrun",
    "shopmigration",
    "backup",
    "restore",
    "move",
    "keptdatabase",
    "sparedatabase",
    "templateversion",
    "parkedtask",
    "platformmetric",
    "platformsales",
    "rollupturn",
    "platformuser",
    "impersonation",
    "platformsetting",
    "auditlog",
)
PAGES = (
    ("dashboard", "/admin/"),
    ("databases", f"{APP}/databaseserver/databases/"),
    ("new-coupon", f"{APP}/plancoupon/add/"),
    ("new-setting", f"{APP}/platformsetting/add/"),
    ("new-access", f"{APP}/tenantaccess/add/"),
    ("overdue", f"{APP}/billinginvoice/?standing=overdue"),
)
# Of the first of a list: what an operator is asked.
ASKED = (("tenant", "suspend"), ("tenant", "move"), ("tenant", "log-in"), ("billinginvoice", "credit"))


def console_stops(password: str) -> list[Stop]:
    """The first visit sets the operator's second factor up, so it takes a demo that nobody has set it up in."""
    codes: list[str] = []

    def inside(path: str) -> Way:
        def arrive(page: "Page", site: str) -> None:
            _log_in(page, site, password, codes)
            go(page, site + path)

        return arrive

    def first(model: str, below: str = "change") -> Way:
        def arrive(page: "Page", site: str) -> None:
            inside(f"{APP}/{model}/")(page, site)
            link = page.locator("#main table a[href*='/change/']").first
            if link.count():  # otherwise the empty list is all there is
                path = str(link.get_attribute("href")).partition("?")[0].removesuffix("change/")
                go(page, f"{site}{path}{below}/")

        return arrive

    return [
        *(Stop(name, inside(path)) for name, path in PAGES),
        *(Stop(f"{model}-list", inside(f"{APP}/{model}/")) for model in LISTS),
        *(Stop(f"{model}-first", first(model)) for model in LISTS),
        *(Stop(f"{model}-{word}", first(model, word)) for model, word in ASKED),
    ]


def _log_in(page: "Page", site: str, password: str, codes: list[str]) -> None:
    """Unless the browser is logged in. Later browsers give a recovery code: the telephone's is good once."""
    go(page, f"{site}/admin/")
    if page.locator("main input[type=password]").count():
        page.locator("main input[name=username]").fill(LOGIN)
        page.locator("main input[type=password]").fill(password)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.wait_for_load_state("load")
    if page.locator(".two-factor__secret").count():
        secret = str(page.locator(".two-factor__secret").text_content()).replace(" ", "")
        page.get_by_label("Code").fill(pyotp.TOTP(secret).at(datetime.now(UTC)))
        page.get_by_role("button", name="Switch it on").click()
        page.locator(".recovery-codes").wait_for()
        codes.extend(page.locator(".recovery-codes code").all_inner_texts())
    elif "/login/code/" in page.url:
        page.locator("main input[name=code]").fill(codes.pop())
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
