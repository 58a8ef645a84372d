"""Many small questions to the shop's database in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from platform_core.tenancy.connections import shop_connection


@dataclass(frozen=True, slots=True)
class Question:
    """SQL that gives one value."""

    sql: str
    parameters: tuple[Any, ...] = ()


def how_many(rows: QuerySet[Any, Any], *, most: int) -> Question:
    """The number of `rows`; counting stops at `most`."""
    counted = _inner(rows.order_by().values("pk")[:most])
    return Question(f"(SELECT count(*) FROM ({counted.sql}) AS counted)", counted.parameters)  # noqa: S608


def how_many_in_all(*parts: QuerySet[Any, Any]) -> Question:
    """The number of rows of all `parts` together, each counted to its end."""
    inner = [_inner(rows) for rows in parts]
    sql = " + ".join(f"(SELECT count(*) FROM ({part.sql}) AS counted)" for part in inner)  # noqa: S608
    return Question(f"({sql})", tuple(value for part in inner for value in part.parameters))


def is_there(rows: QuerySet[Any, Any]) -> Question:
    """Whether there is any of `rows`."""
    found = _inner(rows.order_by().values("pk")[:1])
    return Question(f"EXISTS ({found.sql})", found.parameters)


def value_of(rows: QuerySet[Any, Any]) -> Question:
    """The one value of `rows`, which have one column and at most one row; None without a row."""
    found = _inner(rows)
    return Question(f"({found.sql})", found.parameters)


def ask(questions: Mapping[str, Question]) -> dict[str, Any]:
    """The answers by name; one statement, or none without a question. Documents come as the driver gives them."""
    if not questions:
        return {}
    sql = "SELECT " + ", ".join(question.sql for question in questions.values())
    parameters = [value for question in questions.values() for value in question.parameters]
    with shop_connection().cursor() as cursor:
        cursor.execute(sql, parameters)
        return dict(zip(questions, cursor.fetchone(), strict=True))


def _inner(rows: QuerySet[Any, Any]) -> Question:
    try:
        sql, parameters = rows.query.get_compiler(connection=shop_connection()).as_sql()
    except EmptyResultSet:
        return Question("SELECT NULL WHERE FALSE")
    return Question(sql, tuple(parameters))
