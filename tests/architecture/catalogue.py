"""What a database really contains, read from PostgreSQL's catalogue as comparable facts."""

from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Column:
    type: str
    default: str | None
    nullable: bool

    @property
    def null(self) -> str:
        if not self.nullable:
            return "not null"
        return "nullable" if self.default is None else "nullable, with a default"

    def __str__(self) -> str:
        default = "" if self.default is None else f" default {self.default}"
        return f"{self.type}{' not null' if not self.nullable else ''}{default}"


@dataclass
class Catalogue:
    """Tables by name; constraints, indexes, triggers and row security by (table, what); functions and views loose."""

    tables: dict[str, dict[str, Column]] = field(default_factory=dict)
    facts: dict[tuple[str, str], str] = field(default_factory=dict)
    loose: dict[str, str] = field(default_factory=dict)


COLUMNS: LiteralString = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           CASE WHEN a.attidentity <> '' THEN 'identity' ELSE pg_get_expr(d.adbin, d.adrelid) END, NOT a.attnotnull
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    ORDER BY c.relname, a.attnum
"""
CONSTRAINTS: LiteralString = """
    SELECT con.conrelid::regclass::text, con.contype::text, pg_get_constraintdef(con.oid), con.condeferrable,
           ARRAY(SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY AS k(attnum, place)
                 JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum ORDER BY k.place)
    FROM pg_constraint con
    WHERE con.connamespace = 'public'::regnamespace AND con.contype IN ('p', 'u', 'c', 'f', 'x') AND con.conrelid <> 0
    ORDER BY 1, 3
"""
INDEXES: LiteralString = """
    SELECT i.indrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""
TRIGGERS: LiteralString = """
    SELECT t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""
ROW_SECURITY: LiteralString = """
    SELECT relname, relforcerowsecurity FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity
"""
POLICIES: LiteralString = (
    "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'"
)
FUNCTIONS: LiteralString = """
    SELECT p.oid::regprocedure::text, pg_get_function_result(p.oid) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
VIEWS: LiteralString = """
    SELECT c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm') GROUP BY 1
"""


def read(connection: Connection) -> Catalogue:
    """The catalogue of the schema `public` behind `connection`."""
    found = Catalogue()
    for table, column, type_, default, nullable in connection.execute(COLUMNS):
        found.tables.setdefault(table, {})[column] = Column(type_, default, nullable)
    _read_constraints(connection, found)
    for table, name, definition in connection.execute(INDEXES):
        unique = "unique " if definition.startswith("CREATE UNIQUE") else ""
        found.facts[table, f"index {name}"] = unique + definition.split(" ON public.", 1)[1].removeprefix(table).strip()
    for table, name, definition in connection.execute(TRIGGERS):
        what = definition.removeprefix(f"CREATE TRIGGER {name} ").removeprefix(f"CREATE CONSTRAINT TRIGGER {name} ")
        found.facts[table, f"trigger {name}"] = what.replace(" ON public.", " ON ").replace("public.", "")
    for table, forced in connection.execute(ROW_SECURITY):
        found.facts[table, "row security"] = "forced" if forced else "enabled"
    for table, name, command, using, check in connection.execute(POLICIES):
        found.facts[table, f"policy {name}"] = f"for {command} using {using} with check {check}"
    for signature, result in connection.execute(FUNCTIONS):
        found.loose[f"function {signature}"] = f"returns {result}"
    for name, columns in connection.execute(VIEWS):
        found.loose[f"view {name}"] = columns
    return found


def _read_constraints(connection: Connection, found: Catalogue) -> None:
    for table, kind, definition, deferrable, columns in connection.execute(CONSTRAINTS):
        names = ", ".join(columns)
        match kind:
            case "p":
                found.facts[table, "primary key"] = names
            case "u":
                found.facts[table, f"unique ({names})"] = "yes"
            case "f":
                definition = definition.removesuffix(" DEFERRABLE INITIALLY DEFERRED").split(" REFERENCES ", 1)[1]
                found.facts[table, f"foreign key ({names})"] = definition
                found.facts[table, f"foreign key ({names}) is checked"] = "at commit" if deferrable else "at once"
            case _:
                # Several checks may guard the same columns; constraints are read in the order of their text.
                what = f"check ({names})"
                earlier = found.facts.get((table, what))
                found.facts[table, what] = definition if earlier is None else f"{earlier} AND {definition}"
