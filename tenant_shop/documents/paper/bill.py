"""An invoice or a credit note as a sheet, from what was taken down when it was issued."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from smartseller.formats import amount, number
from smartseller.paper.sheet import Column, Panel, Sheet, Sum, day_of, known, named, rate_of
from tenant_shop.documents.models import Document


def bill_sheet(document: Document) -> Sheet:
    """The sheet of `document`, in its own language. No statement."""
    content = document.content
    with translation.override(content["language"]):
        if document.kind == Document.Kind.INVOICE:
            return _invoice(document, content)
        return _credit_note(document, content)


def _invoice(document: Document, content: Mapping[str, Any]) -> Sheet:
    currency = content["currency"]
    taxed = any(Decimal(row["rate"]) for row in content["rates"])
    return Sheet(
        **_frame(content),
        title=_("Invoice %(number)s") % {"number": document.number},
        facts=known(
            [
                (_("Invoice date"), day_of(content["issued_on"])),
                # Those that were issued before an invoice could replace another do not say.
                (_("Replaces invoice"), content.get("replaces", {}).get("number", "")),
                (_("Delivery date"), _day(content["order"]["sent_on"])),
                *_about_order(content),
            ]
        ),
        columns=[
            Column(title=_("Item"), wide=True),
            Column(title=_("Quantity"), side="end"),
            Column(title=_("Price"), side="end"),
            *([Column(title=_("Tax"), side="end")] if taxed else []),
            Column(title=_("Total"), side="end"),
        ],
        rows=[
            [
                named(line["name"], " / ".join(line["options"]), line["sku"]),
                number(line["quantity"]),
                amount(Decimal(line["price"]), currency),
                *([rate_of(line["rate"])] if taxed else []),
                amount(Decimal(line["total"]), currency),
            ]
            for line in content["lines"]
        ],
        sums=_sums(content),
        rates=_rates(content),
        panels=[_payment(content), *_ship_to(content)],
        after=[content["notice"]] if content["notice"] else [],
    )


def _credit_note(document: Document, content: Mapping[str, Any]) -> Sheet:
    currency, invoice = content["currency"], content["invoice"]
    taxed = any(Decimal(row["rate"]) for row in content["rates"])
    is_named = content["is_named"]
    rows: list[Sequence[str | dict[str, str]]] = [
        [
            named(line["name"], " / ".join(line["options"]), line["sku"]),
            number(line["quantity"]) if line["quantity"] else "",
            *([rate_of(line["rate"])] if taxed else []),
            amount(Decimal(line["gross"]), currency),
        ]
        for line in content["lines"]
    ]
    if content["delivery"]:
        rate = [rate_of(content["delivery"]["rate"])] if taxed else []
        rows.append(
            [named(_("Delivery"), content["delivery"]["name"]), "", *rate, _money(content["delivery"], currency)]
        )
    if not rows:
        share = [""] if taxed else []
        rows.append([_("A part of the invoice's amount"), "", *share, amount(document.total_amount, currency)])
    return Sheet(
        **_frame(content),
        title=_("Credit note %(number)s") % {"number": document.number},
        facts=known(
            [
                (_("Date"), day_of(content["issued_on"])),
                (_("Invoice"), invoice["number"]),
                (_("Invoice date"), day_of(invoice["issued_on"])),
                *_about_order(content),
            ]
        ),
        before=[
            _("We take back from invoice %(number)s of %(day)s:")
            % {"number": invoice["number"], "day": day_of(invoice["issued_on"])}
        ],
        columns=[
            Column(title=_("Item"), wide=True),
            Column(title=_("Quantity"), side="end"),
            *([Column(title=_("Tax"), side="end")] if taxed else []),
            Column(title=_("Total with tax") if taxed else _("Total"), side="end"),
        ],
        rows=rows,
        sums=[
            *([] if is_named else [Sum(title=_("Of which tax"), value=_sum(content, "tax"))] if taxed else []),
            Sum(title=_("Total"), value=_sum(content, "total"), strong=True),
        ],
        rates=_rates(content),
        after=known_texts(content["reason"], content["notice"]),
    )


def known_texts(*texts: str) -> list[str]:
    return [text for text in texts if text]


def _frame(content: Mapping[str, Any]) -> dict[str, Any]:
    tax_id = _("Tax id: %(number)s") % {"number": content["tax_id"]} if content["tax_id"] else ""
    buyer = content["buyer"]
    buyer_id = _("Tax id: %(number)s") % {"number": buyer["tax_id"]} if buyer["tax_id"] else ""
    return {
        "language": content["language"],
        "paper": content["paper"],
        "shop": content["shop"],
        "ink": content["look"]["ink"],
        "logo": content["look"]["logo"],
        "sender": [*content["seller"], *content["contact"]],
        "to": [*buyer["lines"], *known_texts(buyer_id)],
        "footer": [*known_texts(tax_id), *content["footer"]] or [" · ".join(content["seller"])],
    }


def _about_order(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    order = content["order"]
    return [
        (_("Order"), order["number"]),
        (_("Order date"), day_of(order["placed_on"])),
        (_("Purchase order"), order["purchase_number"]),
    ]


def _sums(content: Mapping[str, Any]) -> list[Sum]:
    currency, delivery = content["currency"], content["delivery"]
    sums = [Sum(title=_("Subtotal"), value=_sum(content, "subtotal"))]
    for each in content["discounts"]:
        title = _discount(each)
        sums.append(Sum(title=title, value=amount(-Decimal(each["amount"]), currency)))
    if Decimal(delivery["amount"]):
        sums.append(
            Sum(title=_named(_("Delivery"), delivery["name"]), value=amount(Decimal(delivery["amount"]), currency))
        )
    if not content["tax_included"]:
        for row in content["rates"]:
            if Decimal(row["tax"]):
                title = pgettext("of an invoice", "%(rate)s tax") % {"rate": rate_of(row["rate"])}
                sums.append(Sum(title=title, value=amount(Decimal(row["tax"]), currency)))
    return [*sums, Sum(title=_("Total"), value=_sum(content, "total"), strong=True)]


def _discount(each: Mapping[str, str]) -> str:
    if each["kind"] == "points":
        return _("Points: %(points)s") % {"points": number(int(each["name"]))}
    return _named(_("Discount"), each["name"])


def _rates(content: Mapping[str, Any]) -> list[list[str]]:
    """The tax by rate; nothing where there is none."""
    if not any(Decimal(row["tax"]) for row in content["rates"]):
        return []
    head = [_("Tax rate"), _("Without tax"), _("Tax"), _("With tax")]
    rows = [
        [
            rate_of(row["rate"]),
            *(amount(Decimal(row[key]), content["currency"]) for key in ("net", "tax", "gross")),
        ]
        for row in content["rates"]
    ]
    return [head, *rows]


def _payment(content: Mapping[str, Any]) -> Panel:
    payment = content["payment"]
    if payment["is_paid"]:
        return Panel(title=_("Paid: %(way)s") % {"way": payment["way"]})
    facts = [(name, value) for name, value in payment["facts"]]
    return Panel(title=_("Payment: %(way)s") % {"way": payment["way"]}, lines=payment["account"], facts=facts)


def _ship_to(content: Mapping[str, Any]) -> list[Panel]:
    """Where the goods went, if it was elsewhere."""
    order = content["order"]
    if order["is_pickup"] or not order["ship_to"] or order["ship_to"] == content["buyer"]["lines"]:
        return []
    return [Panel(title=_("Delivered to"), lines=order["ship_to"])]


def _named(what: str, name: str) -> str:
    return f"{what} · {name}" if name else what


def _day(text: str) -> str:
    return day_of(text) if text else ""


def _money(part: Mapping[str, Any], currency: str) -> str:
    return amount(Decimal(part["gross"]), currency)


def _sum(content: Mapping[str, Any], key: str) -> str:
    return amount(Decimal(content[key]), content["currency"])
