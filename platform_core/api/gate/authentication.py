"""Whose key a program comes with."""

from datetime import datetime

from platform_core.accounts.models import PlatformUser
from platform_core.keys.find import find_key
from platform_core.keys.models import UserKey
from smartseller.api.keys.authenticate import BearerAuthentication


class UserKeyAuthentication(BearerAuthentication):
    """`Authorization: Bearer ak_live_…`. `request.auth` is the UserKey then, `request.user` its owner.

    No session opens the API: it acts in a person's name, and pages of other sites could have a browser send one along.
    """

    def find(self, secret: str, *, at: datetime) -> UserKey:
        return find_key(secret, at=at)

    def user_of(self, key: UserKey) -> PlatformUser:
        user: PlatformUser = key.user
        return user
