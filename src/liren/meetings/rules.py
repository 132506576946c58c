"""Quorum and the differences between two versions: plain Python, exact."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

MOST = 1000

Mark = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many members have to be there: at least, or more than, a fraction of all.

    Exact: two thirds of 9 are 6, not 5.999. ``fraction`` lies between 0 and 1.
    """

    fraction: Fraction
    more_than: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.fraction <= 1:
            raise ValueError(self.fraction)

    def needed(self, members: int) -> int:
        """Return the smallest number present that is enough; never more than there are members.

        "More than all" cannot be: then everybody is needed. Of a body without members nobody is.
        """
        share = self.fraction * members
        if not self.more_than:
            return ceil(share)
        return min(floor(share) + 1, members)

    def reached(self, present: int, members: int) -> bool:
        """Tell whether ``present`` of ``members`` are enough."""
        return present >= self.needed(members)


def quorum(numerator: int, denominator: int, *, more_than: bool = False) -> Quorum:
    """Return a quorum of a fraction; raises ``ValueError`` for one that is no part of a whole."""
    if not 0 < denominator <= MOST or not 0 <= numerator <= denominator:
        raise ValueError((numerator, denominator))
    return Quorum(Fraction(numerator, denominator), more_than)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of minutes: as it was, gone, or new."""

    mark: Mark
    text: str


def differences(old: str, new: str) -> Iterator[Line]:
    """Yield the lines of two versions in order; ``old`` is all that is not new, ``new`` all that
    is not gone.
    """
    before, after = old.split("\n"), new.split("\n")
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for what, a1, a2, b1, b2 in matcher.get_opcodes():
        if what == "equal":
            yield from (Line("same", text) for text in before[a1:a2])
            continue
        yield from (Line("gone", text) for text in before[a1:a2])
        yield from (Line("new", text) for text in after[b1:b2])
