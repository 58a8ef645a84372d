from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from platform_core.billing.coupons.make import make_coupon
from platform_core.billing.coupons.models import PlanCoupon
from platform_core.billing.coupons.stop import stop_coupon
from platform_core.management.operator import OperatorCommand, add_json, table

COLUMNS = ["code", "off", "periods", "plans", "first day", "last day", "uses", "active"]


class Command(OperatorCommand):
    help = """Coupons for plans.

  manage.py coupons list
  manage.py coupons add SPRING --percent 20 --periods 3 --most-uses 100 --last-day 2026-05-31
  manage.py coupons add FRIENDS --amount 5.00 --for-ever --plans premium,enterprise
  manage.py coupons stop SPRING

Who has redeemed one keeps its terms. A person, by the mail address of the account, redeems one once."""

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="every coupon")
        adding = verbs.add_parser("add", help="a new coupon")
        adding.add_argument("code", help="such as SPRING")
        worth = adding.add_mutually_exclusive_group(required=True)
        worth.add_argument("--percent", type=Decimal, help="off each period, such as 20")
        worth.add_argument("--amount", type=Decimal, help="off each period, such as 5.00")
        adding.add_argument("--currency", default="USD", help="of the amount (default: %(default)s)")
        how_long = adding.add_mutually_exclusive_group()
        how_long.add_argument("--periods", type=int, default=1, help="for so many bills (default: %(default)s)")
        how_long.add_argument("--for-ever", action="store_true", help="for every bill")
        adding.add_argument("--plans", default="", help="names of plans, with commas (default: any)")
        adding.add_argument("--first-day", type=date.fromisoformat, help="UTC")
        adding.add_argument("--last-day", type=date.fromisoformat, help="UTC")
        adding.add_argument("--most-uses", type=int, help="by everybody together (default: no limit)")
        adding.add_argument("--most-per-person", type=int, default=1, help="(default: %(default)s)")
        stopping = verbs.add_parser("stop", help="nobody redeems it any more")
        stopping.add_argument("code")
        for each in (listing, adding, stopping):
            add_json(each)

    def work(self, *, verb: str, **options: Any) -> None:
        if verb == "add":
            self._add(options)
        elif verb == "stop":
            try:
                stop_coupon(options["code"].upper())
            except PlanCoupon.DoesNotExist:
                self.refuse(f"There is no coupon “{options['code']}”.")
        found = PlanCoupon.objects.all()
        if verb != "list":
            found = found.filter(code=options["code"].upper())
        rows = [_row(coupon) for coupon in found]
        self.answer([dict(zip(COLUMNS, row, strict=True)) for row in rows], table(COLUMNS, rows))

    def _add(self, options: dict[str, Any]) -> None:
        is_percentage = options["percent"] is not None
        coupon = PlanCoupon(
            code=options["code"].upper(),
            kind=PlanCoupon.Kind.PERCENTAGE if is_percentage else PlanCoupon.Kind.FIXED,
            value=options["percent"] if is_percentage else options["amount"],
            currency=options["currency"].upper(),
            periods=None if options["for_ever"] else options["periods"],
            plans=[name.strip() for name in options["plans"].split(",") if name.strip()],
            first_day=options["first_day"],
            last_day=options["last_day"],
            most_uses=options["most_uses"],
            most_per_person=options["most_per_person"],
        )
        try:
            make_coupon(coupon)
        except ValidationError as error:
            self.refuse(" ".join(error.messages))


def _row(coupon: PlanCoupon) -> tuple[str, ...]:
    off = f"{coupon.value.normalize():f} %" if coupon.kind == "percentage" else f"{coupon.value:f} {coupon.currency}"
    return (
        coupon.code,
        off,
        "for ever" if coupon.periods is None else str(coupon.periods),
        ", ".join(coupon.plans) or "any",
        coupon.first_day.isoformat() if coupon.first_day else "",
        coupon.last_day.isoformat() if coupon.last_day else "",
        f"{coupon.uses} of {coupon.most_uses}" if coupon.most_uses is not None else str(coupon.uses),
        "yes" if coupon.is_active else "no",
    )
