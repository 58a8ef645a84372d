"""The answers that a shop keeps for a day."""

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.kept import KeptAnswers
from tenant_shop.integrations.idempotency.models import IdempotentCall

ANSWERS = KeptAnswers(IdempotentCall, shop_transaction)


def forget_whom_it_names(traces: list[str]) -> None:
    """Take kept answers away that say one of `traces` (of somebody who is erased): asked for again they are gone, and
    the call is not made again.
    """
    for trace in filter(None, traces):
        IdempotentCall.objects.filter(body__icontains=trace).update(status=410, headers={}, body="")
