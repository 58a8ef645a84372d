"""People who log in, and browsers for them."""

from typing import Any

import pyotp
from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import AccessRole, PlatformRole, PlatformUser, TenantAccess
from platform_core.accounts.two_factor.secret import seal
from platform_core.tenancy.context import TenantInfo

PASSWORD = "a long and quiet password"


# What the telephones of those who have a second factor share with the platform.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_user(email: str = "owner@acme.example", *, role: PlatformRole = PlatformRole.MERCHANT) -> PlatformUser:
    """A user who logs in with PASSWORD; one of the platform's own people has a second factor as well."""
    user = PlatformUser.objects.create_user(email, PASSWORD, role=role)
    return with_factor(user) if user.is_operator else user


def with_factor(user: PlatformUser) -> PlatformUser:
    """The user, whose telephone knows SECRET from now on."""
    user.two_factor_enabled, user.two_factor_secret, user.two_factor_step = True, seal(SECRET, user), None
    user.save(update_fields=["two_factor_enabled", "two_factor_secret", "two_factor_step"])
    return user


def code_now(user: PlatformUser) -> str:
    """What the telephone shows. A test may use it more than once: the platform forgets that it was."""
    PlatformUser.objects.filter(pk=user.pk).update(two_factor_step=None)
    return pyotp.TOTP(SECRET).at(timezone.now())


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
    """Submit the log-in page of the browser's host, and the code's page where there is one; the response."""
    response = browser.post("/login/", {"username": user.email, "password": password})
    if response.status_code == 302 and response.headers["Location"].startswith("/login/code/"):
        return browser.post(response.headers["Location"], {"code": code_now(user)})
    return response


def staff_browser(shop: TenantInfo, role: AccessRole = AccessRole.OWNER, email: str = "") -> Client:
    """A browser in which one of the shop's people is logged in."""
    user = make_user(email or f"{role}@{shop.slug}.example")
    let_in(user, shop, role)
    browser = shop_browser(shop)
    assert log_in(browser, user).status_code == 302
    return browser
