"""What pages of posts need from rows above: the open work that stays with a post.

``organisation`` sits below ``matters`` and cannot import it; ``matters`` fills this in as it
starts. Without it a post has no open work to show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from liren.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Work:
    """One open thing a post answers for, as whoever looks may read it."""

    title: str
    where: str
    url: str
    due: datetime | None = None
    late: bool = False


@dataclass(slots=True)
class _Hooks:
    listed: Callable[[Actor, UUID, int], list[Work]] | None = None
    counted: Callable[[Actor, UUID], int] | None = None


_hooks = _Hooks()


def connect_work(
    *, listed: Callable[[Actor, UUID, int], list[Work]], counted: Callable[[Actor, UUID], int]
) -> None:
    """Fill in how a post's open work is found: called once, when ``matters`` starts."""
    _hooks.listed, _hooks.counted = listed, counted


def open_work(actor: Actor, post: UUID, most: int = 30) -> list[Work]:
    """Return the open work of a post that the actor may see, the latest first, at most ``most``."""
    return _hooks.listed(actor, post, most) if _hooks.listed is not None else []


def open_work_count(actor: Actor, post: UUID) -> int:
    """Return how much open work of a post the actor may see."""
    return _hooks.counted(actor, post) if _hooks.counted is not None else 0
