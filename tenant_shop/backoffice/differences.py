"""What a form changes, field by field, in values that the audit log can keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models
from django.forms import BaseForm, ModelChoiceField
from django.forms.models import BaseModelFormSet, ModelMultipleChoiceField

from tenant_shop.audit.mask import is_personal, masked

LONGEST = 2000
MOVED_BY_VERBS = {"status", "payment_status", "fulfillment_status", "tax_id_state"}


@dataclass(slots=True)
class Differences:
    """Values by field, before and after."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


class Changes(list[Any]):
    """Django's words for what a form did, with the values."""

    differences: Differences


def differences_of(
    form: BaseForm, formsets: Iterable["BaseModelFormSet[Any, Any]"] = (), *, added: bool
) -> Differences:
    """What `form` and the rows below it change; of something new the values that were given."""
    found = Differences()
    for name in form.changed_data:
        if not added:
            found.before[name] = _kept_before(form, name)
        found.after[name] = plain(form.cleaned_data.get(name))
    for formset in formsets or ():
        _add_rows(found, formset)
    return found


def forget_what_is_alike(form: BaseForm, formsets: Iterable["BaseModelFormSet[Any, Any]"] = ()) -> None:
    """Leave in `changed_data`, and in what was changed of rows, only what has another value than before.

    Browsers send every field: other ends of lines, other zeros, files that nobody chose are no change. What a page
    carries its own beginning of (`show_hidden_initial`) is compared with that already.
    """
    form.changed_data = _changed(form)
    for formset in formsets or ():
        for row in formset.forms:
            row.changed_data = _changed(row)
        rows = {id(row.instance): row.changed_data for row in formset.forms}
        formset.changed_objects = [
            (obj, rows.get(id(obj), names)) for obj, names in formset.changed_objects if rows.get(id(obj), names)
        ]


def _changed(form: BaseForm) -> list[str]:
    return [
        name
        for name in form.changed_data
        if name not in form.cleaned_data
        or form.fields[name].show_hidden_initial
        or _words(_kept_before(form, name)) != _words(plain(form.cleaned_data[name]))
    ]


def _words(value: Any) -> str:
    return "" if value in (None, [], {}) else str(value).replace("\r\n", "\n").strip()


def values_of(obj: models.Model) -> dict[str, Any]:
    """All columns of an object that is going to be deleted."""
    return {column.name: plain(getattr(obj, column.attname)) for column in obj._meta.concrete_fields}


def standing(model: type[models.Model], key: Any) -> dict[str, Any]:
    """Where an object stands: its fields that verbs move, as they are in the database now. One SELECT."""
    fields = [field.name for field in model._meta.concrete_fields if field.name in MOVED_BY_VERBS]
    return model._default_manager.filter(pk=key).values(*fields).first() or {}


def plain(value: Any) -> Any:
    """`value` as JSON keeps it and people read it; long texts are cut."""
    match value:
        case None | bool() | int():
            return value
        case Decimal():
            return f"{value.normalize():f}" if value.is_finite() else str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case models.Model():
            return str(value.pk) if is_personal(value._meta.model_name or "") else _cut(str(value))
        case UUID():
            return str(value)
        case File():
            return _cut(value.name or "")
        case Mapping():
            return {str(key): plain(part) for key, part in value.items()}
        case models.QuerySet() | list() | tuple() | set() | frozenset():
            return [plain(part) for part in value]
        case _:
            return _cut(str(value))


def _kept_before(form: BaseForm, name: str) -> Any:
    initial = form.get_initial_for_field(form.fields[name], name)
    choice = form.fields[name]
    if isinstance(choice, ModelChoiceField) and not isinstance(choice, ModelMultipleChoiceField) and initial:
        try:
            chosen = choice.queryset.filter(**{choice.to_field_name or "pk": initial}).first()  # type: ignore[union-attr]
        except (ValueError, ValidationError):
            chosen = None
        return plain(chosen or initial)
    return plain(initial)


def _add_rows(found: Differences, formset: "BaseModelFormSet[Any, Any]") -> None:
    """Rows of another model, each field under the row's name: "variant H-L: price"."""
    rows: type[models.Model] = formset.model  # type: ignore[assignment]
    model, title = str(rows._meta.model_name), str(rows._meta.verbose_name)
    for form in formset.forms:
        deleted = form in formset.deleted_forms if formset.can_delete else False
        if not deleted and not form.has_changed():
            continue
        row = form.instance
        called = title if is_personal(model) else f"{title} {row}"
        if deleted:
            if not row._state.adding or row.pk:
                found.before[_cut(called)] = "there"
                found.after[_cut(called)] = "removed"
            continue
        names = [name for name in form.changed_data if name != "DELETE"]
        before = {name: _kept_before(form, name) for name in names}
        after = {name: plain(form.cleaned_data.get(name)) for name in names}
        for name, value in masked(model, before).items():
            if value not in (None, "", []):
                found.before[_cut(f"{called}: {name}")] = value
        for name, value in masked(model, after).items():
            found.after[_cut(f"{called}: {name}")] = value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
