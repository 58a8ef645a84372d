"""What is wrong with a form, in one sentence for each thing."""

from django import template
from django.utils.html import conditional_escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
QUESTION_MARKS = ("?", "\N{ARABIC QUESTION MARK}")


@register.filter
def about(problem: object, label: object) -> SafeString:
    """The sentence about a field of this label, which stands before it unless the sentence has it already; a question
    keeps its own mark. A label may be marked up, as names in another language are.
    """
    said, name = conditional_escape(str(problem)), conditional_escape(str(label))
    if strip_tags(name).casefold() in said.casefold():
        return said
    asks = strip_tags(name).endswith(QUESTION_MARKS)
    words = f"{name} {said}" if asks else _("%(field)s: %(problem)s") % {"field": name, "problem": said}
    return mark_safe(words)  # noqa: S308 - both are escaped
