import io

import PIL.Image
import pytest
from lxml import etree

from liren.base.qr import qr_png, qr_svg

LINK = "https://liren.example/q/7K3MPQ2X"


def test_svg_for_pages():
    svg = qr_svg(LINK, title="3号楼 2单元 <门>")
    tree = etree.fromstring(svg)
    assert tree.get("viewBox")
    assert tree.get("width") is None
    assert "style" not in svg
    assert "3号楼 2单元 <门>" in tree.xpath("string(//*[local-name()='title'])")


def test_png_for_messages():
    picture = PIL.Image.open(io.BytesIO(qr_png(LINK, scale=4, border=4)))
    assert picture.size[0] == picture.size[1]
    assert picture.size[0] % 4 == 0
    pixels = picture.convert("L")
    quiet = 4 * 4
    assert all(pixels.getpixel((x, y)) == 255 for x in range(quiet) for y in range(quiet))
    assert pixels.getpixel((quiet, quiet)) == 0


def test_more_robust_is_larger():
    assert len(qr_png(LINK, level="h")) > len(qr_png(LINK, level="l"))


@pytest.mark.parametrize("text", ["", "长" * 5000])
def test_nothing_and_too_much_are_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        qr_svg(text)
