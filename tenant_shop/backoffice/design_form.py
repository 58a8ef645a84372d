"""The design page's form: a `theme_config` as a merchant edits it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from platform_core.plans.limits import PlanLimitReached
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.backoffice.design_fields import (
    AddressField,
    ColourField,
    ColumnsField,
    LineField,
    ParagraphsField,
    PictureField,
    ProfilesField,
)
from tenant_shop.catalog.pictures.errors import PictureRefused
from tenant_shop.catalog.pictures.read import CleanPicture, read_picture
from tenant_shop.catalog.pictures.receive import Purpose, keep_picture
from tenant_shop.catalog.pictures.storage import check_storage, remove_files
from tenant_shop.configuration.theme.entered import PICTURES, entered_of, kept_look
from tenant_shop.configuration.theme.parse import LABEL, PANEL_TEXTS, TEXTS, TITLE, parse_theme
from tenant_shop.configuration.theme.theme import FONTS, LOOKS, RADII, SECTIONS

LOOK_WORDS = {
    "atelier": ("Atelier", "Large pictures, room to breathe, headings with character: for things worth looking at."),
    "market": ("Market", "A dense catalogue to order from, with SKU, pack, stock and quantities: for the trade."),
}
FONT_WORDS = {
    "sans": "Sans: plain and modern",
    "humanist": "Humanist: friendly and open",
    "geometric": "Geometric: round and clear",
    "rounded": "Rounded: soft",
    "serif": "Serif: bookish, in the old style",
    "classic": "Classic: sober serif",
    "didone": "Didone: elegant, of strong contrast",
    "slab": "Slab: sturdy serif",
    "industrial": "Industrial: narrow and technical",
    "mono": "Mono: like a typewriter",
}
SECTION_WORDS = {
    "hero": "Opening picture",
    "featured": "Products tagged “featured”",
    "story": "Your story",
    "categories": "Categories",
    "bestsellers": "Bestsellers",
    "newest": "Newest products",
    "brands": "Brands",
    "banner": "Banner",
}
PURPOSES = {
    "logo": Purpose.LOGO,
    "favicon": Purpose.FAVICON,
    "hero_picture": Purpose.HERO,
    "story_picture": Purpose.HERO,
    "banner_picture": Purpose.HERO,
}
FONT_CHOICES = [("", "As the look has it"), *((font, FONT_WORDS[font]) for font in FONTS)]


class DesignForm(forms.Form):
    look = forms.ChoiceField(choices=[(look, LOOK_WORDS[look][0]) for look in LOOKS], widget=forms.RadioSelect)
    brand = ColourField(label="Brand", help_text="Buttons, links, the mark of where one is.")
    accent = ColourField(label="Accent", help_text="What calls: sale marks, the button on the opening picture.")
    surface = ColourField(label="Page", help_text="The ground of every page: white, or something pale.")
    own_text = forms.BooleanField(required=False, label="Choose the text colour too", widget=UnfoldBooleanSwitchWidget)
    text = ColourField(label="Text", help_text="Otherwise it is nearly black, with a touch of the brand.")
    heading_font = forms.ChoiceField(
        required=False, label="Headings", choices=FONT_CHOICES, widget=UnfoldAdminSelectWidget
    )
    body_font = forms.ChoiceField(required=False, label="Texts", choices=FONT_CHOICES, widget=UnfoldAdminSelectWidget)
    radius = forms.ChoiceField(
        label="Corners", choices=[(radius, radius.capitalize()) for radius in RADII], widget=UnfoldAdminSelectWidget
    )
    logo = PictureField(label="Logo", help_text="Stands in place of the name; 88 pixels high or more.")
    favicon = PictureField(label="Icon", help_text="In the browser's tab: square.")
    tagline = LineField(label="Tagline", limit=TEXTS["tagline"], help_text="What the shop is, in half a sentence.")
    announcement = LineField(
        label="Announcement", limit=TEXTS["announcement"], help_text="The bar at the top of every page."
    )
    announcement_url = AddressField(label="It leads to")
    footer_text = LineField(label="About the shop", limit=TEXTS["footer_text"], rows=4)
    footer_columns = ColumnsField(
        label="Columns of links",
        help_text="A title, then “Label | address” in each line. An empty line begins the next column. Without any, "
        "the footer lists your categories.",
    )
    social = ProfilesField(label="Profiles elsewhere", help_text="An address in each line.")

    def __init__(self, config: Mapping[str, Any], data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial=initial_of(config))
        self.config = dict(config)
        for panel, limit in PANEL_TEXTS.items():
            self.fields[f"{panel}_title"] = LineField(label="Title", limit=TITLE)
            self.fields[f"{panel}_text"] = ParagraphsField(label="Text", limit=limit, rows=limit // 160 + 2)
            self.fields[f"{panel}_label"] = LineField(label="Button", limit=LABEL)
            self.fields[f"{panel}_url"] = AddressField(label="It leads to")
            self.fields[f"{panel}_picture"] = PictureField(label="Picture")
        for section in SECTIONS:
            self.fields[f"on_{section}"] = forms.BooleanField(
                required=False, label=SECTION_WORDS[section], widget=UnfoldBooleanSwitchWidget
            )
            self.fields[f"place_{section}"] = forms.IntegerField(
                label=f"Place of “{SECTION_WORDS[section]}”",
                min_value=1,
                max_value=99,
                widget=UnfoldAdminIntegerFieldWidget(attrs={"aria-label": f"Place of “{SECTION_WORDS[section]}”"}),
            )
        for name in PURPOSES:
            self.fields[f"without_{name}"] = forms.BooleanField(required=False, label="Take the picture away")
        self.fields["text"].required = False

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]) if self.cleaned_data.get("own_text") else ""

    def take_in(self) -> dict[str, Any] | None:
        """The `theme_config` that was entered, its pictures kept; None when one is refused, and none is kept."""
        entered = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in PURPOSES and not name.startswith(("on_", "place_", "without_", "own_"))
        }
        pictures = {name: self._picture(name) for name in PURPOSES}
        uploads = {name: found for name, found in pictures.items() if isinstance(found, CleanPicture)}
        self._check_storage(uploads)
        if self.errors:  # nothing is stored before everything is known to be good
            return None
        kept = self._keep(uploads) if uploads else {}
        if kept is None:
            return None
        return kept_look({**entered, **pictures, **kept, "sections": self._sections()})

    def _keep(self, uploads: Mapping[str, CleanPicture]) -> dict[str, Any] | None:
        """What is known of the uploads once all of them are kept; None, and none is, when there is no room after all.

        Somebody may have taken the last room since it was asked for: here it is asked in turn, which holds until the
        transaction ends.
        """
        kept: dict[str, Any] = {}
        try:
            with shop_transaction():
                for name, picture in uploads.items():
                    kept[name] = keep_picture(picture, purpose=PURPOSES[name]).as_json()
        except BaseException as failure:
            remove_files(kept.values())
            if not isinstance(failure, PlanLimitReached):
                raise
            self.add_error(next(name for name in uploads if name not in kept), str(failure))
            return None
        return kept

    def _check_storage(self, uploads: Mapping[str, CleanPicture]) -> None:
        try:
            check_storage(sum(len(picture.content) for picture in uploads.values()))
        except PlanLimitReached as refusal:
            self.add_error(next(iter(uploads), None), str(refusal))

    def _picture(self, name: str) -> Any:
        """What is entered for a picture: a new one, what was kept before, or None."""
        if self.cleaned_data.get(f"without_{name}"):
            return None
        file = self.files.get(name)
        if file is None:
            return self.config.get(name)
        try:
            return read_picture(file)
        except PictureRefused as refusal:
            self.add_error(name, str(refusal))
            return None

    def _sections(self) -> list[str]:
        shown = [section for section in SECTIONS if self.cleaned_data[f"on_{section}"]]
        return sorted(shown, key=lambda section: self.cleaned_data[f"place_{section}"])


def initial_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields for a stored `theme_config`."""
    entered = entered_of(config)
    theme = parse_theme(config)
    shown = [*theme.sections, *(section for section in SECTIONS if section not in theme.sections)]
    return {
        **{name: value for name, value in entered.items() if name not in (*PICTURES, "sections")},
        "own_text": bool(theme.text),
        "text": theme.text or theme.ink,
        "footer_columns": ColumnsField.as_text(entered["footer_columns"]),
        "social": "\n".join(entered["social"]),
        **{f"on_{section}": section in theme.sections for section in SECTIONS},
        **{f"place_{section}": place for place, section in enumerate(shown, start=1)},
    }
