"""The rules of the matter engine: pure functions on plain values, no Django.

``MOVES`` is the one table of allowed moves; everything that changes a matter's status consults it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class S(StrEnum):
    """Statuses, the values of ``enums.Status``."""

    SUBMITTED = "submitted"
    HANDLING = "handling"
    WHISTLED = "whistled"
    SUSPENDED = "suspended"
    CHECKING = "checking"
    ANSWERING = "answering"
    CLOSED = "closed"


class R(StrEnum):
    """Roles, the values of ``enums.Role``."""

    REPORTER = "reporter"
    HOLDER = "holder"
    OFFICE = "office"
    CALLED = "called"
    CHIEF = "chief"
    ABOVE = "above"
    LEADER = "leader"
    FOLLOWER = "follower"
    SYSTEM = "system"


OPEN = frozenset(S) - {S.CLOSED}
SAME = None  # the move leaves the status as it is


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move: from which statuses, to which (None: unchanged), by whom.

    ``reason`` says whether words are required.
    """

    start: frozenset[S]
    end: S | None
    who: frozenset[R]
    reason: bool = False


def _move(
    start: set[S] | frozenset[S], end: S | None, who: set[R], *, reason: bool = False
) -> Move:
    return Move(frozenset(start), end, frozenset(who), reason)


_HANDS = {R.HOLDER, R.OFFICE}

MOVES: dict[str, Move] = {
    # the way to the nearest who can
    "accept": _move({S.SUBMITTED}, S.HANDLING, _HANDS),
    "pass_up": _move({S.SUBMITTED, S.HANDLING}, S.SUBMITTED, {R.HOLDER}, reason=True),
    "assign": _move({S.SUBMITTED, S.HANDLING}, S.SUBMITTED, {R.OFFICE, R.ABOVE, R.SYSTEM}),
    "categorise": _move(OPEN, SAME, {R.OFFICE, R.ABOVE}),
    # whistle and report
    "whistle": _move({S.SUBMITTED, S.HANDLING}, S.WHISTLED, {R.OFFICE, R.ABOVE}, reason=True),
    "acknowledge": _move({S.WHISTLED}, SAME, {R.CALLED}),
    "arrive": _move({S.WHISTLED}, SAME, {R.CALLED}),
    "dispute": _move({S.WHISTLED}, SAME, {R.CALLED}, reason=True),
    "uphold": _move({S.WHISTLED}, S.HANDLING, {R.ABOVE}, reason=True),
    "reject_dispute": _move({S.WHISTLED}, SAME, {R.ABOVE}, reason=True),
    "recall": _move({S.WHISTLED}, S.HANDLING, {R.OFFICE, R.ABOVE}, reason=True),
    # the clock
    "suspend": _move({S.HANDLING, S.WHISTLED}, S.SUSPENDED, {R.OFFICE}, reason=True),
    "resume": _move({S.SUSPENDED}, S.HANDLING, {R.OFFICE, R.SYSTEM}),
    "ask_extension": _move(
        {S.HANDLING, S.WHISTLED}, SAME, {R.HOLDER, R.OFFICE, R.CALLED}, reason=True
    ),
    "grant_extension": _move({S.HANDLING, S.WHISTLED}, SAME, {R.CHIEF, R.ABOVE}),
    "refuse_extension": _move({S.HANDLING, S.WHISTLED}, SAME, {R.CHIEF, R.ABOVE}, reason=True),
    # done, checked, answered
    "handle": _move(
        {S.SUBMITTED, S.HANDLING, S.WHISTLED}, S.CHECKING, {*_HANDS, R.CALLED}, reason=True
    ),
    "explain": _move({S.HANDLING, S.CHECKING}, S.ANSWERING, {R.OFFICE}, reason=True),
    "verify": _move({S.CHECKING}, S.ANSWERING, {R.OFFICE, R.ABOVE}),
    "verify_failed": _move({S.CHECKING}, S.HANDLING, {R.OFFICE, R.ABOVE}, reason=True),
    "answer_solved": _move({S.ANSWERING}, S.CLOSED, {R.REPORTER}),
    "answer_not_solved": _move({S.ANSWERING}, S.HANDLING, {R.REPORTER}, reason=True),
    # a reporter without an account says it by telephone or at the door; the office writes it down
    "heard_solved": _move({S.ANSWERING}, S.CLOSED, {R.OFFICE}, reason=True),
    "heard_not_solved": _move({S.ANSWERING}, S.HANDLING, {R.OFFICE}, reason=True),
    "try_reach": _move({S.ANSWERING}, SAME, _HANDS),
    "close_unreachable": _move({S.ANSWERING}, S.CLOSED, {R.OFFICE}),
    "refer_outside": _move({S.SUBMITTED, S.HANDLING}, S.CLOSED, {R.OFFICE, R.ABOVE}, reason=True),
    "withdraw": _move(OPEN, S.CLOSED, {R.REPORTER}),
    "reopen": _move({S.CLOSED}, S.HANDLING, {R.REPORTER}, reason=True),
    "rate": _move({S.CLOSED}, SAME, {R.REPORTER}),
    # belonging together
    "merge": _move(OPEN, S.CLOSED, {R.OFFICE}),
    "unmerge": _move({S.CLOSED}, S.SUBMITTED, {R.OFFICE}),
    "split": _move(OPEN - {S.ANSWERING}, SAME, {R.OFFICE}, reason=True),
    # words
    "add": _move(OPEN, SAME, {R.REPORTER}),
    "comment": _move(frozenset(S), SAME, {R.HOLDER, R.OFFICE, R.CALLED, R.ABOVE}),
    "reveal": _move(frozenset(S), SAME, {R.OFFICE}, reason=True),
    # a ticket's answer goes back to the system that sent it, or was marked so by mistake
    "send_back": _move({S.ANSWERING, S.CLOSED}, SAME, {R.OFFICE}),
    "unsend": _move(frozenset(S), SAME, {R.OFFICE}),
    "recompute": _move(OPEN, SAME, {R.SYSTEM, R.OFFICE, R.CHIEF}),
    "remind": _move(OPEN - {S.ANSWERING}, SAME, {R.REPORTER}),
    "supervise": _move(OPEN, SAME, {R.CHIEF, R.ABOVE}, reason=True),
}

