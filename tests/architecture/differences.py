"""The deliberate differences between the specification and the platform's database, each with its reason.

The list is exact: a difference that is not here fails the comparison, and so does an entry that is no difference.
Each entry names a thing, what the specification says (None: nothing) and what is built (None: left out).
"""

from tests.architecture.comparison import Deliberate, Everywhere

# These hold in both databases.
EVERYWHERE = {
    Everywhere("default", "uuid_generate_v4()", "gen_random_uuid()"): "in PostgreSQL's core since 13; no extension",
    Everywhere("null", "nullable, with a default", "not null"): "a column with a default needs no third state",
    Everywhere("foreign key is checked", "at once", "at commit"): "as Django does, so that rows may come in any order",
}

PLATFORM = Deliberate(one_by_one={}, everywhere=EVERYWHERE)
