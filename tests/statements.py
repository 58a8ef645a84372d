"""Counting SQL statements, whichever database they go to."""

import re
from collections import Counter
from types import TracebackType
from typing import Any
from unittest import mock

from django.db.backends.utils import CursorWrapper

# Keys of settings are named in the code, not found in rows: other keys are another question.
ROWS = re.compile(r'(?<!"settings"\."key" )IN \((?:%s|\(%s(?:, %s)*\))(?:, (?:%s|\(%s(?:, %s)*\)))*\)')


class StatementCount:
    """`count` and `sql` of the statements sent inside the block, transaction control left out."""

    def __init__(self) -> None:
        self.sql: list[str] = []

    @property
    def count(self) -> int:
        return len(self.sql)

    @property
    def repeated(self) -> dict[str, int]:
        """What was asked more than once, of however many rows: `IN (a)` asks what `IN (a, b)` asks."""
        asked = Counter(ROWS.sub("IN (…)", sql) for sql in self.sql)
        return {sql: times for sql, times in asked.items() if times > 1}

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
