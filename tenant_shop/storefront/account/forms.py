"""What customers type about themselves."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

LONGEST_PASSWORD = 200
EMAIL = _("E-mail")
MISSING_EMAIL = _("Please give your e-mail address.")
INVALID_EMAIL = _("Please give an e-mail address, such as name@example.com.")


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form that is only looked at until then."""
    return request.POST if request.method == "POST" else None


def email_field(label: Any = EMAIL, **attributes: str) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=255,
        error_messages={"required": MISSING_EMAIL, "invalid": INVALID_EMAIL},
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email", **attributes}),
    )


def password_field(label: Any, *, new: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_PASSWORD,
        strip=False,
        error_messages={"required": _("Please enter a password.")},
        help_text=_("At least 10 characters, and not a common word.") if new else "",
        widget=forms.PasswordInput({"autocomplete": "new-password" if new else "current-password"}),
    )


def name_field(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=100, required=False, widget=forms.TextInput({"autocomplete": autocomplete})
    )


class LogInForm(forms.Form):
    email = email_field(autocomplete="username")
    password = password_field(_("Password"))


class RegisterForm(forms.Form):
    first_name = name_field(_("First name"), "given-name")
    last_name = name_field(_("Last name"), "family-name")
    email = email_field()
    password = password_field(_("Password"), new=True)
    wants_marketing = forms.BooleanField(
        label=_("Tell me about news and offers by e-mail. I can end this at any time."), required=False
    )


class AfterOrderForm(forms.Form):
    """An account for somebody who has just ordered: the address is the order's."""

    password = password_field(_("Password"), new=True)


class EmailForm(forms.Form):
    email = email_field()


class ConfirmForm(forms.Form):
    password = password_field(_("The password that you have chosen"))


class NewPasswordForm(forms.Form):
    password = password_field(_("New password"), new=True)


class ChangePasswordForm(forms.Form):
    old = password_field(_("Your password now"))
    password = password_field(_("New password"), new=True)


class ChangeEmailForm(forms.Form):
    email = email_field(_("New e-mail address"))
    password = password_field(_("Your password"))


class ProfileForm(forms.Form):
    """`language` is one of those that the shop's pages can be read in."""

    first_name = name_field(_("First name"), "given-name")
    last_name = name_field(_("Last name"), "family-name")
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language of our mails"), widget=forms.Select({"class": "select"}))
    wants_marketing = forms.BooleanField(label=_("Tell me about news and offers by e-mail."), required=False)

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
