"""The road of a return, and its goods."""

from functools import partial

import pytest

from tenant_shop.models import Return
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.errors import ReturnNotMovable
from tenant_shop.returns.move import NEXT, approve_return, decline_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.refund import refund_return
from tenant_shop.returns.request import request_return
from tenant_shop.verification.verify_shop import verify_shop
from tests.returning import DAMAGED, arrived, pieces
from tests.shopping import everything, stock_of

VERBS = {
    "approved": approve_return,
    "declined": decline_return,
    "received": partial(receive_return, restock=False),
    "refunded": partial(refund_return, shipping=False),
}


@pytest.mark.parametrize("before", Return.Status.values)
def test_a_return_moves_along_its_road_only(ann, order, before):
    mark_as_paid(order.pk, actor="x")
    asked = request_return(ann, order.pk, pieces(order, 1), reason=DAMAGED)
    for after, verb in VERBS.items():
        PaymentRefund.objects.all().delete()
        Return.objects.update(status=before)
        if after in NEXT[before]:
            assert verb(asked.pk, actor="x").status == after
        elif before == after == "refunded":
            assert verb(asked.pk, actor="x").status == "refunded"
            assert PaymentRefund.objects.count() == 0
        else:
            unchanged = everything()
            with pytest.raises(ReturnNotMovable):
                verb(asked.pk, actor="x")
            assert everything() == unchanged


@pytest.mark.parametrize("restock", [True, False])
def test_what_arrives_goes_back_on_sale_if_the_shop_says_so(ann, order, restock):
    mug = order.items.first().variant
    before = stock_of(mug)
    arrived(ann, order, 2, restock=restock)
    assert stock_of(mug) == before + (2 if restock else 0)
    assert verify_shop() == []
