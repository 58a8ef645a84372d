"""Searching with PostgreSQL: full text, and letters compared where words find nothing."""

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.search.matches import Matches

FIND = "SELECT ids, did_you_mean, is_exact FROM search_products(%s)"


class PostgresEngine:
    """Every word must be there, by its stem in the shop's language or by what the shop's synonyms make of it.

    The last word may be unfinished; an SKU too, whole or from any of its parts on, with or without its hyphens. Names
    count more than SKUs of variants and brands, those more than categories, tags and options, descriptions least. What
    finds nothing is looked for inside words, then set right by the words that the shop has, then compared by how it
    looks. The functions are in the migration that made them (docs/decisions/0008-search-lives-in-the-database.md).
    """

    def find(self, text: str) -> Matches:
        with shop_connection().cursor() as cursor:
            cursor.execute(FIND, [text])
            ids, did_you_mean, is_exact = cursor.fetchone()
        return Matches(ids=tuple(ids), did_you_mean=did_you_mean, is_exact=is_exact)
