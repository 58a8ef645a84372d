"""How many pieces may be ordered at once."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller.formats import number
from tenant_shop.pricing.models import MOST_PIECES


@dataclass(frozen=True, slots=True)
class Allowed:
    """At least `minimum` pieces, in whole packs of `multiple`."""

    minimum: int = 1
    multiple: int = 1

    @property
    def least(self) -> int:
        """The fewest that can be ordered: the whole packs that make the minimum."""
        return -(-self.minimum // self.multiple) * self.multiple

    @property
    def is_free(self) -> bool:
        return self.least == 1

    def permits(self, quantity: int) -> bool:
        return quantity >= self.least and quantity % self.multiple == 0

    def at_most(self, limit: int | None) -> int:
        """The most that can be ordered when there are `limit`; 0 when that is less than the least."""
        most = MOST_PIECES if limit is None else min(limit, MOST_PIECES)
        packed = most - most % self.multiple
        return packed if packed >= self.least else 0

    def nearest(self, quantity: int, limit: int | None) -> int:
        """What can be ordered instead of `quantity`: the next that is enough, or else the most there is."""
        wanted = max(self.least, -(-quantity // self.multiple) * self.multiple)
        return min(wanted, self.at_most(limit))

    def below(self, quantity: int) -> int:
        """The most that can be ordered and is less than `quantity`; 0 when there is no such number."""
        return self.at_most(quantity - 1)

    @property
    def sentence(self) -> str:
        """What the shopper is told; empty where any number can be ordered."""
        if self.is_free:
            return ""
        facts = {"least": number(self.least), "pack": number(self.multiple)}
        if self.multiple == 1:
            return ngettext("Sold from %(least)s piece on.", "Sold from %(least)s pieces on.", self.least) % facts
        if self.least == self.multiple:
            return _("Sold in packs of %(pack)s.") % facts
        return _("Sold from %(least)s pieces on, in packs of %(pack)s.") % facts


ANY_NUMBER = Allowed()
