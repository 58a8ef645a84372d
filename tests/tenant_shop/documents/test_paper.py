"""What stands on the sheets: exactly what was bought, in the reader's language, and never anybody's markup."""

import io
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from PIL import Image
from pypdf import PdfReader

from platform_core.tenancy.context import TenantInfo
from smartseller.formats import day
from smartseller.paper.pdf import pdf_of
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.paper.bill import bill_sheet
from tenant_shop.documents.print import print_document, print_packing_slips, print_parcel, print_pick_list
from tenant_shop.orders.fulfil import fulfil_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.mark_paid import mark_as_paid
from tests.documents import SELLER, invoice_with, pages_of, selling, text_of
from tests.shopping import ADDRESS, order_of, stocked

HOSTILE = '#read("/etc/passwd") *_$#[]{}\\ @ref <label> `raw` // comment'


def lines_of(pdf: bytes) -> list[str]:
    return [line for page in pages_of(pdf) for line in page.splitlines()]


def test_a_german_invoice_says_all_that_it_has_to(shop: TenantInfo) -> None:
    selling(payment_instructions="Fernmoor GmbH\nDE02 1203 0000 0000 2020 51", languages=["de"])
    order = order_of((stocked(name="Becher „Möwe“", sku="MUG", price="12.50"), 2), language="de")
    invoice = issue_invoice(order.pk, actor="ann")

    pdf = print_document(invoice)

    text, lines = text_of(pdf), lines_of(pdf)
    assert [each in text for each in (*SELLER.splitlines(), "Ann Example")] == [True] * 4
    for line in (
        "10115 Berlin",
        "Rechnung INV-000001",
        "Becher „Möwe“",
        "2 12,50 € 19 % 25,00 €",
        "Zwischensumme 25,00 €",
        "19 % MwSt. 5,68 €",
        "Gesamtsumme 35,58 €",
        "19 % 29,90 € 5,68 € 35,58 €",
        "DE02 1203 0000 0000 2020 51",
        f"Verwendungszweck {order.order_number}",
        "Steuernummer: DE123456789",
    ):
        assert line in lines, line
    assert "Amtsgericht Hamburg, HRB 12345" in text
    with translation.override("de"):
        told = day(timezone.localdate(timezone=ZoneInfo("Europe/Berlin")))
    assert f"Rechnungsdatum {told}" in text


def test_what_people_wrote_is_text_and_nothing_else(shop: TenantInfo) -> None:
    address = {**ADDRESS, "last_name": HOSTILE[:50], "city": "x" * 100}
    selling(store_name=HOSTILE, invoice_seller=HOSTILE, invoice_footer=HOSTILE)
    huge = "Donaudampfschifffahrtsgesellschaft" * 7
    goods = (stocked(name=HOSTILE, sku="SKU"), 1), (stocked(name=huge), 1)
    order = order_of(*goods, billing_address=address, shipping_address=address)
    mark_as_paid(order.pk, actor="ann")
    order.refresh_from_db()

    for pdf in (
        print_document(issue_invoice(order.pk, actor="ann")),
        print_packing_slips([order.pk]),
        print_pick_list([order.pk]),
    ):
        text = text_of(pdf).replace("\n", "")
        assert '#read("/etc/passwd") *_$#[]{}\\' in text
        assert "root:" not in text
        assert huge in text


def test_arabic_keeps_the_order_of_latin_words(shop: TenantInfo) -> None:
    selling(languages=["ar"])
    order = order_of((stocked(name="Mug"), 1), language="ar")

    text = text_of(print_document(issue_invoice(order.pk, actor="ann")))

    assert "1 Main Street" in text
    assert "INV-000001" in text


