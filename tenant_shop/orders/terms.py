"""Which version of the terms an order agrees to."""

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.errors import TermsChanged


def check_terms(settings: ShopSettings, shown: str | None) -> str:
    """The version that holds: what was `shown`, or today's when nobody says what was. Errors: TermsChanged."""
    if shown is not None and shown != settings.terms_version:
        raise TermsChanged
    return settings.terms_version
