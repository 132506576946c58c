"""What fits together, and how a promise moves. Pure; a person decides (G11)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

COMMUNITY, GRID = 12, 15
"""How many digits the codes of a community and of a grid have."""


# -- what fits together --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """What one side needs or has: of which kind, when, where, how much.

    ``weekdays``: 1 Monday … 7 Sunday, empty for any. ``opens`` and ``closes`` are the hours of
    such a day, None for any. ``ends`` None: without an end. ``organisation`` is whose it is.
    """

    organisation: str
    kind: str
    code: str
    starts: date
    ends: date | None
    capacity: int
    weekdays: tuple[int, ...] = ()
    opens: time | None = None
    closes: time | None = None


class Why(StrEnum):
    """A reason for a suggestion, or a limit of it."""

    KIND = "kind"
    DAYS = "days"
    WEEKDAYS = "weekdays"
    HOURS = "hours"
    SAME_PLACE = "same_place"
    SAME_GRID = "same_grid"
    SAME_COMMUNITY = "same_community"
    ENOUGH = "enough"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Match:
    """Why a need and a resource fit: the reasons, and what they have in common.

    ``days`` is the time both have; ``weekdays`` the days of the week, empty for any; ``hours`` the
    hours of such a day. ``enough`` is False where the resource covers a part only.
    """

    reasons: tuple[Why, ...]
    days: tuple[date, date | None]
    weekdays: tuple[int, ...]
    hours: tuple[time, time] | None
    enough: bool

    @property
    def near(self) -> int:
        """How near: 0 the same place, 1 the same grid, 2 the same community."""
        if Why.SAME_PLACE in self.reasons:
            return 0
        return 1 if Why.SAME_GRID in self.reasons else 2


def overlap(
    a: tuple[date, date | None], b: tuple[date, date | None]
) -> tuple[date, date | None] | None:
    """Return the days two periods share (both ends included, None is open), or None."""
    start = max(a[0], b[0])
    ends = [end for end in (a[1], b[1]) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end < start else (start, end)


def _hours(one: Offered, other: Offered) -> tuple[time, time] | bool | None:
    """Return the hours both have, None when both have any, False when they never meet."""
    opens = [t for t in (one.opens, other.opens) if t is not None]
    closes = [t for t in (one.closes, other.closes) if t is not None]
    if not opens and not closes:
        return None
    start = max(opens) if opens else time.min
    end = min(closes) if closes else time.max
    return (start, end) if start < end else False


def match(need: Offered, resource: Offered, today: date) -> Match | None:
    """Say whether a resource could answer a need from ``today`` on, and why; None when not.

    They fit when they are of one kind, of two organisations, in one community, and share days,
    days of the week and hours. That the resource is smaller than the need is said, not a refusal.
    """
    if need.kind != resource.kind or need.organisation == resource.organisation:
        return None
    if need.code[:COMMUNITY] != resource.code[:COMMUNITY] or need.capacity < 1:
        return None
    if resource.capacity < 1:
        return None
    days = overlap((need.starts, need.ends), (resource.starts, resource.ends))
    if days is None or (days[1] is not None and days[1] < today):
        return None
    weekdays: tuple[int, ...] = ()
    if need.weekdays and resource.weekdays:
        weekdays = tuple(sorted(set(need.weekdays) & set(resource.weekdays)))
        if not weekdays:
            return None
    else:
        weekdays = tuple(sorted(need.weekdays or resource.weekdays))
    hours = _hours(need, resource)
    if isinstance(hours, bool):
        return None
    reasons = [Why.KIND, Why.DAYS]
    if weekdays:
        reasons.append(Why.WEEKDAYS)
    if hours is not None:
        reasons.append(Why.HOURS)
    reasons.append(_near(need.code, resource.code))
    enough = resource.capacity >= need.capacity
    reasons.append(Why.ENOUGH if enough else Why.PART)
    return Match(tuple(reasons), (max(days[0], today), days[1]), weekdays, hours, enough)


def _near(one: str, other: str) -> Why:
    if one == other and len(one) > COMMUNITY:
        return Why.SAME_PLACE
    if len(one) >= GRID and one[:GRID] == other[:GRID]:
        return Why.SAME_GRID
    return Why.SAME_COMMUNITY


def metres(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Return how far two points (longitude, latitude in degrees) are apart, in metres."""
    (lon, lat), (lon2, lat2) = a, b
    x = math.radians(lon2 - lon) * math.cos(math.radians((lat + lat2) / 2))
    return round(6_371_000 * math.hypot(x, math.radians(lat2 - lat)))


