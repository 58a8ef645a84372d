"""Writing a mail anew, and going back to our words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.models import Setting
from tenant_shop.mails.kinds import KINDS
from tenant_shop.mails.own_words import PARTS
from tenant_shop.mails.templating import BrokenTemplate, check, render

KEY = "email_templates"
DESCRIPTION = "The merchant's own words of mails, by kind and language"


def change_words(kind: str, language: str, words: Mapping[str, str] | None) -> dict[str, str]:
    """Say a kind of mail in a language with `words` (subject, title, text), or with ours again; what was there before.

    Two people who write at the same moment come one after the other.
    Errors: ValidationError by part (see `problems_of`); nothing changes then.
    """
    if words is not None:
        words = {part: tidy(words[part]) for part in PARTS}
        if problems := dict(problems_of(kind, words)):
            raise ValidationError(problems)
    with shop_transaction():
        Setting.objects.get_or_create(key=KEY, defaults={"value": {}, "description": DESCRIPTION})
        row = Setting.objects.select_for_update(no_key=True).get(key=KEY)
        stored: dict[str, Any] = row.value if isinstance(row.value, dict) else {}
        of_kind = dict(stored.get(kind) or {})
        before = of_kind.pop(language, None) or {}
        if words is not None:
            of_kind[language] = {part: words[part] for part in PARTS}
        kept = {name: value for name, value in {**stored, kind: of_kind}.items() if value}
        if kept != stored:
            Setting.objects.filter(pk=row.pk).update(value=kept)
    return dict(before)


def tidy(written: str) -> str:
    """With line ends of one kind."""
    return written.replace("\r\n", "\n")


def problems_of(kind: str, words: Mapping[str, str]) -> Iterator[tuple[str, ValidationError]]:
    """What is wrong with those parts that are given, as `broken_template`: it cannot be read, names what this kind of
    mail does not tell, or comes to nothing."""
    names = KINDS[kind].names
    for part in PARTS:
        if part in words:
            try:
                check(words[part], names)
                if not render(words[part], names).strip():
                    raise BrokenTemplate("nothing would be left of it")
            except BrokenTemplate as error:
                yield part, ValidationError(str(error), BrokenTemplate.code)
