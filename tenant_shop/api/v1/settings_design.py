"""`/api/v1/settings/design/`: the shop's look. A draft is changed and published; shoppers see what is live."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.accounts.models import PlatformUser
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.etags import check_match, etag_of
from smartseller.api.inputs import Choice, Input, Text, Whole
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import Output
from tenant_shop.api.v1.origin import origin
from tenant_shop.api.v1.settings import Changed, Section, Values
from tenant_shop.configuration.design.change import discard_draft, publish_draft, restore_version, save_draft
from tenant_shop.configuration.design.read import Design, read_design
from tenant_shop.configuration.theme import FONTS, LOOKS, RADII, SECTIONS
from tenant_shop.configuration.theme.checked import (
    checked_columns,
    checked_line,
    checked_paragraphs,
)
from tenant_shop.configuration.theme.entered import PICTURES, changed_look, entered_of
from tenant_shop.configuration.theme.parse import COLUMNS, LABEL, LINKS, PANEL_TEXTS, SOCIAL, TEXTS, TITLE
from tenant_shop.configuration.theme.readability import readability_warnings
from tenant_shop.configuration.theme.values import LONGEST_ADDRESS
from tenant_shop.configuration.wait_for_turn import wait_for_turn

COLOUR = r"^#[0-9a-fA-F]{6}$"
# Part of what a link may lead to; people in the back office may write more.
HOST = r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
PATH = r"[A-Za-z0-9._~!$&()*+,;=:@/?#%-]*"
ADDRESS = (
    rf"^(/([A-Za-z0-9._~-]{PATH})?|{HOST}(/{PATH})?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+"
    r"|tel:\+?[0-9][0-9()./-]{2,30})$"
)
PROFILE = rf"^{HOST}(/{PATH})?$"


class LinkOutput(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()


class ColumnOutput(serializers.Serializer[Any]):
    title = serializers.CharField()
    links = LinkOutput(many=True)


class LookOutput(serializers.Serializer[Any]):
    """A look. What is empty follows from the look itself; pictures are paths of the shop's own files."""

    def get_fields(self) -> dict[str, Any]:
        texts = {name: serializers.CharField() for name in entered_of({})}
        lists = {
            "sections": serializers.ListField(child=serializers.CharField()),
            "social": serializers.ListField(child=serializers.CharField()),
            "footer_columns": ColumnOutput(many=True),
        }
        return {**texts, **lists}


class VersionOutput(serializers.Serializer[Any]):
    """A look that was live until then."""

    number = serializers.IntegerField()
    replaced_at = serializers.DateTimeField()
    replaced_by = serializers.CharField()


class DesignOutput(Output):
    """`live` is what shoppers see, `draft` what waits to be published, or null; `warnings` are about the draft, or,
    without one, about what is live.
    """

    live = LookOutput()
    draft = LookOutput(allow_null=True)
    saved_by = serializers.CharField(help_text="Who wrote the draft.")
    warnings = serializers.ListField(child=serializers.CharField())
    versions = VersionOutput(many=True)


class Line(Text):
    """One line of printable text."""

    def __init__(
        self, limit: int, check: Callable[[str, int], str] = checked_line, *, allow_blank: bool = True
    ) -> None:
        super().__init__(max_length=limit, allow_blank=allow_blank)
        self.limit, self.check = limit, check

    def to_internal_value(self, data: Any) -> str:
        return self.check(super().to_internal_value(data), self.limit)


class Address(Text):
    """A path of the shop, or an address elsewhere."""

    def __init__(self, *, allow_blank: bool = False) -> None:
        super().__init__(max_length=LONGEST_ADDRESS, allow_blank=allow_blank)
        self.validators = [*self.validators[: None if allow_blank else -1], RegexValidator(ADDRESS)]


class Colour(Text):
    """`#rrggbb`."""

    def __init__(self, *, allow_blank: bool = False) -> None:
        super().__init__(max_length=7, allow_blank=allow_blank)
        self.validators = [*self.validators[: None if allow_blank else -1], RegexValidator(COLOUR)]

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class Profile(Text):
    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_ADDRESS)
        self.validators[-1] = RegexValidator(PROFILE)


class LinkInput(Input):
    label = Line(LABEL, allow_blank=False)  # type: ignore[assignment]
    url = Address()


class ColumnInput(Input):
    """A column of links at the foot."""

    title = Line(LABEL)
    links = LinkInput(many=True, max_length=LINKS)  # type: ignore[call-arg]


