"""Returns in the back office: what customers ask for is shown, and only verbs move it on."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import NotReady, RuleViolation
from tenant_shop.backoffice.base import ShopAdmin, ShopInline, amount
from tenant_shop.backoffice.differences import standing
from tenant_shop.backoffice.site import backoffice
from tenant_shop.payments.errors import RefundInvalid
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund_amounts import shipping_price
from tenant_shop.returns.by_words import returns_by_words
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.move import LONGEST_ANSWER, approve_return, decline_return
from tenant_shop.returns.receive import receive_return
from tenant_shop.returns.refund import prospect_of, refund_return
from tenant_shop.returns.refunds import refunds_of

COLOURS = {
    "requested": "warning",
    "approved": "info",
    "received": "info",
    "refunded": "success",
    "declined": "danger",
}
State = PaymentRefund.State
Verb = Callable[..., Return]
VERBS = ("approve", "decline", "receive", "refund")


class AnswerForm(forms.Form):
    """What the customer is told besides, and what happens to goods and delivery."""

    answer = forms.CharField(
        label="Your words to the customer",
        required=False,
        max_length=LONGEST_ANSWER,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="They stand in the mail and on the customer's page.",
    )
    restock = forms.BooleanField(label="Put the goods back on sale", required=False, widget=UnfoldBooleanWidget)
    shipping = forms.BooleanField(label="The delivery as well", required=False, widget=UnfoldBooleanWidget)


class LineInline(ShopInline):
    model = ReturnLine
    verbose_name_plural = "goods"
    fields = ("name", "sku", "quantity")
    readonly_fields = fields
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnLine]:
        lines: QuerySet[ReturnLine] = super().get_queryset(request)
        return lines.select_related("order_item")

    def has_add_permission(self, request: HttpRequest, obj: Return | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Return | None = None) -> bool:
        return False

    @display(description="Product")
    def name(self, line: ReturnLine) -> str:
        return line.order_item.product_name

    @display(description="SKU")
    def sku(self, line: ReturnLine) -> str:
        return line.order_item.product_sku


@admin.register(Return, site=backoffice)
class ReturnAdmin(ShopAdmin):
    """A return's page has a button for each step that it can take; the money goes back by the order's payment."""

    list_display = ("order", "status_badge", "why", "asked_by", "created_at")
    list_filter = ("status", "reason")
    list_select_related = ("order", "customer")
    search_fields = ("order__order_number", "customer__email", "order__customer_email")
    search_help_text = "Order number, name or e-mail address"
    found_by = staticmethod(returns_by_words)
    comes_from = "What a customer wants to send back stands here. For others, open a return on the order."
    ordering = ("-created_at", "-id")
    fields = ("order", "asked_by", "status", "why", "note", "answer", "created_at")
    readonly_fields = fields
    inlines = (LineInline,)
    actions = ("approve", "decline")
    change_form_outer_before_template = "admin/shop/return_actions.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Return | None = None) -> bool:
        """No form writes to a return; `has_act_permission` says who may use the verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Return | None = None) -> bool:
        """Returns are declined, never deleted."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenant_shop.change_return")

    def get_urls(self) -> list[URLPattern]:
        verbs = [
            path(
                f"<uuid:return_id>/{verb}/",
                self.admin_site.admin_view(partial(self.act, verb=verb)),
                name=f"tenant_shop_return_{verb}",
            )
            for verb in VERBS
        ]
        return [*verbs, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = self.get_object(request, object_id)
        steps = _steps(asked) if isinstance(asked, Return) and self.has_act_permission(request) else {}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **steps})
        return page

    def act(self, request: HttpRequest, return_id: UUID, verb: str) -> HttpResponse:
        """The buttons on a return's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = AnswerForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
            return redirect("admin:tenant_shop_return_change", return_id)
        try:
            moved = self._do(request, return_id, verb, form.cleaned_data)
        except Return.DoesNotExist as error:
            raise Http404 from error
        except (RuleViolation, NotReady) as error:
            messages.error(request, str(error))
        else:
            self._say(request, moved, verb)
        return redirect("admin:tenant_shop_return_change", return_id)

    @admin.action(description="Approve", permissions=["act"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self._do_to_all(request, queryset, "approve", "approved")

    @admin.action(description="Decline", permissions=["act"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self._do_to_all(request, queryset, "decline", "declined")

    def _do_to_all(self, request: HttpRequest, queryset: QuerySet[Return], verb: str, done: str) -> None:
        """Each return by itself: what is refused for one is done for the others, and said."""
        changed = 0
        for return_id in queryset.values_list("pk", flat=True):
            try:
                self._do(request, return_id, verb, {})
            except RuleViolation as error:
                messages.error(request, str(error))
            else:
                changed += 1
        if changed:
            messages.success(request, f"{changed} {'return is' if changed == 1 else 'returns are'} {done} now.")

    def _do(self, request: HttpRequest, return_id: UUID, verb: str, given: dict[str, Any]) -> Return:
        actor, answer = str(request.user.pk), given.get("answer", "")
        verbs: dict[str, Verb] = {
            "approve": partial(approve_return, answer=answer),
            "decline": partial(decline_return, answer=answer),
            "receive": partial(receive_return, answer=answer, restock=given.get("restock", False)),
            "refund": partial(refund_return, shipping=given.get("shipping", False)),
        }
        if verb == "refund":  # asks a gateway
            was = standing(Return, return_id)
            moved = verbs[verb](return_id, actor=actor)
            self.note_afterwards(request, verb, moved, _words_of(moved), was=was)
            return moved
        with shop_transaction():
            was = standing(Return, return_id)
            moved = verbs[verb](return_id, actor=actor)
            self.note(request, verb, moved, _words_of(moved), was=was)
        return moved

    def _say(self, request: HttpRequest, moved: Return, verb: str) -> None:
        if verb == "refund" and moved.status != Return.Status.REFUNDED:
            messages.warning(request, "The money is on its way back; the payment service has not confirmed it yet.")
        else:
            messages.success(request, f"The return is {moved.get_status_display().lower()} now; the customer is told.")

    @display(description="Customer", ordering="order__customer_email")
    def asked_by(self, asked: Return) -> str:
        """The account, or the mailbox of a guest's order."""
        return str(asked.customer or asked.order.customer_email)

    @display(description="Reason", ordering="reason")
    def why(self, asked: Return) -> str:
        return str(asked.get_reason_display().capitalize())

    @display(description="Status", ordering="status", label=COLOURS)
    def status_badge(self, asked: Return) -> tuple[str, str]:
        return asked.status, asked.get_status_display()


def _steps(asked: Return) -> dict[str, Any]:
    """What the page offers, by the return's state."""
    steps: dict[str, Any] = {"answer_form": AnswerForm(auto_id=f"id_{asked.status}_%s")}
    if asked.status == Return.Status.REFUNDED:
        return {name: said for name, said in _money_so_far(asked).items() if name != "refused"}
    if asked.status == Return.Status.RECEIVED:
        order = asked.order
        steps |= _money_so_far(asked)
        if "on_its_way" in steps:
            return steps
        try:
            steps |= _prospect(asked)
        except RefundInvalid as error:
            steps["problem"] = str(error)
        if shipping_price(order):
            steps["delivery"] = amount(shipping_price(order), order.currency)
    return steps


def _prospect(asked: Return) -> dict[str, Any]:
    """What giving the money back would do. Errors: RefundInvalid."""
    prospect, currency = prospect_of(asked, shipping=False), asked.order.currency
    said: dict[str, Any] = {"worth": amount(prospect.worth, currency), "moves_money": bool(prospect.money)}
    if prospect.credit:
        said["credit"] = amount(prospect.credit, currency)
    if prospect.credit + prospect.money < prospect.worth:
        said["there"] = amount(prospect.money, currency)
    return said


def _money_so_far(asked: Return) -> dict[str, str]:
    """What of its money has gone, what is on its way, and why some of it did not go."""
    of: dict[str, Decimal] = {}
    problem = ""
    for refund in refunds_of(asked):
        of[refund.state] = of.get(refund.state, Decimal(0)) + refund.amount
        problem = refund.problem or problem
    said = {}
    for state, name in ((State.SUCCEEDED, "given"), (State.PENDING, "on_its_way"), (State.CREDITED, "credited")):
        if state in of:
            said[name] = amount(of[state], asked.order.currency)
    if State.FAILED in of:
        said["refused"] = problem
    return said


def _words_of(moved: Return) -> list[Any]:
    return [{"changed": {"fields": [f"status: {moved.get_status_display()}"]}}]
