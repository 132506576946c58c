import contextlib
import io
import struct
import zlib

import PIL.Image
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageOps
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from liren.base.errors import Invalid
from liren.base.images import MAX_BYTES, reencode


def photo(size=(64, 48), form="JPEG", mode="RGB", **options):
    """Red on the left, blue on the right, green at the top left corner."""
    picture = PIL.Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    picture.paste("lime", (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    picture.convert(mode).save(out, form, **options)
    return out.getvalue()


def opened(data):
    picture = PIL.Image.open(io.BytesIO(data))
    picture.load()
    return picture


def exif(orientation=1):
    tags = PIL.Image.Exif()
    tags[Base.Orientation] = orientation
    tags[Base.Make] = "SecretPhone"
    tags[Base.DateTime] = "2026:03:04 05:06:07"
    tags.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (43.0, 53.0, 12.5)
    tags.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    return tags


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_the_usual_kinds_become_jpeg(form):
    made = reencode(photo(form=form))
    assert (made.width, made.height) == (64, 48)
    assert opened(made.data).format == opened(made.thumb).format == "JPEG"
    assert made.content_type == "image/jpeg"


def test_an_upload_is_read_from_its_beginning():
    upload = SimpleUploadedFile("x.jpg", photo())
    upload.read()
    assert reencode(upload).width == 64


def test_large_photos_are_made_smaller_and_small_ones_are_left():
    made = reencode(photo((4000, 3000), quality=50))
    assert (made.width, made.height) == (1600, 1200)
    assert opened(made.data).size == (1600, 1200)
    assert opened(made.thumb).size == (320, 240)
    assert reencode(photo((10, 10))).width == 10


def test_nothing_but_pixels_survives():
    """G2: a photo tells what is broken, not where the sender stood."""
    xmp = b"<x:xmpmeta><exif:GPSLatitude>43,53.2N</exif:GPSLatitude></x:xmpmeta>"
    text = PngInfo()
    text.add_text("GPSLatitude", "43.88")
    for original in (
        photo(exif=exif(), comment=b"43.88 SecretPhone", xmp=xmp, icc_profile=b"SecretPhone" * 20)
        + b"appended 43.88",
        photo(form="PNG", pnginfo=text, exif=exif()),
        photo(form="WEBP", exif=exif(), xmp=xmp),
    ):
        assert b"43" in original or b"Secret" in original
        made = reencode(original)
        for data in (made.data, made.thumb):
            picture = opened(data)
            assert not dict(picture.getexif())
            assert set(picture.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
                "progressive",
                "progression",
            }
            for told in (b"Secret", b"43.88", b"43,53", b"Exif", b"GPS", b"appended", b"xmp"):
                assert told not in data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_stand_upright(orientation):
    made = opened(reencode(photo((400, 200), exif=exif(orientation), quality=95)).data)
    expected = ImageOps.exif_transpose(opened(photo((400, 200), exif=exif(orientation))))
    assert made.size == expected.size
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        at = int(made.width * x), int(made.height * y)
        assert all(
            abs(a - b) < 40 for a, b in zip(made.getpixel(at), expected.getpixel(at), strict=True)
        )


def test_transparency_becomes_white():
    out = io.BytesIO()
    PIL.Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(reencode(out.getvalue()).data).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_understood(mode):
    if mode == "CMYK":
        data = photo(mode="CMYK")
    elif mode == "I;16":
        out = io.BytesIO()
        PIL.Image.new("I;16", (9, 9), 0x8000).save(out, "PNG")
        data = out.getvalue()
        assert opened(reencode(data).data).getpixel((4, 4)) == (128, 128, 128)
    else:
        data = photo(form="PNG", mode=mode)
    assert reencode(data).width > 0


def refused(data):
    with pytest.raises(Invalid) as said:
        reencode(data)
    with translation.override("zh-hans"):
        assert not str(said.value).isascii()
    return said.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"hello, I am no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"PK\x03\x04" + b"\0" * 100,
        b"\x00",
        b"\xff\xd8\xff\xe0",
        b"GIF89a<script>",
    ],
)
def test_what_is_no_picture_is_refused(data):
    assert refused(data) in {"image_not", "image_damaged"}


def test_empty_and_huge_files_are_refused():
    assert refused(b"") == "image_empty"
    assert refused(b"\xff\xd8" + b"\0" * MAX_BYTES) == "image_large"
    assert refused(SimpleUploadedFile("x.jpg", b"\0" * (MAX_BYTES + 1))) == "image_large"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_cut_off_photo_is_refused(form):
    whole = photo((800, 600), form=form)
    assert refused(whole[: len(whole) // 2]) in {"image_damaged", "image_not"}


def test_heic_gets_its_own_words():
    assert refused(b"\x00\x00\x00\x18ftypheic" + b"\0" * 200) == "image_heic"
    assert refused(b"\x00\x00\x00\x18ftypmif1" + b"\0" * 200) == "image_heic"


def bomb(width, height):
    """A PNG that declares a size and holds almost nothing."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(7000, 7000), (12_000, 12_000), (30_000, 30_000), (2**31 - 1, 9)])
def test_too_many_pixels_are_refused_before_they_are_decoded(size):
    assert refused(bomb(*size)) == "image_pixels"


def test_a_text_bomb_inside_a_picture_is_harmless():
    text = PngInfo()
    text.add_itxt("k", "a" * 50_000_000, zip=True)
    out = io.BytesIO()
    PIL.Image.new("RGB", (4, 4)).save(out, "PNG", pnginfo=text)
    with contextlib.suppress(Invalid):
        assert len(reencode(out.getvalue()).data) < 5_000


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(
    st.integers(0, 3000),
    st.binary(min_size=1, max_size=30),
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
)
def test_damage_anywhere_is_survived(position, noise, form):
    data = bytearray(photo((60, 40), form=form, **({"exif": exif(6)} if form != "PNG" else {})))
    position %= len(data)
    data[position : position + len(noise)] = noise
    try:
        made = reencode(bytes(data))
    except Invalid:
        return
    assert opened(made.data).size == (made.width, made.height)


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data):
    with contextlib.suppress(Invalid):
        reencode(data)
