"""Whose a call with a name is, in a shop.

class CaptureOrder(ShopAPIView):
    commits_in_steps = True     # asks a payment service: give the verb effect_key(request) as its key
"""

import hashlib

from rest_framework.request import Request

from smartseller.api.idempotency import NamedCall, name_of
from smartseller.client_address import address_of
from tenant_shop.integrations.keys.models import ApiKey


def named_call(request: Request) -> NamedCall | None:
    """The call, if it has a name and comes with a key. Errors: Refusal 400."""
    name = name_of(request)
    if name is None or not isinstance(request.auth, ApiKey):
        return None
    return NamedCall(request.auth.pk, _own(name, request, request.auth))


def effect_key(request: Request) -> str | None:
    """For verbs that know again what they have done: the same for the same call sent again, nobody else's. 64 letters,
    None when the call has no name.
    """
    call = named_call(request)
    return None if call is None else hashlib.sha256(f"{call.key_id}:{call.name}".encode()).hexdigest()


def _own(name: str, request: Request, key: ApiKey) -> str:
    """A publishable key is everybody's: there a name belongs to the address that it comes from, too, or who takes the
    same one would get somebody else's cart.
    """
    if key.is_publishable:
        return hashlib.sha256(f"{address_of(request._request)}:{name}".encode()).hexdigest()
    return name
