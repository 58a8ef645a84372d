"""How a mail looks: colours by day and by night, letters, corners. templates/emails/base.html draws with it."""

from dataclasses import dataclass

# Mail programs know few letters: the nearest of those that every system has.
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


@dataclass(frozen=True, slots=True)
class Shades:
    """Colours, `#rrggbb`: of the ground, of the sheet on it, of text, of quiet text, of lines, and of links."""

    ground: str
    sheet: str
    ink: str
    muted: str
    line: str
    link: str


@dataclass(frozen=True, slots=True)
class Logo:
    """`url` is absolute; `width` is None where the picture's size is not known."""

    url: str
    width: int | None
    height: int


@dataclass(frozen=True, slots=True)
class MailLook:
    """`brand` is the ground of buttons by day and by night, `on_brand` the text there."""

    day: Shades
    night: Shades
    brand: str
    on_brand: str
    heading_font: str
    body_font: str
    sheet_radius: str
    button_radius: str
    logo: Logo | None
