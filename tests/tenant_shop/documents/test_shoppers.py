"""Shoppers download their invoices and credit notes, and nobody else's."""

from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.documents.issue import issue_invoice
from tenant_shop.documents.models import Document
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.models import Order
from tenant_shop.storefront import documents
from tests.accounts import account, logged_in
from tests.companies import company_of, membership, ordered_by
from tests.documents import selling, text_of
from tests.shopper import Shopper
from tests.shopping import order_of, stocked


@pytest.fixture
def order(shop: TenantInfo) -> Order:
    """A guest's, with an invoice."""
    selling()
    order = order_of((stocked(name="Mug"), 1), email="guest@example.com")
    issue_invoice(order.pk, actor="ann")
    return order


def path_of(order: Order, document: Document) -> str:
    return f"/orders/{order.public_token}/documents/{document.pk}/"


def test_behind_the_orders_link_its_documents_are_listed_and_handed_out(order: Order) -> None:
    cancel_order(order.pk, reason="", actor="ann")
    shopper = Shopper()
    page = shopper.get(f"/orders/{order.public_token}/").content.decode()
    for document in Document.objects.all():
        assert path_of(order, document) in page
        answer = shopper.get(path_of(order, document))
        assert document.number in text_of(answer.content)
        assert answer["Content-Disposition"] == f'inline; filename="{document.number}.pdf"'
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
    assert Document.objects.count() == 2


def test_a_link_opens_the_documents_of_its_own_order_only(order: Order) -> None:
    other = order_of((stocked(), 1))
    invoice = Document.objects.get()
    shopper = Shopper()

    assert shopper.get(path_of(other, invoice)).status_code == 404
    assert shopper.get(f"/orders/{uuid4()}/documents/{invoice.pk}/").status_code == 404
    assert shopper.get(f"/orders/{order.public_token}/documents/{uuid4()}/").status_code == 404


def test_customers_get_their_own_documents_and_nobody_elses(order: Order) -> None:
    ann = account()
    own = order_of((stocked(name="Bowl"), 1), customer_id=ann.pk)
    invoice, theirs = issue_invoice(own.pk, actor="ann"), Document.objects.get(order=order)
    path = f"/account/orders/{own.pk}/documents/{invoice.pk}/"

    assert Shopper().get(path).status_code == 302
    shopper = logged_in()
    assert path in shopper.get(f"/account/orders/{own.pk}/").content.decode()
    assert "Bowl" in text_of(shopper.get(path).content)
    assert shopper.get(f"/account/orders/{own.pk}/documents/{theirs.pk}/").status_code == 404
    assert shopper.get(f"/account/orders/{order.pk}/documents/{theirs.pk}/").status_code == 404


def test_a_companys_people_get_the_documents_of_its_orders(shop: TenantInfo) -> None:
    selling(company_accounts=True)
    ann = account()
    company_of(ann, pay_later=True, credit_limit=1000)
    order = ordered_by(membership(ann), (stocked(name="Bowl"), 1), payment_method="pay_later")
    invoice = issue_invoice(order.pk, actor="ann")
    path = f"/account/company/orders/{order.pk}/documents/{invoice.pk}/"

    shopper = logged_in()

    assert path in shopper.get(f"/account/company/orders/{order.pk}/").content.decode()
    assert "Bowl" in text_of(shopper.get(path).content)
    other = issue_invoice(order_of((stocked(), 1)).pk, actor="ann")
    assert shopper.get(f"/account/company/orders/{other.order_id}/documents/{other.pk}/").status_code == 404


def test_who_prints_too_often_is_asked_to_wait(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_PRINTED", 2)
    path, shopper = path_of(order, Document.objects.get()), Shopper()

    assert [shopper.get(path).status_code for _ in range(3)] == [200, 200, 429]
