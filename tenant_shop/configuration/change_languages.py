"""Choosing the languages of a shop."""

from collections.abc import Sequence

from django.conf import settings

from platform_core.tenancy import directory
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import after_commit, shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.catalog.search.upkeep import queue_rebuild
from tenant_shop.configuration.languages import Languages, base_of, codes, read_languages
from tenant_shop.configuration.models import Setting


class UnknownLanguage(RuleViolation):
    """There are no words for the language."""

    code = "unknown_language"

    def __init__(self, language: str) -> None:
        self.language = language
        super().__init__(f"The storefront does not speak {language!r}; it speaks {', '.join(codes())}.")


def change_languages(own: str, others: Sequence[str]) -> tuple[Languages, Languages]:
    """Serve `own` at plain paths, and each of `others` under a prefix; a language that is left out goes away.

    `own` may name a country (`de-AT`), the others are languages alone. Returns what there was before, and what there is
    now. After commit every process hears of it, and when `own` is another one, search reads all products anew.
    Errors: UnknownLanguage, nothing changes then.
    """
    for language in (base_of(own), *others):
        if language not in codes():
            raise UnknownLanguage(language)
    languages = read_languages(own, list(others))
    with shop_transaction():
        rows = Setting.objects.select_for_update().filter(key__in=("language", "languages")).order_by("key")
        stored = dict(rows.values_list("key", "value"))
        for key, value in (("language", languages.own), ("languages", list(languages.others))):
            Setting.objects.update_or_create(key=key, defaults={"value": value})
        after_commit(directory.forget, current_tenant().id)
        if stored.get("language", settings.LANGUAGE_CODE) != languages.own:
            after_commit(queue_rebuild)
    return read_languages(stored.get("language"), stored.get("languages")), languages
