"""`/api/v1/settings/<section>/`: what the merchant says of the shop, judged by the forms of the back office."""

from collections.abc import Mapping
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


class SettingsSection(ShopAPIView):
    """A page of settings of the back office. Its fields are the form's, by the same names."""

    scopes = Scopes("settings")
    output: ClassVar[type[Output]]
    changes: ClassVar[type[Input]]
    form: ClassVar[type[ToldSettings]]
    # Lists that the form takes as lines.
    lines: ClassVar[frozenset[str]] = frozenset()
    shows_one = True
    place_filters: ClassVar[dict[str, Filter]] = {}

    def opened(self, data: Any) -> ToldSettings:
        return opened_form(self.form, data)

    def save(self, form: Any) -> list[str]:
        return save_keys(form, self.then)

    def then(self, values: Mapping[str, Any]) -> None:
        """What else has to know of a change, before it is committed."""

    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        shown = self.shown(self.opened(None))
        etag = etag_of(shown)
        if is_known(request, etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
        return Response(shown, headers={"ETag": etag})

    def patch(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        body = self.changes(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        with shop_transaction():
            shown = self.locked(dict(body.validated_data))
        return Response(shown, headers={"ETag": etag_of(shown)})

    def locked(self, given: Values) -> Values:
        """The section with what is given, once it is this request's turn."""
        wait_for_turn()
        kept = self.opened(None)
        check_match(self.request, etag_of(self.shown(kept)))
        form = self.opened(self.written(kept, given))
        if not form.is_valid():
            raise serializers.ValidationError(_problems(form))
        try:
            changed = self.save(form)
        except FieldRefused as refusal:
            raise serializers.ValidationError({refusal.field: [ErrorDetail(str(refusal), "refused")]}) from refusal
        if changed:
            labels, before, after = changes_of(form, changed)
            note(
                origin(self.request),
                "change_settings",
                resource_type="settings",
                name="Settings",
                before=before,
                after=after,
                changes=[{"changed": {"fields": labels}}],
            )
        return self.shown(self.opened(None))

    def shown(self, form: ToldSettings) -> Values:
        """What is kept, as programs read it."""
        found = {name: form.initial.get(name) for name in map(str, self.output().fields)}
        lines = {name: [line for line in str(found[name]).splitlines() if line] for name in self.lines}
        return dict(self.output({**found, **lines}).data)

    def written(self, kept: ToldSettings, given: Values) -> MultiValueDict[str, str]:
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


def _problems(form: ToldSettings) -> dict[str, list[ErrorDetail]]:
    found: dict[str, list[ErrorDetail]] = {}
    for name, errors in form.errors.as_data().items():
        where = "non_field_errors" if name == "__all__" else name
        found[where] = [
            ErrorDetail(message, str(error.code or "invalid")) for error in errors for message in error.messages
        ]
    return found
