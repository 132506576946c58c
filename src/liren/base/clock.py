"""What time it is. Everything asks here, so that a test can say what time it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

# Process-wide on purpose: a test freezes time for the live server's threads as well.
_lock = threading.Lock()
_frozen: list[Frozen] = []


def require_aware(at: datetime) -> datetime:
    """`at` unchanged. Raises ValueError when it does not say its time zone."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at!r} does not say its time zone")
    return at


def now() -> datetime:
    """The present moment, aware, in UTC (as Django stores it)."""
    with _lock:
        if _frozen:
            return _frozen[-1].at
    return datetime.now(UTC)


def local_now() -> datetime:
    """The present moment as China's clocks show it."""
    return now().astimezone(SHANGHAI)


def today() -> date:
    """The date on China's calendars, whatever the machine's own zone."""
    return local_now().date()


class Frozen:
    """A stopped clock, moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = require_aware(at).astimezone(UTC)

    def move_to(self, at: datetime) -> None:
        """Set the clock, backwards too. Raises ValueError on a naive datetime."""
        self.at = require_aware(at).astimezone(UTC)

    def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Move on by a timedelta, or by its parts (`hours=2`); returns the new moment."""
        self.at += timedelta(**parts) if by is None else by
        return self.at


@contextmanager
def freeze(at: datetime) -> Iterator[Frozen]:
    """Inside the block `now()` is `at` in every thread of this process. For tests; may nest.

    Raises ValueError on a naive datetime.
    """
    frozen = Frozen(at)
    with _lock:
        _frozen.append(frozen)
    try:
        yield frozen
    finally:
        with _lock:
            _frozen.remove(frozen)
