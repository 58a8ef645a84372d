"""`/api/v1/settings/<section>/`: what the merchant says of the shop, by the rules of the back office."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.forms import BooleanField
from django.utils.datastructures import MultiValueDict
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.etags import check_match, etag_of, is_known
from smartseller.api.inputs import Input
from smartseller.api.lists import Filter, check_parameters
from smartseller.api.outputs import Output
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.base import ShopAPIView
from tenant_shop.api.v1.origin import origin
from tenant_shop.audit.note import note
from tenant_shop.backoffice.settings_page import FieldRefused, changes_of, opened_form, save_keys
from tenant_shop.backoffice.told_settings import ToldSettings
from tenant_shop.configuration.wait_for_turn import wait_for_turn

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """What the audit log is told: what people call the fields that changed, and their values before and after."""

    labels: list[str]
    before: Values = dataclasses.field(default_factory=dict)
    after: Values = dataclasses.field(default_factory=dict)


class Section(ShopAPIView):
    """A page of settings of the back office, by the names of its fields."""

    scopes = Scopes("settings")
    output: ClassVar[type[Output]]
    changes: ClassVar[type[Input]]
    # Whether a change may name some of the fields only.
    in_part: ClassVar[bool] = True
    action: ClassVar[str] = "change_settings"
    resource_type: ClassVar[str] = "settings"
    shows_one = True
    place_filters: ClassVar[dict[str, Filter]] = {}

    def stored(self) -> Any:
        """What is kept now."""
        raise NotImplementedError

    def shown(self, kept: Any) -> Values:
        """What is kept, as programs read it."""
        raise NotImplementedError

    def write(self, kept: Any, given: Values) -> Changed | None:
        """Keep what is given, by the rules of its room; None when nothing was different. Errors: ValidationError."""
        raise NotImplementedError

    def title(self) -> str:
        """What the audit log calls it."""
        return "Settings"

    def get(self, request: Request, **place: str) -> Response:
        check_parameters(request.query_params, ())
        shown = self.shown(self.stored())
        etag = etag_of(shown)
        if is_known(request, etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        return Response(shown, headers={"ETag": etag})

    def change(self, request: Request) -> Response:
        """Judge the body and keep it."""
        check_parameters(request.query_params, ())
        body = self.changes(data=request.data, partial=self.in_part)
        body.is_valid(raise_exception=True)
        with shop_transaction():
            shown = self.locked(dict(body.validated_data))
        return Response(shown, headers={"ETag": etag_of(shown)})

    def locked(self, given: Values) -> Values:
        """The section with what is given, once it is this request's turn."""
        wait_for_turn()
        kept = self.stored()
        check_match(self.request, etag_of(self.shown(kept)))
        self.tell(self.write(kept, given))
        return self.shown(self.stored())

    def tell(self, changed: Changed | None) -> None:
        """Have the audit log keep it, in the transaction that is open."""
        if changed is not None:
            note(
                origin(self.request),
                self.action,
                resource_type=self.resource_type,
                name=self.title(),
                before=changed.before,
                after=changed.after,
                changes=[{"changed": {"fields": changed.labels}}],
            )


class SettingsSection(Section):
    """A section whose form is the back office's: it judges, and it keeps."""

    form: ClassVar[type[ToldSettings]]
    # Lists that the form takes as lines.
    lines: ClassVar[frozenset[str]] = frozenset()
    # Fields that name something which the shop has, or has not.
    of_the_shop: ClassVar[frozenset[str]] = frozenset()

    def patch(self, request: Request) -> Response:
        return self.change(request)

    def opened(self, data: Any) -> ToldSettings:
        return opened_form(self.form, data)

    def save(self, form: Any) -> list[str]:
        return save_keys(form, self.then)

    def then(self, values: Mapping[str, Any]) -> None:
        """What else has to know of a change, before it is committed."""

    def stored(self) -> ToldSettings:
        return self.opened(None)

    def write(self, kept: ToldSettings, given: Values) -> Changed | None:
        form = self.opened(self.sent(kept, given))
        if not form.is_valid():
            raise serializers.ValidationError(self.problems(form))
        try:
            changed = self.save(form)
        except FieldRefused as refusal:
            problem = ErrorDetail(str(refusal), refusal.why.code)
            raise serializers.ValidationError({refusal.field: [problem]}) from refusal
        return Changed(*changes_of(form, changed)) if changed else None

    def shown(self, kept: ToldSettings) -> Values:
        found = {name: kept.initial.get(name) for name in map(str, self.output().fields)}
        lines = {name: [line for line in str(found[name]).splitlines() if line] for name in self.lines}
        return dict(self.output({**found, **lines}).data)

    def sent(self, kept: ToldSettings, given: Values) -> MultiValueDict[str, str]:
        """What a browser would send that changed nothing but what is given."""
        sent: MultiValueDict[str, str] = MultiValueDict()
        for name, field in kept.fields.items():
            value = given[name] if name in given else field.prepare_value(kept.initial.get(name))
            if isinstance(field, BooleanField):
                if value:
                    sent[name] = "on"
            elif isinstance(value, list | tuple):
                sent[name] = "\n".join(map(str, value))
            else:
                sent[name] = "" if value is None else str(value)
        return sent

    def problems(self, form: ToldSettings) -> dict[str, list[ErrorDetail]]:
        """What the form found, by field."""
        found: dict[str, list[ErrorDetail]] = {}
        for name, errors in form.errors.as_data().items():
            where = "non_field_errors" if name == "__all__" else name
            gone = "does_not_exist" if name in self.of_the_shop else None
            found[where] = [
                ErrorDetail(message, gone or str(error.code or "invalid"))
                for error in errors
                for message in error.messages
            ]
        return found
