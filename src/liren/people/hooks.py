"""What people's pages need from rows above: telling a person something, sending a code outside.

``people`` sits below ``notifications`` and cannot import it; ``notifications`` fills these in as
it starts. Without it nothing is told and no code can be sent, and the pages say so. The same
holds for ``organisation``, which knows how an actor is named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from liren.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Tell:
    """One message for a person's inbox. The same ``key`` is told once."""

    person: UUID
    community: str
    kind: str
    title: str
    key: str
    body: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something an agent did for a person under a mandate, as the person reads it."""

    at: datetime
    agent: UUID
    what: str
    about: str
    link: str = ""


@dataclass(slots=True)
class _Hooks:
    tell: Callable[[Tell], None] | None = None
    send: Callable[[str, str, str, str], None] | None = None
    reaches: Callable[[str], bool] | None = None
    describe: Callable[[Actor], str] | None = None
    deeds: Callable[[UUID, Sequence[UUID]], list[Deed]] | None = None


_hooks = _Hooks()


def connect(
    *,
    tell: Callable[[Tell], None],
    send: Callable[[str, str, str, str], None],
    reaches: Callable[[str], bool],
) -> None:
    """Fill in the ways out: called once, when ``notifications`` starts."""
    _hooks.tell, _hooks.send, _hooks.reaches = tell, send, reaches


def connect_posts(describe: Callable[[Actor], str]) -> None:
    """Fill in how an actor is named by their posts: called once, when ``organisation`` starts."""
    _hooks.describe = describe


def connect_deeds(deeds: Callable[[UUID, Sequence[UUID]], list[Deed]]) -> None:
    """Fill in how to find what was done under mandates: called once, when ``matters`` starts."""
    _hooks.deeds = deeds


def deeds(grantor: UUID, agents: Sequence[UUID]) -> list[Deed]:
    """Return what these agents did for a person, the newest first."""
    return _hooks.deeds(grantor, agents) if _hooks.deeds is not None else []


def describe(actor: Actor) -> str:
    """Return how an actor is named to a resident: the post and who holds it."""
    named = _hooks.describe(actor) if _hooks.describe is not None else ""
    return named or actor.label or actor.name


def tell(message: Tell) -> None:
    """Put a message into the person's inbox, in the caller's transaction."""
    if _hooks.tell is not None:
        _hooks.tell(message)


def send(channel: str, target: str, title: str, body: str) -> None:
    """Send a text outside once the caller's transaction is committed ("sms" or "email")."""
    if _hooks.send is not None:
        _hooks.send(channel, target, title, body)


def reaches(channel: str) -> bool:
    """Tell whether the operator has set a channel up."""
    return _hooks.reaches is not None and _hooks.reaches(channel)
