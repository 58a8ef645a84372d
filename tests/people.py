"""People who log in, and browsers for them."""

from typing import Any

from django.test import Client

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser, TenantAccess
from platform_core.tenancy.context import TenantInfo

PASSWORD = "a long and quiet password"


def make_user(email: str = "owner@acme.example", *, role: PlatformRole = PlatformRole.MERCHANT) -> PlatformUser:
    """A user who logs in with PASSWORD."""
    return PlatformUser.objects.create_user(email, PASSWORD, role=role)


def let_in(user: PlatformUser, shop: TenantInfo, role: AccessRole = AccessRole.OWNER, **values: Any) -> TenantAccess:
    """The access of `user` to `shop`."""
    return TenantAccess.objects.create(platform_user=user, tenant_id=shop.id, role=role, **values)


def shop_browser(shop: TenantInfo, **options: Any) -> Client:
    """A browser that visits the shop's host."""
    return Client(SERVER_NAME=f"{shop.slug}.localhost", **options)


def platform_browser(**options: Any) -> Client:
    """A browser that visits the platform's host."""
    return Client(SERVER_NAME="localhost", **options)


def log_in(browser: Client, user: PlatformUser, password: str = PASSWORD) -> Any:
    """Submit the log-in page of the browser's host; the response."""
    return browser.post("/login/", {"username": user.email, "password": password})


def staff_browser(shop: TenantInfo, role: AccessRole = AccessRole.OWNER, email: str = "") -> Client:
    """A browser in which one of the shop's people is logged in."""
    user = make_user(email or f"{role}@{shop.slug}.example")
    let_in(user, shop, role)
    browser = shop_browser(shop)
    assert log_in(browser, user).status_code == 302
    return browser
