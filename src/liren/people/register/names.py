"""Names of places as people write them: one key for all spellings, one name for a bare number."""

import re
from functools import lru_cache

from liren.base.text import fold
from liren.territory.enums import Level

_NUMERALS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_COUNTED = re.compile("[零〇一二两三四五六七八九十]{1,3}")
_ENDS = {
    Level.GRID: re.compile(r"^(?:第)?(.+?)(?:号?网格|号?格)?$"),
    Level.BUILDING: re.compile(r"^(?:第)?(.+?)(?:号楼|栋楼|号|栋|幢|座|楼|#楼|#)?$"),
    Level.UNIT: re.compile(r"^(?:第)?(.+?)(?:单元|门洞|门栋|号门|门)?$"),
    Level.HOUSEHOLD: re.compile(r"^(.+?)(?:号房|室|号|户|房)?$"),
}
_BARE = re.compile(r"[0-9]{1,5}")
_SHOWN = {Level.GRID: "第{}网格", Level.BUILDING: "{}号楼", Level.UNIT: "{}单元"}


def _number(text: str) -> str:
    """十二 → 12: the numerals people write for grids, buildings and entrances, up to 99."""
    if "十" not in text:
        return "".join(str(_NUMERALS[c]) for c in text)
    tens, _ten, ones = text.partition("十")
    return str((_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0))


@lru_cache(maxsize=50_000)
def key_of(level: Level, name: str) -> str:
    """Return what all spellings of a name share: 3号楼, 3栋, ３幢, 三号楼 and 03 are "3"."""
    text = "".join(fold(name).split())
    if level is Level.GRID:
        text = re.sub(r"^网格", "", text) or text
    pattern = _ENDS.get(level)
    match = pattern.match(text) if pattern else None
    core = match.group(1) if match else text
    if level is not Level.HOUSEHOLD and _COUNTED.fullmatch(core):
        try:
            core = _number(core)
        except KeyError:
            return core
    return core.lstrip("0") or "0" if core.isdecimal() else core


def shown(level: Level, name: str) -> str:
    """Return the name a new place gets: a bare number is completed (3 → 3号楼), others stay."""
    folded = fold(name).strip()
    form = _SHOWN.get(level)
    if form is None or not _BARE.fullmatch(folded):
        return name
    return form.format(int(folded))
