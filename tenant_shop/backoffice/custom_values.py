"""Custom fields in the forms and lists of products, customers and orders."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html_join
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from tenant_shop.backoffice.custom_filters import filter_of
from tenant_shop.configuration.custom_fields.errors import ValueRefused
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import read_value, values_in, with_values, written

TITLE = "Your own fields"
NOT_SAID = ("", "not said")
KINDS: dict[str, dict[str, str]] = {"number": {"inputmode": "decimal"}, "date": {"type": "date"}}


def form_name(field: CustomField) -> str:
    """What the field is called in forms and addresses."""
    return f"custom_{field.key}"


class CustomValueField(forms.CharField):
    """A value as it is written; the field itself says what it takes."""

    def __init__(self, field: CustomField) -> None:
        self.of, self.now = field, None
        super().__init__(label=field.name, required=field.is_required, widget=_widget(field))

    def stand_at(self, now: Any) -> None:
        """Take `now`, which the row has: it stays a choice, though it is none any more."""
        self.now = now
        if self.of.kind == CustomField.Kind.CHOICE and now and now not in self.of.choices:
            self.widget.choices = [*self.widget.choices, (now, f"{now} (no longer offered)")]

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return written(read_value(self.of, text, now=self.now))
        except ValueRefused as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal


def _widget(field: CustomField) -> forms.Widget:
    widget: forms.Widget
    match field.kind:
        case CustomField.Kind.CHOICE:
            widget = UnfoldAdminSelectWidget(choices=[NOT_SAID, *((choice, choice) for choice in field.choices)])
        case CustomField.Kind.BOOLEAN:
            widget = UnfoldAdminSelectWidget(choices=[NOT_SAID, ("yes", "Yes"), ("no", "No")])
        case _:
            widget = UnfoldAdminTextInputWidget(attrs=KINDS.get(field.kind))
    return widget


class CustomValuesForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of a row with values; made for the shop's fields by `form_with`."""

    custom_fields: ClassVar[Sequence[CustomField]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        values = values_in(getattr(options.get("instance"), "metadata", None))
        shown = {form_name(field): written(values.get(field.key)) for field in self.custom_fields}
        options["initial"] = {**shown, **(options.get("initial") or {})}
        super().__init__(*args, **options)
        for field in self.custom_fields:
            self.fields[form_name(field)].stand_at(values.get(field.key))  # type: ignore[attr-defined]

    def _watched(self) -> list[str]:
        """For `ToldForm`: what somebody else may have changed meanwhile."""
        return [*super()._watched(), *map(form_name, self.custom_fields)]  # type: ignore[misc]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        given = {field: form_name(field) for field in self.custom_fields if form_name(field) in self.cleaned_data}
        now = values_in(self.instance.metadata)
        values = {
            field.key: read_value(field, self.cleaned_data[name], now=now.get(field.key))
            for field, name in given.items()
        }
        self.instance.metadata = with_values(self.instance.metadata, values)


def form_with(base: type[forms.ModelForm], fields: Sequence[CustomField]) -> type[forms.ModelForm]:  # type: ignore[type-arg]
    """`base` with a field for each of `fields`."""
    declared: dict[str, Any] = {form_name(field): CustomValueField(field) for field in fields}
    metaclass: Any = type(base)
    made: type[forms.ModelForm] = metaclass(  # type: ignore[type-arg]
        base.__name__, (CustomValuesForm, base), {**declared, "custom_fields": tuple(fields)}
    )
    return made


class HasCustomFilters:
    """The list of a model whose rows have values."""

    custom_owner: ClassVar[CustomField.Owner]

    def custom_fields(self, request: HttpRequest) -> list[CustomField]:
        """The shop's fields of this model. One SELECT a request."""
        found: list[CustomField] | None = getattr(request, "_custom_fields", None)
        if found is None:
            found = list(CustomField.objects.filter(owner=self.custom_owner))
            request._custom_fields = found  # type: ignore[attr-defined]
        return found

    def get_list_filter(self, request: HttpRequest) -> Any:
        usual = super().get_list_filter(request)  # type: ignore[misc]
        return (*usual, *(filter_of(field) for field in self.custom_fields(request) if field.in_filters))


class HasCustomFields(HasCustomFilters):
    """The list and the form."""

    def _may_write(self, request: HttpRequest, obj: Model | None) -> bool:
        page: Any = self
        return bool(page.has_change_permission(request, obj) if obj else page.has_add_permission(request))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        fields = self.custom_fields(request)
        if fields and self._may_write(request, obj):
            kwargs.setdefault("form", form_with(self.form, fields))  # type: ignore[attr-defined]
        return super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        fields = self.custom_fields(request)
        if not fields:
            return fieldsets
        names = tuple(map(form_name, fields)) if self._may_write(request, obj) else ("custom_values",)
        return (*fieldsets, (TITLE, {"fields": names, "classes": ("last",)}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        if not self.custom_fields(request) or self._may_write(request, obj):
            return fixed
        if obj is not None:
            obj.own_fields = self.custom_fields(request)
        return (*fixed, "custom_values")

    @display(description=TITLE)
    def custom_values(self, obj: Any) -> str:
        return shown_values(getattr(obj, "own_fields", ()), obj.metadata)


def shown_values(fields: Sequence[CustomField], metadata: Any) -> str:
    """The values in lines, for those who may only look."""
    values = values_in(metadata)
    told = [(field.name, written(values[field.key])) for field in fields if field.key in values]
    return format_html_join("", "<div>{}: {}</div>", told) or "-"
