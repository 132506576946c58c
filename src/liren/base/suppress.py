"""Small counts are not told: lines with one are counted together with others (G10).

Plain values in, plain values out. A line of a table (a kind, a grid) is a few counts: yes and no,
say. A count of 1 to ``k`` - 1 is small. Lines with a small count are not shown each for itself but
as one rest, and the rest takes in further lines, smallest first, until none of its own counts is
small. So every number that leaves here, and every sum and difference of such numbers that makes
sense, is a count of cases of which there are none or at least ``k``; nothing is hidden between
sums that are shown, where it could be subtracted back. (Threshold rule with aggregation; Hundepool
et al., Statistical Disclosure Control, chapter 4, on why suppressed cells with published margins
need more than that.)

The same cases must not be cut in two overlapping ways: whoever may ask for the year and for eleven
months can subtract. ``publish`` each base cut once, and make everything wider by adding what was
published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

K = 5


@dataclass(frozen=True, slots=True)
class Published:
    """Which lines may be shown, and the counts of all others together (empty when none)."""

    shown: tuple[bool, ...]
    rest: tuple[int, ...]


def safe(counts: Sequence[int], k: int = K) -> bool:
    """Tell whether none of the counts is small."""
    return all(count == 0 or count >= k for count in counts)


def publish(lines: Sequence[Sequence[int]], *, k: int = K) -> Published | None:
    """Return which lines may be shown; None when even all of them together may not.

    The shown lines and the rest always add up to the whole. Raises ``ValueError`` for negative
    counts, lines of different lengths and ``k`` below 2.
    """
    if k < 2:
        raise ValueError("k below 2 hides nothing")
    width = len(lines[0]) if lines else 0
    if any(len(line) != width for line in lines):
        raise ValueError("lines of different lengths")
    if any(count < 0 for line in lines for count in line):
        raise ValueError("a count below zero")
    if not safe(_sum(lines, width), k):
        return None
    kept = [safe(line, k) for line in lines]
    rest = _sum([line for line, shown in zip(lines, kept, strict=True) if not shown], width)
    while not safe(rest, k):
        # One line that makes it safe; else the smallest, and again. All together are safe.
        left = [i for i, shown in enumerate(kept) if shown and any(lines[i])]
        chosen = min(
            left, key=lambda i: (not safe(_sum([rest, lines[i]], width), k), *_size(lines, i))
        )
        kept[chosen] = False
        rest = _sum([rest, lines[chosen]], width)
    return Published(tuple(kept), () if all(kept) else rest)


def _sum(lines: Sequence[Sequence[int]], width: int) -> tuple[int, ...]:
    return tuple(sum(line[i] for line in lines) for i in range(width))


def _size(lines: Sequence[Sequence[int]], index: int) -> tuple[int, int]:
    return sum(lines[index]), index
