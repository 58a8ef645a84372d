"""Who comes with a key."""

from datetime import datetime

from smartseller.api.keys.authenticate import BearerAuthentication
from smartseller.api.refusals import Refusal
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.integrations.keys.find import find_key
from tenant_shop.integrations.keys.models import ApiKey


class Program:
    """Whoever holds a key, where the framework wants a user. It has no permission of a person's."""

    is_authenticated = True
    is_active = True
    is_anonymous = False
    pk = None

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return self.key.actor

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False


class KeyAuthentication(BearerAuthentication):
    """`Authorization: Bearer sk_live_…`. `request.auth` is the ApiKey then, `request.user` a Program."""

    def find(self, secret: str, *, at: datetime) -> ApiKey:
        return find_key(secret, at=at)

    def user_of(self, key: ApiKey) -> Program:
        _check_mode(key)
        return Program(key)


def _check_mode(key: ApiKey) -> None:
    """A test key never touches what is real; a live one goes on working while the shop is tried out."""
    if key.is_test and not shop_settings().test_mode:
        raise Refusal(
            403,
            "test_key_in_live_mode",
            "This is a test key, and the shop sells for real. Use it in test mode, or in a sandbox.",
        )
