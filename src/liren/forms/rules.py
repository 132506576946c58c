"""Which of our fields a form's column means, by its words. Pure; a person confirms (G11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

SERIAL = "#"
"""The column of running numbers."""

CONSTANT = "="
"""The column that holds the same words in every row."""

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NOISE = re.compile(r"[\s*:_/、,.;#-]+")
_SERIALS = frozenset({"序号", "序", "no", "顺序号", "行号"})
LIKELY = 0.6


def plain(header: str) -> str:
    """Return a header as it is compared: one width and case, no remarks, no ornaments."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return _NOISE.sub("", _ASIDE.sub("", folded)) or _NOISE.sub("", folded)


def likeness(header: str, names: Sequence[str]) -> float:
    """Return how much a header resembles the names of a field: 1 is the same, 0 nothing alike."""
    one = plain(header)
    if not one:
        return 0.0
    best = 0.0
    for name in names:
        other = plain(name)
        if not other:
            continue
        if one == other:
            return 1.0
        ratio = SequenceMatcher(None, one, other).ratio()
        if len(other) >= 2 and (other in one or one in other):
            ratio = max(ratio, 0.7)
        best = max(best, ratio)
    return best


def suggest(
    headers: Mapping[str, str], fields: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, float]]:
    """Return column letter → (field, likeness): each field once, the most alike first.

    Columns of running numbers become ``SERIAL``; what resembles nothing is left out.
    """
    found: dict[str, tuple[str, float]] = {
        letter: (SERIAL, 1.0) for letter, words in headers.items() if plain(words) in _SERIALS
    }
    pairs = sorted(
        (
            (likeness(words, names), -len(found), letter, key)
            for letter, words in headers.items()
            if letter not in found
            for key, names in fields.items()
        ),
        key=lambda pair: (-pair[0], pair[2], pair[3]),
    )
    taken: set[str] = set()
    for score, _order, letter, key in pairs:
        if score < LIKELY or letter in found or key in taken:
            continue
        found[letter] = (key, score)
        taken.add(key)
    return found
