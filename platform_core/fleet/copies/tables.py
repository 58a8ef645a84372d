"""Which tables of a shop's database hold the shop, and in which order they can be filled."""

from collections.abc import Mapping
from graphlib import TopologicalSorter

from platform_core.fleet.copies.errors import SchemaDiffers
from platform_core.fleet.servers import OwnerConnection

Columns = tuple[str, ...]
# They say whose a database is and how it was made, or who is logged in at this moment.
OF_THE_DATABASE = frozenset({"tenant_sentinel", "django_migrations", "schema_versions", "django_session"})
# Generated columns are made anew.
COLUMNS = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relnamespace = 'public'::regnamespace
GROUP BY c.relname
"""
# Those that are looked at when a statement ends, not when the transaction does.
REFERENCES = """
SELECT referring.relname, referred.relname
FROM pg_constraint found
JOIN pg_class referring ON referring.oid = found.conrelid
JOIN pg_class referred ON referred.oid = found.confrelid
WHERE found.contype = 'f' AND NOT found.condeferrable AND found.conrelid <> found.confrelid
"""


def shop_tables(connection: OwnerConnection) -> dict[str, Columns]:
    """The tables of the connection's database that hold the shop, with their columns; referred to before referring."""
    found = {name: tuple(columns) for name, columns in connection.execute(COLUMNS) if name not in OF_THE_DATABASE}
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(found), ()))
    for referring, referred in connection.execute(REFERENCES):
        if referring in found and referred in found:
            order.add(referring, referred)
    return {name: found[name] for name in order.static_order()}


def check_same(source: Mapping[str, Columns], target: Mapping[str, Columns]) -> None:
    """Errors: SchemaDiffers unless rows of `source` fit into `target`; the order of columns does not matter."""
    for name in sorted(source.keys() | target.keys()):
        if set(source.get(name, ())) != set(target.get(name, ())):
            raise SchemaDiffers(f"the table {name}")
