"""Synthetic matters as rows: the histories of ``histories``, at places and with holders."""

import json
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple

from liren.base.calendar import WorkingCalendar
from liren.base.working_time import Deadline, Unit
from liren.matters import rules
from liren.matters.actions.reporting import REOPEN_DAYS
from liren.matters.models import (
    Category,
    Entry,
    Extension,
    Follower,
    Link,
    Matter,
    SearchWords,
    Whistle,
)
from liren.matters.search import vector

from . import shape, words
from .copying import NULL, Table, escaped, moment
from .ground import BY, Community, Entrance, Seat
from .histories import LOCAL, Frame, Step, history

BATCH: Final = 20_000
ENDINGS: Final = {
    "withdraw": "withdrawn",
    "refer_outside": "outside",
    "close_unreachable": "unreachable",
    "merge": "merged",
}
ORIGINS: Final = (
    *("web",) * 50,
    *("qr",) * 18,
    *("phone",) * 12,
    *("door",) * 8,
    *("station",) * 5,
    *("paper",) * 3,
    *("hotline",) * 4,
)
# Which holders a line has from each level up: unit, building, grid, community, secretary, officer.
FROM: Final = {"unit": 0, "building": 1, "grid": 2, "community": 3, "subdistrict": 5}


@dataclass(frozen=True, slots=True)
class Kind:
    """A category as this module needs it."""

    id: str
    key: str
    start: int
    accept: tuple[int, Unit]
    handle: tuple[int, Unit]
    check: bool


class Limit(NamedTuple):
    """A deadline, with its skipped days as COPY reads them."""

    at: datetime
    provisional: bool
    skipped: str

    @classmethod
    def of(cls, found: Deadline) -> "Limit":
        """Return what a computed deadline is here."""
        days = "{" + ",".join(day.isoformat() for day in found.skipped) + "}"
        return cls(found.at.astimezone(LOCAL), found.provisional, days)


@dataclass(slots=True)
class Open:
    """A matter that a later report may be merged into."""

    id: str
    number: str
    until: datetime
    place: str


