"""Opening a shop for somebody who may have no account yet."""

import logging
from dataclasses import replace
from uuid import UUID

import psycopg
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError
from django.views.decorators.debug import sensitive_variables

from platform_core.accounts.log_in import verify_credentials
from platform_core.accounts.mailbox.verify import ask_to_verify
from platform_core.accounts.models import PlatformUser
from platform_core.fleet.provision.request import RequestedShop, ShopRequest, request_shop
from platform_core.fleet.provision.task import provision_soon
from smartseller.errors import SmartSellerError

logger = logging.getLogger(__name__)


@sensitive_variables("password")
def sign_up(request: ShopRequest, *, password: str, network: str) -> tuple[RequestedShop, PlatformUser]:
    """Request the shop in the name of the account with the owner's address, which is made if there is none; an address
    that is not proven yet is sent a link. `network` (`networks.network_of`) is where the request comes from.

    Not within a transaction: a wrong password is counted, and a refusal would take the count back.
    Errors: LogInRefused when the account has another password; as `request_shop`.
    """
    email = request.owner_email
    owner = (
        verify_credentials(email, password, network=network)
        if PlatformUser.objects.filter(email=email).exists()
        else None
    )
    hashed = None if owner else make_password(password)
    requested = request_shop(replace(request, password_hash=hashed), actor_id=owner.pk if owner else None)
    if owner is None and requested.is_new:
        owner = PlatformUser.objects.get(email=email)
    # Somebody else's submission may have made the account a moment ago: then the password must be that one's.
    owner = owner or verify_credentials(email, password, network=network)
    if requested.is_new:
        ask_to_verify(owner)
    return requested, owner


def start(run_id: UUID) -> None:
    """Set the work going. A step that fails is recorded on the run, and a job takes it up again."""
    try:
        provision_soon(run_id)
    except (SmartSellerError, DatabaseError, psycopg.Error):
        logger.exception("provisioning run %s stopped", run_id)
