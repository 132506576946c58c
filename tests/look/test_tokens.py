"""The colours can be read, in the light and in the dark, and the sheets stay small."""

import re
from pathlib import Path

import pytest

import liren.look

SHEETS = Path(liren.look.__file__).parent / "static" / "look"
TONES = ("accent", "ok", "wait", "bad", "info", "off")
GROUNDS = ("paper", "card", "sunk")

# Text on its ground: WCAG 2.2 AA asks 4.5 to 1.
TEXT = [
    *((ink, ground) for ink in ("ink", "ink2") for ground in GROUNDS),
    *(("ink", f"{tone}-soft") for tone in TONES),
    *((tone, f"{tone}-soft") for tone in TONES),
    *((tone, ground) for tone in ("accent", "bad") for ground in GROUNDS),
    ("ink2", "accent-soft"),
    ("ink2", "off-soft"),
    ("ink2", "bad-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("paper", "ink"),
    ("card", "ink"),
]
# The edge of a control, the ring of the focus, the line under the current tab: 3 to 1.
SHAPES = [(shape, ground) for shape in ("edge", "focus", "accent") for ground in GROUNDS]


def tokens(sheet: str) -> dict[str, str]:
    css = (SHEETS / sheet).read_text()
    return dict(re.findall(r"--l-([a-z0-9-]+): (#[0-9A-F]{6})\b", css))


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sheet", ["liren.css", "dark.css"])
def test_contrast(sheet: str) -> None:
    known = tokens(sheet)
    weak = {
        f"{front} on {ground}": round(contrast(known[front], known[ground]), 2)
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3.0))
        for front, ground in pairs
        if contrast(known[front], known[ground]) < least
    }
    assert weak == {}


def test_dark_replaces_every_colour() -> None:
    assert tokens("dark.css").keys() == tokens("liren.css").keys()


def test_sheets_stay_small() -> None:
    assert len((SHEETS / "liren.css").read_bytes()) < 25 * 1024
    assert sum(len(file.read_bytes()) for file in SHEETS.glob("*.css")) < 32 * 1024
    assert len((SHEETS / "liren.js").read_bytes()) < 16 * 1024


def test_no_colour_outside_the_tokens() -> None:
    css = re.sub(r"--l-[a-z0-9-]+:[^;]+;", "", (SHEETS / "liren.css").read_text())
    found = set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", css))
    assert found <= {"#fff"}, "only the paper under a QR code is always white"