class Casebook:
    """Makes the rows of matters, batch by batch."""

    def __init__(
        self, communities: list[Community], kinds: list[Kind], *, seed: int, today: date, days: int
    ) -> None:
        self.rng = Random(f"matters {seed}")
        self.communities = communities
        self.days = days
        # The morning the day begins: nothing is reported in the future.
        self.now = datetime(today.year, today.month, today.day, tzinfo=LOCAL)
        # Bigger and livelier communities report more.
        self.weights = list(
            accumulate(len(one.entrances) * self.rng.lognormvariate(0, 0.5) for one in communities)
        )
        self.kinds = {kind.key: kind for kind in kinds}
        self.warm = self._drawable(winter=False)
        self.cold = self._drawable(winter=True)
        self.calendar = WorkingCalendar()
        self._due: dict[tuple[date, int], Limit] = {}
        self.open: dict[tuple[str, str], Open] = {}
        self.serial = 0
        at, track = self.now, {"changed_why": f"synthetic, seed {seed}"}
        self.matter = Table(
            Matter,
            at,
            *("id", "community", "number", "place_id", "place_code", "category_id", "text"),
            *("origin", "reporter_id", "recorded_by_id", "shielded", "status", "ending"),
            *("holder_id", "reported_at", "accept_by", "due", "first_due", "due_provisional"),
            *("due_skipped", "accepted_at", "handled_at", "verified_at", "closed_at"),
            *("reopen_until", "suspended_at", "suspend_cause", "reopened", "followers"),
            *("reminders", "last_reminded_at", "solved", "satisfied", "rating_why"),
            *("outside_authority", "result", "result_kind", "version", "changed_at"),
            synthetic="t",
            changed_by=BY,
            **track,
        )
        self.entry = Table(
            Entry,
            at,
            *("id", "community", "place_code", "matter_id", "at", "verb", "status", "version"),
            *("by", "by_role", "by_post_id", "to_post_id", "text", "data", "internal"),
        )
        self.words = Table(SearchWords, at, "matter_id", "place_code", "tokens")
        self.follower = Table(
            Follower, at, "id", "community", "place_code", "matter_id", "person_id", "at"
        )
        self.link = Table(
            Link,
            at,
            *("id", "community", "kind", "source_id", "target_id", "before"),
            changed_by=BY,
            **track,
        )
        self.whistle = Table(
            Whistle,
            at,
            *("id", "community", "place_code", "matter_id", "blown_by_id", "called_id", "ask"),
            *("state", "at", "acknowledge_by", "acknowledged_at", "arrived_at", "ended_at"),
            *("dispute", "decision", "decided_by"),
            changed_by=BY,
            **track,
        )
        self.extension = Table(
            Extension,
            at,
            *("id", "community", "place_code", "matter_id", "asked_by", "asked_by_post_id"),
            *("working_days", "reason", "asked_at", "granted", "decided_by", "decided_at"),
            changed_by=BY,
            **track,
        )
        self.rows: dict[str, list[str]] = {}

    def tables(self) -> list[Table]:
        """Return the tables in the order in which rows may be loaded."""
        return [
            self.matter,
            self.entry,
            self.words,
            self.follower,
            self.link,
            self.whistle,
            self.extension,
        ]

    def batches(self, count: int) -> Iterator[dict[str, list[str]]]:
        """Yield the rows of ``count`` matters, oldest first, a batch at a time."""
        rng, span = self.rng, self.days * 86_400
        self.rows = {table.name: [] for table in self.tables()}
        for n in range(count):
            # Oldest first, so that rows lie on disk as they would have come in.
            at = self.now - timedelta(seconds=span * (1 - (n + rng.random()) / count))
            self.one(at.replace(microsecond=rng.randrange(1000) * 1000))
            if (n + 1) % BATCH == 0 or n + 1 == count:
                yield self.rows
                self.rows = {table.name: [] for table in self.tables()}

    def _drawable(self, *, winter: bool) -> tuple[list[Kind], list[int]]:
        kinds, sums = [], []
        for key, weight in words.WEIGHTS.items():
            if key not in self.kinds:
                continue
            factor = (4 if winter else 0) if key in words.WINTER else 1
            kinds.append(self.kinds[key])
            sums.append(weight * factor)
        return kinds, list(accumulate(sums))

    def new(self, at: datetime) -> str:
        """Return an identity of a moment."""
        return shape.ident(self.rng, int(at.timestamp() * 1000))

    def put(self, table: Table, *values: str) -> None:
        """Keep a row."""
        self.rows[table.name].append(table.line(*values))

    def due(self, start: datetime, limit: tuple[int, Unit]) -> Limit:
        """Return a limit as the engine computes it."""
        if limit[1] is not Unit.WORKING_DAYS:
            return Limit.of(self.calendar.due_after(start, *limit))
        # Whole days do not depend on the hour.
        key = (start.date(), limit[0])
        found = self._due.get(key)
        if found is None:
            found = self._due[key] = Limit.of(self.calendar.due_after(start, *limit))
        return found

    # -- one matter -------------------------------------------------------------------------------

    def one(self, at: datetime) -> None:
        """Make one matter reported at ``at`` and everything that hangs on it."""
        rng = self.rng
        community = self.communities[_draw(rng, self.weights)]
        entrance = community.entrances[int(rng.random() * len(community.entrances))]
        cold = at.month in (11, 12, 1, 2, 3)
        kinds, sums = self.cold if cold else self.warm
        kind = kinds[_draw(rng, sums)]
        seats = holders(community, entrance, kind.start)
        steps = history(
            rng,
            Frame(
                key=kind.key,
                at=at,
                now=self.now,
                heights=len(seats) - 1,
                check=kind.check,
                departments=bool(community.departments),
            ),
        )
        _Writer(self, community, entrance, kind, seats, steps).write()


def _draw(rng: Random, sums: "list[float] | list[int]") -> int:
    return bisect(sums, rng.random() * sums[-1])


def holders(community: Community, entrance: Entrance, start: int) -> list[Seat]:
    """Return who answers for a need at an entrance, nearest first, from a level of the line."""
    line = (*entrance.seats, community.worker, community.secretary, community.officer)
    return [seat for seat in line[start:] if seat is not None]


