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
def labels_as_sentences(cells: SafeString) -> SafeString:
    """Cells of a list, whose columns' names begin with a capital letter where phones show them."""
    return mark_safe(  # noqa: S308 - as safe as it came; what people wrote has no quotation marks of its own here
        _LABEL.sub(lambda found: found[1] + found[2].upper(), cells)
    )
