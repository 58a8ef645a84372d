"""Fields of the design page: each refuses what the theme would drop, and says why."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from tenant_shop.backoffice.pictures import FileInput
from tenant_shop.configuration.theme.checked import (
    NO_ADDRESS,
    checked_address,
    checked_colour,
    checked_columns,
    checked_line,
    checked_paragraphs,
    checked_profiles,
)
from tenant_shop.configuration.theme.values import LONGEST_ADDRESS


class LineField(forms.CharField):
    """One line of printable text; a long one is seen in `rows`."""

    def __init__(self, *, limit: int, rows: int = 1, **options: Any) -> None:
        self.limit = limit
        widget = UnfoldAdminTextInputWidget() if rows == 1 else UnfoldAdminTextareaWidget(attrs={"rows": rows})
        super().__init__(max_length=limit, required=False, widget=widget, **options)

    def clean(self, value: Any) -> str:
        return checked_line(super().clean(value), self.limit)


class ParagraphsField(forms.CharField):
    """Printable text; an empty line begins a paragraph."""

    def __init__(self, *, limit: int, rows: int = 3, **options: Any) -> None:
        self.limit = limit
        widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
        super().__init__(max_length=limit, required=False, widget=widget, **options)

    def clean(self, value: Any) -> str:
        return checked_paragraphs(super().clean(value), self.limit)


class AddressField(forms.CharField):
    """Where a link leads."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminURLInputWidget(attrs={"type": "text", "placeholder": "/products/"})
        super().__init__(max_length=LONGEST_ADDRESS, required=False, widget=widget, **options)

    def clean(self, value: Any) -> str:
        return checked_address(super().clean(value))


class ColourField(forms.CharField):
    """`#rrggbb`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=UnfoldAdminColorInputWidget(attrs={"type": "color"}), **options)

    def clean(self, value: Any) -> str:
        return checked_colour(super().clean(value))


class PictureField(forms.FileField):
    """A file to take in; the shop's pictures decide what is one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=FileInput(), **options)


class ColumnsField(forms.CharField):
    """Columns of links as text: a title, then `Label | address` in each line; an empty line begins the next column."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"})
        super().__init__(required=False, max_length=6000, widget=widget, **options)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        blocks = [block.splitlines() for block in super().clean(value).replace("\r\n", "\n").split("\n\n")]
        return checked_columns([_column([line.strip() for line in lines if line.strip()]) for lines in blocks])

    @staticmethod
    def as_text(columns: Any) -> str:
        """What stands in the field for stored columns."""
        blocks = []
        for column in columns if isinstance(columns, list) else []:
            links = [f"{link.get('label')} | {link.get('url')}" for link in column.get("links", [])]
            blocks.append("\n".join([column.get("title", ""), *links]).strip())
        return "\n\n".join(blocks)


class ProfilesField(forms.CharField):
    """Profiles elsewhere, an address in each line."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false"})
        super().__init__(required=False, max_length=4000, widget=widget, **options)

    def clean(self, value: Any) -> list[str]:
        return checked_profiles([line.strip() for line in super().clean(value).splitlines() if line.strip()])


def _column(lines: list[str]) -> dict[str, Any]:
    title = "" if not lines or "|" in lines[0] else lines[0]
    links = []
    for line in lines[1:] if title else lines:
        label, bar, url = (part.strip() for part in line.partition("|"))
        if not bar:
            raise forms.ValidationError(f"“{line[:60]}” is no link: write a label, | and an address. {NO_ADDRESS}")
        links.append({"label": label, "url": url})
    return {"title": title, "links": links}
