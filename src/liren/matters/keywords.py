"""Which kinds a text speaks of, by the words each category lists. Suggests, never decides (G11)."""

from collections.abc import Iterable
from dataclasses import dataclass

from liren.base.text import fold

from .models import Category

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A kind that may fit, and the words it was found by."""

    kind: Category
    reason: tuple[str, ...]


def suggest(kinds: Iterable[Category], text: str) -> list[Suggestion]:
    """Return up to three kinds whose words stand in ``text``, the longest find first."""
    folded = fold(text)
    found = []
    for kind in kinds:
        hits = [word for word in kind.keywords if fold(word) in folded]
        # A word that stands inside another found one says nothing more.
        kept = tuple(w for w in hits if not any(w != other and w in other for other in hits))
        if kept and kind.parent_key:
            found.append(Suggestion(kind, kept))
    found.sort(key=lambda one: (-sum(len(w) for w in one.reason), one.kind.order))
    return found[:SHOWN]
