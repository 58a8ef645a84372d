"""Companies in the back office: who may buy as one, on which terms, and what waits for their approval."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import NotReady, RuleViolation
from smartseller.tax_registers.find import register_of
from tenant_shop.backoffice.base import ShopAdmin, ShopInline, amount, moment
from tenant_shop.backoffice.differences import standing
from tenant_shop.backoffice.places import country_options
from tenant_shop.backoffice.site import backoffice
from tenant_shop.backoffice.told_form import ToldForm
from tenant_shop.companies.by_words import companies_by_words, requests_by_words
from tenant_shop.companies.check_tax_id import check_tax_id
from tenant_shop.companies.credit import open_amount
from tenant_shop.companies.decide import approve_company, block_company
from tenant_shop.companies.errors import InvalidTaxId
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.companies.tax_id_by_hand import change_tax_id, judge_tax_id
from tenant_shop.companies.tax_ids import read_tax_id
from tenant_shop.configuration.settings import shop_settings

STATUS_COLOURS = {"pending": "warning", "approved": "success", "blocked": "danger"}
TAX_ID_COLOURS = {"unchecked": "info", "format_ok": "warning", "confirmed": "success", "refused": "danger"}
TAX_ID_WORDS = {
    "unchecked": "not checked",
    "format_ok": "not confirmed",
    "confirmed": "confirmed",
    "refused": "refused",
}
REQUEST_COLOURS = {
    "pending": "warning",
    "approved": "success",
    "rejected": "danger",
    "withdrawn": "info",
    "expired": "info",
}
VERBS = ("approve", "block", "confirm", "refuse", "ask")


class CompanyForm(ToldForm):
    """The tax id is read as shoppers' is; what was said of another one counts no more."""

    class Meta:
        model = Company
        fields = (
            "name",
            "group",
            "tax_id",
            "address_line_1",
            "address_line_2",
            "postal_code",
            "city",
            "state_province",
            "country",
            "pay_later",
            "payment_days",
            "credit_limit",
            "approval_rule",
            "approval_above",
            "purchase_number_required",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "country" in self.fields:
            self.fields["country"] = forms.ChoiceField(choices=country_options(), widget=UnfoldAdminSelectWidget)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("approval_rule") == Company.ApprovalRule.ABOVE and given.get("approval_above") is None:
            self.add_error("approval_above", "Say above which total orders have to be approved.")
        try:
            given["tax_id"] = read_tax_id(given.get("tax_id") or "", given.get("country") or "").text
        except InvalidTaxId as refusal:
            self.add_error("tax_id", str(refusal))
        return given


class MemberInline(ShopInline):
    """People join by invitation; the shop's people may stop them, or make somebody else the admin."""

    model = CompanyMember
    fields = ("customer", "role", "order_limit", "is_active")
    readonly_fields = ("customer",)
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CompanyMember]:
        members: QuerySet[CompanyMember] = super().get_queryset(request)
        return members.select_related("customer")

    def has_add_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        return False


