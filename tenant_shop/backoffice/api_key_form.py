"""What is filled in to make a key."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.staff_forms import DayInput
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.keys.scopes import RESOURCES, permission_for

INSTANT = timedelta(microseconds=1)
NOTHING, READ, WRITE = "", "read", "write"
OVERLAPS = (("0", "It stops working at once"), ("1", "It works for an hour"), ("24", "It works for a day"),
            ("168", "It works for seven days"))  # fmt: skip


class LinesField(forms.CharField):
    """A list, a line each."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        return [line for line in (line.strip() for line in str(value or "").splitlines()) if line]


class KeyForm(forms.Form):
    """A name, what the key may do, and where it is good. Nobody is offered more than the own role may do."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="Of the program that will have it, such as “Warehouse”.",
    )
    kind = forms.ChoiceField(
        label="Kind",
        choices=(
            (ApiKey.Kind.SECRET, "Secret: for a server of yours, allowed what you say below"),
            (ApiKey.Kind.PUBLISHABLE, "Publishable: for web pages and apps, sees what shoppers see"),
        ),
        initial=ApiKey.Kind.SECRET,
        widget=UnfoldAdminSelectWidget,
    )
    is_test = forms.BooleanField(
        label="Test key",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Works only while the shop is in test mode, and in sandboxes.",
    )
    last_day = forms.DateField(
        label="Last day",
        required=False,
        widget=DayInput,
        help_text="The key ends with this day in your shop's time zone. Empty: it does not end.",
    )
    networks = LinesField(
        label="Good at these addresses",
        required=False,
        help_text="IP addresses or blocks such as 192.0.2.0/24, one a line. Empty: anywhere.",
    )
    origins = LinesField(
        label="Good in these web pages",
        required=False,
        help_text="Such as https://example.com, one a line; * for all, of publishable keys only. Empty: in none.",
    )

    def __init__(
        self, data: Any = None, *, permits: Callable[[str], bool], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        for name, resource in RESOURCES.items():
            has = self.initial.get(f"scope_{name}", NOTHING)
            choices = [(NOTHING, "Nothing")]
            if has or permits(permission_for(f"read_{name}")):
                choices.append((READ, "Read"))
                if resource.is_written and (has == WRITE or permits(permission_for(f"write_{name}"))):
                    choices.append((WRITE, "Read and write"))
            self.fields[f"scope_{name}"] = forms.ChoiceField(
                label=resource.title, required=False, choices=choices, widget=UnfoldAdminSelectWidget
            )

    @property
    def plain_fields(self) -> Sequence[Any]:
        return [self[name] for name in ("name", "kind", "is_test", "last_day", "networks", "origins")]

    @property
    def scope_fields(self) -> Sequence[Any]:
        return [self[f"scope_{name}"] for name in RESOURCES]

    @property
    def scopes(self) -> list[str]:
        given = ((name, self.cleaned_data[f"scope_{name}"]) for name in RESOURCES)
        return [f"{action}_{name}" for name, action in given if action]

    @property
    def ends_at(self) -> datetime | None:
        """The first moment after the last day."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(current_tenant().timezone))


class ChangeForm(KeyForm):
    """A key as it is. What it may do already it can keep, whatever the own role may do."""

    def __init__(self, data: Any = None, *, key: ApiKey, permits: Callable[[str], bool]) -> None:
        self.key = key
        zone = ZoneInfo(current_tenant().timezone)
        initial = {
            "name": key.name,
            "last_day": key.expires_at and (key.expires_at - INSTANT).astimezone(zone).date(),
            "networks": "\n".join(key.networks),
            "origins": "\n".join(key.origins),
        }
        for name in RESOURCES:
            has = next((action for action in (WRITE, READ) if f"{action}_{name}" in key.scopes), NOTHING)
            initial[f"scope_{name}"] = has
        super().__init__(data, permits=permits, initial=initial)
        del self.fields["kind"], self.fields["is_test"]
        if key.is_publishable:
            for name in RESOURCES:
                del self.fields[f"scope_{name}"]

    @property
    def plain_fields(self) -> Sequence[Any]:
        return [self[name] for name in ("name", "last_day", "networks", "origins")]

    @property
    def scope_fields(self) -> Sequence[Any]:
        return [] if self.key.is_publishable else super().scope_fields

    @property
    def scopes(self) -> list[str]:
        return [] if self.key.is_publishable else super().scopes

    @property
    def ends_at(self) -> datetime | None:
        """The same day is the same moment: a key that was rolled ends within a day."""
        is_same = self.cleaned_data["last_day"] == self.initial["last_day"]
        return self.key.expires_at if is_same else super().ends_at


class RollForm(forms.Form):
    """How long the old key goes on."""

    overlap = forms.ChoiceField(choices=OVERLAPS)

    @property
    def hours(self) -> timedelta:
        return timedelta(hours=int(self.cleaned_data["overlap"]))
