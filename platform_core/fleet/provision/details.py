"""What may be said about a new shop."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.core import get_global
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DataError, connection, transaction

from platform_core.accounts.models import normal_email
from platform_core.tenants.models import PlanType
from smartseller.errors import RuleViolation
from smartseller.money import is_current_currency

if TYPE_CHECKING:
    from platform_core.fleet.provision.request import ShopRequest

LONGEST_NAME = 255
LONGEST_EMAIL = 255
LONGEST_KEY = 64
# Unicode lists them beside the countries: the European Union and "unknown".
NO_COUNTRIES = frozenset({"EU", "ZZ"})
# Files beside the zones of the IANA database that are no place's.
NO_ZONES = ("Factory", "localtime", "posixrules", "posix/", "right/")


class ShopDetailsRefused(RuleViolation):
    """Something that was said about the shop cannot be. `problems` has a sentence for each field that is wrong."""

    code = "shop_details_refused"
    status = 422

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


def check_details(request: "ShopRequest", *, plan_exists: bool) -> None:
    """Errors: ShopDetailsRefused with everything that is wrong, the address of the shop left out."""
    problems: dict[str, str] = {}
    email = normal_email(request.owner_email)
    if not request.name.strip() or len(request.name) > LONGEST_NAME or not request.name.isprintable():
        problems["name"] = f"A shop's name has 1 to {LONGEST_NAME} printable characters."
    try:
        validate_email(email)
        if len(email) > LONGEST_EMAIL:
            raise ValidationError("too long")
    except ValidationError:
        problems["owner_email"] = f"{request.owner_email!r} is no e-mail address."
    if not is_current_currency(request.currency):
        problems["currency"] = f"{request.currency!r} is no ISO 4217 code of a currency in use, such as EUR."
    if not _is_time_zone(request.timezone):
        problems["timezone"] = f"{request.timezone!r} is no IANA time zone, such as Europe/Berlin."
    if not _is_country(request.country):
        problems["country"] = f"{request.country!r} is no ISO 3166-1 country code, such as DE."
    if request.key is not None and not 0 < len(request.key) <= LONGEST_KEY:
        problems["key"] = f"A request's key has 1 to {LONGEST_KEY} characters."
    if not plan_exists or request.plan not in PlanType.values:
        problems["plan"] = f"There is no plan {request.plan!r}."
    if problems:
        raise ShopDetailsRefused(problems)


def _is_time_zone(name: str) -> bool:
    """Whether Python and PostgreSQL both know `name`: the one shows a shop's times, the other cuts its days."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return False
    if name.startswith(NO_ZONES):
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT now() AT TIME ZONE %s", [name])
    except DataError:
        return False
    return True


def _is_country(code: str) -> bool:
    """Source: Unicode CLDR supplemental data (the package `babel`)."""
    listed = code in get_global("territory_currencies") and code not in get_global("territory_aliases")
    return listed and code not in NO_COUNTRIES
