"""The forms of an account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from platform_core.accounts.models import normal_email
from platform_core.accounts.passwords import LONGEST, SHORTEST_ALONE, SHORTEST_WITH_SECOND

LONGEST_CODE = 40


class CodeForm(forms.Form):
    """A code from the telephone, or from the sheet of paper."""

    code = forms.CharField(
        label="Code",
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


class OwnPasswordForm(forms.Form):
    """The password that one has."""

    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """A password to come; there is no second field for it, but a way to see it."""

    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, has_second_factor: bool = False) -> None:
        super().__init__(data)
        shortest = SHORTEST_WITH_SECOND if has_second_factor else SHORTEST_ALONE
        self.fields["password"].help_text = (
            f"At least {shortest} characters. A few words that do not belong together are easy to keep and hard to "
            "guess; capitals, digits and signs are up to you."
        )


class EmailForm(forms.Form):
    """An e-mail address."""

    email = forms.EmailField(
        label="E-mail address", max_length=255, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        return normal_email(self.cleaned_data["email"])


class NewEmailForm(EmailForm):
    """The address that an account is to have."""

    def __init__(self, data: Any = None, *, current: str) -> None:
        super().__init__(data)
        self.fields["email"].label = "New e-mail address"
        self.current = current

    def clean_email(self) -> str:
        email = super().clean_email()
        if email == self.current:
            raise ValidationError("This is the address that your account has.", code="same")
        return email
