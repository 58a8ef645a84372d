"""Words that both apps' models and migrations use for PostgreSQL."""

from typing import Any

from django.db import models
from django.db.models import F, Func


class CurrentTimestamp(Func):
    """`CURRENT_TIMESTAMP` as a column default; Django's `Now()` would write `STATEMENT_TIMESTAMP()`."""

    template = "CURRENT_TIMESTAMP"

    def __init__(self, **extra: Any) -> None:
        super().__init__(output_field=models.DateTimeField(), **extra)


class KeptByTriggers:
    """A column that only triggers change: saving an object leaves the row's value as it is.

    Otherwise an object read before a sale would write the old stock back with its next `save()`. The object itself
    learns the new value from `refresh_from_db()`. Recorded in migrations by dotted path: do not move.
    """

    attname: str

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        return super().pre_save(model_instance, add) if add else F(self.attname)  # type: ignore[misc]


class KeptIntegerField(KeptByTriggers, models.IntegerField):  # type: ignore[type-arg]
    """An integer that only triggers change."""


class KeptBooleanField(KeptByTriggers, models.BooleanField):  # type: ignore[type-arg]
    """A yes or no that only triggers change."""


class KeptDecimalField(KeptByTriggers, models.DecimalField):  # type: ignore[type-arg]
    """A decimal number that only triggers change."""


class KeptJSONField(KeptByTriggers, models.JSONField):
    """A document that only triggers change."""
