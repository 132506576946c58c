"""Which place of the tree an address means. Pure: a person confirms what is found here (G11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .tickets import number_of

BUILDING, UNIT = 18, 20
MOST = 12
_DASHED = re.compile(r"(?<!\d)(\d{1,3})\s*[-–—]\s*(\d{1,2})\s*[-–—]\s*(\d{1,4})(?!\d)")
_NUMERAL = re.compile(r"([一二三四五六七八九十]{1,3})(?=号楼|号院|栋|幢|座|单元|门洞|门栋|网格|期)")
_BUILDING = re.compile(r"(\d+)(?:号?[栋幢座]|#楼?|号樓)")
_UNIT = re.compile(r"(\d+)(?:门洞|门栋|单元门|單元)")
_NOISE = re.compile(r"[\s,.;:，。；：、·•_/()（）\[\]【】*-]+|小区")


@dataclass(frozen=True, slots=True)
class Known:
    """A place an address may mean. ``full``: what it is called from the compound down, and its
    aliases; ``short``: its own name, which others may bear too."""

    code: str
    full: tuple[str, ...]
    short: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A compound: its names, and the codes of its buildings."""

    names: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What was found, likeliest first. ``sure``: exactly one, named by its whole name."""

    codes: tuple[str, ...] = ()
    sure: bool = False


def plain(text: str) -> str:
    """Return an address as it is compared: one width, digits for numerals, one word for each kind.

    "三栋 二门洞", "3#楼2单元" and "3-2-501" all speak of 3号楼2单元.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _DASHED.sub(r"\1号楼\2单元\3室", folded)
    folded = _NUMERAL.sub(lambda m: str(number_of(m[1]) or m[1]), folded)
    folded = _BUILDING.sub(r"\1号楼", folded)
    folded = _UNIT.sub(r"\1单元", folded)
    return _NOISE.sub("", folded)


def _holds(text: str, key: str) -> bool:
    """Tell whether ``key`` stands in ``text``, not as the end of a longer number."""
    start = text.find(key)
    while start >= 0:
        if not (key[0].isdigit() and start and text[start - 1].isdigit()):
            return True
        start = text.find(key, start + 1)
    return False


class Gazetteer:
    """The places of one community, prepared once for many addresses."""

    def __init__(self, known: Iterable[Known], groups: Iterable[Group] = ()) -> None:
        self.full: list[tuple[str, str]] = []
        self.short: list[tuple[str, str]] = []
        for one in known:
            keys = {plain(name) for name in one.full if name}
            self.full += [(key, one.code) for key in keys if len(key) >= 3]
            if key := plain(one.short):
                self.short.append((key, one.code))
        self.groups = [
            (key, group.codes)
            for group in groups
            for key in {plain(name) for name in group.names}
            if len(key) >= 2
        ]

    def match(self, address: str) -> Match:
        """Return which places an address may mean; none when nothing in it is known."""
        text = plain(address)
        if not text:
            return Match()
        whole = _longest([(key, code) for key, code in self.full if _holds(text, key)])
        if len(whole) == 1 and len(whole[0]) >= UNIT:
            return Match((whole[0],), sure=True)
        inside = [codes for key, codes in self.groups if _holds(text, key)]
        within: Sequence[str] = whole or [code for codes in inside for code in codes]
        short = [code for key, code in self.short if _holds(text, key) and _below(code, within)]
        units = [c for c in short if len(c) >= UNIT]
        houses = [c for c in short if len(c) == BUILDING]
        if any(len(c) == BUILDING for c in within) and not houses:
            houses = [c for c in whole if len(c) == BUILDING]
        doors = [c for c in units if any(c.startswith(house) for house in houses)]
        found = doors or houses or list(whole)
        return Match(tuple(found[:MOST]), sure=len(found) == 1 and bool(whole or inside))


def _below(code: str, within: Sequence[str]) -> bool:
    return not within or any(code.startswith(one) for one in within)


def _longest(found: list[tuple[str, str]]) -> list[str]:
    best = max((len(key) for key, _code in found), default=0)
    return list(dict.fromkeys(code for key, code in found if len(key) == best))
