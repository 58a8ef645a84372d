"""What a shop's database consists of, as PostgreSQL sees it, for comparison with the template's."""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_core.fleet.servers import OwnerConnection
from platform_core.tenancy.hooks import shop_hooks

# One row for each thing: its name for people, and a digest of its definition. Values of rows are no part of it.
FACTS = """
SELECT 'column ' || c.relname || '.' || a.attname AS name,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation,
                 pg_get_expr(d.adbin, d.adrelid)) AS definition
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 'table ' || c.relname,
       concat_ws(' ', c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions::text,
                 (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(c.relacl) acl))
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL
SELECT 'view ' || c.relname, pg_get_viewdef(c.oid)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
UNION ALL
SELECT 'constraint ' || coalesce(c.relname || '.', '') || con.conname,
       concat_ws(' ', pg_get_constraintdef(con.oid), con.convalidated)
FROM pg_constraint con LEFT JOIN pg_class c ON c.oid = con.conrelid
WHERE con.connamespace = 'public'::regnamespace AND con.contype IN ('p', 'u', 'c', 'f', 'x')
UNION ALL
SELECT 'index ' || c.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger ' || c.relname || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'policy ' || tablename || '.' || policyname, concat_ws(' ', cmd, permissive, roles::text, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'function ' || p.oid::regprocedure::text, pg_get_functiondef(p.oid)
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'extension ' || extname, extversion FROM pg_extension
"""
# A restored database says the same otherwise: it casts here what the original cast there, with other parentheses, and
# names what a view's inner query left nameless (the view's own columns are compared by themselves).
READ = rf"""
SELECT name, md5(CASE WHEN name ^@ 'function ' THEN definition ELSE
    translate(regexp_replace(regexp_replace(definition, '(::[a-z ]+) AS [a-z0-9_]+', '\1', 'g'),
                             '::(character varying|text)(\(\d+\))?(\[\])?', '', 'g'), E'() \n', '') END)
FROM ({FACTS}) facts WHERE name !~ %s ORDER BY name
"""  # noqa: S608 - put together here, of nothing else
# What matches no name.
NOTHING = "^$"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Where a database differs from its template: what it lacks, has besides, and has otherwise."""

    missing: list[str]
    extra: list[str]
    changed: list[str]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.changed)

    def in_words(self, most: int) -> str:
        """For people, with at most `most` names of each sort."""
        parts = [("lacks", self.missing), ("has besides", self.extra), ("has otherwise", self.changed)]
        return "; ".join(f"{verb} {_listed(names, most)}" for verb, names in parts if names)


def _listed(names: list[str], most: int) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def read_catalogue(connection: OwnerConnection) -> dict[str, str]:
    """Every table, column, constraint, index, trigger, function … by name, with a digest of its definition.

    What a shop makes for itself (indexes of its custom fields) is left out.
    """
    own = shop_hooks.own_objects or NOTHING
    return dict(connection.execute(READ.encode(), (own,)).fetchall())


def drift_between(template: Mapping[str, str], found: Mapping[str, str]) -> Drift:
    return Drift(
        missing=sorted(template.keys() - found.keys()),
        extra=sorted(found.keys() - template.keys()),
        changed=sorted(name for name in template.keys() & found.keys() if template[name] != found[name]),
    )
