"""Signing up as a browser does: the form, the link in the mail, the password."""

from typing import Any
from uuid import uuid4

from django.test import Client

from platform_core.accounts.models import PlatformUser, TenantAccess
from platform_core.fleet.models import ProvisioningRun
from platform_core.tenants.models import Tenant
from tests.people import PASSWORD
from tests.platform_core.accounts.posting import mails, path_in

NOTHING = {"Tenant": 0, "PlatformUser": 0, "ProvisioningRun": 0, "TenantAccess": 0}


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "shop_name": "Acme Tools",
        "slug": "acme",
        "plan": "premium",
        "coupon": "",
        "cycle": "monthly",
        "country": "DE",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "email": "Ann@acme.example",
        "request_key": uuid4().hex,
        **changes,
    }


def asked(browser: Client, **changes: Any) -> str:
    """Send the form; the path in the mail that comes of it."""
    assert browser.post("/signup/", answers(**changes)).status_code == 200
    (message,) = mails()
    return path_in(message)


def opened(browser: Client, **changes: Any) -> str:
    """Send the form, follow the link and choose a password; where the progress is shown."""
    submitted = browser.post(asked(browser, **changes), {"password": PASSWORD})
    assert submitted.status_code == 302, submitted.content.decode()
    return str(submitted.headers["Location"])


def rows() -> dict[str, int]:
    """What a refused sign-up must not have changed."""
    return {model.__name__: model.objects.count() for model in (Tenant, PlatformUser, ProvisioningRun, TenantAccess)}
