import shutil
import subprocess
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import typst
from django.utils import translation
from django.utils.translation import gettext_lazy

from liren.base import clock, pdf
from liren.base.clock import SHANGHAI
from liren.base.pdf import FontMissing, compile_pdf
from liren.base.qr import qr_svg
from liren.config import paths

OFFICIAL = """
#import "/base/data/paper.typ": *
#show: official
#official-title(data.title)
#for words in data.paragraphs [#words #parbreak()]
"""
PLAIN = """
#import "/base/data/paper.typ": *
#show: plain
#data.words
#qr(data.code)
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A source folder of our own, with the real paper.typ in it."""
    (tmp_path / "base").symlink_to(paths.SOURCE_DIR / "base")
    monkeypatch.setattr(paths, "SOURCE_DIR", tmp_path)

    def written(source):
        path = tmp_path / "page.typ"
        path.write_text(source)
        return path

    return written


def words_of(data, tmp_path):
    reader = shutil.which("pdftotext")
    if not reader:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    path = tmp_path / "page.pdf"
    path.write_bytes(data)
    return subprocess.run(
        [reader, "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout


def test_what_people_typed_is_set_as_text(template, tmp_path):
    typed = '#read("/etc/passwd") $x$ *a* <script> \\ @b 𠮷田 ئۇيغۇر'
    made = compile_pdf(template(PLAIN), {"words": typed, "code": qr_svg("x")})
    assert made.startswith(b"%PDF-1.7")
    said = words_of(made, tmp_path)
    assert '#read("/etc/passwd") $x$ *a* <script>' in said
    assert "𠮷田" in said


def test_a_page_of_22_lines_of_28_characters(template, tmp_path):
    """GB/T 9704-2012, 5.2.1."""
    made = compile_pdf(
        template(OFFICIAL.replace("#official-title(data.title)", "")),
        {"paragraphs": ["里" * (28 * 30 - 2)]},
    )
    first_page = words_of(made, tmp_path).split("\f")[0]
    lines = [line.strip() for line in first_page.splitlines() if "里" in line]
    assert len(lines) == 22
    assert [len(line.replace(" ", "")) for line in lines] == [26] + [28] * 21
    assert "—1—" in first_page.replace(" ", "")


def test_data_may_hold_what_models_hold(template, tmp_path):
    source = (
        '#import "/base/data/paper.typ": *\n#show: plain\n#data.day #data.sum #data.id #data.lazy'
    )
    data = {
        "day": date(2026, 3, 4),
        "sum": Decimal("1.50"),
        "id": UUID(int=7),
        "lazy": gettext_lazy("You may not do this."),
    }
    with translation.override("zh-hans"):
        said = words_of(compile_pdf(template(source), data), tmp_path)
    assert "2026-03-04" in said
    assert "1.50" in said
    assert "您没有权限" in said


def test_for_archives_and_always_the_same(template):
    data = {"words": "公示", "code": qr_svg("x")}
    path = template(PLAIN)
    with clock.freeze(datetime(2026, 3, 4, tzinfo=SHANGHAI)):
        one = compile_pdf(path, data, standard="a-2b")
        assert compile_pdf(path, data, standard="a-2b") == one
    assert b"pdfaid:part" in one


def test_a_template_elsewhere_or_with_a_fault_is_refused(template, tmp_path_factory):
    stray = tmp_path_factory.mktemp("stray") / "x.typ"
    stray.write_text("hello")
    with pytest.raises(ValueError, match="source folder"):
        compile_pdf(stray, {})
    with pytest.raises(typst.TypstError):
        compile_pdf(template("#nothing-of-the-kind"), {})
    with pytest.raises(typst.TypstError):
        compile_pdf(template('#read("../../../../etc/passwd")'), {})
    with pytest.raises(typst.TypstError):
        compile_pdf(template('#import "@preview/cetz:0.3.0": canvas'), {})


def test_a_machine_without_a_chinese_font_is_told_what_to_do(monkeypatch):
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "SANS", ())
    monkeypatch.setattr(pdf, "SERIF", ())
    with pytest.raises(FontMissing, match="make setup"):
        compile_pdf(Path(paths.SOURCE_DIR / "base/data/paper.typ"), {})
    pdf._fonts.cache_clear()
