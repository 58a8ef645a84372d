"""What pages behind the counter call things."""

import re
from typing import Any

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

# The theme writes cells whole, named as models name their fields: in lower case.
_LABEL = re.compile(r'( data-label=")(\w)')


@register.filter
def named(thing: Any) -> str:
    """A kind of thing with a capital letter; one of them as people named it: an e-mail address begins as it does."""
    return str(thing) if isinstance(thing, Model) else str(capfirst(str(thing)))


@register.filter
def label_as_sentence(cell: SafeString) -> SafeString:
    """A list's cell, whose column's name begins with a capital letter where phones show it."""
    return mark_safe(  # noqa: S308 - as safe as it came
        _LABEL.sub(lambda found: found[1] + found[2].upper(), cell, count=1)
    )
