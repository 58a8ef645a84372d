"""Countries to tick: each under its continent, and with a script found by name or taken by the continent."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from smartseller.continents import CONTINENTS
from smartseller.eu_tax_ids import MEMBER_STATES


class CountryBoxes(UnfoldAdminCheckboxSelectMultipleWidget):
    """Continents with a country that is ticked stand open. Without scripts they are opened, and countries ticked, by
    hand: a browser's own search finds them in what is closed."""

    template_name = "admin/shop/_country_boxes.html"

    class Media:
        css = {"all": ("css/backoffice/country-boxes.css",)}
        js = ("js/backoffice/country-boxes.js",)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """From the pages' own templates, which the renderer of forms does not know."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        boxes = [box for _, group, _ in context["widget"]["optgroups"] for box in group]
        for box in boxes:
            box["is_in_union"] = str(box["value"]) in MEMBER_STATES
        context["widget"]["continents"] = [_continent(title, boxes, codes) for title, codes in CONTINENTS.items()]
        return context


def _continent(title: str, boxes: list[dict[str, Any]], codes: frozenset[str]) -> dict[str, Any]:
    own = [box for box in boxes if str(box["value"]) in codes]
    return {
        "title": title,
        "boxes": own,
        "ticked": sum(bool(box["selected"]) for box in own),
        "has_union": any(box["is_in_union"] for box in own),
    }
