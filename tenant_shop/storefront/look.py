"""The one place where a look chooses its templates and its stylesheet.

A page or a part of one is a file in `templates/storefront/`; a look that builds it differently has a file of the same
name in its own folder there. Everything else is shared.
"""

FOLDER = "storefront/"


class Parts:
    """A look's templates by name, for `{% include parts.header %}`: the look's own if there is one, else the shared."""

    def __init__(self, look: str) -> None:
        self.look = look

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return (f"{FOLDER}{self.look}/_{name}.html", f"{FOLDER}_{name}.html")


def page_templates(look: str, template: str) -> list[str]:
    """The templates that may make the page `storefront/<name>.html`, the look's own first."""
    return [template.replace(FOLDER, f"{FOLDER}{look}/", 1), template]


def section_templates(look: str, section: str) -> tuple[str, ...]:
    """The templates that may make a section of the home page, the look's own first."""
    return (f"{FOLDER}{look}/sections/{section}.html", f"{FOLDER}sections/{section}.html")


def stylesheet_of(look: str) -> str:
    """The look's stylesheet among the static files."""
    return f"css/looks/{look}.css"


def media_type_of(picture: str) -> str:
    """What a link to an icon says of its file."""
    suffix = picture.rpartition(".")[2].lower()
    return {"svg": "image/svg+xml", "jpg": "image/jpeg"}.get(suffix, f"image/{suffix}")
