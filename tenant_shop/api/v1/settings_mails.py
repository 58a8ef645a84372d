"""`/api/v1/settings/mails/`: the merchant's own words of mails, by kind and language."""

from typing import Any

from django.http import Http404
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.tenancy.transactions import shop_transaction
from smartseller.api.etags import check_match, etag_of
from smartseller.api.inputs import Input, Text
from smartseller.api.lists import check_parameters
from smartseller.api.outputs import Output
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.base import ShopAPIView
from tenant_shop.api.v1.settings import Changed, Section, Values
from tenant_shop.configuration.languages import kept_languages
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.configuration.wait_for_turn import wait_for_turn
from tenant_shop.mails.change_words import change_words
from tenant_shop.mails.kinds import KINDS
from tenant_shop.mails.own_words import LONGEST_SUBJECT, LONGEST_TEXT, PARTS, templates_of


class MailKindOutput(serializers.Serializer[Any]):
    """A kind of mail: when it is sent, what can stand in it, and in which languages it has the merchant's words."""

    kind = serializers.CharField()
    title = serializers.CharField()
    facts = serializers.DictField(child=serializers.CharField(), help_text="Names, each with an example.")
    own_in = serializers.ListField(child=serializers.CharField())


class MailKindsOutput(Output):
    """Every kind of mail, and the languages in which the shop writes, its own first."""

    languages = serializers.ListField(child=serializers.CharField())
    mails = MailKindOutput(many=True)


class MailSettings(ShopAPIView):
    """The kinds of mails, and in which languages each is the merchant's own."""

    scopes = Scopes("settings")
    output = MailKindsOutput
    operation = "retrieve_setting_mails"
    place_filters: dict[str, Any] = {}

    def get(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        shop, languages = shop_settings(), kept_languages().written
        mails = [
            {
                "kind": key,
                "title": kind.title,
                "facts": kind.names,
                "own_in": [code for code in languages if templates_of(shop, key, code) is not None],
            }
            for key, kind in KINDS.items()
        ]
        return Response({"languages": list(languages), "mails": mails})


class MailWordsOutput(Output):
    """`is_own` where the merchant has written; otherwise the mail has our words, and the texts are empty."""

    kind = serializers.CharField()
    language = serializers.CharField()
    is_own = serializers.BooleanField()
    subject = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()


class MailWordsInput(Input):
    """Templates in Liquid, with the facts of the kind; an empty line begins a paragraph."""

    subject = Text(max_length=LONGEST_SUBJECT)
    title = Text(max_length=LONGEST_SUBJECT)
    text = Text(max_length=LONGEST_TEXT)


class MailWords(Section):
    """A kind of mail in a language. `DELETE` gives it our words again."""

    output, changes = MailWordsOutput, MailWordsInput
    in_part = False
    action, resource_type = "change_mail_template", "mail_template"
    examples = {"PUT": {"subject": "Order {{ number }}", "title": "Thank you!", "text": "We are packing {{ number }}."}}

    def put(self, request: Request, kind: str, language: str) -> Response:
        return self.change(request)

    def delete(self, request: Request, kind: str, language: str) -> Response:
        check_parameters(request.query_params, ())
        with shop_transaction():
            wait_for_turn()
            kept = self.stored()
            check_match(request, etag_of(self.shown(kept)))
            self.tell(self.say(None))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @property
    def place(self) -> tuple[str, str]:
        """Which kind in which language. Errors: 404."""
        kind, language = self.kwargs["kind"], self.kwargs["language"]
        if kind not in KINDS or language not in kept_languages().written:
            raise Http404
        return kind, language

    def title(self) -> str:
        kind, language = self.place
        return f"{KINDS[kind].title} ({language})"

    def stored(self) -> dict[str, str] | None:
        return templates_of(shop_settings(), *self.place)

    def shown(self, kept: dict[str, str] | None) -> Values:
        kind, language = self.place
        words = kept or dict.fromkeys(PARTS, "")
        return {"kind": kind, "language": language, "is_own": kept is not None, **words}

    def write(self, kept: Any, given: Values) -> Changed | None:
        return self.say({part: str(given[part]) for part in PARTS})

    def say(self, words: dict[str, str] | None) -> Changed | None:
        """Keep the words, or go back to ours."""
        before = change_words(*self.place, words)
        after = self.stored() or {}
        names = [part for part in PARTS if before.get(part) != after.get(part)]
        if not names:
            return None
        labels = [name.capitalize() for name in names]
        return Changed(labels, {name: before.get(name) for name in names}, {name: after.get(name) for name in names})
