"""Returns in the back office: what customers ask for is shown, and only verbs move it on."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from smartseller.errors import RuleViolation
from tenant_shop.backoffice.base import ShopAdmin, ShopInline
from tenant_shop.backoffice.site import backoffice
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.move import move_return

COLOURS = {
    "requested": "warning",
    "approved": "info",
    "received": "info",
    "refunded": "success",
    "declined": "danger",
}


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
    """Refunding here closes the return; the money goes back by the order's payment."""

    list_display = ("order", "status_badge", "reason", "customer", "created_at")
    list_filter = ("status", "reason")
    list_select_related = ("order", "customer")
    search_fields = ("order__order_number", "customer__email")
    search_help_text = "Order number or e-mail address"
    ordering = ("-created_at", "-id")
    fields = ("order", "customer", "status", "reason", "note", "created_at")
    readonly_fields = fields
    inlines = (LineInline,)
    actions = ("approve", "receive", "refund", "decline")

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

    @admin.action(description="Approve", permissions=["act"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self._move(request, queryset, Return.Status.APPROVED)

    @admin.action(description="The goods have arrived", permissions=["act"])
    def receive(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self._move(request, queryset, Return.Status.RECEIVED)

    @admin.action(description="The money has been given back", permissions=["act"])
    def refund(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self._move(request, queryset, Return.Status.REFUNDED)

    @admin.action(description="Decline", permissions=["act"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self._move(request, queryset, Return.Status.DECLINED)

    def _move(self, request: HttpRequest, queryset: QuerySet[Return], to: Return.Status) -> None:
        """Each return by itself: what is refused for one is done for the others, and said."""
        changed = 0
        for return_id in queryset.values_list("pk", flat=True):
            try:
                moved = move_return(return_id, to, actor=str(request.user.pk))
            except RuleViolation as error:
                messages.error(request, str(error))
            else:
                changed += 1
                self.note(request, "change", moved, [{"changed": {"fields": [f"status: {to.label}"]}}])
        if changed:
            messages.success(request, f"{changed} {'return is' if changed == 1 else 'returns are'} {to.value} now.")

    @display(description="Status", ordering="status", label=COLOURS)
    def status_badge(self, asked: Return) -> tuple[str, str]:
        return asked.status, asked.get_status_display()
