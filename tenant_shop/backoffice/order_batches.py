"""What is done with the orders that are ticked in their list: sent, paid, cancelled, and printed as one PDF."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import ShopAdmin, amount
from tenant_shop.backoffice.cancel import CancelForm, cancel_by_staff
from tenant_shop.backoffice.differences import standing
from tenant_shop.backoffice.documents import pdf_answer
from tenant_shop.backoffice.order_verbs import ASKING_A_GATEWAY, do
from tenant_shop.documents.errors import TooManyToPrint
from tenant_shop.documents.models import Document
from tenant_shop.documents.print import MOST, print_invoices, print_packing_slips, print_pick_list
from tenant_shop.orders.fulfil import fulfil_rest
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayUnavailable

# A mail goes to each customer, and each order is a transaction of its own.
MOST_AT_ONCE = 100
# A gateway is asked for each of them while somebody waits.
MOST_ASKED = 25


class OrderBatches(ShopAdmin):
    """Actions of the orders' list; the rest of the page is OrderAdmin's."""

    @admin.action(description="Send all that is left", permissions=["act"])
    def send_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """Each order by itself: what cannot be sent is said with its reason, and does not keep the others."""
        if _are_too_many(request, queryset, "sent"):
            return
        sent = 0
        for order_id, number in list(queryset.order_by("created_at", "id").values_list("pk", "order_number")):
            try:
                with shop_transaction():
                    was = standing(Order, order_id)
                    order = fulfil_rest(order_id, key=secrets.token_urlsafe(24), actor=str(request.user.pk))
                    self.note(request, "send", order, [{"sent": {"fields": ["all that was left"]}}], was=was)
            except RuleViolation as refusal:
                said = str(refusal)
                messages.error(request, said if number in said else f"Order {number}: {said}")
            else:
                sent += 1
        if sent:
            one = sent == 1
            messages.success(
                request,
                f"{sent} {'order is' if one else 'orders are'} sent; the {'customer is' if one else 'customers are'} "
                "told by mail.",
            )

    @admin.action(description="Print packing slips", permissions=["view"])
    def print_slips(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return _printed(request, queryset, print_packing_slips, "packing-slips")

    @admin.action(description="Print a pick list", permissions=["view"])
    def print_pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return _printed(request, queryset, print_pick_list, "pick-list")

    @admin.action(description="Print invoices", permissions=["view"])
    def print_invoices(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        answer = _printed(request, queryset, print_invoices, "invoices")
        if answer is not None:
            without = queryset.exclude(documents__kind=Document.Kind.INVOICE).values_list("order_number", flat=True)
            if missing := ", ".join(without):
                messages.warning(request, f"Not printed, for there is no invoice yet: {missing}.")
        return answer

    @admin.action(description="Mark as paid", permissions=["act"])
    def pay_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._do_to_all(request, queryset, partial(self.do_verb, request, verb="pay"), "marked as paid")

    @admin.action(description="Take the money that cards promised", permissions=["act"])
    def capture_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """One after the other; a gateway that does not answer is not asked for the rest."""
        if _are_too_many(request, queryset, "taken", most=MOST_ASKED):
            return
        taken, chosen = 0, list(queryset.order_by("created_at", "id").values_list("pk", "order_number"))
        for order_id, number in chosen:
            try:
                self.do_verb(request, order_id, "capture")
            except RuleViolation as refusal:
                messages.error(request, f"Order {number}: {refusal}")
            except GatewayUnavailable as silence:
                messages.error(request, f"Order {number}: {silence} The orders after it were not asked for.")
                break
            else:
                taken += 1
        if taken:
            messages.success(request, f"The money of {taken} {'order' if taken == 1 else 'orders'} was taken.")

    @admin.action(description="Mark as delivered", permissions=["act"])
    def deliver_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        self._do_to_all(request, queryset, partial(self.do_verb, request, verb="deliver"), "marked as delivered")

    @admin.action(description="Cancel", permissions=["act"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        """Asked first: which orders, and what becomes of their goods."""
        if _are_too_many(request, queryset, "cancelled"):
            return None
        form = CancelForm(request.POST)
        if form.is_valid():
            cancel = partial(cancel_by_staff, request, page=self, form=form)
            self._do_to_all(request, queryset, cancel, "cancelled")
            return None
        orders = list(queryset.order_by("created_at", "id"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Cancel the order" if len(orders) == 1 else f"Cancel {len(orders)} orders",
            "opts": self.opts,
            "orders": [(order.order_number, amount(order.total_amount, order.currency)) for order in orders],
            "ids": [order.pk for order in orders],
            "action": "cancel_selected",
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/shop/cancel_order.html", context, status=status)

    def _do_to_all(
        self, request: HttpRequest, queryset: QuerySet[Order], verb: Callable[[UUID], Order], done: str
    ) -> None:
        """Each order by itself: what is refused for one is done for the others, and said."""
        if _are_too_many(request, queryset, done):
            return
        changed = 0
        for order_id in list(queryset.order_by("created_at", "id").values_list("pk", flat=True)):
            try:
                verb(order_id)
            except RuleViolation as error:
                messages.error(request, str(error))
            else:
                changed += 1
        if changed:
            messages.success(request, f"{changed} {'order' if changed == 1 else 'orders'} {done}.")

    def do_verb(self, request: HttpRequest, order_id: UUID, verb: str) -> Order:
        """What is done and what the audit log says of it are one: killed in between, there is neither. Only where a
        gateway is asked nothing may be locked meanwhile."""
        actor = str(request.user.pk)
        if verb in ASKING_A_GATEWAY:
            was = standing(Order, order_id)
            order = do(verb, order_id, actor=actor)
            self.note_afterwards(request, verb, order, [], was=was)
            return order
        with shop_transaction():
            was = standing(Order, order_id)
            order = do(verb, order_id, actor=actor)
            self.note(request, verb, order, [], was=was)
        return order


def _are_too_many(request: HttpRequest, queryset: QuerySet[Order], done: str, *, most: int | None = None) -> bool:
    """Whether more are chosen than are done while somebody waits; it is said then, and nothing is done."""
    chosen, most = queryset.count(), most or MOST_AT_ONCE
    if chosen > most:
        messages.error(request, f"{chosen} orders are chosen. At most {most} are {done} at once: choose fewer.")
    return chosen > most


def _printed(
    request: HttpRequest, queryset: QuerySet[Order], verb: Callable[[Sequence[UUID]], bytes], name: str
) -> HttpResponse | None:
    """The PDF; None where it is said why there is none."""
    try:
        if (chosen := queryset.count()) > MOST:
            raise TooManyToPrint(chosen, MOST)
        content = verb(list(queryset.values_list("pk", flat=True)))
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return None
    return pdf_answer(content, name)