class _Writer:
    """Writes one matter's rows while walking its steps."""

    def __init__(
        self,
        book: Casebook,
        community: Community,
        entrance: Entrance,
        kind: Kind,
        seats: list[Seat],
        steps: list[Step],
    ) -> None:
        self.book, self.rng = book, book.rng
        self.community, self.entrance = community, entrance
        self.kind, self.seats, self.steps = kind, seats, steps
        self.at = steps[0].at
        self.id = book.new(self.at)
        book.serial += 1
        day = self.at
        stamp = (day.year % 100 * 100 + day.month) * 100 + day.day
        self.number = f"{stamp:06d}{book.serial % 1_000_000:06d}"
        self.status, self.ending = "submitted", ""
        self.holder = seats[0]
        self.shielded = self.rng.random() < 0.03
        residents = community.residents
        self.reporter = (
            residents[int(self.rng.random() * len(residents))]
            if residents and self.rng.random() < 0.7
            else None
        )
        self.origin = ORIGINS[int(self.rng.random() * len(ORIGINS))]
        self.recorded = self.origin not in ("web", "qr")
        self.when: dict[str, datetime | None] = {}
        self.reopened = self.reminders = 0
        self.solved: bool | None = None
        self.satisfied = self.why = self.result = self.result_kind = ""
        self.outside = self.cause = ""
        self.limit = book.due(self.at, kind.handle)
        self.first_due = self.limit.at
        self.accept_by = min(book.due(self.at, kind.accept).at, self.first_due)
        self.whistle: dict[str, str] | None = None
        self.extension: dict[str, str] | None = None

    def write(self) -> None:
        """Walk the steps, then write the matter itself and its words."""
        merged = None if self.shielded else self._merge_with()
        for version, step in enumerate(self.steps, start=1):
            self._step(version, step)
        if merged is not None:
            self._merge(merged)
        self._close_side_rows()
        self._matter()
        book = self.book
        book.put(book.words, self.id, self.entrance.code, vector(self.text))
        if self.shielded or self.ending == "merged":
            return
        until = self.when.get("closed") or book.now
        book.open[self.community.code, self.kind.key] = Open(
            self.id, self.number, until, self.entrance.code
        )

    # -- steps ------------------------------------------------------------------------------------

    def _step(self, version: int, step: Step) -> None:
        verb = step.verb
        to_post: Seat | None = None
        if verb == "report":
            self.text = words.need(self.rng, self.kind.key)
            to_post = self.holder
            step.data = {"origin": self.origin}
        else:
            self._apply(step)
        if verb == "pass_up":
            self.holder = self.seats[step.height + 1]
            to_post = self.holder
        elif self.whistle and verb in ("whistle", "acknowledge", "arrive", "dispute"):
            to_post = Seat(self.whistle["called"], "", "")
        by, post = self._who(step.who)
        book = self.book
        book.put(
            book.entry,
            book.new(step.at),
            self.community.code,
            self.entrance.code,
            self.id,
            moment(step.at),
            verb,
            self.status,
            str(version),
            by,
            step.who,
            post or NULL,
            to_post.post if to_post else NULL,
            escaped(step.words),
            escaped(_encode(step.data)) if step.data else "{}",
            "t" if step.internal else "f",
        )

    def _who(self, role: str) -> tuple[str, str | None]:
        if role == "reporter":
            if self.recorded and self.community.worker and not self.reporter:
                return _person(self.community.worker), self.community.worker.post
            return (f"person:{dashed(self.reporter)}" if self.reporter else "anonymous"), None
        if role == "called" and self.whistle:
            return self.whistle["by"], self.whistle["called"]
        seat = self.holder
        if role == "office":
            seat = self.community.worker or seat
        elif role == "chief":
            seat = self.community.secretary or seat
        elif role == "above":
            seat = self.community.officer or seat
        return _person(seat), seat.post

    def _apply(self, step: Step) -> None:
        """Change the matter in the making as the engine would."""
        verb, at = step.verb, step.at
        before = self.status
        self.status = rules.after(verb, self.status)
        if verb == "accept":
            self.when.setdefault("accepted", at)
        elif verb in ("handle", "explain"):
            self.when.setdefault("accepted", at)
            if verb == "handle":
                own = step.who == "holder" and before != "whistled"
                self.status = rules.after_handling(self_handled=own, needs_check=self.kind.check)
            self.when["handled"] = at
            self.result = step.words
            self.result_kind = "handled" if verb == "handle" else "explained"
            if verb == "handle" and self.whistle:
                self._end_whistle("done", at)
        elif verb == "verify":
            self.when["verified"] = at
        elif verb == "verify_failed":
            self.when["handled"] = None
        elif verb == "whistle":
            self.when.setdefault("accepted", at)
            self._blow(step)
        elif verb in ("acknowledge", "arrive", "dispute", "uphold", "reject_dispute"):
            self._whistled(step)
        elif verb == "suspend":
            self.when["suspended"], self.cause = at, str(step.data["cause"])
        elif verb == "resume":
            self._resume(step)
        elif verb in ("ask_extension", "grant_extension", "refuse_extension"):
            self._extend(step)
        elif verb == "remind":
            self.reminders += 1
            self.when["reminded"] = at
        elif verb in ("answer_solved", "answer_not_solved"):
            self._answer(step)
        elif verb == "reopen":
            self._reopen(step)
        elif verb == "refer_outside":
            self.outside, self.result = str(step.data["authority"]), step.words
        if verb in ENDINGS:
            self._close(ENDINGS[verb], at)

    def _answer(self, step: Step) -> None:
        self.solved = step.verb == "answer_solved"
        self.satisfied, self.why = str(step.data.get("satisfied", "")), step.words
        step.data = {"solved": self.solved, "satisfied": self.satisfied}
        if self.solved:
            self._close("explained" if self.result_kind == "explained" else "solved", step.at)
        else:
            self.reopened += 1
            self.when["handled"] = self.when["verified"] = None

    def _reopen(self, step: Step) -> None:
        self.ending, self.solved = "", False
        self.when["closed"] = self.when["handled"] = self.when["verified"] = None
        self.when["until"] = None
        self.reopened += 1
        self.limit = self.book.due(step.at, self.kind.handle)

    def _resume(self, step: Step) -> None:
        stood = self.when["suspended"]
        assert stood is not None
        step.data = {"due_before": self.limit.at.isoformat()}
        days = [date.fromisoformat(d) for d in self.limit.skipped.strip("{}").split(",") if d]
        before = Deadline(self.limit.at, self.limit.provisional, tuple(days))
        unit = self.kind.handle[1]
        self.limit = Limit.of(self.book.calendar.extend(before, [(stood, step.at)], unit))
        self.when["suspended"], self.cause = None, ""

    def _extend(self, step: Step) -> None:
        book, by = self.book, self._who(step.who)
        if step.verb == "ask_extension":
            days = int(step.data["days"])
            step.data = {"days": days}
            self.extension = {
                "by": by[0],
                "post": by[1] or NULL,
                "days": str(days),
                "reason": escaped(step.words),
                "at": moment(step.at),
            }
            return
        asked = self.extension
        assert asked is not None
        granted = step.verb == "grant_extension"
        if granted:
            before = self.limit.at
            self.limit = book.due(before, (int(asked["days"]), Unit.WORKING_DAYS))
            step.data = {
                "days": int(asked["days"]),
                "due_before": before.isoformat(),
                "due": self.limit.at.isoformat(),
            }
        self._put_extension("t" if granted else "f", by[0], moment(step.at))

    def _put_extension(self, granted: str, decided_by: str, decided_at: str) -> None:
        asked, book = self.extension, self.book
        assert asked is not None
        book.put(
            book.extension,
            book.new(self.at),
            self.community.code,
            self.entrance.code,
            self.id,
            asked["by"],
            asked["post"],
            asked["days"],
            asked["reason"],
            asked["at"],
            granted,
            decided_by,
            decided_at,
        )
        self.extension = None

    # -- whistles ---------------------------------------------------------------------------------

    def _blow(self, step: Step) -> None:
        called = self.rng.choice(self.community.departments)
        worker = self.community.worker or self.holder
        limit = self.book.due(step.at, (4, Unit.WORKING_HOURS)).at
        self.whistle = {
            "called": called.post,
            "by": _person(called),
            "blown": worker.post,
            "ask": escaped(step.words),
            "state": "sent",
            "at": moment(step.at),
            "limit": moment(limit),
            "acknowledged": NULL,
            "arrived": NULL,
            "dispute": "",
            "decision": "",
            "decided_by": "",
        }

    def _whistled(self, step: Step) -> None:
        whistle = self.whistle
        assert whistle is not None
        if step.verb == "acknowledge":
            whistle["state"], whistle["acknowledged"] = "acknowledged", moment(step.at)
        elif step.verb == "arrive":
            whistle["state"], whistle["arrived"] = "arrived", moment(step.at)
        elif step.verb == "dispute":
            whistle["state"], whistle["dispute"] = "disputed", escaped(step.words)
        else:
            whistle["state"] = "acknowledged"
            whistle["decision"] = escaped(step.words)
            whistle["decided_by"] = self._who("above")[0]
            if step.verb == "uphold":
                self._end_whistle("ended", step.at)

    def _end_whistle(self, state: str, at: datetime | None) -> None:
        whistle, book = self.whistle, self.book
        assert whistle is not None
        book.put(
            book.whistle,
            book.new(self.at),
            self.community.code,
            self.entrance.code,
            self.id,
            whistle["blown"],
            whistle["called"],
            whistle["ask"],
            state,
            whistle["at"],
            whistle["limit"],
            whistle["acknowledged"],
            whistle["arrived"],
            moment(at) if at else NULL,
            whistle["dispute"],
            whistle["decision"],
            whistle["decided_by"],
        )
        self.whistle = None

    def _close_side_rows(self) -> None:
        if self.whistle is not None:
            self._end_whistle(self.whistle["state"], None)
        if self.extension is not None:
            self._put_extension(NULL, "", NULL)

    # -- endings ----------------------------------------------------------------------------------

    def _close(self, ending: str, at: datetime) -> None:
        self.status, self.ending = "closed", ending
        self.when["closed"] = at
        self.when["until"] = (
            at + timedelta(days=REOPEN_DAYS) if ending in rules.REOPENABLE else None
        )

    def _merge_with(self) -> Open | None:
        """Return the matter this one duplicates, open at that moment; mostly None."""
        found = self.book.open.get((self.community.code, self.kind.key))
        if found is None or found.place[:15] != self.entrance.code[:15]:
            return None
        merged_at = self.at + timedelta(hours=2)
        if merged_at > min(self.book.now, found.until) or self.rng.random() < 0.5:
            return None
        del self.steps[1:]
        data = {"into": dashed(found.id), "number": found.number}
        self.steps.append(Step("merge", merged_at, "office", data=data))
        return found

    def _merge(self, into: Open) -> None:
        book = self.book
        before = {"status": "submitted", "holder": dashed(self.holder.post)}
        book.put(
            book.link,
            book.new(self.at),
            self.community.code,
            "duplicate_of",
            self.id,
            into.id,
            escaped(_encode(before)),
        )

    # -- the matter -------------------------------------------------------------------------------

    def _followers(self) -> int:
        """Make followers for some unshielded matters; return how many."""
        residents = self.community.residents
        if self.shielded or len(residents) < 20 or self.rng.random() > 0.06:
            return 0
        book = self.book
        chosen = {
            residents[int(self.rng.random() * len(residents))]
            for _ in range(self.rng.randint(1, 6))
        } - {self.reporter}
        for person in sorted(chosen):
            book.put(
                book.follower,
                book.new(self.at),
                self.community.code,
                self.entrance.code,
                self.id,
                person,
                moment(self.at),
            )
        return len(chosen)

    def _matter(self) -> None:
        book, when = self.book, self.when
        last = self.steps[-1].at

        def at(name: str) -> str:
            found = when.get(name)
            return moment(found) if found else NULL

        worker = self.community.worker
        book.put(
            book.matter,
            self.id,
            self.community.code,
            self.number,
            self.entrance.place,
            self.entrance.code,
            self.kind.id,
            self.text,
            self.origin,
            self.reporter or NULL,
            worker.post if self.recorded and worker else NULL,
            "t" if self.shielded else "f",
            self.status,
            self.ending,
            self.holder.post,
            moment(self.at),
            moment(self.accept_by),
            moment(self.limit.at),
            moment(self.first_due),
            "t" if self.limit.provisional else "f",
            self.limit.skipped,
            at("accepted"),
            at("handled"),
            at("verified"),
            at("closed"),
            at("until"),
            at("suspended"),
            self.cause,
            str(self.reopened),
            str(self._followers()),
            str(self.reminders),
            at("reminded"),
            NULL if self.solved is None else "t" if self.solved else "f",
            self.satisfied,
            self.why,
            self.outside,
            self.result,
            self.result_kind,
            str(len(self.steps)),
            moment(last),
        )


_encode = json.JSONEncoder(ensure_ascii=False).encode


def dashed(identity: str) -> str:
    """Return an identity's 32 signs as UUIDs are written."""
    i = identity
    return f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}"


def _person(seat: Seat) -> str:
    return f"person:{dashed(seat.person)}"


def kinds() -> list[Kind]:
    """Return the shipped categories in force."""
    return [
        Kind(
            id=row.pk.hex,
            key=row.key,
            start=FROM.get(row.start_level, 0),
            accept=(row.accept_within, Unit(row.accept_unit)),
            handle=(row.handle_within, Unit(row.handle_unit)),
            check=row.needs_check,
        )
        for row in Category.objects.filter(community="", current=True)
        .exclude(parent_key="")
        .order_by("key")
    ]
