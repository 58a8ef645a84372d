"""Identifiers of rows."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A new time-ordered identifier, monotonic within a process.

    Source: RFC 9562, section 5.7. Recorded in migrations by its dotted path: do not move it.
    """
    return uuid_utils.compat.uuid7()
