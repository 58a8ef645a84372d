"""A physical connection to one shop's database, and what has to be known of it between two visits."""

from __future__ import annotations

import select
from functools import cached_property
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from platform_core.tenancy.postgresql.base import DatabaseWrapper


class ShopConnection(psycopg.Connection[tuple[object, ...]]):
    """As psycopg's connection. `session_changed` says that the session must be reset before its next use; `comment`
    ends every statement.

    Django's wrapper rests with its connection as `wrapper`: making a new one costs a request more than all the
    rest of the fence.
    """

    session_changed = False
    comment = ""
    wrapper: DatabaseWrapper | None = None

    @cached_property
    def _news(self) -> select.poll:
        news = select.poll()
        news.register(self.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
        return news

    def is_live(self) -> bool:
        """Whether a resting connection still stands; without a round trip, for a server that left makes it readable."""
        if not self._news.poll(0):
            return True
        try:
            self.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def make_sound(self) -> bool:
        """Roll back what is open and reset the session if it was changed; false when the connection cannot be kept."""
        status = self.pgconn.transaction_status
        if status == TransactionStatus.IDLE and self.autocommit and not self.session_changed:
            return True
        if self.closed or status in (TransactionStatus.ACTIVE, TransactionStatus.UNKNOWN):
            return False
        try:
            if status != TransactionStatus.IDLE:
                self.rollback()
            # The next borrower counts on it, and a COMMIT that nobody sends would lose what it writes.
            self.autocommit = True
            if self.session_changed:
                self.execute("DISCARD ALL")
                self.session_changed = False
        except psycopg.Error:
            return False
        return True
