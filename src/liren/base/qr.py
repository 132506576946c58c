"""QR codes for posters, receipts and one-tap links. Put a short typed address beside each."""

from __future__ import annotations

import io
from typing import Literal

import segno

Level = Literal["l", "m", "q", "h"]


def _make(text: str, level: Level) -> segno.QRCode:
    if not text:
        raise ValueError("a QR code needs something to say")
    # Never raised above what was asked: a coarser code is read from farther away.
    return segno.make_qr(text, error=level, boost_error=False)


def qr_svg(text: str, *, level: Level = "m", border: int = 4, title: str = "") -> str:
    """An <svg> element without size (CSS gives it one), black on nothing, for pages and PDFs.

    `level` is how much dirt it survives: m 15 %, q 25 % (for posters in the open). `border` in
    modules; the standard (ISO/IEC 18004) asks for 4. Raises ValueError when `text` is empty or
    too long (about 2,300 characters at m).
    """
    return _make(text, level).svg_inline(
        border=border, omitsize=True, title=title or None, svgclass="qr", lineclass=None
    )


def qr_png(text: str, *, level: Level = "m", scale: int = 8, border: int = 4) -> bytes:
    """The same as a PNG, `scale` pixels a module, black on white, for chat messages."""
    out = io.BytesIO()
    _make(text, level).save(out, kind="png", scale=scale, border=border)
    return out.getvalue()
