"""What is wrong with a form, in one sentence for each thing."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def about(problem: object, label: object) -> str:
    """The sentence about a field of this label, which stands before it unless the sentence has it already."""
    said, name = str(problem), str(label)
    if name.casefold() in said.casefold():
        return said
    return _("%(field)s: %(problem)s") % {"field": name, "problem": said}
