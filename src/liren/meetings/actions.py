"""Writes of meetings: called, moved, called off; who was there; minutes; decisions."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.humanise import say_exactly
from liren.base.text import clean_line, clean_text
from liren.matters import actions as matters
from liren.matters.enums import Origin
from liren.matters.models import Matter
from liren.notifications.actions import Message, notify
from liren.organisation.models import Organisation, Post
from liren.organisation.queries import seats_of

from . import queries, rules
from .enums import MeetingKind, MinutesKind, Presence, State
from .models import Decision, Item, Meeting, Member, Minutes

ITEMS_MAX = 20
DECISIONS_MAX = 30
MINUTES_MAX = 20_000
GUESTS_MAX = 2000
AHEAD_DAYS = 366
NOTICE_MAX = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """What a meeting is called with.

    ``starts`` is aware. ``quorum``: (part, whole, more than) or None. ``notice_days`` before the
    meeting everybody is to know; later than that needs ``short_reason``.
    """

    title: str
    starts: datetime
    venue: str
    agenda: Sequence[str] = ()
    kind: str = MeetingKind.BRANCH
    public: bool = False
    quorum: tuple[int, int, bool] | None = (1, 2, True)
    notice_days: int = 3
    short_reason: str = ""


def convene(
    *,
    by: Actor,
    post: UUID,
    plan: Plan,
    organisation: UUID | None = None,
    posts: Collection[UUID] = (),
    synthetic: bool = False,
) -> Meeting:
    """Call a meeting of an organisation's posts, of further posts, or both; tell everybody.

    The convening post is the actor's own, or one they write for (``branch.edit`` at its place).
    Refuses (``Invalid``) a time gone by or more than a year ahead, a body without posts, a quorum
    that is no part of a whole, too short a notice without its reason; ``NotAllowed`` otherwise.
    """
    with transaction.atomic():
        convener = (
            Post.objects.select_related("place").filter(pk=post, closed_on__isnull=True).first()
        )
        if convener is None:
            raise NotFound
        if not queries.conveners(by, convener.community).filter(pk=convener.pk).exists():
            raise NotAllowed
        body = None
        members = Post.objects.filter(closed_on__isnull=True, community=convener.community)
        wanted = set(members.filter(pk__in=list(posts)).values_list("pk", flat=True))
        if len(wanted) != len(set(posts)):
            raise Invalid(fields={"posts": _("One of these posts is not open here.")})
        if organisation is not None:
            body = (
                Organisation.objects.select_related("place")
                .filter(pk=organisation, community=convener.community, closed_on__isnull=True)
                .first()
            )
            if body is None:
                raise Invalid(fields={"organisation": _("This organisation is not known here.")})
            wanted |= set(members.filter(organisation=body).values_list("pk", flat=True))
        wanted.add(convener.pk)
        if len(wanted) < 2:
            raise Invalid(
                fields={"posts": _("Nobody else belongs to it yet. Please choose who is asked.")}
            )
        if len(wanted) > queries.MEMBERS_MOST:
            raise Invalid(fields={"posts": _("More than 200 posts are too many for one meeting.")})
        starts = _when(plan.starts)
        short = _short(plan, starts)
        of, whole, more = _quorum(plan.quorum)
        place = body.place if body else convener.place
        meeting = Meeting.objects.create(
            community=convener.community,
            place=place,
            place_code=place.code,
            organisation=body,
            convened_by=convener,
            kind=_kind(plan.kind),
            title=_line(plan.title, 80, "title"),
            starts=starts,
            venue=_line(plan.venue, 120, "venue"),
            public=plan.public,
            notice_days=plan.notice_days,
            short_reason=short,
            quorum_of=of,
            quorum_in=whole,
            quorum_more=more,
            synthetic=synthetic,
            changed_by=by.name,
            changed_why="convene",
        )
        track = {"changed_by": by.name, "changed_why": "convene", "changed_at": clock.now()}
        Member.objects.bulk_create(
            Member(community=meeting.community, meeting=meeting, post_id=pk, **track)
            for pk in sorted(wanted)
        )
        _put_agenda(by, meeting, plan.agenda)
        _tell(meeting, by, _("Meeting %(when)s: %(what)s"), "called")
    return meeting


def move(
    *, by: Actor, meeting: UUID, starts: datetime, venue: str, reason: str, seen: int
) -> Meeting:
    """Move a meeting to another time or place, with the reason; everybody is told."""
    with _changing(by, meeting, seen, "move") as row:
        _open(row)
        said = _line(reason, 200, "reason")
        row.starts, row.venue = _when(starts), _line(venue, 120, "venue")
        row.reminded_at = None
        row.changed_why = f"move: {said}"[:200]
        _tell(row, by, _("Moved to %(when)s: %(what)s"), "moved", said)
    return row


def call_off(*, by: Actor, meeting: UUID, reason: str, seen: int) -> Meeting:
    """Call a meeting off, with the reason; everybody is told. Refuses one already minuted."""
    with _changing(by, meeting, seen, "call off") as row:
        _open(row)
        said = _line(reason, 200, "reason")
        row.state = State.CALLED_OFF
        row.changed_why = f"call off: {said}"[:200]
        _tell(row, by, _("Called off, was %(when)s: %(what)s"), "off", said)
    return row


def set_agenda(*, by: Actor, meeting: UUID, agenda: Sequence[str], seen: int) -> Meeting:
    """Write the agenda anew, before the minutes are confirmed."""
    with _changing(by, meeting, seen, "agenda") as row:
        _open(row)
        row.items.all().delete()
        _put_agenda(by, row, agenda)
    return row


def record(
    *,
    by: Actor,
    meeting: UUID,
    present: Collection[UUID],
    excused: Collection[UUID] = (),
    guests: int = 0,
    seen: int,
) -> Meeting:
    """Note which posts were there and which excused themselves, and how many guests.

    A post of neither list stays unnoted: silence says nothing (G8). Refuses (``Invalid``) before
    the meeting began, a post that does not belong to it, one that is in both lists.
    """
    with _changing(by, meeting, seen, "attendance") as row:
        _open(row)
        _begun(row)
        rows = {member.post_id: member for member in row.members.select_for_update()}
        here, away = set(present), set(excused)
        if here & away:
            raise Invalid(_("A post cannot be present and excused at once."))
        if (here | away) - set(rows):
            raise Invalid(_("One of these posts does not belong to this meeting."))
        if not 0 <= guests <= GUESTS_MAX:
            raise Invalid(fields={"guests": _("Between 0 and 2000, please.")})
        row.guests = guests
        for pk, member in rows.items():
            now = (
                Presence.PRESENT
                if pk in here
                else Presence.EXCUSED
                if pk in away
                else Presence.UNNOTED
            )
            if member.presence != now:
                member.presence = now
                member.changed_by, member.changed_why = by.name, "attendance"
                member.changed_at = clock.now()
                member.save()
    return row


def decide(
    *,
    by: Actor,
    meeting: UUID,
    text: str,
    post: UUID | None = None,
    due: date | None = None,
    seen: int,
) -> Decision:
    """Write down what was decided, who does it and until when.

    Refuses (``Invalid``) while the quorum is not reached: what was said then belongs into the
    minutes only; a post that does not belong to the community; a day gone by.
    """
    with _changing(by, meeting, seen, "decision") as row:
        _open(row)
        _begun(row)
        there = queries.attendance(row)
        if not there.noted:
            raise Invalid(_("Please note first who was there."))
        if not there.enough:
            raise Invalid(
                _("Too few were there to decide: %(present)d, and %(needed)d are needed.")
                % {"present": there.present, "needed": there.needed or 0}
            )
        said = _line(text, 300, "text")
        if due is not None and due < clock.today():
            raise Invalid(fields={"due": _("This day is over already.")})
        if (
            post is not None
            and not Post.objects.filter(
                pk=post, community=row.community, closed_on__isnull=True
            ).exists()
        ):
            raise Invalid(fields={"post": _("One of these posts is not open here.")})
        orders = list(row.decisions.values_list("order", flat=True))
        if len(orders) >= DECISIONS_MAX:
            raise Invalid(_("Thirty decisions of one meeting are the most."))
        return Decision.objects.create(
            community=row.community,
            meeting=row,
            order=max(orders, default=0) + 1,
            text=said,
            post_id=post,
            due=due,
            changed_by=by.name,
            changed_why="decide",
        )


def strike(*, by: Actor, decision: UUID, seen: int) -> None:
    """Take a decision out again that was written down by mistake, before the minutes are
    confirmed and before it became a matter.
    """
    found = Decision.objects.filter(pk=decision).first()
    if found is None:
        raise NotFound
    with _changing(by, found.meeting_id, seen, "strike") as row:
        _open(row)
        here = row.decisions.filter(pk=decision).first()
        if here is None:
            raise NotFound
        if here.matter_id is not None:
            raise Invalid(_("It became a matter already; that goes on by itself."))
        here.changed_by, here.changed_why, here.changed_at = by.name, "strike", clock.now()
        here.save()
        here.delete()


def make_matter(*, by: Actor, decision: UUID) -> Matter:
    """Open a matter for what was decided; the decision keeps the link. Twice is once."""
    with transaction.atomic():
        row = (
            Decision.objects.select_for_update(of=("self",))
            .select_related("meeting__place", "matter")
            .filter(pk=decision)
            .first()
        )
        if row is None or not queries.keeps(by, row.meeting):
            raise NotFound
        if row.matter is not None:
            return row.matter
        if row.meeting.state == State.CALLED_OFF:
            raise Invalid(_("This meeting was called off."))
        matter = matters.report(
            by=by,
            need=matters.Report(
                place=row.meeting.place,
                text=row.text,
                origin=Origin.LEADER,
                once=f"decision:{row.pk.hex}",
                synthetic=row.meeting.synthetic,
            ),
        ).matter
        row.matter = matter
        row.changed_by, row.changed_why, row.changed_at = by.name, "became a matter", clock.now()
        row.save()
    return matter


def save_minutes(
    *, by: Actor, meeting: UUID, text: str, seen: int, reason: str = "", post: UUID | None = None
) -> Minutes:
    """Write the next version of the minutes; ``seen`` is the number of the version looked at.

    Promises: no version is ever changed. After a confirmation the new one is an amendment, with
    its reason, and the confirmed text stays. Refuses ``Changed`` with both texts when somebody
    wrote in between; ``Invalid`` before the meeting began, or when nothing changed.
    """
    with transaction.atomic():
        row = _locked(by, meeting)
        if row.state == State.CALLED_OFF:
            raise Invalid(_("This meeting was called off."))
        _begun(row)
        last = queries.latest(row)
        try:
            clean = clean_text(text, MINUTES_MAX)
        except Invalid as error:
            raise Invalid(fields={"text": str(error)}) from error
        _fresh(last, seen, clean)
        if last is not None and last.text == clean:
            raise Invalid(fields={"text": _("Nothing was changed.")})
        said = clean_line(reason, 200, empty_ok=True)
        after = last is not None and last.kind != MinutesKind.DRAFT
        if after and not said:
            raise Invalid(
                fields={"reason": _("The minutes are confirmed. Please say why they change.")}
            )
        return _write(
            by,
            row,
            last,
            MinutesKind.AMENDED if after else MinutesKind.DRAFT,
            clean,
            said if after else "",
        )


def confirm_minutes(*, by: Actor, meeting: UUID, seen: int) -> Minutes:
    """Confirm the minutes as they stand; from then on members, or everybody, read them.

    Refuses (``Invalid``) without a draft or before it is noted who was there; ``Changed`` when
    another version was written since.
    """
    with transaction.atomic():
        row = _locked(by, meeting)
        if row.state == State.CALLED_OFF:
            raise Invalid(_("This meeting was called off."))
        last = queries.latest(row)
        _fresh(last, seen, "")
        if last is None:
            raise Invalid(_("There are no minutes yet."))
        if last.kind != MinutesKind.DRAFT:
            raise Invalid(_("These minutes are confirmed already."))
        if not queries.attendance(row).noted:
            raise Invalid(_("Please note first who was there."))
        row.state = State.MINUTED
        row.version += 1
        row.changed_by, row.changed_why, row.changed_at = by.name, "confirm", clock.now()
        row.save()
        found = _write(by, row, last, MinutesKind.CONFIRMED, last.text, "")
        _tell(row, by, _("Minutes confirmed: %(what)s"), "minutes")
    return found


def remind(*, meeting: Meeting) -> int:
    """Remind the members on the day before; a job calls it. Return how many are told."""
    with transaction.atomic():
        row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        if row.reminded_at is not None or row.state != State.CALLED:
            return 0
        row.reminded_at = clock.now()
        row.changed_by, row.changed_why, row.changed_at = "system:meetings", "remind", clock.now()
        row.save()
        return _tell(row, None, _("Reminder, %(when)s: %(what)s"), "remind")


# -- shared ------------------------------------------------------------------------------------


def _line(text: str, most: int, field: str) -> str:
    try:
        return clean_line(text, most)
    except Invalid as error:
        raise Invalid(fields={field: str(error)}) from error


def _kind(kind: str) -> str:
    if kind not in MeetingKind.values:
        raise Invalid(fields={"kind": _("Please choose what the meeting is for.")})
    return kind


def _when(starts: datetime) -> datetime:
    clock.require_aware(starts)
    if starts <= clock.now():
        raise Invalid(fields={"starts": _("This time is over already.")})
    if starts > clock.now() + timedelta(days=AHEAD_DAYS):
        raise Invalid(fields={"starts": _("A year ahead at most.")})
    return starts


def _short(plan: Plan, starts: datetime) -> str:
    if not 0 <= plan.notice_days <= NOTICE_MAX:
        raise Invalid(fields={"notice_days": _("Between 0 and 30 days, please.")})
    said = clean_line(plan.short_reason, 200, empty_ok=True)
    local = starts.astimezone(clock.SHANGHAI).date()
    if local - clock.today() >= timedelta(days=plan.notice_days):
        return ""
    if not said:
        raise Invalid(
            fields={
                "short_reason": _("That is sooner than %(n)d days. Please say why it cannot wait.")
                % {"n": plan.notice_days}
            }
        )
    return said


def _quorum(asked: tuple[int, int, bool] | None) -> tuple[int, int | None, bool]:
    if asked is None:
        return 0, None, False
    try:
        rules.quorum(asked[0], asked[1], more_than=asked[2])
    except ValueError as error:
        raise Invalid(
            fields={"quorum": _("Please write a part of the whole, such as 1/2 or 2/3.")}
        ) from error
    return asked


def _put_agenda(by: Actor, meeting: Meeting, agenda: Sequence[str]) -> None:
    lines = [line for line in (clean_line(one, 10_000, empty_ok=True) for one in agenda) if line]
    if not lines:
        raise Invalid(fields={"agenda": _("Please write at least one point of the agenda.")})
    if len(lines) > ITEMS_MAX:
        raise Invalid(fields={"agenda": _("Twenty points are the most.")})
    Item.objects.bulk_create(
        Item(
            community=meeting.community,
            meeting=meeting,
            order=order,
            text=_line(line, 200, "agenda"),
            changed_by=by.name,
            changed_why="agenda",
            changed_at=clock.now(),
        )
        for order, line in enumerate(lines, 1)
    )


def _locked(by: Actor, meeting: UUID) -> Meeting:
    row = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("place", "convened_by")
        .filter(pk=meeting)
        .first()
    )
    if row is None or not queries.visible(by).filter(pk=meeting).exists():
        raise NotFound
    if not queries.keeps(by, row):
        raise NotAllowed
    return row


@contextmanager
def _changing(by: Actor, meeting: UUID, seen: int, why: str) -> Iterator[Meeting]:
    """Lock a meeting, refuse when somebody was faster, save what the block changed."""
    with transaction.atomic():
        row = _locked(by, meeting)
        if row.version != seen:
            raise Changed(theirs=_shown(row))
        row.changed_why = why
        yield row
        row.version += 1
        row.changed_by, row.changed_at = by.name, clock.now()
        row.save()


def _shown(row: Meeting) -> dict[str, Any]:
    return {
        _("State"): row.get_state_display(),
        _("When"): say_exactly(row.starts),
        _("Where"): row.venue,
    }


def _open(row: Meeting) -> None:
    if row.state == State.CALLED_OFF:
        raise Invalid(_("This meeting was called off."))
    if row.state == State.MINUTED:
        raise Invalid(_("The minutes are confirmed; only an amendment can be added."))


def _begun(row: Meeting) -> None:
    if row.starts > clock.now():
        raise Invalid(_("The meeting has not begun yet."))


def _fresh(last: Minutes | None, seen: int, mine: str) -> None:
    number = last.number if last else 0
    if number != seen:
        raise Changed(
            mine={"text": mine},
            theirs={"text": last.text if last else "", "number": number},
        )


def _write(
    by: Actor, row: Meeting, last: Minutes | None, kind: str, text: str, reason: str
) -> Minutes:
    own = [row.convened_by_id, *row.members.values_list("post", flat=True)]
    spoke = next((pk for pk in own if pk in by.posts), None)
    return Minutes.objects.create(
        community=row.community,
        meeting=row,
        number=(last.number if last else 0) + 1,
        kind=kind,
        text=text,
        reason=reason,
        at=clock.now(),
        by=by.name,
        by_post_id=spoke or next(iter(sorted(by.posts)), None),
    )


def _tell(row: Meeting, by: Actor | None, said: str, what: str, reason: str = "") -> int:
    """Tell everybody who sits on a post of the meeting, except whoever did it."""
    words = {"when": say_exactly(row.starts), "what": row.title}
    items = "；".join(
        f"{n}. {text}" for n, text in enumerate(row.items.values_list("text", flat=True), 1)
    )
    body = "\n".join(part for part in (reason, row.venue, items) if part)
    told = {
        seat.person: seat
        for seat in seats_of(row.members.values_list("post", flat=True))
        if by is None or seat.person != by.person
    }
    return notify(
        Message(
            person=person,
            kind=f"meeting.{what}",
            title=(said % words)[:120],
            body=body[:500],
            link=f"/c/{row.community}/meetings/{row.pk}/",
            key=f"meeting:{row.pk.hex}:{what}:{row.version}:{person.hex}",
            community=row.community,
        )
        for person in told
    )
