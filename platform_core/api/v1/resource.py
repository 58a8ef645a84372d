"""What the platform's resources share: the manners of every API here, on the platform's rows."""

from typing import Any

from platform_core.api.gate.view import PlatformAPIView
from smartseller.api import resource
from smartseller.api.resource import Values

__all__ = ["Acts", "Creates", "Lists", "Resource", "Shows", "Values"]


class Resource(PlatformAPIView, resource.Resource):
    """A view of rows of one model."""

    def record(self, action: str, row: Any, *, before: Values, after: Values) -> None:
        """Every verb of the platform's rooms writes its own entry, whichever door it is called from."""


class Lists(Resource, resource.Lists):
    """`GET`: a page of the rows."""


class Shows(Resource, resource.Shows):
    """`GET`: one row; 304 for who has it already."""


class Creates(Resource, resource.Creates):
    """`POST`: a new row."""


class Acts(Resource, resource.Acts):
    """`POST`: something that is done with a row; answered with the row as it stands then."""
