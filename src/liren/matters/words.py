"""What a resident reads of a matter: five states, one promise, a timeline in plain words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liren.base import clock
from liren.base.calendar import PROVISIONAL, WorkingCalendar
from liren.base.humanise import say_deadline, say_when
from liren.look.parts import Entry as Line
from liren.look.parts import Photo

from . import rules
from .enums import Ending, Origin, Status, SuspendCause, Verb
from .kinds import kind_name
from .mine import building_name
from .models import Attachment, Entry, Matter

PILLS = {
    "received": "received",
    "handling": "doing",
    "answer": "confirm",
    "solved": "solved",
    "outside": "elsewhere",
    "ended": "stopped",
}


@dataclass(frozen=True, slots=True)
class State:
    """A pill: its kind in ``look`` and, where the usual word does not fit, another one."""

    kind: str
    word: str = ""


def state_of(matter: Matter, *, own: bool = True) -> State:
    """Return which of the five states a resident sees. ``own`` is for whoever reported it: nobody
    else is told that their confirmation is waited for.
    """
    public = rules.public_state(matter.status, matter.ending)
    if public == "ended":
        words = {
            Ending.WITHDRAWN: pgettext("resident", "Withdrawn"),
            Ending.MERGED: _("Joined with a neighbour's"),
            Ending.EXPLAINED: pgettext("resident", "Explained"),
            Ending.UNREACHABLE: _("Closed, you were not reached"),
        }
        return State("off", words.get(Ending(matter.ending), pgettext("resident", "Ended")))
    if public == "answer" and not own:
        return State(PILLS[public], str(Status(matter.status).label))
    return State(PILLS[public])


def title_of(matter: Matter, *, own: bool) -> str:
    """Return a matter in a line: the reporter's own words, or its kind and building for others."""
    if own and matter.text.strip():
        first = matter.text.strip().splitlines()[0]
        return first if len(first) <= 32 else first[:31] + "…"
    kind = kind_of(matter)
    return f"{kind} · {building_name(matter.place)}"


def kind_of(matter: Matter) -> str:
    """Return the name of the category, or that there is none yet."""
    return kind_name(matter.category) if matter.category else _("A need")


# -- the promise -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Promise:
    """Who has it now and until when, for the promise card."""

    say: str
    left: str = ""
    tone: str = "now"
    note: str = ""


def promise_of(
    matter: Matter,
    calendar: WorkingCalendar,
    *,
    called: str = "",
    done_by: str = "",
    own: bool = True,
) -> Promise:
    """Return the promise card of a matter: always who has it and until when, also when late.

    ``called``: the post that was called in (``mine.called``); ``done_by``: the post that said it
    is done (``mine.done_by``), which need not be the one that has it.
    """
    who = called or (matter.holder.title if matter.holder else _("The community office"))
    if matter.status == Status.CLOSED:
        return _ending(matter, own)
    if matter.status == Status.ANSWERING:
        say = (
            _("%(who)s says it is done. Is it solved?")
            if matter.result_kind == "handled"
            else _("%(who)s has explained it. Can you accept that?")
        )
        return Promise(say % {"who": done_by or who}, _("Your answer closes it or sends it back."))
    if matter.status == Status.SUSPENDED:
        why = SuspendCause(matter.suspend_cause).label if matter.suspend_cause else ""
        if matter.suspend_until:
            left = _("Goes on by %(when)s at the latest.") % {
                "when": say_when(matter.suspend_until)
            }
        else:
            left = _("The time it stands still is added to the promised time.")
        return Promise(_("On hold: %(why)s") % {"why": why}, left, tone="off")
    now = clock.now()
    due = matter.due
    if due is None:
        return Promise(_("%(who)s has it") % {"who": who})
    if due < now:
        return Promise(
            _("%(who)s is late: it was promised by %(when)s") % {"who": who, "when": say_when(due)},
            _("You can remind them; the community office sees that it is late."),
            tone="bad",
        )
    left = say_deadline(due, now, calendar=calendar)
    if matter.status == Status.CHECKING:
        return Promise(
            _("%(who)s says it is done; the community office is checking on the spot")
            % {"who": done_by or who},
            left,
        )
    if matter.status == Status.SUBMITTED and matter.accept_by and matter.accept_by >= now:
        say = _("%(who)s takes it on by %(accept)s") % {
            "who": who,
            "accept": say_when(matter.accept_by),
        }
        done = _("Done by %(due)s; %(left)s") % {"due": say_when(due), "left": left}
        return Promise(say, done)
    return Promise(_("%(who)s has it done by %(due)s") % {"who": who, "due": say_when(due)}, left)


