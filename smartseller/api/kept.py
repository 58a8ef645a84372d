"""Keeping answers for a day, and knowing who is at it.

What is done in one transaction is kept in it: a call that is killed leaves nothing, and one that was done has its
answer (`take_turn`, `keep`). What is committed in steps, because somebody outside is asked in between, cannot be: it is
leased first, and its own verb must know the name again (`lease`, `keep_leased`, `let_go`).
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.functions import RandomUUID
from django.db import connections, models, router

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

KEPT_FOR = timedelta(hours=24)
# Longer than any payment service is waited for.
LEASE = timedelta(minutes=2)

TAKE_TURN = "SELECT pg_try_advisory_xact_lock(hashtextextended('idempotent call ' || %s || ' ' || %s, 0))"
# The name is free, or its day is over, or whoever was at the same thing was killed. {table} is a model's own.
TAKE_LEASE = """
INSERT INTO {table} AS known (id, key_id, name, fingerprint, leased_until, expires_at)
VALUES (%(id)s, %(key)s, %(name)s, %(fingerprint)s, %(until)s, %(expires)s)
ON CONFLICT (key_id, name) DO UPDATE SET
    id = EXCLUDED.id, fingerprint = EXCLUDED.fingerprint, status = NULL, headers = '{{}}', body = '',
    leased_until = EXCLUDED.leased_until, expires_at = EXCLUDED.expires_at, created_at = CURRENT_TIMESTAMP
WHERE known.expires_at <= %(now)s
    OR (known.status IS NULL AND known.leased_until <= %(now)s AND known.fingerprint = EXCLUDED.fingerprint)
RETURNING id
"""


class KeptAnswer(models.Model):
    """A call that named itself (`Idempotency-Key`), and its answer once there is one. Models of it add `key`.

    A row without an answer is a call that is under way, or was killed: others wait until `leased_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=255, help_text="As the program called it.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    status = models.SmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict, db_default={})
    body = models.TextField(default="", db_default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    expires_at = models.DateTimeField(help_text="Afterwards the name is free.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class KeptAnswers:
    """The answers in a model's table; `transaction` opens one in its database."""

    def __init__(self, model: type[Any], transaction: Callable[[], AbstractContextManager[Any]]) -> None:
        self._model = model
        self.transaction = transaction

    def take_turn(self, key_id: UUID, name: str) -> bool:
        """Whether nobody else is at the call of this name; held to the end of the transaction that is open."""
        with connections[self._alias].cursor() as cursor:
            cursor.execute(TAKE_TURN, [str(key_id), name])
            return bool(cursor.fetchone()[0])

    def known(self, key_id: UUID, name: str, *, at: datetime) -> KeptAnswer | None:
        """The call of this name, if its day is not over."""
        found: KeptAnswer | None = self._model.objects.filter(key=key_id, name=name, expires_at__gt=at).first()
        return found

    def lease(self, key_id: UUID, name: str, fingerprint: str, *, at: datetime) -> UUID | None:
        """Take the name for two minutes; what `keep_leased` and `let_go` need, None when it is taken or answered."""
        facts: dict[str, Any] = {
            "id": uuid7(),
            "key": key_id,
            "name": name,
            "fingerprint": fingerprint,
            "until": at + LEASE,
            "expires": at + KEPT_FOR,
            "now": at,
        }
        with connections[self._alias].cursor() as cursor:
            cursor.execute(TAKE_LEASE.format(table=self._model._meta.db_table), facts)
            row = cursor.fetchone()
        return row[0] if row else None

    def keep(
        self,
        key_id: UUID,
        name: str,
        fingerprint: str,
        *,
        status: int,
        headers: Mapping[str, str],
        body: str,
        at: datetime,
    ) -> None:
        """Keep the answer for a day, in the transaction that is open."""
        self._model.objects.filter(key=key_id, name=name, expires_at__lte=at).delete()
        self._model.objects.create(
            key_id=key_id,
            name=name,
            fingerprint=fingerprint,
            status=status,
            headers=dict(headers),
            body=body,
            expires_at=at + KEPT_FOR,
        )

    def keep_leased(self, lease_id: UUID, *, status: int, headers: Mapping[str, str], body: str) -> None:
        """Keep the answer of a leased call."""
        self._model.objects.filter(pk=lease_id).update(
            status=status, headers=dict(headers), body=body, leased_until=None
        )

    def let_go(self, lease_id: UUID) -> None:
        """The leased call came to nothing: its name is free again."""
        self._model.objects.filter(pk=lease_id, status=None).delete()

    def forget(self, before: datetime) -> int:
        """Delete the answers whose day is over; how many."""
        deleted: int = self._model.objects.filter(expires_at__lte=before).delete()[0]
        return deleted

    @property
    def _alias(self) -> str:
        return router.db_for_write(self._model)
