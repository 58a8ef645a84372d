"""Writing a mail anew, and going back to our words."""

from collections.abc import Mapping
from typing import Any

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.models import Setting
from tenant_shop.mails.kinds import KINDS
from tenant_shop.mails.own_words import PARTS
from tenant_shop.mails.templating import check

KEY = "email_templates"
DESCRIPTION = "The merchant's own words of mails, by kind and language"


def change_words(kind: str, language: str, words: Mapping[str, str] | None) -> dict[str, str]:
    """Say a kind of mail in a language with `words` (subject, title, text), or with ours again; what was there before.

    Two people who write at the same moment come one after the other.
    Errors: BrokenTemplate for words that cannot be read; nothing changes then.
    """
    if words is not None:
        for part in PARTS:
            check(words[part], KINDS[kind].names)
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
