"""Which gateways there are."""

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.payments.errors import GatewayNotOffered
from tenant_shop.payments.gateways.demo import DemoGateway
from tenant_shop.payments.gateways.manual import ManualGateway
from tenant_shop.payments.gateways.protocol import Gateway
from tenant_shop.payments.gateways.stripe import StripeGateway
from tenant_shop.payments.methods import HAS_STRIPE, is_usable

GATEWAYS: dict[str, Gateway] = {gateway.code: gateway for gateway in (ManualGateway(), DemoGateway(), StripeGateway())}


def gateway_of(code: str, shop: ShopSettings) -> Gateway:
    """The gateway called `code`, if a shop with these settings may take money through it now.

    Errors: GatewayNotOffered: a shop that sells for real knows no test cards, whatever is left over in it.
    """
    if code not in GATEWAYS or not is_usable(code, shop):
        raise GatewayNotOffered(code)
    return GATEWAYS[code]


def gateway_to_end_with(code: str) -> Gateway | None:
    """The gateway called `code` for giving up what is under way there, whether a shop may take money through it or not;
    None for one that this installation cannot speak to."""
    return None if code == StripeGateway.code and not HAS_STRIPE else GATEWAYS.get(code)