@admin.register(Company, site=backoffice)
class CompanyAdmin(ShopAdmin):
    """Companies register themselves; whether they may buy, and on which terms, is decided here."""

    form = CompanyForm
    list_display = ("name", "status_badge", "tax_id", "tax_id_badge", "country", "people", "created_at")
    list_filter = ("status", "tax_id_state", "pay_later")
    search_fields = ("name", "tax_id", "members__customer__email")
    search_help_text = "Name, tax id, or a member's name or e-mail address"
    found_by = staticmethod(companies_by_words)
    comes_from = "A customer whose account registers a company stands here, for you to let them buy as one."
    ordering = ("-created_at", "-id")
    inlines = (MemberInline,)
    autocomplete_fields = ("group",)
    change_form_outer_before_template = "admin/shop/company_actions.html"
    readonly_fields = ("status", "tax_id_facts", "open_invoices", "created_at")
    fieldsets = (
        (None, {"fields": (("name", "status", "created_at"), "group")}),
        ("Tax id", {"fields": (("tax_id", "tax_id_facts"),)}),
        (
            "Registered address",
            {
                "fields": (
                    ("address_line_1", "address_line_2"),
                    ("postal_code", "city"),
                    ("state_province", "country"),
                )
            },
        ),
        ("Paying later", {"fields": ("pay_later", ("payment_days", "credit_limit", "open_invoices"))}),
        ("Ordering", {"fields": (("approval_rule", "approval_above"), "purchase_number_required")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        companies: QuerySet[Company] = super().get_queryset(request)
        members = CompanyMember.objects.filter(company=OuterRef("pk")).order_by().values("company")
        # Of each company on the page, not of all: nothing is grouped to sort them.
        return companies.annotate(member_count=Coalesce(Subquery(members.values(n=Count("pk"))), 0))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        """Companies are blocked, never deleted: their orders stay."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenant_shop.change_company")

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:  # noqa: FBT001
        """What the form changed and nothing else: a register may have answered while it was open."""
        changed = [name for name in form.changed_data if name != "tax_id"]
        if changed:
            obj.save(update_fields=changed)
        if "tax_id" in form.changed_data:
            change_tax_id(obj.pk, obj.tax_id)

    def get_urls(self) -> list[URLPattern]:
        verbs = [
            path(
                f"<uuid:company_id>/{verb}/",
                self.admin_site.admin_view(partial(self.act, verb=verb)),
                name=f"tenant_shop_company_{verb}",
            )
            for verb in VERBS
        ]
        return [*verbs, *super().get_urls()]

    def act(self, request: HttpRequest, company_id: UUID, verb: str) -> HttpResponse:
        """The buttons on a company's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_act_permission(request):
            raise PermissionDenied
        try:
            said = self._do(request, company_id, verb)
        except (RuleViolation, NotReady) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return redirect("admin:tenant_shop_company_change", company_id)

    def _do(self, request: HttpRequest, company_id: UUID, verb: str) -> str:
        if verb == "ask":  # a register, which may take its time
            was = standing(Company, company_id)
            check_tax_id(company_id)
            company = Company.objects.get(pk=company_id)
            self.note_afterwards(request, verb, company, [], was=was)
            return f"The tax id is {TAX_ID_WORDS[company.tax_id_state]}."
        with shop_transaction():
            was = standing(Company, company_id)
            match verb:
                case "approve":
                    company = approve_company(company_id)
                    said = f"{company.name} can order now; its admins are told."
                case "block":
                    company = block_company(company_id, reason=request.POST.get("reason", "").strip()[:500])
                    said = f"{company.name} cannot order on a company account; its admins are told."
                case _:
                    company = judge_tax_id(company_id, is_real=verb == "confirm", actor=str(request.user.pk))
                    said = f"The tax id is {TAX_ID_WORDS[company.tax_id_state]} now."
            self.note(request, verb, company, [], was=was)
        return said

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any) -> Any:
        company = options.get("obj")
        context["can_ask"] = company is not None and register_of(company.tax_id) is not None
        return super().render_change_form(request, context, *args, **options)

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, company: Company) -> tuple[str, str]:
        return company.status, company.get_status_display()

    @display(description="Tax id is", ordering="tax_id_state", label=TAX_ID_COLOURS)
    def tax_id_badge(self, company: Company) -> tuple[str, str]:
        return company.tax_id_state, TAX_ID_WORDS[company.tax_id_state]

    @display(description="Members")
    def people(self, company: Company) -> int:
        return getattr(company, "member_count", 0)

    @display(description="What is known of it")
    def tax_id_facts(self, company: Company) -> str:
        """The state, since when, by whom, and what the register said."""
        state = TAX_ID_WORDS[company.tax_id_state]
        by = company.tax_id_checked_by
        if (by and register_of(company.tax_id) is None) or len(by) == 36:
            by = "hand"
        since = moment(company.tax_id_checked_at) if company.tax_id_checked_at else ""
        twins = Company.objects.filter(tax_id=company.tax_id).exclude(pk=company.pk).exists() if company.tax_id else ""
        parts = (
            state,
            f"by {by}" if by else "",
            since,
            company.tax_id_note,
            "another company here has the same id" if twins else "",
        )
        return format_html_join(" · ", "{}", ((part,) for part in parts if part))

    @display(description="Open invoices")
    def open_invoices(self, company: Company) -> str:
        currency = shop_settings().currency
        return amount(open_amount(company.pk, currency), currency)


@admin.register(PurchaseRequest, site=backoffice)
class PurchaseRequestAdmin(ShopAdmin):
    """What companies' people decide among themselves; the shop's people only look."""

    list_display = ("asked_total", "company", "status_badge", "customer", "created_at", "decided_at")
    list_filter = ("status",)
    list_select_related = ("company", "customer")
    search_fields = ("company__name", "customer__email", "order__order_number")
    search_help_text = "Company, who asked, or the order"
    found_by = staticmethod(requests_by_words)
    comes_from = "What buyers may not order alone stands here, until one of their company approves it."
    ordering = ("-created_at", "-id")
    fields = (
        "company",
        "customer",
        "status",
        "asked_total",
        "purchase_number",
        "created_at",
        "expires_at",
        "decided_by",
        "decided_at",
        "reason",
        "order",
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PurchaseRequest | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PurchaseRequest | None = None) -> bool:
        return False

    @display(description="Status", ordering="status", label=REQUEST_COLOURS)
    def status_badge(self, asked: PurchaseRequest) -> tuple[str, str]:
        return asked.status, asked.get_status_display()

    @display(description="Purchase order")
    def purchase_number(self, asked: PurchaseRequest) -> str:
        return asked.answers.get("purchase_number") or "-"

    @display(description="Total", ordering="total")
    def asked_total(self, asked: PurchaseRequest) -> str:
        return amount(asked.total, asked.currency)
