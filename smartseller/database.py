"""Words that both apps' models and migrations use for PostgreSQL."""

from typing import Any

from django.db import models
from django.db.models import Func


class CurrentTimestamp(Func):
    """`CURRENT_TIMESTAMP` as a column default; Django's `Now()` would write `STATEMENT_TIMESTAMP()`."""

    template = "CURRENT_TIMESTAMP"

    def __init__(self, **extra: Any) -> None:
        super().__init__(output_field=models.DateTimeField(), **extra)
