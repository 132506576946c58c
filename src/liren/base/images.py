"""Photos people send: decoded, turned upright, made smaller, written anew from their pixels.

Only the pixels survive. Where and when a photo was taken, with which phone, comments, colour
profiles, previews inside it and whatever was appended to the file do not.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, Final

import PIL.Image
import PIL.ImageOps
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from liren.base.errors import Invalid

MAX_BYTES: Final = 15 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 1600
THUMB_SIDE: Final = 320

# A short list on purpose: every decoder is code that strangers' bytes run through.
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_HEIF_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class Image:
    """A photo fit to store: JPEG in `data`, `width` × `height` pixels, and a small JPEG `thumb`."""

    data: bytes
    width: int
    height: int
    thumb: bytes
    content_type: str = "image/jpeg"


def _read(upload: bytes | IO[bytes] | File[bytes]) -> bytes:
    if isinstance(upload, bytes):
        data = upload
    else:
        upload.seek(0)
        data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Invalid(
            _("This photo is larger than 15 MB. Please send a smaller one or a screenshot of it."),
            code="image_large",
        )
    if not data:
        raise Invalid(_("This file is empty. Please choose the photo again."), code="image_empty")
    return data


def reencode(upload: bytes | IO[bytes] | File[bytes]) -> Image:
    """The photo in `upload`, upright, at most 1600 pixels long, without anything but its pixels.

    Takes JPEG, PNG, WebP, GIF (its first picture) and BMP; transparency becomes white. Raises
    Invalid, in words for the sender: empty, larger than 15 MB, more than 40 million pixels (the
    declared size is checked before anything is decoded), HEIC, cut off, or no picture at all.
    """
    data = _read(upload)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise Invalid(
            _(
                "This photo is in the HEIC format, which many devices cannot show. "
                "Please send a screenshot of it, or set the camera to “Most Compatible” (JPEG)."
            ),
            code="image_heic",
        )
    try:
        picture = PIL.Image.open(io.BytesIO(data), formats=_FORMATS)
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # strangers' bytes make decoders fail in any way they like
        raise Invalid(
            _("This file is not a photo we can read. JPEG, PNG and WebP work."), code="image_not"
        ) from None
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels()
    try:
        # A JPEG can be decoded at a half, a quarter or an eighth: a phone's 12 million pixels
        # need never exist in memory.
        picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
        picture.load()
        upright = _upright(picture)
        upright.thumbnail((MAX_SIDE, MAX_SIDE), PIL.Image.Resampling.LANCZOS, reducing_gap=3.0)
        clean = _pixels_only(upright)
    except Exception:  # as above
        raise Invalid(
            _("This photo is damaged or did not arrive completely. Please send it again."),
            code="image_damaged",
        ) from None
    thumb = clean.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE), PIL.Image.Resampling.LANCZOS)
    return Image(_jpeg(clean, 82), clean.width, clean.height, _jpeg(thumb, 75))


def _too_many_pixels() -> Invalid:
    return Invalid(
        _("This picture has more than 40 million pixels. Please send a smaller one."),
        code="image_pixels",
    )


def _upright(picture: PIL.Image.Image) -> PIL.Image.Image:
    try:
        return PIL.ImageOps.exif_transpose(picture)
    except Exception:  # a damaged note about the direction does not damage the photo
        return picture


def _pixels_only(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A new picture: Pillow carries comments and XMP of an opened one into what it saves."""
    clean = PIL.Image.new("RGB", picture.size, "white")
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        clean.paste(layer, mask=layer.getchannel("A"))
    elif picture.mode.startswith("I"):
        # Sixteen bits a pixel: scale, or everything above 255 turns white.
        clean.paste(picture.convert("I").point(lambda value: value / 256).convert("L"))
    else:
        clean.paste(picture.convert("RGB"))
    return clean


def _jpeg(picture: PIL.Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
