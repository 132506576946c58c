"""Links as they are sent outside: an app says how one of its messages is opened there.

A message to one person carries its one-tap link in its outbox row. A message to thousands would
need thousands of encrypted rows made one by one, so its link is made as it goes out.
"""

from collections.abc import Callable

from .models import Notice

_makers: dict[str, Callable[[Notice], str]] = {}


def register(kind: str, make: Callable[[Notice], str]) -> None:
    """Let messages of a kind be opened outside by the path ``make`` returns. Twice is once."""
    _makers[kind] = make


def link_of(notice: Notice) -> str:
    """Return the path a message is opened with outside: its own link where no app says more."""
    make = _makers.get(notice.kind)
    return make(notice) if make is not None else notice.link