# -- how a promise moves -------------------------------------------------------------------------


class S(StrEnum):
    """States of a promise, the values of ``enums.State``."""

    PROMISED = "promised"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """What an actor is to a promise."""

    GIVER = "giver"
    RECEIVER = "receiver"
    OFFICE = "office"


OPEN = frozenset({S.PROMISED, S.UNDER_WAY, S.DELIVERED})
RUNNING = frozenset({S.PROMISED, S.UNDER_WAY})


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move: from which states, to which (None: unchanged), by whom, with words."""

    start: frozenset[S]
    end: S | None
    who: frozenset[Side]
    words: bool = False


MOVES: dict[str, Move] = {
    "start": Move(frozenset({S.PROMISED}), S.UNDER_WAY, frozenset({Side.GIVER, Side.OFFICE})),
    "deliver": Move(RUNNING, S.DELIVERED, frozenset({Side.GIVER, Side.OFFICE}), words=True),
    "confirm": Move(frozenset({S.DELIVERED}), S.CONFIRMED, frozenset({Side.RECEIVER})),
    "reopen": Move(frozenset({S.DELIVERED}), S.UNDER_WAY, frozenset({Side.RECEIVER}), words=True),
    "withdraw": Move(RUNNING, S.WITHDRAWN, frozenset(Side), words=True),
    "hand_over": Move(RUNNING, None, frozenset({Side.OFFICE}), words=True),
}
BY_RECEIVER = frozenset({"confirm", "reopen"})


class Refusal(StrEnum):
    """Why a move is refused."""

    ROLE = "role"
    GIVER = "giver"
    SAME_HAND = "same_hand"
    STATE = "state"
    WORDS = "words"


def refusal(
    verb: str, state: str, sides: frozenset[Side], *, said_by_same: bool = False, words: str = ""
) -> Refusal | None:
    """Say why ``verb`` is refused, or None when it is allowed.

    Whoever gives never says that it was received, also where they sit on both sides; nor does
    whoever wrote down the delivery (``said_by_same``). The role is asked before the state.
    """
    move = MOVES[verb]
    if verb in BY_RECEIVER and Side.GIVER in sides:
        return Refusal.GIVER
    if not move.who & sides:
        return Refusal.ROLE
    if state not in move.start:
        return Refusal.STATE
    if verb in BY_RECEIVER and said_by_same:
        return Refusal.SAME_HAND
    if move.words and not words.strip():
        return Refusal.WORDS
    return None


def verbs_for(state: str, sides: frozenset[Side], *, said_by_same: bool = False) -> list[str]:
    """Return what these sides may do in this state, in the table's order."""
    return [
        verb
        for verb in MOVES
        if refusal(verb, state, sides, said_by_same=said_by_same, words="…") is None
    ]


# -- what institutions may be told of a matter ---------------------------------------------------

PUBLIC_GROUPS = frozenset({"cleaning", "upkeep", "supply", "safety", "order"})
"""Kinds of matters about things and places, not about people (G7)."""

ABOUT_NEIGHBOURS = frozenset({"order.noise"})
"""Kinds of these groups that are about somebody next door all the same."""


def public_kind(key: str) -> bool:
    """Tell whether a kind of matter is about a thing or a place, so that it may be told of."""
    return key.partition(".")[0] in PUBLIC_GROUPS and key not in ABOUT_NEIGHBOURS


_NUMBERS = re.compile(r"\d{7,}|\d{3,4}[- ]\d{7,8}|\d{17}[\dXx]")
_DOOR = re.compile(r"\d{3,4}\s*(室|号房)|\d+\s*[-－—]\s*\d+\s*[-－—]\s*\d{3,4}")
_PERSON = re.compile(r"(?:姓名|电话|手机|身份证|联系人)\s*[:：]")


def tells_too_much(words: str) -> str:
    """Say what in words meant for institutions could point to a person: "" when nothing does."""
    if _NUMBERS.search(words):
        return "number"
    if _DOOR.search(words):
        return "door"
    return "person" if _PERSON.search(words) else ""
