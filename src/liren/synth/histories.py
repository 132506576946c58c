"""What happens to a matter from its report to its ending: plausible, seeded, by the rules.

A history is a list of steps that the table of moves (``matters.rules.MOVES``) allows one after the
other; whatever would lie after ``now`` has not happened yet, which leaves matters in every state.
Pure: no database. ``synth`` writes the steps down as rows, the demonstration plays them through
the actions.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from . import words

# China has had one zone and no summer time since 1992; a fixed offset is much the fastest.
LOCAL = timezone(timedelta(hours=8))
# A thousand draws of how much longer or shorter than usual something takes.
_SOURCE = Random("waiting times")
_SPREAD = [_SOURCE.lognormvariate(0, 0.8) for _ in range(1000)]


@dataclass(slots=True)
class Step:
    """One change: who is the role as in the rules; ``height`` counts the holders passed so far."""

    verb: str
    at: datetime
    who: str
    words: str = ""
    height: int = 0
    internal: bool = False
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a history depends on.

    ``heights``: how many holders the line has above the first. ``departments``: whether anybody
    can be whistled for. ``check``: the category wants a look on the spot.
    """

    key: str
    at: datetime
    now: datetime
    heights: int
    check: bool
    departments: bool = True


class _End(Exception):  # noqa: N818 - no error: the story has reached the present
    pass


def awake(rng: Random, at: datetime) -> datetime:
    """Move a moment of the night to the next morning: nobody works at three."""
    local = at if at.tzinfo is LOCAL else at.astimezone(LOCAL)
    if 8 <= local.hour < 19:
        return at
    day = local if local.hour < 8 else local + timedelta(days=1)
    return day.replace(hour=8, minute=30) + timedelta(seconds=int(rng.random() * 7200))


class _Story:
    def __init__(self, rng: Random, frame: Frame) -> None:
        self.rng = rng
        self.frame = frame
        self.at = frame.at
        self.height = 0
        self.steps = [Step("report", frame.at, "reporter")]

    def chance(self, percent: float) -> bool:
        return self.rng.random() * 100 < percent

    def wait(self, hours: float) -> None:
        """Let about so many hours pass (some much longer)."""
        spent = _SPREAD[int(self.rng.random() * 1000)] * hours
        self.at = awake(self.rng, self.at + timedelta(hours=spent))

    def do(
        self,
        verb: str,
        who: str,
        text: str = "",
        *,
        internal: bool = False,
        **data: Any,
    ) -> None:
        if self.at > self.frame.now:
            raise _End
        self.steps.append(Step(verb, self.at, who, text, self.height, internal, data))

    def say(self, among: tuple[str, ...]) -> str:
        return words.said(self.rng, among)

    # -- the parts of a story -------------------------------------------------------------------

    def run(self) -> None:
        if self.chance(3):
            self.wait(10)
            return self.do("withdraw", "reporter", self.say(words.WITHDRAWN))
        if self.chance(2):
            # Nobody moves: what a supervisor ought to find.
            if self.chance(40):
                self.wait(60)
                self.do("remind", "reporter")
            return None
        self.reach()
        if self.chance(4):
            self.wait(5)
            return self.do(
                "refer_outside", "office", self.say(words.OUTSIDE), authority="市政设施养护单位"
            )
        if self.chance(12):
            self.wait(20)
            self.do("comment", "holder", self.say(words.NOTED), internal=self.chance(50))
        self.work()
        self.settle()
        return None

    def reach(self) -> None:
        self.wait(3)
        if self.chance(80):
            self.do("accept", "holder")
        while self.height < self.frame.heights and self.chance(26):
            self.wait(6)
            self.do("pass_up", "holder", self.say(words.PASSED_UP))
            self.height += 1
            self.wait(4)
            self.do("accept", "holder")
        if self.steps[-1].verb == "report":
            self.do("accept", "holder")

    def work(self) -> None:
        if self.chance(5):
            self.wait(24)
            self.do("add", "reporter", self.say(words.ADDED))
        if self.chance(5):
            self.wait(30)
            self.do("remind", "reporter")
        if self.chance(2):
            self.wait(20)
            self.do("supervise", "chief", self.say(words.SUPERVISED), internal=True)
        if self.chance(3):
            cause = self.rng.choice(sorted(words.SUSPENDED))
            self.wait(10)
            self.do("suspend", "office", self.say(words.SUSPENDED[cause]), cause=cause, until="")
            self.wait(200)
            self.do("resume", "office")
        if self.chance(4):
            self.wait(30)
            self.do(
                "ask_extension",
                "holder",
                self.say(words.EXTEND),
                internal=True,
                days=self.rng.choice((2, 3, 5, 7)),
            )
            self.wait(6)
            if self.chance(80):
                self.do("grant_extension", "chief")
            else:
                self.do("refuse_extension", "chief", "请先用现有的人手处理。", internal=True)
        if self.frame.departments and self.chance(8) and self.whistled():
            return
        if self.chance(5):
            self.wait(60)
            return self.do("explain", "office", self.say(words.EXPLAINED))
        self.handled("holder")

    def whistled(self) -> bool:
        """Whistle; tell whether the department did the work."""
        self.wait(5)
        self.do("whistle", "office", self.say(words.WHISTLED))
        self.wait(3)
        self.do("acknowledge", "called")
        if self.chance(14):
            self.wait(8)
            self.do("dispute", "called", self.say(words.DISPUTED), internal=True)
            self.wait(16)
            if self.chance(45):
                self.do("uphold", "above", self.say(words.DECIDED_UPHELD), internal=True)
                return False
            self.do("reject_dispute", "above", self.say(words.DECIDED_REJECTED), internal=True)
        self.wait(8)
        self.do("arrive", "called")
        self.handled("called")
        return True

    def handled(self, who: str) -> None:
        self.wait(24)
        self.do("handle", who, words.result(self.rng, self.frame.key))
        if who == "called" or self.frame.check:
            self.wait(8)
            if self.chance(8):
                self.do("verify_failed", "office", self.say(words.VERIFIED_NOT))
                return self.handled("holder")
            self.do("verify", "office")
        return None

    def settle(self) -> None:
        self.wait(10)
        if self.chance(18):
            for _ in range(3):
                self.do("try_reach", "office", internal=True)
                self.at = awake(self.rng, self.at + timedelta(hours=24))
            return self.do("close_unreachable", "office")
        if self.chance(9):
            self.do("answer_not_solved", "reporter", self.say(words.NOT_SOLVED), satisfied="no")
            self.handled("holder")
            self.wait(10)
        mood = self.rng.random()
        satisfied = "yes" if mood < 0.84 else "soso" if mood < 0.96 else "no"
        text = self.say(words.THANKS if satisfied == "yes" else words.NOT_HAPPY)
        self.do("answer_solved", "reporter", text, satisfied=satisfied)
        if self.chance(2):
            # Within the fifteen days in which it may be reopened.
            self.at = awake(self.rng, self.at + timedelta(days=self.rng.randint(2, 13)))
            self.do("reopen", "reporter", self.say(words.REOPENED))
            self.handled("holder")
            self.wait(10)
            self.do("answer_solved", "reporter", satisfied="soso")
        return None


def history(rng: Random, frame: Frame) -> list[Step]:
    """Return what has happened to one matter until now, the report first."""
    story = _Story(rng, frame)
    with suppress(_End):
        story.run()
    return story.steps