def test_three_hundred_lines_repeat_their_head_and_count_their_pages() -> None:
    pages = pages_of(pdf_of([bill_sheet(invoice_with(300)), bill_sheet(invoice_with(1))]))

    assert len(pages) > 5
    long, short = pages[:-1], pages[-1]
    assert all("Item Quantity Price Total" in page for page in pages)
    assert [f"Page {number} of {len(long)}" in page for number, page in enumerate(long, 1)] == [True] * len(long)
    assert "Page 1 of 1" in short
    # The head of the pages that follow: the shop and the number, once more than a first page says them.
    assert [page.count("INV-000007") for page in pages] == [1] * len(pages)
    assert [page.count("Acme") for page in (long[0], long[1], short)] == [3, 2, 3]
    assert [f"MUG-{number}" in "\n".join(long) for number in (0, 150, 299)] == [True] * 3


def test_the_logo_is_drawn_and_a_broken_or_lost_one_does_not_keep_a_document_back(shop: TenantInfo) -> None:
    def pictures(logo: str) -> int:
        invoice = invoice_with(1)
        invoice.content["look"]["logo"] = logo
        pdf = pdf_of([bill_sheet(invoice)])
        assert "Invoice INV-000007" in text_of(pdf)
        return len(PdfReader(io.BytesIO(pdf)).pages[0].images)

    whole = io.BytesIO()
    Image.new("RGB", (40, 20), "#0f766e").save(whole, "PNG")
    good = default_storage.save("logo.png", ContentFile(whole.getvalue()))
    broken = default_storage.save("broken.png", ContentFile(b"\x89PNG is no picture"))

    shown = [pictures(logo) for logo in (f"/media/{good}", f"/media/{broken}", "/media/gone.png", "/etc/passwd.png")]

    assert shown == [1, 0, 0, 0]


def test_a_parcels_slip_has_what_is_in_it_and_an_orders_what_is_to_be_sent(shop: TenantInfo) -> None:
    selling()
    order = order_of((stocked(name="Mug", sku="MUG"), 3), (stocked(name="Bowl", sku="BOWL"), 1))
    mark_as_paid(order.pk, actor="ann")
    mugs, bowl = order.items.all()
    fulfil_order(order.pk, pieces={mugs.pk: 2}, key="a", actor="ann", carrier="DHL", tracking_number="4711")
    parcel = lines_of(print_parcel(Shipment.objects.get().pk, order_id=order.pk))
    rest = lines_of(print_packing_slips([order.pk]))

    assert "Mug MUG 3 2" in parcel
    assert "Tracking DHL 4711" in parcel
    assert ["Mug MUG 3 1" in rest, "Bowl BOWL 1 1" in rest] == [True, True]
    fulfil_order(order.pk, pieces={mugs.pk: 1, bowl.pk: 1}, key="b", actor="ann")
    assert "Mug MUG 3 3" in lines_of(print_packing_slips([order.pk]))


def test_a_pick_list_adds_up_by_sku_and_parts_by_order(shop: TenantInfo) -> None:
    selling()
    mug, bowl = stocked(name="Mug", sku="B-2", stock=20), stocked(name="Bowl", sku="A-1")
    first, second, unpaid = order_of((mug, 2), (bowl, 1)), order_of((mug, 3)), order_of((mug, 5))
    for order in (first, second):
        mark_as_paid(order.pk, actor="ann")

    summed, parted = (page.splitlines() for page in pages_of(print_pick_list([first.pk, second.pk, unpaid.pk])))

    rows = [line for line in summed if line.startswith(("A-1", "B-2"))]
    assert rows == ["A-1 Bowl 1 1", "B-2 Mug 2 5"]
    assert [line for line in parted if line.endswith(("Mug 2", "Bowl 1", "Mug 3"))] == [
        "B-2 Mug 2", "A-1 Bowl 1", "B-2 Mug 3",
    ]  # fmt: skip
    assert [any(order.order_number in line for line in parted) for order in (first, second)] == [True, True]
    assert not any(unpaid.order_number in line for line in parted)
    assert Order.objects.count() == 3