class LookInput(Input):
    """Parts of the draft; what is not named stays as it is in the draft, or, without one, in what is live. An
    empty text takes a picture away; new ones are taken in by the back office.
    """

    look = Choice(LOOKS)
    brand = Colour()
    accent = Colour()
    surface = Colour()
    text = Colour(allow_blank=True)
    heading_font = Choice(("", *FONTS), allow_blank=True)
    body_font = Choice(("", *FONTS), allow_blank=True)
    radius = Choice(RADII)
    announcement_url = Address(allow_blank=True)
    sections = serializers.ListField(child=Choice(SECTIONS), max_length=len(SECTIONS))
    footer_columns = ColumnInput(many=True, max_length=COLUMNS)  # type: ignore[call-arg]
    social = serializers.ListField(child=Profile(), max_length=SOCIAL)

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        found |= {name: Line(limit) for name, limit in TEXTS.items()}
        for panel, limit in PANEL_TEXTS.items():
            found[f"{panel}_title"] = Line(TITLE)
            found[f"{panel}_text"] = Line(limit, checked_paragraphs)
            found[f"{panel}_label"] = Line(LABEL)
            found[f"{panel}_url"] = Address(allow_blank=True)
        return found | {name: Choice(("",), allow_blank=True) for name in PICTURES}

    def validate(self, attrs: Values) -> Values:
        if "footer_columns" in attrs:
            attrs["footer_columns"] = checked_columns(attrs["footer_columns"])
        if "sections" in attrs:
            attrs["sections"] = list(dict.fromkeys(attrs["sections"]))
        return attrs


class DesignSection(Section):
    """The look that is live and the draft of another. A change makes a draft, or goes on with the one that there is."""

    output, changes = DesignOutput, LookInput
    action = "change_design_draft"
    resource_type = "design"

    @property
    def by(self) -> str:
        """How the history calls who asks."""
        user = self.request.user
        return user.email if isinstance(user, PlatformUser) else str(user)

    def title(self) -> str:
        return "Design"

    def patch(self, request: Request) -> Response:
        return self.change(request)

    def stored(self) -> Design:
        return read_design()

    def shown(self, kept: Design, live: Mapping[str, Any] | None = None) -> Values:
        live = current_tenant().theme if live is None else live
        draft = kept.draft
        return {
            "live": entered_of(live),
            "draft": None if draft is None else entered_of(draft),
            "saved_by": kept.saved_by,
            "warnings": readability_warnings(live if draft is None else draft),
            "versions": VersionOutput(kept.history, many=True).data,
        }

    def write(self, kept: Design, given: Values) -> Changed | None:
        before = kept.draft if kept.draft is not None else current_tenant().theme
        after = changed_look(before, given)
        was, now = entered_of(before), entered_of(after)
        names = [name for name in now if was[name] != now[name]]
        if not names:
            return None
        save_draft(after, by=self.by)
        labels = [name.replace("_", " ").capitalize() for name in names]
        return Changed(labels, {name: was[name] for name in names}, {name: now[name] for name in names})


class DesignVerb(DesignSection):
    """Something that is done with the draft; answered with the design as it stands then."""

    input: ClassVar[type[Input]] = Input
    answers: ClassVar[int] = 200
    http_method_names = ["post", "options"]

    def act(self, values: Values) -> Mapping[str, Any] | None:
        """Do it, by the verb of the room; the look that is live then, if it is another."""
        raise NotImplementedError

    def post(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        body = self.input(data=request.data)
        body.is_valid(raise_exception=True)
        with shop_transaction():
            wait_for_turn()
            check_match(request, etag_of(self.shown(self.stored())))
            live = self.act(dict(body.validated_data))
            shown = self.shown(self.stored(), live)
        return Response(shown, headers={"ETag": etag_of(shown)})


class PublishDesign(DesignVerb):
    """Makes the draft live; the look that it replaces is kept among the last five."""

    operation = "publish_design"

    def act(self, values: Values) -> Mapping[str, Any] | None:
        draft, who = self.stored().draft, origin(self.request)
        publish_draft(
            user_id=who.user_id,
            by=self.by,
            metadata=who.marks,
            ip_address=who.ip_address,
            user_agent=who.user_agent,
        )
        return draft


class DiscardDesign(DesignVerb):
    """Throws the draft away, if there is one."""

    operation = "discard_design"

    def act(self, values: Values) -> None:
        if self.stored().draft is not None:
            discard_draft()
            self.tell(Changed(["Draft"], {"draft": "there"}, {"draft": "discarded"}))


class RestoreInput(Input):
    """`number` is that of one of `versions`."""

    number = Whole(min_value=1)


class RestoreDesign(DesignVerb):
    """Makes an earlier look the draft."""

    operation = "restore_design"
    input = RestoreInput

    def act(self, values: Values) -> None:
        restore_version(values["number"], by=self.by)
        self.tell(Changed(["Draft"], {}, {"restored": values["number"]}))
