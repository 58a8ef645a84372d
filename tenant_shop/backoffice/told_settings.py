"""Two people at one page of settings: the second is told what the first changed, as at a product (`told_form`)."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from tenant_shop.backoffice.told_form import LISTS, Told, mark_of, read_marks, written_marks


class ToldSettings(Told, forms.Form):
    """A form whose `initial` is what is kept now. Its page carries `seen`, the marks of what it showed.

    To be judged and saved in one transaction that waited for its turn (`wait_for_turn`). What is in `moves` changes
    without anybody's doing, like the number of the next invoice: left alone, it stays what it has become.
    """

    moves: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.changed_meanwhile = []

    @property
    def seen(self) -> str:
        """The marks for the page: those that it came with, unless its user has just been told of others."""
        if self.is_bound and not self.changed_meanwhile:
            return str(self.data.get("seen", ""))
        return written_marks(self._marks())

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        seen = read_marks(self.data.get("seen"))
        for name in self.moves:
            if name in self.cleaned_data and seen.get(name) == self._wrote(name):
                self.cleaned_data[name] = self.initial[name]
                seen.pop(name)
        self._compare(seen)
        return found

    def _watched(self) -> list[str]:
        return [name for name, field in self.fields.items() if not isinstance(field.widget, forms.PasswordInput)]

    def _mark(self, name: str, value: Any) -> str:
        shown = self.fields[name].prepare_value(value)
        if isinstance(self.fields[name], LISTS):
            return super()._mark(name, value)
        try:
            return mark_of(self.fields[name].to_python(shown))
        except ValidationError:
            return mark_of(shown)

    def _wrote(self, name: str) -> str | None:
        return self._mark(name, self[name].data)
