"""What the shop's resources share: the manners of every API here, on the shop's rows, with its audit log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from platform_core.accounts.models import PlatformUser
from smartseller.api import resource
from smartseller.api.resource import Values
from tenant_shop.api.v1.base import ShopAPIView
from tenant_shop.api.v1.origin import origin
from tenant_shop.audit.note import note
from tenant_shop.imports.jobs.rows import Sender

__all__ = ["Acts", "Creates", "Deletes", "Edits", "Lists", "Resource", "Shows", "Values"]


class Resource(ShopAPIView, resource.Resource):
    """A view of rows of one model. A job has no request: `sender` is who sent it."""

    sender: Sender | None = None

    @property
    def actor(self) -> str:
        """Who asks, for ledgers and histories."""
        if self.sender is not None:
            return self.sender.actor
        user = self.request.user
        return str(user.pk) if isinstance(user, PlatformUser) else str(user)

    def check_seen(self, representation: Mapping[str, Any]) -> None:
        if self.sender is None:
            super().check_seen(representation)

    def record(self, action: str, row: Any, *, before: Values, after: Values) -> None:
        note(
            origin(self.request) if self.sender is None else self.sender.origin,
            action,
            resource_type=str(row._meta.model_name),
            resource_id=row.pk if isinstance(row.pk, UUID) else None,
            name=str(row),
            before=before,
            after=after,
        )


class Lists(Resource, resource.Lists):
    """`GET`: a page of the rows."""


class Shows(Resource, resource.Shows):
    """`GET`: one row; 304 for who has it already."""


class Creates(Resource, resource.Creates):
    """`POST`: a new row."""


class Edits(Resource, resource.Edits):
    """`PATCH`: what is named changes, all else stays."""


class Deletes(Resource, resource.Deletes):
    """`DELETE`: the row goes, with what belongs to it; 409 while something else needs it."""


class Acts(Resource, resource.Acts):
    """`POST`: something that is done with a row; answered with the row as it stands then."""
