"""Pure rules of agreements, calls and quantities: no Django, no database."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

SOON_DAYS = 30
MINUTES_MAX = 100_000 * 60
PIECES_MAX = 10_000_000


class Standing(StrEnum):
    """How an agreement stands on a day: what was decided, and what the calendar adds."""

    DRAFT = "draft"
    AHEAD = "ahead"  # signed, begins later
    IN_FORCE = "in_force"
    SOON_OVER = "soon_over"
    OVER = "over"  # its last day has passed
    ENDED = "ended"
    DROPPED = "dropped"


def standing(state: str, starts: date, ends: date, today: date) -> Standing:
    """Return how an agreement stands on a day; both its days are included."""
    if state != "signed":
        return Standing(state)
    if today < starts:
        return Standing.AHEAD
    if today > ends:
        return Standing.OVER
    return Standing.SOON_OVER if (ends - today).days <= SOON_DAYS else Standing.IN_FORCE


def binds(state: str, starts: date, ends: date, today: date) -> bool:
    """Tell whether an agreement is in force on a day."""
    return standing(state, starts, ends, today) in (Standing.IN_FORCE, Standing.SOON_OVER)


def months_later(start: date, months: int) -> date:
    """Return the last day of a time of whole months: 2026-08-31 + 6 → 2027-02-28."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    length = date.fromordinal(following.toordinal() - 1).day
    if start.day > length:
        return date(year, month, length)
    return date.fromordinal(date(year, month, start.day).toordinal() - 1)


class Door(StrEnum):
    """Whether a call takes applications on a day, and if not, why."""

    OPEN = "open"
    NOT_YET = "not_yet"
    OVER = "over"
    CLOSED = "closed"
    FULL = "full"


def door(
    state: str, opens: date, closes: date, *, accepted: int, capacity: int, today: date
) -> Door:
    """Return whether a call takes applications; the last day is included."""
    if state != "open":
        return Door.CLOSED
    if today < opens:
        return Door.NOT_YET
    if today > closes:
        return Door.OVER
    return Door.FULL if accepted >= capacity else Door.OPEN


def minutes(text: str) -> int | None:
    """Return whole minutes from hours as people write them ("2.5"); None when it is none.

    Quarters of an hour at least: 2.5 → 150, 0.25 → 15; 0.1 is refused, not rounded.
    """
    try:
        hours = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not hours.is_finite() or not 0 < hours <= MINUTES_MAX // 60:
        return None
    found = hours * 60
    if not found or found != found.to_integral_value() or found % 15:
        return None
    return int(found)


def pieces(text: str) -> int | None:
    """Return a whole number of things; None when it is none."""
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit()) or len(bare) > len(str(PIECES_MAX)):
        return None
    found = int(bare)
    return found if 1 <= found <= PIECES_MAX else None


def hours_said(amount: int) -> str:
    """Return minutes as hours in digits: 150 → "2.5"."""
    return f"{Decimal(amount) / 60:f}".rstrip("0").rstrip(".") if amount % 60 else str(amount // 60)


def missing(checks: Sequence[str], ticked: Sequence[str]) -> list[str]:
    """Return the checks nobody has ticked, in their order."""
    return [one for one in checks if one not in ticked]
