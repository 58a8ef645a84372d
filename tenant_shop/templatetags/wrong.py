"""What is wrong with a form behind the counter, said above it: each field by its name, with the way to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.utils.text import capfirst

register = template.Library()

# As many as anybody reads before beginning.
MOST = 12


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field's name, what is wrong with it, and its id on the page; "" where it has none."""

    name: str
    sentence: str
    anchor: str


@register.simple_tag(takes_context=True)
def wrong_fields(context: Context) -> list[Wrong]:
    """The fields that are wrong, of the admin's form and its rows, or else of the page's `form`."""
    admin_form = context.get("adminform")
    form = admin_form.form if admin_form is not None else context.get("form")
    wrong = [] if form is None else list(_of(form))
    if admin_form is not None:
        for inline in context.get("inline_admin_formsets") or ():
            rows = inline.formset
            for number, row in enumerate(rows.forms, start=1):
                wrong += _of(row, before=f"{capfirst(inline.opts.verbose_name)} {number}, ")
    return wrong[:MOST]


def _of(form: Any, *, before: str = "") -> Iterator[Wrong]:
    for field in form:
        name = f"{before}{str(field.label).lower() if before else field.label}"
        anchor = "" if field.is_hidden else field.id_for_label
        yield from (Wrong(name, str(error), anchor) for error in field.errors)
