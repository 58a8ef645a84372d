"""Colours as `#rrggbb`, how well they can be told apart, and mixing them until they can."""

# Text below 24 px, WCAG 2.2 level AA (success criterion 1.4.3).
READABLE = 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, from 1 (equal) to 21 (black and white); their order is irrelevant.

    Source: WCAG 2.2, definitions of "contrast ratio" and "relative luminance".
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """White or near-black, whichever can be read on `background` (`#rrggbb`); the contrast is never below 4.5.

    White is preferred. A narrow band of middle colours suits neither; pure black is readable there.
    """
    return next(ink for ink in ("#ffffff", "#111111", "#000000") if contrast(ink, background) >= READABLE)


def readable_ink(colour: str, background: str) -> str:
    """`colour` darkened in steps of 4 % until its contrast with `background` reaches 4.5.

    Errors: ValueError when not even black can be read on `background`.
    """
    for step in range(26):
        ink = mix(colour, "#000000", step * 0.04)
        if contrast(ink, background) >= READABLE:
            return ink
    raise ValueError(f"nothing darker than {colour} can be read on {background}")


def glowing_ink(colour: str, background: str) -> str:
    """`colour` lightened in steps of 4 % until its contrast with a dark `background` reaches 4.5.

    Errors: ValueError when not even white can be read on `background`.
    """
    for step in range(26):
        ink = mix(colour, "#ffffff", step * 0.04)
        if contrast(ink, background) >= READABLE:
            return ink
    raise ValueError(f"nothing lighter than {colour} can be read on {background}")


def pale(colour: str, ratio: float) -> str:
    """`colour` lightened in steps of 4 % until near-black text reaches `ratio` (at most 18) on it."""
    return next(
        light for step in range(26) if contrast(light := mix(colour, "#ffffff", step * 0.04), "#111111") >= ratio
    )


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` mixed in, channel by channel in sRGB, rounded to whole steps."""
    return "#" + "".join(
        f"{round(mine * (1 - share) + theirs * share):02x}"
        for mine, theirs in zip(_channels(colour), _channels(other), strict=True)
    )


def opposite(ink: str) -> str:
    """Black for white, white for anything else: away from which a ground moves to suit its text."""
    return "#000000" if ink == "#ffffff" else "#ffffff"


def _luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
