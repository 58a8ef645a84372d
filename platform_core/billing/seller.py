"""Who sends the bills."""

from typing import Any

from django.conf import settings

from platform_core.configuration.models import PlatformSetting
from platform_core.tenants.models import Tenant

# {"lines": ["SmartSeller GmbH", "Am Hafen 1", "20457 Hamburg"], "tax_id": "DE136695976", "footer": ["HRB 1"],
#  "account": [["IBAN", "DE02 …"]]}
SETTING = "billing.seller"
# Where paper is cut by inches.
LETTER = frozenset({"US", "CA", "MX", "PH"})


def seller_of(tenant: Tenant) -> dict[str, Any]:
    """What an invoice to this merchant says of the platform, taken down when it is issued. One statement."""
    said: dict[str, Any] = PlatformSetting.objects.filter(key=SETTING).values_list("value", flat=True).first() or {}
    return {
        "lines": said.get("lines") or ["SmartSeller"],
        "contact": [settings.SUPPORT_EMAIL],
        "tax_id": said.get("tax_id", ""),
        "footer": said.get("footer", []),
        "account": said.get("account", []),
        "paper": "us-letter" if tenant.country in LETTER else "a4",
    }
