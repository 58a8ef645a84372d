"""What is filled in of an endpoint."""

from collections.abc import Sequence
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from smartseller.errors import RuleViolation
from tenant_shop.integrations.catalogue import EVENT_TYPES
from tenant_shop.integrations.models import Webhook
from tenant_shop.integrations.webhooks.errors import HeaderRefused, UnknownTopics, UrlRefused
from tenant_shop.integrations.webhooks.keep_endpoint import LONGEST_TIMEOUT, SHORTEST_TIMEOUT, EndpointFields
from tenant_shop.integrations.webhooks.schedule import MOST_RETRIES
from tenant_shop.integrations.webhooks.secrets import own_headers

# Stands for a value that is kept and not shown.
KEPT = "••••••"
FIELD_OF: tuple[tuple[type[RuleViolation], str], ...] = (
    (UrlRefused, "url"),
    (HeaderRefused, "headers"),
    (UnknownTopics, "events"),
)


class EndpointForm(forms.Form):
    """Rules of an endpoint are the room's; the form reads what is typed."""

    name = forms.CharField(
        label="Name", max_length=255, widget=UnfoldAdminTextInputWidget, help_text="Of the program, such as “Books”."
    )
    url = forms.CharField(
        label="Address", max_length=500, widget=UnfoldAdminTextInputWidget, help_text="It must begin with https://."
    )
    events = forms.MultipleChoiceField(
        label="Events",
        choices=[(name, name) for name in EVENT_TYPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event."},
    )
    headers = forms.CharField(
        label="Headers of your own",
        required=False,
        max_length=25_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=f"Such as “Authorization: Bearer …”, one a line. Values are not shown again; {KEPT} keeps one.",
    )
    retry_count = forms.IntegerField(
        label="Attempts after the first",
        min_value=0,
        max_value=MOST_RETRIES,
        initial=MOST_RETRIES,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=f"{MOST_RETRIES} last three days.",
    )
    timeout_seconds = forms.IntegerField(
        label="Seconds to answer",
        min_value=SHORTEST_TIMEOUT,
        max_value=LONGEST_TIMEOUT,
        initial=LONGEST_TIMEOUT,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, data: Any = None, *, webhook: Webhook | None = None) -> None:
        self.kept = own_headers(webhook) if webhook is not None else {}
        initial: dict[str, Any] = {}
        if webhook is not None:
            initial = {
                "name": webhook.name,
                "url": webhook.url,
                "events": webhook.events,
                "headers": "\n".join(f"{name}: {KEPT}" for name in self.kept),
                "retry_count": webhook.retry_count,
                "timeout_seconds": webhook.timeout_seconds,
            }
        super().__init__(data, initial=initial)

    def clean_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for line in str(self.cleaned_data["headers"]).splitlines():
            if not line.strip():
                continue
            name, colon, value = line.partition(":")
            name, value = name.strip(), value.strip()
            if not colon or not name or not value:
                raise forms.ValidationError(f"“{line[:100]}” is no header: write a name, a colon and a value.")
            if name in headers:
                raise forms.ValidationError(f"{name} is there twice.")
            if value == KEPT:
                if name not in self.kept:
                    raise forms.ValidationError(f"There is no value of {name} to keep.")
                value = self.kept[name]
            headers[name] = value
        return headers

    @property
    def fields_of_endpoint(self) -> EndpointFields:
        given = self.cleaned_data
        return EndpointFields(
            name=given["name"],
            url=given["url"].strip(),
            events=given["events"],
            headers=given["headers"],
            retry_count=given["retry_count"],
            timeout_seconds=given["timeout_seconds"],
        )

    def refuse(self, refusal: RuleViolation) -> None:
        """Say a rule's refusal at its field."""
        field = next((name for kind, name in FIELD_OF if isinstance(refusal, kind)), None)
        self.add_error(field, str(refusal))

    @property
    def groups(self) -> Sequence[tuple[str, Sequence[Any]]]:
        """The events to choose from by what they are about, with what each means."""
        chosen = set(self["events"].value() or [])
        found: dict[str, list[Any]] = {}
        for event in EVENT_TYPES.values():
            found.setdefault(event.name.partition(".")[0], []).append(
                {"name": event.name, "description": event.description, "is_chosen": event.name in chosen}
            )
        return [(group.replace("_", " ").capitalize(), events) for group, events in found.items()]
