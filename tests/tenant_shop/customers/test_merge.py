"""Two accounts of one person become one: nothing is lost, and nothing is counted twice."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.customers.address_book import Role, default_addresses, save_address
from tenant_shop.customers.change_email import ask_to_change_email
from tenant_shop.customers.consents import CustomerConsent, record_consent
from tenant_shop.customers.errors import LogInRefused
from tenant_shop.customers.export import export_of
from tenant_shop.customers.log_in import log_in
from tenant_shop.customers.merge_plan import plan_merge
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.customers.notes import CustomerNote, note_customer, tag_customer
from tenant_shop.customers.scrub import nobodys_email
from tenant_shop.customers.sessions import CustomerSession, open_session
from tenant_shop.customers.tokens import CustomerToken
from tenant_shop.customers.wishlist import WishlistItem, add_wish
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.models import SavedItem, ShoppingCart
from tenant_shop.orders.errors import CouponRefused
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.payments.refund import refund_amount
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.reviews.models import ProductReview
from tenant_shop.verification.verify_shop import verify_shop
from tests.accounts import PASSWORD, mails
from tests.companies import cart_of
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import earned, entries, payment_of, points, run_programme, tier
from tests.shopping import ADDRESS, cart_with, everything, order_of, stocked, submission
from tests.tenant_shop.customers.merging import ann, given, merge, twin
from tests.tenant_shop.customers.test_data import zenobia

__all__ = ["ann", "twin", "zenobia"]

MARKETING = CustomerConsent.Kind.MARKETING_EMAIL


def coupon_click(**who) -> dict:
    """What is sent by who orders with the code."""
    cart_id = cart_with((stocked(), 1))
    apply_coupon(cart_id, "TWICE")
    return submission(cart_id, **who)


def answers(customer: Customer) -> list[tuple[bool, str]]:
    found = CustomerConsent.objects.filter(customer=customer, kind=MARKETING)
    return list(found.order_by("created_at", "id").values_list("is_granted", "place"))


def test_orders_money_points_and_tier_are_those_of_both(ann, twin):
    run_programme()
    earned(ann, price="100.00")
    earned(twin, price="300.00", email=twin.email)
    guest = order_of((stocked(), 1), email=twin.email)
    waiting = order_of((stocked(), 1), email=twin.email, customer_id=twin.pk)

    merge(ann, twin)

    assert (ann.total_orders, ann.total_spent) == (2, Decimal("409.80"))
    assert (twin.total_orders, twin.total_spent) == (0, Decimal(0))
    assert (points(ann), points(twin)) == (84 + 252, 0)
    assert entries(ann) == [("earned", 84), ("correction", 252)]
    assert entries(twin) == [("earned", 252), ("correction", -252)]
    notes = dict(LoyaltyEntry.objects.filter(reason="correction").values_list("customer", "note"))
    assert notes == {ann.pk: f"merged from customer {twin.pk}", twin.pk: f"merged into customer {ann.pk}"}
    assert set(Order.objects.filter(customer=ann)) >= {guest, waiting}
    assert not Order.objects.exclude(customer=ann).exists()
    assert (tier(ann), tier(twin)) == ("silver", "bronze")
    assert verify_shop() == []


def test_the_tier_is_reached_by_what_both_have_spent(ann, twin):
    run_programme(silver_from="200")
    earned(ann, price="110.00")
    earned(twin, price="110.00", email=twin.email)
    assert (tier(ann), tier(twin)) == ("bronze", "bronze")
    merge(ann, twin)
    assert tier(ann) == "silver"


def test_a_refund_after_the_merge_takes_points_from_who_has_them(ann, twin):
    run_programme()
    order = earned(twin, price="300.00", email=twin.email)
    merge(ann, twin)
    refund_amount(payment_of(order).pk, amount=Decimal("304.90"), key=str(uuid4()), actor="bob")
    assert (points(ann), points(twin)) == (0, 0)
    assert verify_shop() == []


def test_points_that_are_owed_are_owed_by_the_one_that_stays(ann, twin):
    LoyaltyEntry.objects.create(customer=twin, points=-30, reason="taken_back", actor="bob")
    given(ann, 10)
    merge(ann, twin)
    assert (points(ann), points(twin)) == (-20, 0)
    assert entries(ann) == [("correction", 10), ("taken_back", -30)]
    assert verify_shop() == []


def test_the_one_that_stays_keeps_itself_and_fills_its_gaps_and_the_other_is_nobody(ann, twin):
    Customer.objects.filter(pk=twin.pk).update(language="de", metadata={"fields": {"size": "L", "pet": "cat"}})
    Customer.objects.filter(pk=ann.pk).update(metadata={"fields": {"size": "M"}})
    open_session(ann, device="Firefox")
    open_session(twin, device="Firefox")
    ask_to_change_email(twin, "new@example.com", password=PASSWORD)
    mails()
    twin.refresh_from_db()

    merge(ann, twin)

    assert (ann.email, ann.full_name, ann.phone, ann.language) == ("ann@example.com", "Ann Ash", "555-0100", "en")
    assert ann.metadata == {"fields": {"size": "M", "pet": "cat"}, "merged_from": [str(twin.pk)]}
    assert (twin.email, twin.full_name, twin.status) == (nobodys_email(twin.pk), "", "inactive")
    assert twin.metadata == {"merged_into": str(ann.pk)}
    assert list(CustomerSession.objects.values_list("customer", flat=True)) == [ann.pk]
    assert not CustomerToken.objects.exists()
    assert log_in("ann@example.com", PASSWORD) == ann
    with pytest.raises(LogInRefused):
        log_in("ann.ash@example.com", PASSWORD)
    event = OutboxEvent.objects.get(topic="customer.merged")
    assert event.payload == {"customer_id": str(ann.pk), "merged_id": str(twin.pk), "orders": 0, "points": 0}


def test_a_limit_for_each_customer_counts_what_both_used(ann, twin):
    DiscountCodeFactory(code="TWICE", usage_limit_per_customer=2)
    place_order(**coupon_click(email=ann.email, customer_id=ann.pk))
    place_order(**coupon_click(email=twin.email, customer_id=None))

    merge(ann, twin)

    assert list(DiscountRedemption.objects.values_list("customer", flat=True)) == [ann.pk, ann.pk]
    click = coupon_click(email=ann.email, customer_id=ann.pk)
    before = everything()
    with pytest.raises(CouponRefused):
        place_order(**click)
    assert everything() == before
    assert len(export_of(ann, at=timezone.now())["discount_codes_used"]) == 2
    assert verify_shop() == []


def test_of_two_reviews_of_a_product_the_newest_stays(ann, twin):
    mug, bowl = stocked(slug="mug").product, stocked(slug="bowl").product
    now = timezone.now()
    for customer, product, title, age in (
        (ann, mug, "Old", 2),
        (twin, mug, "New", 1),
        (ann, bowl, "Newer", 1),
        (twin, bowl, "Older", 2),
    ):
        review = ProductReview.objects.create(customer=customer, product=product, rating=4, title=title)
        ProductReview.objects.filter(pk=review.pk).update(created_at=now - timedelta(days=age))
    merge(ann, twin)
    assert set(ProductReview.objects.values_list("customer", "product__slug", "title")) == {
        (ann.pk, "mug", "New"),
        (ann.pk, "bowl", "Newer"),
    }


def test_wishes_and_what_is_laid_aside_are_there_once(ann, twin):
    mug, bowl = stocked(slug="mug"), stocked(slug="bowl")
    add_wish(ann, "mug")
    add_wish(twin, "mug")
    add_wish(twin, "bowl")
    for customer, variant, quantity in ((ann, mug, 1), (twin, mug, 3), (twin, bowl, 2)):
        SavedItem.objects.create(customer=customer, variant=variant, quantity=quantity, unit_price=1)
    merge(ann, twin)
    assert set(WishlistItem.objects.values_list("customer", "product__slug")) == {(ann.pk, "mug"), (ann.pk, "bowl")}
    assert set(SavedItem.objects.values_list("customer", "variant", "quantity")) == {
        (ann.pk, mug.pk, 1),
        (ann.pk, bowl.pk, 2),
    }


def test_addresses_come_along_once_and_the_choices_of_the_one_that_stays_hold(ann, twin):
    home, office = ADDRESS, {**ADDRESS, "address_line_1": "9 Office Park"}
    mine = save_address(ann, home, roles=frozenset(Role))
    CustomerAddress.objects.filter(pk=mine.pk).update(type="shipping")
    save_address(twin, {**home, "city": home["city"].upper()}, roles=frozenset({Role.SHIPPING}))
    theirs = save_address(twin, office, roles=frozenset(Role))
    merge(ann, twin)
    assert set(CustomerAddress.objects.values_list("customer", "address_line_1")) == {
        (ann.pk, home["address_line_1"]),
        (ann.pk, "9 Office Park"),
    }
    assert default_addresses(ann) == {Role.SHIPPING: mine, Role.BILLING: theirs}


def test_the_same_address_takes_a_choice_that_is_free(ann, twin):
    mine = save_address(ann, ADDRESS, roles=frozenset(Role))
    CustomerAddress.objects.filter(pk=mine.pk).update(is_default=False)
    save_address(twin, ADDRESS, roles=frozenset(Role))
    merge(ann, twin)
    assert default_addresses(ann) == {Role.SHIPPING: mine, Role.BILLING: mine}
    assert CustomerAddress.objects.count() == 1


def test_marketing_mails_need_the_word_of_both(ann, twin):
    record_consent(twin, is_granted=True, place="registration")
    record_consent(twin, is_granted=False, place="profile")
    refusal = CustomerConsent.objects.get(is_granted=False)
    record_consent(ann, is_granted=True, place="profile")
    plan = plan_merge(ann, twin)
    assert (plan.wants_marketing, plan.refused) == (False, refusal)
    merge(ann, twin)
    assert ann.marketing_consent is False
    assert answers(ann) == [(True, "registration"), (False, "profile"), (True, "profile"), (False, "merge")]
    assert CustomerConsent.objects.get(pk=refusal.pk).created_at == refusal.created_at


@pytest.mark.parametrize(
    ("mine", "theirs", "after", "added"),
    [
        (True, True, True, []),
        (False, True, False, [(False, "merge")]),
        (True, False, False, [(False, "merge")]),
        (False, False, False, []),
    ],
)
def test_the_stricter_answer_wins(ann, twin, mine, theirs, after, added):
    record_consent(ann, is_granted=mine, place="profile")
    record_consent(twin, is_granted=theirs, place="registration")
    merge(ann, twin)
    assert ann.marketing_consent is after
    said = [(True, "profile")] * mine + [(True, "registration")] * theirs
    assert answers(ann) == said + added


def test_the_open_cart_of_the_one_that_stays_is_the_one_that_stays(ann, twin):
    mine = cart_of(ann, (stocked(), 1))
    theirs = cart_of(twin, (stocked(), 1))
    done = ShoppingCart.objects.create(customer=twin, completed_at=timezone.now())
    merge(ann, twin)
    assert set(ShoppingCart.objects.values_list("pk", "customer")) == {(mine, ann.pk), (done.pk, ann.pk)}
    assert not ShoppingCart.objects.filter(pk=theirs).exists()


def test_notes_and_tags_come_along(ann, twin):
    note_customer(twin.pk, "Rang twice", actor="bob")
    tag_customer(twin.pk, ["press", "VIP"])
    tag_customer(ann.pk, ["vip", "trade"])

    merge(ann, twin)

    assert [(note.customer_id, note.text) for note in CustomerNote.objects.all()] == [(ann.pk, "Rang twice")]
    assert (ann.tags, twin.tags) == (["vip", "trade", "press"], None)
