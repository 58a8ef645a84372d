"""What resources share: rows in a list, one row alone, making, changing and deleting one.

A resource names its model, how a row looks and what a body may hold; rooms decide.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api.etags import check_match, etag_of, is_known
from smartseller.api.inputs import Input
from smartseller.api.lists import OF_LISTS, OF_SHAPES, Filter, check_parameters, filtered, page_of, shape_of
from smartseller.api.outputs import Output, represent
from smartseller.api.view import Gated

Values = dict[str, Any]


class Resource(Gated):
    """A view of rows of one model."""

    model: ClassVar[type[Model]]
    output: ClassVar[type[Output]]

    def rows(self) -> QuerySet[Any]:
        """All that may be seen, with what a representation needs fetched along."""
        return self.model._default_manager.all()

    def find(self, **keys: Any) -> Any:
        """The row that the address names; 404 without one."""
        row = self.rows().filter(**self.chosen(**keys)).first()
        if row is None:
            raise Http404
        return row

    def chosen(self, **keys: Any) -> Values:
        """Django's words for what the address names."""
        return {"pk": keys["key"]}

    def lock(self, row: Any) -> None:
        """Keep the row as it is until the transaction ends."""
        list(self.model._default_manager.filter(pk=row.pk).select_for_update(no_key=True).values("pk"))

    def locked(self, **keys: Any) -> Any:
        """The row, locked and read after that; 412 when it is no longer what the client has seen."""
        self.lock(self.find(**keys))
        row = self.find(**keys)
        self.check_seen(represent(self.output, row))
        return row

    def check_seen(self, representation: Mapping[str, Any]) -> None:
        """Errors: Changed (412) when the client has seen the row otherwise."""
        check_match(self.request, etag_of(representation))

    def read(self, form: type[Input], *, partial: bool = False, **context: Any) -> Values:
        """The body's values. Errors: ValidationError."""
        body = form(data=self.request.data, partial=partial, context=context)
        body.is_valid(raise_exception=True)
        values: Values = body.validated_data
        return values

    def note(self, verb: str, row: Any, *, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        """Have the audit log keep what changed, if the caller's transaction commits. Nothing changed: no entry."""
        was, now = dict(before or {}), dict(after or {})
        names = [name for name in {**was, **now} if name != "updated_at" and was.get(name) != now.get(name)]
        if names:
            self.record(
                f"{verb}_{row._meta.model_name}",
                row,
                before={name: was[name] for name in names if name in was},
                after={name: now[name] for name in names if name in now},
            )

    def record(self, action: str, row: Any, *, before: Values, after: Values) -> None:
        """Write the entry of the audit log, in the transaction that is open."""
        raise NotImplementedError

    def answer(self, representation: Mapping[str, Any], http_status: int = status.HTTP_200_OK) -> Response:
        """One row in full, with its ETag."""
        return Response(representation, status=http_status, headers={"ETag": etag_of(representation)})


class Lists(Resource):
    """`GET`: a page of the rows."""

    filters: ClassVar[Mapping[str, Filter]] = {}
    stamp: ClassVar[str] = "updated_at"

    def get(self, request: Request, **keys: Any) -> Response:
        given = request.query_params
        check_parameters(given, (*OF_LISTS, *OF_SHAPES, *self.filters))
        shape = shape_of(given, self.output)
        rows = filtered(shape.joined(self.listed(**keys), self.output), given, self.filters)
        page, about = page_of(rows, request, stamp=self.stamp)
        return Response({"results": self.output(page, many=True, context=shape.context).data, **about})

    def listed(self, **keys: Any) -> QuerySet[Any]:
        """The rows that the address names."""
        return self.rows()


class Shows(Resource):
    """`GET`: one row; 304 for who has it already."""

    shows_one = True

    def get(self, request: Request, **keys: Any) -> Response:
        check_parameters(request.query_params, OF_SHAPES)
        shape = shape_of(request.query_params, self.output)
        row = shape.joined(self.rows(), self.output).filter(**self.chosen(**keys)).first()
        if row is None:
            raise Http404
        shown = self.output(row, context=shape.context).data
        if not shape.is_plain:  # what is only a part says nothing of the rest
            return Response(shown)
        etag = etag_of(shown)
        if is_known(request, etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        return self.answer(shown)


class Creates(Resource):
    """`POST`: a new row."""

    input: ClassVar[type[Input]]

    def taken(self) -> type[Input]:
        """What the body is read by."""
        return self.input

    def create(self, values: Values, **keys: Any) -> Any:
        """The new row, by a room's verb, in the transaction that is open."""
        raise NotImplementedError

    def post(self, request: Request, **keys: Any) -> Response:
        check_parameters(request.query_params, ())
        values = self.read(self.taken())
        with self.kept.transaction():
            shown = self.made(values, **keys)
        return self.answer(shown, status.HTTP_201_CREATED)

    def made(self, values: Values, **keys: Any) -> Mapping[str, Any]:
        """The new row as it is shown; in the transaction that is open."""
        row = self.create(values, **keys)
        shown = represent(self.output, self.rows().get(pk=row.pk))
        self.note("add", row, before=None, after=shown)
        return shown


class Edits(Resource):
    """`PATCH`: what is named changes, all else stays."""

    changes: ClassVar[type[Input]]

    def change(self, row: Any, values: Values) -> None:
        """Write the values, by a room's verb, in the transaction that is open."""
        raise NotImplementedError

    def patch(self, request: Request, **keys: Any) -> Response:
        check_parameters(request.query_params, ())
        values = self.read(self.changes, partial=True)
        with self.kept.transaction():
            shown = self.changed(values, **keys)
        return self.answer(shown)

    def changed(self, values: Values, **keys: Any) -> Mapping[str, Any]:
        """The row as it is shown once it is changed; in the transaction that is open."""
        row = self.locked(**keys)
        before = represent(self.output, row)
        self.change(row, values)
        row = self.find(**keys)
        shown = represent(self.output, row)
        self.note("change", row, before=before, after=shown)
        return shown


class Deletes(Resource):
    """`DELETE`: the row goes, with what belongs to it; 409 while something else needs it."""

    def remove(self, row: Any) -> None:
        """Delete the row, by a room's verb, in the transaction that is open."""
        raise NotImplementedError

    def delete(self, request: Request, **keys: Any) -> Response:
        check_parameters(request.query_params, ())
        with self.kept.transaction():
            row = self.locked(**keys)
            self.note("delete", row, before=represent(self.output, row), after=None)
            self.remove(row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Acts(Resource):
    """`POST`: something that is done with a row; answered with the row as it stands then.

    `verb` names it in the audit log. A view that asks somebody outside `commits_in_steps`: nothing may be locked
    meanwhile, so what is done and what the log says of it are two transactions.
    """

    verb: ClassVar[str]
    input: ClassVar[type[Input]] = Input
    answers: ClassVar[int] = status.HTTP_200_OK

    def act(self, row: Any, values: Values) -> None:
        """Do it, by a room's verb."""
        raise NotImplementedError

    def post(self, request: Request, **keys: Any) -> Response:
        check_parameters(request.query_params, ())
        values = self.read(self.input)
        with nullcontext() if self.commits_in_steps else self.kept.transaction():
            shown = self.done(values, **keys)
        return self.answer(shown, self.answers)

    def done(self, values: Values, **keys: Any) -> Mapping[str, Any]:
        """The row as it is shown once it is done."""
        row = self.find(**keys)
        before = represent(self.output, row)
        self.check_seen(before)
        self.act(row, values)
        with self.kept.transaction():
            row = self.find(**keys)
            shown = represent(self.output, row)
            self.note(self.verb, row, before=before, after=shown)
        return shown
