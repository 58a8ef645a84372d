"""Programs that come to the platform's API with a person's key."""

from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from platform_core.accounts.models import PlatformUser
from platform_core.audit.origin import Origin
from platform_core.keys.make import MadeKey, make_key
from tests.api_client import ApiClient


def key_of(user: PlatformUser, *scopes: str, at: datetime | None = None, **options: Any) -> MadeKey:
    """A key of the person that may do `scopes`."""
    origin = Origin(user_id=user.pk)
    return make_key(user, name="Reports", scopes=scopes, at=at or timezone.now(), origin=origin, **options)


def client_with(secret: str, **options: Any) -> ApiClient:
    """A program that sends `secret` with every request to the platform's host."""
    return ApiClient(Client(SERVER_NAME="localhost", HTTP_AUTHORIZATION=f"Bearer {secret}", **options))


def program_of(user: PlatformUser, *scopes: str, **options: Any) -> ApiClient:
    return client_with(key_of(user, *scopes, **options).secret)


def anybody(**options: Any) -> ApiClient:
    """A program without a key."""
    return ApiClient(Client(SERVER_NAME="localhost", **options))
