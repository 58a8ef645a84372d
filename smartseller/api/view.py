"""What every view of an API goes through, whatever it is about."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from smartseller.api.bodies import StrictJSON
from smartseller.api.errors import answer_error
from smartseller.api.idempotency import NamedCall, once
from smartseller.api.kept import KeptAnswers
from smartseller.api.shrink import shrink
from smartseller.api.versions import Deprecation, check_sunset, say, version_of


class Gated(APIView):
    """A view that counts calls, notes how they ended, and does what is sent twice under one name once.

    `kept` is where named calls are; `commits_in_steps`: see `smartseller.api.idempotency`. `deprecated`: since
    when there is something better, until when this is.
    """

    kept: ClassVar[KeptAnswers]
    commits_in_steps: ClassVar[bool] = False
    deprecated: ClassVar[Deprecation | None] = None
    # Whether who is logged in may read, too: the description says so.
    takes_sessions: ClassVar[bool] = False
    renderer_classes = (JSONRenderer,)
    parser_classes: tuple[type[BaseParser], ...] = (StrictJSON,)
    metadata_class = None
    _allowance: Mapping[str, str] = {}

    def admit(self, request: Request) -> Mapping[str, str]:
        """Count the call, now that it is known who asks; the headers that say what is left. Errors: Refusal."""
        raise NotImplementedError

    def named_call(self, request: Request) -> NamedCall | None:
        """The call as it is kept; None when it has no name. Errors: Refusal 400."""
        raise NotImplementedError

    def note_end(self, request: HttpRequest, *, status: int, code: str, started: float) -> None:
        """The call, begun at `started` (of perf_counter), was answered."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        started = perf_counter()
        try:
            response = super().dispatch(request, *args, **kwargs)
        except BaseException:
            self.note_end(request, status=500, code="", started=started)
            raise
        if isinstance(response, Response):
            status, code = response.status_code, code_of(response)
            response.add_post_render_callback(
                lambda _: self.note_end(request, status=status, code=code, started=started)
            )
            response.add_post_render_callback(lambda whole: shrink(request, whole))
        else:
            self.note_end(request, status=response.status_code, code="", started=started)
            shrink(request, response)
        return response

    def perform_authentication(self, request: Request) -> None:
        """Who asks is known first: nobody uses up the calls of somebody else."""
        super().perform_authentication(request)
        self._allowance = self.admit(request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        version_of(request)
        check_sunset(self.deprecated)
        handler = getattr(self, "post", None)
        if request.method == "POST" and handler is not None:
            self.post = once(self, request, handler, self.named_call(request))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        say(final, self.deprecated)
        for name, value in self._allowance.items():
            final[name] = value
        final["Cache-Control"] = "no-store, private"
        return final

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return answer_error


def code_of(response: Any) -> str:
    """The code of an error; nothing for what went well."""
    data = getattr(response, "data", None)
    error = data.get("error") if response.status_code >= 400 and isinstance(data, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""
