"""A card, as a shopper types it. What is typed goes to the gateway and nowhere else: it is not shown again either."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SEPARATORS = re.compile(r"[\s-]")
NUMBER = re.compile(r"[0-9]{12,19}")
EXPIRY = re.compile(r"(0[1-9]|1[0-2]) ?/? ?(?:20)?([0-9]{2})")
CHECK_NUMBER = _("Please check the card number.")
CHECK_EXPIRY = _("Please give the month and the year, such as 09/31.")
CHECK_CODE = _("Please give the three or four digits of the security code.")


class _Secret(forms.TextInput):
    """Forgets what was typed, as a password field does."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


def _typed(label: Any, length: int, autocomplete: str, sentence: Any, **attributes: str) -> forms.CharField:
    widget = _Secret({"autocomplete": autocomplete, "inputmode": "numeric", "dir": "ltr", **attributes})
    return forms.CharField(label=label, max_length=length, error_messages={"required": sentence}, widget=widget)


class CardForm(forms.Form):
    """Number, expiry and security code of a card."""

    number = _typed(_("Card number"), 30, "cc-number", CHECK_NUMBER)
    expiry = _typed(_("Valid until"), 10, "cc-exp", CHECK_EXPIRY, placeholder="09/31")
    code = _typed(_("Security code"), 4, "cc-csc", CHECK_CODE)

    def clean_number(self) -> str:
        number = SEPARATORS.sub("", self.cleaned_data["number"])
        if not NUMBER.fullmatch(number) or not _adds_up(number):
            raise forms.ValidationError(CHECK_NUMBER)
        return number

    def clean_expiry(self) -> str:
        found = EXPIRY.fullmatch(self.cleaned_data["expiry"].strip())
        if found is None:
            raise forms.ValidationError(CHECK_EXPIRY)
        month, year = int(found[1]), 2000 + int(found[2])
        today = timezone.localdate()
        if date(year, month, 1) < today.replace(day=1):
            raise forms.ValidationError(_("This card has expired."))
        return f"{month:02}/{year}"

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip()
        if not re.fullmatch(r"[0-9]{3,4}", code):
            raise forms.ValidationError(CHECK_CODE)
        return code


def _adds_up(number: str) -> bool:
    """Whether the last digit is the others' check digit. Source: the Luhn formula, ISO/IEC 7812-1 annex B."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
