"""Two people at one form: whoever saves second is told what the first changed, and loses nothing.

A form carries a short mark of each value that it was opened with. When it comes back, a value that is another in the
database by now was changed by somebody else meanwhile. Then nothing is saved: the form is shown again with what its
user wrote, with the other's changes where its user had left the field alone, and with both values where both wrote.
Saving it once more is a decision, and goes through.
"""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import pretty_name
from django.forms.widgets import MultiWidget
from django.http import QueryDict

LONGEST_SHOWN = 120
LISTS = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
NOT_SAVED = "This was changed while you were editing. Nothing is saved yet: look at it, and save again."


class SeenField(forms.CharField):
    """The marks, hidden in the form; changing them alone changes nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class Told(forms.BaseForm):
    """What both kinds of form share: comparing what was shown, what is there now, and what was written."""

    changed_meanwhile: list[str]

    def _marks(self) -> dict[str, str]:
        return {name: self._mark(name, self.initial.get(name)) for name in self._watched()}

    def _mark(self, name: str, value: Any) -> str:
        """A mark of what the field shows for `value`. Of lists the order says nothing: browsers send it anyhow."""
        shown = self.fields[name].prepare_value(value)
        if isinstance(self.fields[name], LISTS):
            return mark_of(sorted(str(part) for part in shown or ()))
        return mark_of(shown)

    def _watched(self) -> list[str]:
        raise NotImplementedError

    def _wrote(self, name: str) -> str | None:
        """A mark of what the user's form came back with; None for what cannot be read."""
        raise NotImplementedError

    def _compare(self, seen: dict[str, str]) -> bool:
        """Whether something was changed meanwhile that the user has not seen: the form says so and is not valid."""
        now = self._marks()
        other = [name for name in now if name in seen and seen[name] != now[name]]
        wrote = {name: self._wrote(name) for name in other}
        told = [name for name in other if wrote[name] != now[name]]
        if not told:
            return False
        data = self._own_data()
        for name in told:
            label, theirs = self.fields[name].label or pretty_name(name), self._shown(name)
            if wrote[name] == seen[name]:
                self._take_over(name, data)
                self.changed_meanwhile.append(f"{label}: “{theirs}” was written by somebody else; it is put in here.")
            else:
                self.changed_meanwhile.append(f"{label}: somebody else wrote “{theirs}”; yours is kept below.")
        sentences = [NOT_SAVED, *self.changed_meanwhile]
        self.add_error(None, [ValidationError(sentence, code="changed_meanwhile") for sentence in sentences])
        return True

    def _own_data(self) -> QueryDict:
        """The data as something that can be changed; shared by no other form, so that each keeps its own."""
        data = cast("QueryDict", self.data)
        self.data = own = data if getattr(data, "_mutable", False) else data.copy()
        return own

    def _shown(self, name: str) -> str:
        value = self.initial.get(name)
        field = self.fields[name]
        if isinstance(field, forms.MultipleChoiceField):
            names = dict(field.choices)  # type: ignore[arg-type]
            text = ", ".join(str(names.get(part, part)) for part in value or ())
        elif isinstance(field, forms.ModelMultipleChoiceField):
            rows = field.queryset.filter(pk__in=field.prepare_value(value) or ()) if field.queryset is not None else ()
            text = ", ".join(map(str, rows))
        elif isinstance(field, forms.ModelChoiceField):
            text = str(field.queryset.filter(pk=value).first() or "") if field.queryset is not None and value else ""
        elif isinstance(field, forms.ChoiceField):
            text = str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        elif isinstance(value, bool):
            text = "yes" if value else "no"
        else:
            text = str(field.prepare_value(value) if value is not None else "")
        return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"

    def _take_over(self, name: str, data: QueryDict) -> None:
        """Put the database's value where the user's data has another."""
        field, key = self.fields[name], self.add_prefix(name)
        value = field.prepare_value(self.initial.get(name))
        if field.show_hidden_initial:
            data[self.add_initial_prefix(name)] = "" if value is None else str(value)
        if isinstance(field.widget, MultiWidget):
            for place, part in enumerate(field.widget.decompress(value) or ()):
                data[f"{key}_{place}"] = "" if part is None else str(part)
        elif isinstance(field, LISTS):
            data.setlist(key, [str(part) for part in value or ()])
        elif isinstance(field, forms.BooleanField):
            if value:
                data[key] = "on"
            else:
                data.pop(key, None)
        else:
            data[key] = "" if value is None else str(value)


class ToldForm(Told, forms.ModelForm):  # type: ignore[type-arg]
    """A form of an existing row, whose user is told what changed since it was opened."""

    # Fields that stand for columns of other names.
    also_watched: ClassVar[tuple[str, ...]] = ()
    seen = SeenField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.changed_meanwhile = []
        if not self.instance._state.adding:
            # Once it is asked for: what a form shows may be made up after this.
            self.initial["seen"] = lambda: written_marks(self._marks())

    def _watched(self) -> list[str]:
        """The fields that are columns of the row, and `also_watched`."""
        columns = {field.name for field in self._meta.model._meta.concrete_fields if field.editable}
        return [name for name in self.fields if name in columns or name in self.also_watched]

    def _wrote(self, name: str) -> str | None:
        return self._mark(name, self.cleaned_data[name]) if name in self.cleaned_data else None

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        seen = read_marks(self.cleaned_data.get("seen"))
        if seen and self._compare(seen):
            self._own_data()[self.add_prefix("seen")] = written_marks(self._marks())
        return found


def mark_of(value: Any) -> str:
    """Short, and the same for values that a form shows alike."""
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:10]


def written_marks(marks: dict[str, str]) -> str:
    return json.dumps(marks, separators=(",", ":"))


def read_marks(text: Any) -> dict[str, str]:
    """The marks that a form came back with; none of what nobody here wrote."""
    try:
        seen = json.loads(text or "{}")
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _plain(value: Any) -> str:
    """The value as text that is the same whether it comes from the database or from a form."""
    match value:
        case None | "":
            return ""
        case models.Model():
            return str(value.pk)
        case bool():
            return str(value)
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return moment.replace(second=0, microsecond=0).isoformat()
        case list() | dict():
            return json.dumps(value, sort_keys=True, default=str) if value else ""
        case str():
            return value.replace("\r\n", "\n").strip()
        case _:
            return str(value)