# A closed matter can be reopened by its reporter only after these endings.
REOPENABLE = frozenset({"solved", "explained", "unreachable", "outside"})


class Refusal(StrEnum):
    """Why a move is refused."""

    UNKNOWN = "unknown"
    STATUS = "status"
    ROLE = "role"
    REASON = "reason"


def refusal(verb: str, status: str, roles: frozenset[str], words: str = "") -> Refusal | None:
    """Say why ``verb`` is refused, or None when it is allowed.

    ``roles`` are the actor's roles in this matter; any one that the move names is enough. The role
    is asked first, so that a stranger learns nothing of the status.
    """
    move = MOVES.get(verb)
    if move is None:
        return Refusal.UNKNOWN
    if not move.who & roles:
        return Refusal.ROLE
    if status not in move.start:
        return Refusal.STATUS
    if move.reason and not words.strip():
        return Refusal.REASON
    return None


def after(verb: str, status: str) -> str:
    """Return the status after an allowed ``verb``; raises ``KeyError`` for unknown verbs."""
    end = MOVES[verb].end
    return status if end is None else end.value


def verbs_for(status: str, roles: frozenset[str]) -> list[str]:
    """Return the verbs these roles may use in this status, in the table's order."""
    return [v for v, m in MOVES.items() if status in m.start and m.who & roles]


def after_handling(*, self_handled: bool, needs_check: bool) -> S:
    """Return the status after somebody says "done".

    Small things solved where they are need no second visit: a leader's own handling goes straight
    to the resident, unless the category asks for verification on the spot.
    """
    return S.ANSWERING if self_handled and not needs_check else S.CHECKING


def reached_enough(tries: list[date], *, needed: int) -> bool:
    """Tell whether ``needed`` failed tries lie on as many different days."""
    return len(set(tries)) >= needed


def public_state(status: str, ending: str) -> str:
    """Return which of the states a resident sees."""
    if status == S.CLOSED:
        if ending == "outside":
            return "outside"
        return "solved" if ending == "solved" else "ended"
    if status == S.ANSWERING:
        return "answer"
    return "received" if status == S.SUBMITTED else "handling"


TOO_FEW = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with its denominator; ``judged`` is False below ``TOO_FEW``."""

    part: int
    whole: int
    excluded: dict[str, int]

    @property
    def judged(self) -> bool:
        """Tell whether there are enough cases to speak of a rate."""
        return self.whole >= TOO_FEW

    @property
    def percent(self) -> int | None:
        """Return the rounded percentage, or None when there are too few to judge."""
        return round(100 * self.part / self.whole) if self.judged else None
