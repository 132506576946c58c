"""Plain values the components draw. Dictionaries with the same keys do as well: templates do not
mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One entry of a navigation bar, a tab row, a list of doors or of big-target choices.

    `key` is compared with the page's `here`; `count` is shown as a small figure when it is not
    None.
    """

    label: str
    url: str
    key: str = ""
    icon: str = ""
    count: int | None = None
    sub: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled group of links in the office's side navigation."""

    links: Sequence[Link]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture in a timeline: the full one, its thumbnail, and what it shows."""

    url: str
    thumb: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a timeline.

    `what` is a whole sentence in plain words ("2 单元单元长转给楼栋长"); `said` quotes what
    somebody wrote.
    `tag` is a word before the meta line ("staff only").
    `state` is one of: "" (past), "now", "ok", "bad", "next" (has not happened yet).
    """

    what: str
    at: datetime | None = None
    who: str = ""
    said: str = ""
    state: str = ""
    tag: str = ""
    photos: Sequence[Photo] = field(default_factory=tuple)
