"""Why a file is not taken as a picture; the sentences are shown beside the field."""

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation


class PictureRefused(RuleViolation):
    """The file was not taken; nothing was stored."""

    code = "picture_refused"
    status = 422


class EmptyFile(PictureRefused):
    code = "picture_empty"

    def __init__(self) -> None:
        super().__init__(_("The file is empty."))


class FileTooLarge(PictureRefused):
    """`limit` is in megabytes."""

    code = "picture_file_too_large"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(_("The file is larger than %(limit)d MB.") % {"limit": limit})


class NotAPicture(PictureRefused):
    code = "picture_format_unknown"

    def __init__(self) -> None:
        super().__init__(_("This is no picture that can be shown: use JPEG, PNG, WebP, AVIF or GIF."))


class DrawingRefused(PictureRefused):
    """An SVG, whatever it calls itself: it is a document that can hold scripts."""

    code = "picture_is_svg"

    def __init__(self) -> None:
        super().__init__(_("SVG is not taken, because it can hold scripts: save the drawing as PNG or WebP."))


class TooManyPixels(PictureRefused):
    """`limit` is in megapixels, `longest` in pixels."""

    code = "picture_too_many_pixels"

    def __init__(self, *, limit: int, longest: int) -> None:
        self.limit, self.longest = limit, longest
        super().__init__(
            _("The picture has too many pixels: at most %(limit)d million are taken, and %(longest)d on a side.")
            % {"limit": limit, "longest": longest}
        )


class BrokenPicture(PictureRefused):
    code = "picture_broken"

    def __init__(self) -> None:
        super().__init__(_("The picture cannot be read to its end: the file is damaged or was cut off."))
