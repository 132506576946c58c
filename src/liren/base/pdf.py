"""From a Typst template and plain data to a PDF.

Templates are ours and live beside the code; what people typed arrives as data and is set as
text: it can neither run nor load anything. A template begins with

    #import "/base/data/paper.typ": *

and finds the data as `data` (see that file for the page of GB/T 9704 and the helpers).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import typst
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language

from liren.base import clock
from liren.config import paths

Standard = Literal["1.7", "a-2b", "a-3b"]

SANS: Final = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
)
SERIF: Final = (
    "FangSong",
    "STFangsong",
    "FangSong_GB2312",
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
)
_NO_PACKAGES: Final = paths.VAR_DIR / "no-typst-packages"
"""Not there on purpose: a template that imports a package from the network fails at once."""


class FontMissing(RuntimeError):  # noqa: N818 -- said to whoever runs the system
    """No font with Chinese characters was found; the page would be empty boxes."""


@cache
def _fonts() -> tuple[typst.Fonts, str, str]:
    """Every font here, and the families to set in: looked for once, it takes a while."""
    own = paths.ASSETS_DIR / "fonts"
    fonts = typst.Fonts(font_paths=[own] if own.is_dir() else [])
    there = set(fonts.families())
    sans = next((family for family in (*SANS, *SERIF) if family in there), "")
    serif = next((family for family in (*SERIF, *SANS) if family in there), "")
    if not sans:
        raise FontMissing(
            "No Chinese font found: run `make setup`, or install one such as fonts-noto-cjk."
        )
    return fonts, sans, serif


def compile_pdf(template: Path, data: Mapping[str, Any], *, standard: Standard = "1.7") -> bytes:
    """The PDF of `template` (a .typ file below src/liren) with `data`.

    `data` is whatever JSON holds, plus dates, Decimal, UUID and lazy texts. `standard` "a-2b" is
    for archives. The date inside is the clock's. Raises typst.TypstError for a fault in the
    template, FontMissing on a machine without any Chinese font, ValueError for a template outside
    the source folder.
    """
    template = template.resolve()
    if not template.is_relative_to(paths.SOURCE_DIR):
        raise ValueError("templates live in the source folder")
    fonts, sans, serif = _fonts()
    result = typst.Compiler(
        template,
        root=paths.SOURCE_DIR,
        font_paths=fonts,
        sys_inputs={
            "data": json.dumps(dict(data), cls=DjangoJSONEncoder, ensure_ascii=False),
            "language": (get_language() or "zh")[:2],
            "sans": sans,
            "serif": serif,
        },
        package_path=_NO_PACKAGES,
        package_cache_path=_NO_PACKAGES,
    ).compile(
        format="pdf",
        pdf_standards=[standard],
        timestamp=int(clock.now().timestamp()),
    )
    if not isinstance(result, bytes):
        raise TypeError("one PDF was expected")
    return result
