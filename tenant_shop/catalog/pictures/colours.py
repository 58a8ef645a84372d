"""Every kind of pixel that decoders give, as eight-bit sRGB."""

import io

from PIL import Image, ImageCms

OPAQUE = 255


def to_srgb(image: Image.Image) -> Image.Image:
    """The picture in mode RGB, or RGBA where something shines through; no metadata.

    A colour profile is applied; one that cannot be understood is dropped, as browsers do.
    """
    profile = image.info.get("icc_profile")
    colours, alpha = _apart(_eight_bits(image))
    clean = (_by_profile(colours, profile) if profile else None) or colours.convert("RGB")
    if alpha is not None:
        clean.putalpha(alpha)
    clean.info = {}
    return clean


def _eight_bits(image: Image.Image) -> Image.Image:
    """Pillow cuts sixteen bits of grey off at 255; here they are divided."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    return image


def _apart(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The colours, and the alpha channel unless all is opaque."""
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        whole = image.convert("RGBA")
        alpha = whole.getchannel("A")
        is_opaque = alpha.getextrema() == (OPAQUE, OPAQUE)
        return whole.convert("RGB"), None if is_opaque else alpha
    return image.convert("RGB") if image.mode in ("P", "1") else image, None


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, found, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
