"""Whether the database refused what was written, or was not there to refuse it."""

from django.db import InterfaceError, OperationalError

# Somebody else wrote at the same time: serialization failure, deadlock.
TRY_AGAIN = {"40001", "40P01"}


def is_outage(error: Exception) -> bool:
    """Whether the database is out of reach: then nothing more can be imported, and no row is to blame."""
    if isinstance(error, InterfaceError):
        return True
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) not in TRY_AGAIN
