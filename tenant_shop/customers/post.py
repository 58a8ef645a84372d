"""Having a customer written to: a row in the outbox is the promise, the message to a worker only makes it quick."""

from collections.abc import Mapping

from tenant_shop.customers.letters import TOPIC, Kind
from tenant_shop.customers.mail import send_mail_task
from tenant_shop.customers.models import Customer
from tenant_shop.customers.tokens import CustomerToken
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.mails.promise import promise_mail


def write_to(
    email: str,
    kind: Kind,
    *,
    customer: Customer | None = None,
    token: CustomerToken | None = None,
    language: str = "",
    facts: Mapping[str, str] | None = None,
) -> OutboxEvent:
    """Have `email` written to once the caller has committed. One statement.

    In `language` (BCP 47), else in the customer's, else in the shop's own. `facts` is what the mail is to tell. The
    payload holds no secret: links are signed when the mail is written.
    """
    return promise_mail(
        TOPIC,
        {
            "kind": kind.value,
            "email": email,
            "customer_id": str(customer.pk) if customer else None,
            "token_id": str(token.pk) if token else None,
            "language": language or (customer.language if customer else ""),
            **({"facts": dict(facts)} if facts else {}),
        },
        task=send_mail_task,
    )
