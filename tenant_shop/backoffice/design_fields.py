"""Fields of the design page: each refuses what the theme would drop, and says why."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from tenant_shop.configuration.theme.parse import COLUMNS, LABEL, LINKS, SOCIAL
from tenant_shop.configuration.theme.values import LONGEST_ADDRESS, address, colour, paragraphs, text

NO_ADDRESS = "Use a path of this shop, such as /pages/about/, or an address that begins with https://, mailto: or tel:."


class LineField(forms.CharField):
    """One line of printable text."""

    def __init__(self, *, limit: int, **options: Any) -> None:
        self.limit = limit
        super().__init__(max_length=limit, required=False, widget=UnfoldAdminTextInputWidget, **options)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if typed and not text(typed, self.limit):
            raise forms.ValidationError("There are characters in it that cannot be shown.")
        return text(typed, self.limit)


class ParagraphsField(forms.CharField):
    """Printable text; an empty line begins a paragraph."""

    def __init__(self, *, limit: int, rows: int = 3, **options: Any) -> None:
        self.limit = limit
        widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
        super().__init__(max_length=limit, required=False, widget=widget, **options)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if typed and not paragraphs(typed, self.limit):
            raise forms.ValidationError("There are characters in it that cannot be shown.")
        return paragraphs(typed, self.limit)


class AddressField(forms.CharField):
    """Where a link leads."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminURLInputWidget(attrs={"type": "text", "placeholder": "/products/"})
        super().__init__(max_length=LONGEST_ADDRESS, required=False, widget=widget, **options)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if typed and not address(typed):
            raise forms.ValidationError(NO_ADDRESS)
        return address(typed)


class ColourField(forms.CharField):
    """`#rrggbb`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=UnfoldAdminColorInputWidget(attrs={"type": "color"}), **options)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        chosen = colour(typed)
        if not chosen and (typed or self.required):
            raise forms.ValidationError("Write the colour as # and six digits, such as #0f766e.")
        return chosen


class PictureField(forms.FileField):
    """A file to take in; the shop's pictures decide what is one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.FileInput(attrs={"accept": "image/*"}), **options)


class ColumnsField(forms.CharField):
    """Columns of links as text: a title, then `Label | address` in each line; an empty line begins the next column."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"})
        super().__init__(required=False, max_length=6000, widget=widget, **options)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        blocks = [block.splitlines() for block in super().clean(value).replace("\r\n", "\n").split("\n\n")]
        columns = [_column([line.strip() for line in lines if line.strip()]) for lines in blocks]
        columns = [column for column in columns if column["links"] or column["title"]]
        if len(columns) > COLUMNS or any(len(column["links"]) > LINKS for column in columns):
            raise forms.ValidationError(f"At most {COLUMNS} columns with {LINKS} links each have room.")
        return columns

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
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        for line in lines:
            if not address(line).startswith("https://"):
                raise forms.ValidationError(f"“{line[:60]}” is no address that begins with https://.")
        if len(lines) > SOCIAL:
            raise forms.ValidationError(f"At most {SOCIAL} profiles have room.")
        return lines


def _column(lines: list[str]) -> dict[str, Any]:
    title = "" if not lines or "|" in lines[0] else lines[0]
    links = []
    for line in lines[1:] if title else lines:
        label, bar, url = (part.strip() for part in line.partition("|"))
        if not bar or not text(label, LABEL) or not address(url):
            raise forms.ValidationError(f"“{line[:60]}” is no link: write a label, | and an address. {NO_ADDRESS}")
        links.append({"label": text(label, LABEL), "url": address(url)})
    if title and not text(title, LABEL):
        raise forms.ValidationError(f"The title “{title[:60]}” is too long.")
    return {"title": text(title, LABEL), "links": links}
