"""How a demand and an order move, and what a year of a demand costs: plain Python, exact."""

from dataclasses import dataclass

WAITING, ASKED, ACCEPTED, DECLINED, ENDED = "waiting", "asked", "accepted", "declined", "ended"

DEMAND_MOVES: dict[str, tuple[frozenset[str], str]] = {
    "accept": (frozenset({WAITING, ASKED}), ACCEPTED),
    "decline": (frozenset({WAITING, ASKED}), DECLINED),
    "ask_back": (frozenset({WAITING}), ASKED),
    "answer": (frozenset({ASKED}), WAITING),
    "end": (frozenset({ACCEPTED}), ENDED),
}

OPEN, ANSWERED, CLOSED, WITHDRAWN = "open", "answered", "closed", "withdrawn"
ORDER_OPEN = frozenset({OPEN, ANSWERED})
ORDER_MOVES: dict[str, tuple[frozenset[str], str]] = {
    "answer": (frozenset({OPEN}), ANSWERED),
    "close": (frozenset({ANSWERED}), CLOSED),
    "send_back": (frozenset({ANSWERED}), OPEN),
    "withdraw": (frozenset({OPEN, ANSWERED}), WITHDRAWN),
}

# Working days and weeks as they are reckoned on a desk; "once" and "whenever needed" count once.
TIMES = {
    "once": 1,
    "needed": 1,
    "daily": 250,
    "weekly": 52,
    "monthly": 12,
    "quarterly": 4,
    "yearly": 1,
}


def minutes_a_year(minutes: int, often: str) -> int:
    """Return how many minutes of work a year a demand takes; raises ``KeyError`` for unknown."""
    return minutes * TIMES[often]


@dataclass(frozen=True, slots=True)
class Balance:
    """What was promised with a demand and what has arrived, in one unit (fen, or heads)."""

    promised: int
    arrived: int

    @property
    def missing(self) -> int:
        """Return what has not arrived; never below nothing."""
        return max(0, self.promised - self.arrived)

    @property
    def whole(self) -> bool:
        """Tell whether all that was promised has arrived."""
        return self.missing == 0
