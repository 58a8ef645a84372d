"""The customers that an order history names."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Lower

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.customers.models import Customer
from tenant_shop.customers.register import LONGEST_LANGUAGE, unusable_password
from tenant_shop.imports.order_history.document import Document
from tenant_shop.imports.order_history.line import Line

# No mail can reach what is below it (RFC 2606), and nobody can prove to own an address there.
NOWHERE = "customers.invalid"


def address_of(line: Line) -> str:
    """The address by which a line's customer is known; one that leads nowhere when the file has a number only."""
    return line.email.lower() or (f"{line.customer.lower()}@{NOWHERE}" if line.customer else "")


@dataclass(slots=True)
class Buyers:
    """The customers of one import by their addresses, read and made as they come up."""

    settings: ShopSettings
    known: dict[str, UUID] = field(default_factory=dict)

    def find(self, documents: Iterable[Document]) -> dict[str, UUID]:
        """The customers of `documents`, those that the shop has not made now, with no password that anybody has.

        A customer is known again by the address, or by the merchant's number, whatever the address is by now. Runs in
        the caller's transaction; `remember` what it says once that is committed.
        """
        wanted: dict[str, tuple[Line, datetime]] = {}
        for document in documents:
            line = document.lines[0]
            address = address_of(line)
            if address and address not in self.known:
                first = min(document.at, wanted[address][1]) if address in wanted else document.at
                wanted[address] = (line, first)
        if not wanted:
            return {}
        found = _in_shop(wanted)
        return found | self._make({address: who for address, who in wanted.items() if address not in found})

    def remember(self, found: dict[str, UUID]) -> None:
        self.known |= found

    def _make(self, missing: dict[str, tuple[Line, datetime]]) -> dict[str, UUID]:
        made = Customer.objects.bulk_create(
            Customer(
                email=address,
                password_hash=unusable_password(),
                currency=self.settings.currency,
                timezone=self.settings.timezone,
                language=self.settings.language[:LONGEST_LANGUAGE],
                created_at=since,
                metadata={"imported_number": line.customer} if line.customer else {},
            )
            for address, (line, since) in missing.items()
        )
        return {customer.email: customer.pk for customer in made}


def _in_shop(wanted: dict[str, tuple[Line, datetime]]) -> dict[str, UUID]:
    by_number = {line.customer: address for address, (line, _) in wanted.items() if line.customer}
    rows = (
        Customer.objects.annotate(address=Lower("email"), number=F("metadata__imported_number"))
        .filter(Q(address__in=wanted) | Q(metadata__imported_number__in=list(by_number)))
        .values_list("address", "number", "pk")
    )
    found: dict[str, UUID] = {}
    for address, number, pk in rows:
        if address in wanted:
            found[address] = pk
        elif number in by_number:
            found.setdefault(by_number[number], pk)
    return found
