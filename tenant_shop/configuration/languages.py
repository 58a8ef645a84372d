"""Which languages a shop's pages can be read in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.configuration.models import Setting

# Shops that a process keeps in mind.
LARGEST_MAP = 20_000


@dataclass(frozen=True, slots=True)
class Languages:
    """`own` (BCP 47, it may name a country: `de-AT`) is served at plain paths, each of `others` under `/<code>/`."""

    own: str
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (self.own, *self.others)

    @property
    def written(self) -> tuple[str, ...]:
        """Those in which the shop writes, its own first."""
        return tuple(dict.fromkeys(map(readable, self.all)))

    def prefix_of(self, language: str) -> str:
        """What stands before the path of a page in `language`: "", "/de". A language that is not offered has none."""
        return f"/{language}" if language in self.others else ""


_known: dict[str, tuple[TenantInfo, Languages]] = {}


def shop_languages() -> Languages:
    """The active shop's languages. One SELECT for a shop that this process does not know, none afterwards.

    They are believed as long as the directory believes what it knows of the shop; `change_languages` makes every
    process ask again.
    """
    tenant = current_tenant()
    found = _known.get(tenant.alias)
    # The same object: the directory reads a new one when it is told of a change, and from time to time.
    if found is not None and found[0] is tenant:
        return found[1]
    languages = kept_languages()
    if len(_known) >= LARGEST_MAP:
        _known.clear()
    _known[tenant.alias] = (tenant, languages)
    return languages


def kept_languages() -> Languages:
    """The active shop's languages, as they are kept now. One SELECT."""
    stored = dict(Setting.objects.filter(key__in=("language", "languages")).values_list("key", "value"))
    return read_languages(stored.get("language"), stored.get("languages"))


def forget_languages() -> None:
    """Have this process read the active shop's languages anew when they are next asked for."""
    _known.pop(current_tenant().alias, None)


def read_languages(own: object, others: object) -> Languages:
    """What two settings mean. The words of a language that has none here are English; others are skipped."""
    spoken = readable(own) if isinstance(own, str) else settings.LANGUAGE_CODE
    wanted = others if isinstance(others, list) else ()
    return Languages(spoken, tuple(code for code in codes() if code in wanted and code != base_of(spoken)))


def readable(language: str) -> str:
    """`language` (BCP 47) if there are words for it, with its country if it names one; else English."""
    wanted = language.strip()
    parts = wanted.split("-")
    well_formed = all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts) and len(parts) <= 3
    return wanted if well_formed and base_of(wanted) in codes() else settings.LANGUAGE_CODE


def base_of(language: str) -> str:
    """The language without its country: `de` of `de-AT`."""
    return language.partition("-")[0].lower()


def codes() -> Iterable[str]:
    """The languages that there are words for, in the order in which they are offered."""
    return [code for code, _ in settings.LANGUAGES]
