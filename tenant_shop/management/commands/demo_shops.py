import io
import json
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from platform_core.tenancy import directory
from platform_core.tenancy.commands import HelpAsWritten
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.errors import UnknownTenant
from platform_core.tenancy.hosts import platform_url, shop_url
from smartseller.plurals import number_of
from tenant_shop.demo.fill import fill_shop
from tenant_shop.demo.people import OPERATOR_EMAIL, PASSWORD, ensure_access, ensure_account, ensure_operator
from tenant_shop.demo.shops import DemoShop, demo_shops

Place = dict[str, str | None]


class Command(BaseCommand):
    help = """Make two demo shops, filled with products, customers and ninety days of orders.

  manage.py demo_shops
  manage.py demo_shops --list

What is there already is left alone: a second run changes nothing, and whatever you did to the shops stays.
The passwords are known to everybody, so production settings refuse the command."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=HelpAsWritten, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="show the addresses and log-ins, make nothing")
        parser.add_argument("--json", action="store_true", help="with --list: print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_SHOPS:
            raise CommandError("The demo shops have passwords that everybody knows; these settings refuse them.")
        if options["list"]:
            self._list(as_json=options["json"])
            return
        ensure_operator()
        for shop in demo_shops():
            tenant = _ensure_shop(shop)
            ensure_access(shop, tenant.id)
            self._fill(shop, tenant)

    def _fill(self, shop: DemoShop, tenant: TenantInfo) -> None:
        began = time.perf_counter()
        with tenant_context(tenant):
            filled = fill_shop(shop, staff=str(ensure_account(shop.owner)), now=timezone.now())
        if filled is None:
            self._say(f"{shop.name} is there already.")
        else:
            self._say(
                f"{shop.name}: {number_of(filled.products, 'product')} in {number_of(filled.variants, 'variant')}, "
                f"{number_of(filled.pictures, 'picture')}, {number_of(filled.customers, 'customer')}, "
                f"{number_of(filled.orders, 'order')} and {number_of(filled.reviews, 'review')} "
                f"in {time.perf_counter() - began:.1f} s."
            )

    def _list(self, *, as_json: bool) -> None:
        places = list(_places())
        if as_json:
            self.stdout.write(json.dumps(places))
            return
        for place in places:
            login = f"{place['login']}  {place['password']}" if place["login"] else ""
            self.stdout.write(f"{place['name']:<40}{place['url']:<50}{login}".rstrip())

    def _say(self, line: str) -> None:
        self.stderr.write(line, style_func=lambda text: text)


def _ensure_shop(shop: DemoShop) -> TenantInfo:
    """The shop in the directory; made by the platform's own command if it is not there, or not finished."""
    found = _find(shop)
    if found is not None and found.status != "pending_setup":
        return found
    ensure_account(shop.owner)
    call_command(
        "tenant", "create", "--json",
        "--slug", shop.slug, "--name", shop.name, "--owner-email", shop.owner.email, "--plan", shop.plan,
        "--currency", shop.currency, "--timezone", shop.timezone, "--country", shop.country,
        "--theme", json.dumps(dict(shop.theme)),
        stdout=io.StringIO(), stderr=io.StringIO(),
    )  # fmt: skip
    directory.clear()
    return directory.by_slug(shop.slug)


def _find(shop: DemoShop) -> TenantInfo | None:
    try:
        return directory.by_slug(shop.slug)
    except UnknownTenant:
        return None


def _places() -> Iterator[Place]:
    """Every page worth opening, with the log-in that it needs."""
    yield _place("Website", platform_url())
    yield _place("Operators' console", platform_url("/admin/"), OPERATOR_EMAIL)
    for shop in demo_shops():
        if _find(shop) is None:
            continue
        yield _place(shop.name, shop_url(shop.slug))
        yield _place("  Account, as a customer", shop_url(shop.slug, "/account/"), shop.shopper_email)
        for person in shop.business.people:
            yield _place(f"  Company, as its {person.role}", shop_url(shop.slug, "/account/company/"), person.email)
        for person in shop.people:
            yield _place(f"  Dashboard, as {person.role}", shop_url(shop.slug, "/dashboard/"), person.email)
        yield _place(f"  Back office, as {shop.owner.role}", shop_url(shop.slug, "/admin/"), shop.owner.email)


def _place(name: str, url: str, login: str | None = None) -> Place:
    return {"name": name, "url": url, "login": login, "password": PASSWORD if login else None}
