"""Pure rules of calls: rings, numbers, roles, the key that knows the same call again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Digits of the codes from the unit entrance up to the city: each a ring wider than the one before.
WIDTHS = (24, 20, 18, 15, 12, 9, 6, 4)
MOST_NEEDED = 5000
MOST_ROLES = 5
ROLE_WORDS = 12
LONGEST_DAYS = 30


def wider(reach: int) -> int | None:
    """Return how many digits the next wider ring has; None beyond the city."""
    return next((width for width in WIDTHS if width < reach), None)


def too_few(coming: int, needed: int | None) -> bool:
    """Tell whether fewer come than are needed; a call without a number never has too few."""
    return needed is not None and coming < needed


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody can come for, and how many are needed for it."""

    name: str
    needed: int


def digest(place: str, title: str, text: str) -> bytes:
    """Return the key by which the same call is known again, whatever its spacing."""
    parts = [place, *("".join(words.split()).casefold() for words in (title, text))]
    return hashlib.sha256("\0".join(parts).encode()).digest()


def wrong_roles(roles: Sequence[Role]) -> str:
    """Return what is wrong with the roles: "", "many", "number", "name" or "twice"."""
    if len(roles) > MOST_ROLES:
        return "many"
    names = [role.name for role in roles]
    if any(not name or len(name) > ROLE_WORDS for name in names):
        return "name"
    if len(set(names)) < len(names):
        return "twice"
    if any(not 0 < role.needed <= MOST_NEEDED for role in roles):
        return "number"
    return ""


def total(roles: Iterable[Role]) -> int:
    """Return how many are needed for all roles together."""
    return sum(role.needed for role in roles)
