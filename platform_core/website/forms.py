"""The website's forms."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from platform_core.accounts.models import normal_email
from platform_core.accounts.passwords import LONGEST, SHORTEST_ALONE
from platform_core.tenants.slugs import LONGEST_SLUG, SlugRefused, check_slug
from smartseller.choices import countries, currencies, time_zones

LONGEST_KEY = 64
LONGEST_COUPON = 40


class SlugField(forms.CharField):
    """A shop's address under the platform's domain: written in any case, kept in lower case."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(
            **{
                "label": "Address",
                "max_length": LONGEST_SLUG,
                "widget": forms.TextInput(attrs=attributes),
                **options,
            }
        )

    def clean(self, value: Any) -> str:
        word = str(super().clean(value)).lower()
        try:
            return check_slug(word)
        except SlugRefused as error:
            raise ValidationError(str(error), code=error.code) from error


class SignUpForm(forms.Form):
    """Everything that opening a shop takes, but a password: that is chosen by who reads the mailbox. `request_key`
    makes two submissions of one form the same request. `asks_for_email` unless somebody is logged in.
    """

    shop_name = forms.CharField(
        label="Name of the shop", max_length=255, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    slug = SlugField(help_text="Lower-case letters, digits and single hyphens.")
    plan = forms.ChoiceField(label="Plan")
    cycle = forms.ChoiceField(
        label="You pay",
        choices=[("monthly", "by the month"), ("annual", "by the year")],
        help_text="A year costs less than twelve months, where a plan is offered so.",
    )
    coupon = forms.CharField(
        label="Coupon",
        required=False,
        max_length=LONGEST_COUPON,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    country = forms.ChoiceField(label="Country", widget=forms.Select(attrs={"autocomplete": "country"}))
    currency = forms.ChoiceField(label="Currency")
    timezone = forms.ChoiceField(label="Time zone")
    email = forms.EmailField(
        label="E-mail address",
        max_length=255,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="We send a link there. You choose a password when you have followed it.",
    )
    request_key = forms.CharField(max_length=LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plans: list[str], asks_for_email: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_for_email:
            del self.fields["email"]
        for name, choices in (
            ("plan", [(plan, plan) for plan in plans]),
            ("country", countries()),
            ("currency", currencies()),
            ("timezone", time_zones()),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_shop_name(self) -> str:
        name = str(self.cleaned_data["shop_name"])
        if not name.isprintable():
            raise ValidationError("Use printable characters only.", code="unprintable")
        return name

    def clean_email(self) -> str:
        return normal_email(self.cleaned_data["email"])

    def clean_coupon(self) -> str:
        return str(self.cleaned_data["coupon"]).upper()


class ConfirmSignUpForm(forms.Form):
    """What whoever has followed the link still says: a password where there is no account yet, and another address
    where somebody else has taken the first meanwhile."""

    slug = SlugField(help_text="Lower-case letters, digits and single hyphens.")
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"At least {SHORTEST_ALONE} characters: a few words that do not belong together.",
    )

    def __init__(self, *args: Any, asks_for_slug: bool, asks_for_password: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_for_slug:
            del self.fields["slug"]
        if not asks_for_password:
            del self.fields["password"]


def new_request_key() -> str:
    """A key for one rendering of the sign-up form, which nobody can guess."""
    return secrets.token_urlsafe(32)


class LogInForm(forms.Form):
    """E-mail address and password."""

    username = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class FindShopForm(forms.Form):
    """The address of a shop that exists."""

    slug = SlugField(label="Address of the shop")
