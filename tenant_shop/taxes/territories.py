"""Parts of EU countries outside the EU's tax area, as an address tells them: by state, or by postal code. Pure.

Source: Council Directive 2006/112/EC, article 6, as amended by Directive (EU) 2019/475; the Commission's table
"Territorial status of EU countries and certain territories". docs/taxes.md lists them for merchants. Åland and the
French departments overseas have country codes of their own; here they are as addresses that name the country which they
belong to. The waters of Lake Lugano have no addresses.
"""

from collections.abc import Mapping

# By country, as addresses keep states: Las Palmas and Santa Cruz de Tenerife (the Canary Islands), Ceuta and Melilla.
STATES: Mapping[str, frozenset[str]] = {"ES": frozenset({"GC", "TF", "CE", "ML"})}
# By country, how postal codes of such places begin; a whole code is one that begins with itself.
POSTAL_CODES: Mapping[str, tuple[str, ...]] = {
    "DE": ("27498", "78266"),  # Heligoland, Büsingen
    "ES": ("35", "38", "51", "52"),  # Las Palmas, Santa Cruz de Tenerife, Ceuta, Melilla
    "FI": ("22",),  # Åland
    # Guadeloupe, Martinique, Guiana, Réunion, Saint-Pierre-et-Miquelon, Mayotte, Saint-Barthélemy, Saint-Martin, and
    # the territories overseas; 980 is Monaco, which is taxed as France.
    "FR": ("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"),
    "GR": ("63086",),  # Mount Athos
    "IT": ("23041", "22061"),  # Livigno, Campione d'Italia
}
LENGTH = 5  # of a postal code in each of these countries


def is_outside_tax_area(country: str | None, *, state: str = "", postal_code: str = "") -> bool:
    """Whether the address is in an EU country (ISO 3166-1 alpha-2) and not in the EU's tax area."""
    there = (country or "").strip().upper()
    if state.strip().upper() in STATES.get(there, frozenset()):
        return True
    digits = "".join(sign for sign in postal_code if sign.isascii() and sign.isdigit())
    return len(digits) == LENGTH and digits.startswith(POSTAL_CODES.get(there, ()))
