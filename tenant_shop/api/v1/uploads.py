"""Views that take files: as a form (`multipart/form-data`), read up to a limit and no further."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.utils.datastructures import MultiValueDict
from rest_framework import exceptions, serializers, status
from rest_framework.parsers import BaseParser, MultiPartParser

from smartseller.api.bodies import StrictJSON
from smartseller.api.errors import BadRequest
from smartseller.api.inputs import Input
from tenant_shop.api.v1.resource import Creates
from tenant_shop.backoffice.upload_limit import announces_more, limit_upload


class FileTooLarge(exceptions.APIException):
    """More than is taken here at once; the rest of it was not read."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "file_too_large"

    def __init__(self, most: int) -> None:
        super().__init__(f"A file may have {most:,} bytes here.")


class LimitedForm(BaseParser):
    """A form of which each field is there once. Errors: FileTooLarge, BadRequest."""

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = dict(parser_context or {})
        request, most = context["request"]._request, context["view"].most_bytes()
        if announces_more(request, most):
            raise FileTooLarge(most)
        stop = limit_upload(request, most)
        found = MultiPartParser().parse(stream, media_type, context)
        if stop.is_over:
            raise FileTooLarge(most)
        _check_once(found.data)
        _check_once(found.files)
        return found


def _check_once(form: MultiValueDict[str, Any]) -> None:
    for name, values in form.lists():
        if len(values) > 1:
            raise BadRequest("This field is there twice.", code="duplicate_key", param=name[:100])


class TrueOrFalse(serializers.ChoiceField):
    """A boolean as forms write it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=("true", "false"), **options)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"


class Uploads(Creates):
    """`POST` of a form with a file; of JSON, too, where there is an `input`."""

    form: ClassVar[type[Input]]
    parser_classes: tuple[type[BaseParser], ...] = (StrictJSON, LimitedForm)

    def most_bytes(self) -> int:
        """How much of files is read."""
        raise NotImplementedError

    def taken(self) -> type[Input]:
        is_form = str(self.request.content_type).startswith("multipart/")
        return self.form if is_form else getattr(self, "input", self.form)
