"""Photographs and scans: looked at by their header first, then decoded, turned upright and made small."""

from __future__ import annotations

import io
import struct

from PIL import (
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,  # noqa: F401 (Pillow reads EXIF with it, and could not import it once confined)
    WebPImagePlugin,
)

from backend.documents.sandbox.limits import Limits, Refused, Rendering

HEIF = frozenset({"image/heic", "image/heif"})

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUALITY = 82


def prepare(content_type: str) -> None:
    """Imports what this type needs, before the process is confined."""
    Image.preinit()
    if content_type in HEIF:
        import pillow_heif  # noqa: PLC0415 (a tenth of a second that other types do not pay)

        pillow_heif.options.DECODE_THREADS = 1  # it takes one of its own however few it is given
        pillow_heif.options.THUMBNAILS = False


def render(content: bytes, content_type: str, limits: Limits) -> Rendering:
    """The picture upright and small, without what the camera wrote about place and person. Refused tells why not.

    Of a picture that moves, the first frame is the picture.
    """
    Image.MAX_IMAGE_PIXELS = limits.max_pixels  # at twice as many Pillow itself stops, some formats while opening
    try:
        opened = _opened(content, content_type)
    except Image.DecompressionBombError as error:
        raise Refused("too_many_pixels") from error
    with opened as image:
        width, height = image.size
        if width * height > limits.max_pixels or max(width, height) >= limits.max_side:
            raise Refused("too_many_pixels")
        turn = _UPRIGHT.get(_orientation(image))
        if image.mode in {"1", "P", "PA"}:
            small: Image.Image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
        else:
            small = image
        small.thumbnail((limits.preview_side, limits.preview_side))
        if turn is not None:
            small = small.transpose(turn)
        return Rendering(1, with_thumbnail((as_jpeg(small),), small, limits))


def as_jpeg(image: Image.Image) -> bytes:
    """The picture as JPEG on white, with nothing beside its pixels: no EXIF, no comment, no profile."""
    if image.mode.startswith("I"):  # sixteen bits a pixel
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"RGBA", "LA", "La", "RGBa"}:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    image = image if image.mode in {"RGB", "L"} else image.convert("RGB")
    image.info = {}
    written = io.BytesIO()
    image.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def with_thumbnail(pictures: tuple[bytes, ...], first: Image.Image, limits: Limits) -> tuple[bytes, ...]:
    """The pictures, and behind them page one as small as lists show it."""
    small = first.copy()
    small.thumbnail((limits.thumbnail_side, limits.thumbnail_side))
    return (*pictures, as_jpeg(small))


def _opened(content: bytes, content_type: str) -> Image.Image:
    """By the class of its type: Pillow's own guess would try others, and import them."""
    file = io.BytesIO(content)
    if content_type == "image/jpeg":
        return JpegImagePlugin.JpegImageFile(file)
    if content_type == "image/png":
        return PngImagePlugin.PngImageFile(file)
    if content_type == "image/webp":
        return WebPImagePlugin.WebPImageFile(file)
    import pillow_heif  # noqa: PLC0415 (see prepare)

    image: Image.Image = pillow_heif.HeifImageFile(file)  # type: ignore[no-untyped-call]
    return image


def _orientation(image: Image.Image) -> int:
    """As the camera held it; upright where what the camera wrote cannot be read."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, ValueError, TypeError, KeyError, SyntaxError, struct.error):
        return 1
