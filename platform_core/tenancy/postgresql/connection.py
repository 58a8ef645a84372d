"""A physical connection to one shop's database, and what has to be known of it between two visits."""

from __future__ import annotations

import select
from functools import cached_property
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import TransactionStatus

from platform_core.tenancy.hooks import shop_hooks

if TYPE_CHECKING:
    from platform_core.tenancy.postgresql.base import DatabaseWrapper


class ShopConnection(psycopg.Connection[tuple[object, ...]]):
    """As psycopg's connection. `session_changed` says that the session must be reset before its next use; `comment`
    ends every statement; `told` is what the database said by INFO since the last commit, each text once: a transaction
    of 100,000 events says so with every one of them.

    Django's wrapper rests with its connection as `wrapper`: making a new one costs a request more than all the
    rest of the fence.
    """

    session_changed = False
    comment = ""
    wrapper: DatabaseWrapper | None = None

    @cached_property
    def told(self) -> dict[str, None]:
        return {}

    def listen(self) -> None:
        """Hear what the database tells by INFO, which it sends whatever the client's settings."""
        self.add_notice_handler(self._hear)

    def _hear(self, notice: psycopg.errors.Diagnostic) -> None:
        if notice.severity_nonlocalized == "INFO" and notice.message_primary:
            self.told[notice.message_primary] = None

    def pass_on(self) -> None:
        """Tell the shop's code what its database told, unless a transaction is still open."""
        if self.told and self.pgconn.transaction_status != TransactionStatus.INTRANS:
            told = list(self.told)
            self.told.clear()
            for text in told:
                if shop_hooks.told is not None:
                    shop_hooks.told(text)

    def commit(self) -> None:
        # Also when the answer was lost: it may be committed, and saying so without need harms nobody.
        try:
            super().commit()
        finally:
            self.pass_on()

    def rollback(self) -> None:
        self.told.clear()
        super().rollback()

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