def provisional_note(matter: Matter) -> str:
    """Return the note that a promised date may still move, or ""."""
    if matter.due_provisional and matter.status != Status.CLOSED:
        return str(PROVISIONAL)
    return ""


def _ending(matter: Matter, own: bool) -> Promise:
    ending = matter.ending
    if ending == Ending.SOLVED:
        say = _("Solved, as you said") if own else pgettext("resident", "Solved")
        return Promise(say, tone="ok")
    if ending == Ending.OUTSIDE:
        return Promise(
            _("Not ours to decide. Responsible is: %(who)s") % {"who": matter.outside_authority},
            tone="off",
        )
    if ending == Ending.WITHDRAWN:
        return Promise(
            _("You have withdrawn it") if own else pgettext("resident", "Withdrawn"), tone="off"
        )
    if ending == Ending.MERGED:
        return Promise(
            _("A neighbour reported the same; both go on together"),
            _("You follow the other one and hear how it goes."),
            tone="off",
        )
    if ending == Ending.UNREACHABLE:
        return Promise(_("Closed, because you could not be reached"), tone="off")
    return Promise(
        _("Explained, and you accepted it") if own else pgettext("resident", "Explained"), tone="ok"
    )


# -- the timeline ------------------------------------------------------------------------------

# %(by)s is the post that did it, %(to)s the post it went to.
SAYS = {
    Verb.ACCEPT: lambda: _("%(by)s took it on"),
    Verb.PASS_UP: lambda: _("%(by)s cannot solve it alone and passed it to %(to)s"),
    Verb.ASSIGN: lambda: _("Sent to %(to)s"),
    Verb.CATEGORISE: lambda: _("Now counted as: %(kind)s"),
    Verb.WHISTLE: lambda: _("%(by)s called in %(to)s"),
    Verb.ACKNOWLEDGE: lambda: _("%(by)s heard the call"),
    Verb.ARRIVE: lambda: _("%(by)s is on the spot"),
    Verb.RECALL: lambda: _("%(by)s took it back from the department"),
    Verb.SUSPEND: lambda: _("On hold: %(cause)s"),
    Verb.RESUME: lambda: _("It goes on"),
    Verb.GRANT_EXTENSION: lambda: _("More time was granted: %(days)s working days"),
    Verb.HANDLE: lambda: _("%(by)s says it is done"),
    Verb.EXPLAIN: lambda: _("%(by)s explained why no more can be done"),
    Verb.VERIFY: lambda: _("Checked on the spot: it is done"),
    Verb.VERIFY_FAILED: lambda: _("Checked on the spot: it is not done yet"),
    Verb.CLOSE_UNREACHABLE: lambda: _("Closed: the reporter was not reached on three days"),
    Verb.REFER_OUTSIDE: lambda: _("Not ours to decide; responsible is %(authority)s"),
    Verb.MERGE: lambda: _("Joined with the same matter of a neighbour (%(number)s)"),
    Verb.UNMERGE: lambda: _("Goes on by itself again"),
    Verb.SPLIT: lambda: _("A part of it is handled by itself"),
    Verb.COMMENT: lambda: _("%(by)s writes"),
    Verb.ERASE: lambda: _("Personal data was removed"),
}
MINE = {
    Verb.REPORT: lambda: _("You reported it; it went to %(to)s"),
    Verb.ANSWER_SOLVED: lambda: _("You say: solved"),
    Verb.ANSWER_NOT_SOLVED: lambda: _("You say: not solved"),
    Verb.WITHDRAW: lambda: _("You withdrew it"),
    Verb.REOPEN: lambda: _("You reopened it"),
    Verb.ADD: lambda: _("You added something"),
    Verb.REMIND: lambda: _("You reminded them"),
    Verb.RATE: lambda: _("You rated it"),
    Verb.REVEAL: lambda: _("%(by)s looked at your telephone number"),
}
THEIRS = {
    Verb.REPORT: lambda: _("A neighbour reported it; it went to %(to)s"),
    Verb.ANSWER_SOLVED: lambda: _("The reporter says: solved"),
    Verb.ANSWER_NOT_SOLVED: lambda: _("The reporter says: not solved"),
    Verb.WITHDRAW: lambda: _("The reporter withdrew it"),
    Verb.REOPEN: lambda: _("The reporter reopened it"),
    Verb.ADD: lambda: _("The reporter added something"),
    Verb.REMIND: lambda: _("The reporter reminded them"),
}
# Written down by a worker or a leader for somebody without a phone; equal rights all the same.
WRITTEN_DOWN = {
    Origin.PHONE,
    Origin.PAPER,
    Origin.DOOR,
    Origin.STATION,
    Origin.HOTLINE,
}
GOOD = {Verb.HANDLE, Verb.VERIFY, Verb.ANSWER_SOLVED}
BAD = {Verb.ANSWER_NOT_SOLVED, Verb.VERIFY_FAILED}
# What the reporter wrote is theirs: neighbours who follow read only what was done.
PRIVATE = {rules.R.REPORTER.value}


