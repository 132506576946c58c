"""The icon set: 24 × 24 outlines drawn for this project, stroked at 1.75 px by `.l-icon`.

Icons never stand alone: a word is beside them, or `{% icon "name" label="…" %}` names them for
screen readers. To add one, draw a `<symbol id="name">` on a line of its own in data/icons.svg.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_SYMBOL: Final = re.compile(r'<symbol id="([a-z-]+)">(.*?)</symbol>')


def _read() -> dict[str, str]:
    text = (Path(__file__).parent / "data" / "icons.svg").read_text(encoding="utf-8")
    return dict(_SYMBOL.findall(text))


ICONS: Final[dict[str, str]] = _read()
"""Name → the inner markup of the drawing."""
