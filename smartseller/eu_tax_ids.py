"""Tax ids of the European Union. Pure: whether one could be real, not whether it is."""

from stdnum.eu import vat

# Where a tax id begins with other letters than its country's code.
COUNTRY_OF_PREFIX = {"EL": "GR"}
# python-stdnum counts Northern Ireland (XI), which is in the EU for goods only, and no country here.
MEMBER_STATES = frozenset(code.upper() for code in vat.MEMBER_STATES) - {"XI"}


def country_of_tax_id(tax_id: str) -> str | None:
    """The EU country (ISO 3166-1 alpha-2) whose tax id this is, as it is normalised; None for any other."""
    prefix = tax_id[:2]
    country = COUNTRY_OF_PREFIX.get(prefix, prefix)
    return country if country in MEMBER_STATES and vat.is_valid(tax_id) else None