def timeline_of(
    matter: Matter,
    entries: Sequence[Entry],
    photos: Mapping[UUID | None, Sequence[Attachment]],
    *,
    own: bool,
    speakers: Mapping[str, str] | None = None,
) -> list[Line]:
    """Return the timeline in plain words, newest first. ``own``: for the reporter's eyes.

    ``speakers``: the names of those who spoke for the reporter (``mine.speakers``).
    """
    lines = []
    for entry in entries:
        verb = Verb(entry.verb)
        say = (MINE if own else THEIRS).get(verb) or SAYS.get(verb)
        if say is None:
            continue
        if verb == Verb.REPORT and own:
            say = _reported(entry)
        private = entry.by_role in PRIVATE and not own
        lines.append(
            Line(
                what=say() % _named(entry),
                at=entry.at,
                who=_spoken_for(matter, entry, speakers or {}) if own else "",
                said="" if private else entry.text,
                state=_shape(verb),
                photos=[] if private else _photos(matter, photos.get(entry.pk, ())),
            )
        )
    if lines and matter.status != Status.CLOSED:
        lines[-1] = replace(lines[-1], state="now")
    return lines[::-1]


def _reported(entry: Entry) -> Callable[[], str]:
    origin = entry.data.get("origin") if isinstance(entry.data, dict) else ""
    if origin in WRITTEN_DOWN:
        return lambda: _("%(by)s wrote it down for you (%(origin)s); it went to %(to)s")
    if origin == Origin.LEADER:
        return lambda: _("%(by)s noticed it; it went to %(to)s")
    return MINE[Verb.REPORT]


def _spoken_for(matter: Matter, entry: Entry, speakers: Mapping[str, str]) -> str:
    """Say that somebody with the reporter's mandate did it."""
    if entry.by_role != rules.R.REPORTER or not entry.by.startswith("person:"):
        return ""
    if entry.by_post_id is not None or entry.by == f"person:{matter.reporter_id}":
        return ""
    if not matter.reporter_id:
        return ""
    name = speakers.get(entry.by)
    return _("%(who)s, under a mandate") % {"who": name} if name else _("under a mandate")


def _shape(verb: Verb) -> str:
    return "ok" if verb in GOOD else "bad" if verb in BAD else ""


def _named(entry: Entry) -> dict[str, str]:
    office = _("The community office")
    data = entry.data if isinstance(entry.data, dict) else {}
    cause = str(data.get("cause", ""))
    origin = str(data.get("origin", ""))
    return {
        "by": entry.by_post.title if entry.by_post else office,
        "to": entry.to_post.title if entry.to_post else office,
        "origin": str(Origin(origin).label) if origin in Origin.values else "",
        "kind": str(data.get("to", "")),
        "cause": str(SuspendCause(cause).label) if cause in SuspendCause.values else cause,
        "days": str(data.get("days", "")),
        "authority": str(data.get("authority", "")),
        "number": str(data.get("number", "")),
    }


def _photos(matter: Matter, rows: Sequence[Attachment]) -> list[Photo]:
    return [
        Photo(
            url=reverse("matters:photo", args=[matter.community, matter.pk, row.pk, "full"]),
            thumb=reverse("matters:photo", args=[matter.community, matter.pk, row.pk, "small"]),
            alt=_("Photo %(n)d") % {"n": number},
        )
        for number, row in enumerate(rows, start=1)
    ]
