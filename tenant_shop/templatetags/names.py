"""What pages behind the counter call things."""

from typing import Any

from django import template
from django.db.models import Model
from django.utils.text import capfirst

register = template.Library()


@register.filter
def named(thing: Any) -> str:
    """A kind of thing with a capital letter; one of them as people named it: an e-mail address begins as it does."""
    return str(thing) if isinstance(thing, Model) else str(capfirst(str(thing)))
