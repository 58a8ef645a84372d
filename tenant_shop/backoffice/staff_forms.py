"""What is filled in about the shop's people."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.accounts.passwords import LONGEST, SHORTEST_ALONE, WeakPassword, check_strength
from platform_core.accounts.permissions import AREAS, ranks_below
from platform_core.accounts.staff.levels import AS_THE_ROLE, SINGLE, exceptions_of, level_of
from platform_core.tenancy.context import current_tenant

LONGEST_NAME = 100
ROLE_WORDS = {
    AccessRole.OWNER: "Owner: everything, the audit log and other owners too",
    AccessRole.ADMIN: "Admin: everything but the audit log and owners",
    AccessRole.EDITOR: "Editor: orders, products, customers; no settings, staff or bills",
    AccessRole.VIEWER: "Viewer: looks, and changes nothing",
}
LEVEL_WORDS = (
    (AS_THE_ROLE, "As the role"),
    ("nothing", "Nothing"),
    ("see", "Look only"),
    ("work", "Add and change"),
    ("all", "Everything"),
)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        looks = " ".join(UnfoldAdminTextInputWidget().attrs["class"].split())
        super().__init__(format="%Y-%m-%d", attrs={"class": looks})


class RoleForm(forms.Form):
    """A role that is not above the own, and a last day."""

    role = forms.ChoiceField(label="Role", widget=UnfoldAdminSelectWidget)
    last_day = forms.DateField(
        label="Last day",
        required=False,
        widget=DayInput,
        help_text="Access ends with this day in your shop's time zone. Empty: it does not end.",
    )

    def __init__(self, *args: Any, own_role: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, words) for role, words in ROLE_WORDS.items() if not ranks_below(own_role, role)
        ]

    @property
    def ends_at(self) -> datetime | None:
        """The first moment after the last day."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(current_tenant().timezone))


class InviteForm(RoleForm):
    """Whom to invite, as what, until when."""

    email = forms.EmailField(label="E-mail address", max_length=255, widget=UnfoldAdminEmailInputWidget)
    field_order = ("email", "role", "last_day")


class PersonForm(RoleForm):
    """What one of the shop's people may do; exceptions to the role are for owners to make."""

    def __init__(self, data: Any = None, *, access: TenantAccess, own_role: str) -> None:
        zone = ZoneInfo(current_tenant().timezone)
        last = access.expires_at and (access.expires_at.astimezone(zone) - timedelta(microseconds=1)).date()
        super().__init__(data, initial={"role": access.role, "last_day": last}, own_role=own_role)
        self.access, self.areas = access, AREAS if own_role == AccessRole.OWNER else ()
        for number, area in enumerate(self.areas):
            level = level_of(area, access.permissions)
            self.fields[f"area_{number}"] = forms.ChoiceField(
                label=area.title,
                required=False,
                initial=level,
                choices=[*LEVEL_WORDS, *([(SINGLE, "Single exceptions, as they are")] if level == SINGLE else [])],
                widget=UnfoldAdminSelectWidget,
            )

    @property
    def plain_fields(self) -> Sequence[Any]:
        return [self[name] for name in ("role", "last_day")]

    @property
    def exception_fields(self) -> Sequence[Any]:
        return [self[f"area_{number}"] for number, _ in enumerate(self.areas)]

    @property
    def exceptions(self) -> Mapping[str, bool] | None:
        """None where they are not the actor's to change. An owner has none: everything is an owner's."""
        if not self.areas:
            return None
        if self.cleaned_data["role"] == AccessRole.OWNER:
            return {}
        levels = {area.title: self.cleaned_data[f"area_{number}"] for number, area in enumerate(self.areas)}
        return exceptions_of(levels, self.access.permissions)


class NewAccountForm(forms.Form):
    """Who accepts an invitation without having an account."""

    first_name = forms.CharField(
        label="First name",
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Last name",
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"At least {SHORTEST_ALONE} characters: a few words that do not belong together.",
    )
    again = forms.CharField(
        label="The password again",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", "These are two different passwords.")
        elif password:
            given = self.cleaned_data
            about = tuple(filter(None, (self.email, given.get("first_name"), given.get("last_name"))))
            try:
                check_strength(password, about=about)
            except WeakPassword as refusal:
                self.add_error("password", str(refusal))
        return found
