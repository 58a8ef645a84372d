from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from platform_core.billing.tax_ids.check import judge_tax_id
from platform_core.billing.tax_ids.models import TaxIdCheck, TaxIdState
from platform_core.management.operator import OperatorCommand, add_json, table

COLUMNS = ["shop", "tax id", "state", "said by", "note"]


class Command(OperatorCommand):
    help = """What registers say of merchants' tax ids, and saying it by hand.

  manage.py tax_ids list
  manage.py tax_ids confirm acme --reason "certificate of the tax office of 3 March"
  manage.py tax_ids refuse acme --reason "struck off"

What is said by hand holds until the merchant has another id."""

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add_json(verbs.add_parser("list", help="all of them, by shop"))
        for verb, words in (("confirm", "it is the merchant's: no tax where they owe it"), ("refuse", "it is not")):
            saying = verbs.add_parser(verb, help=words)
            saying.add_argument("slug")
            saying.add_argument("--reason", required=True, help="how you know")
            add_json(saying)

    def work(self, *, verb: str, **options: Any) -> None:
        rows = TaxIdCheck.objects.select_related("tenant").order_by("tenant__slug")
        if verb != "list":
            rows = rows.filter(tenant__slug=options["slug"])
            found = rows.first()
            if found is None:
                self.refuse(f"The shop “{options['slug']}” has no tax id, or there is none.")
            state = TaxIdState.CONFIRMED if verb == "confirm" else TaxIdState.REFUSED
            judge_tax_id(found.tenant_id, state, reason=options["reason"], at=timezone.now())
        shown = [(row.tenant.slug, row.tax_id, row.state, row.checked_by, row.note) for row in rows]
        self.answer([dict(zip(COLUMNS, row, strict=True)) for row in shown], table(COLUMNS, shown))
