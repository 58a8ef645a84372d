"""Django's way in: whatever logs a person in goes through the same count and lock."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from platform_core.accounts.log_in import LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformUser


class PlatformBackend(BaseBackend):
    """Platform users by address and password. What they may do, they answer themselves."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> PlatformUser | None:
        if username is None or password is None:
            return None
        try:
            return verify_credentials(username, password)
        except LogInRefused:
            return None

    def get_user(self, user_id: UUID | str) -> PlatformUser | None:
        """The active user of a session; None once the account is closed."""
        try:
            return PlatformUser.objects.filter(pk=user_id, is_active=True).first()
        except ValidationError:
            return None
