"""Counting SQL statements, whichever database they go to."""

from types import TracebackType
from typing import Any
from unittest import mock

from django.db.backends.utils import CursorWrapper


class StatementCount:
    """`count` and `sql` of the statements sent inside the block, transaction control left out."""

    def __init__(self) -> None:
        self.sql: list[str] = []

    @property
    def count(self) -> int:
        return len(self.sql)

    def __enter__(self) -> "StatementCount":
        # Every shop's wrapper is made anew on each visit, so the hook sits where all of them pass.
        original, seen = CursorWrapper._execute_with_wrappers, self.sql

        def counting(cursor: CursorWrapper, sql: Any, params: Any, many: bool, executor: Any) -> Any:
            if not str(sql).startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")):
                seen.append(str(sql))
            return original(cursor, sql, params, many, executor)

        self._patch = mock.patch.object(CursorWrapper, "_execute_with_wrappers", counting)
        self._patch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._patch.stop()
