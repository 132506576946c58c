"""Writes about posts: who holds them, until when, who covers."""

from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.text import clean_line, clean_text

from .. import hooks
from ..models import Absence, HandOver, Post, Term
from ..queries import can_stand_in, holding

AWAY_MAX_DAYS = 90
NOTE_MAX = 1000


def begin_term(
    *, by: Actor, post: UUID, person: UUID, starts: date, ends: date | None = None, seat: int = 1
) -> Term:
    """Give a post to a person from a day on.

    Refuses (``Invalid``) a seat somebody holds in that time, an end before the start, a seat the
    post does not have; ``NotAllowed`` without ``post.edit`` at the place.
    """
    with transaction.atomic():
        row = Post.objects.select_for_update(of=("self",)).filter(pk=post).first()
        if row is None or row.closed_on is not None:
            raise NotFound
        require(by, Permission.POST_EDIT, row.place_code)
        return seated(row, by, person, starts, ends, seat)


def seated(
    row: Post, by: Actor, person: UUID, starts: date, ends: date | None, seat: int = 1
) -> Term:
    """Give a locked post whose giving has been allowed; refuses what ``begin_term`` refuses."""
    if not 1 <= seat <= row.seats:
        raise Invalid(fields={"seat": _("This post does not have that many seats.")})
    if ends is not None and ends < starts:
        raise Invalid(fields={"ends": _("The term ends before it starts.")})
    try:
        with transaction.atomic():
            term = Term.objects.create(
                community=row.community,
                post=row,
                person_id=person,
                seat=seat,
                starts=starts,
                ends=ends,
                changed_by=by.name,
                changed_why="begin term",
            )
            _pass_note_on(term, by)
            return term
    except IntegrityError as error:
        if "one_holder_a_seat" in str(error):
            raise Invalid(
                fields={"starts": _("This post is held by somebody in that time.")}
            ) from error
        raise


def _pass_note_on(term: Term, by: Actor) -> None:
    """Give whoever follows what the last holder of the seat wrote down, however they follow."""
    last = (
        Term.objects.filter(post=term.post_id, seat=term.seat, ends__lt=term.starts)
        .exclude(person=term.person_id)
        .order_by("-ends")
        .first()
    )
    if last is None:
        return
    waiting = HandOver.objects.filter(outgoing=last, incoming=None)
    if waiting.exists():
        carried = hooks.open_work_count(by, term.post_id)
        waiting.update(incoming=term, carried=carried, **_track(by, "hand over"))


def end_term(*, by: Actor, term: UUID, ends: date) -> Term:
    """End a term on a day (included); rights end with it, matters stay with the post.

    Absences said for later days go. Refuses (``Invalid``) a day before the start and one on which
    somebody else holds the seat already; whoever ends their own term may only make it shorter.
    """
    with transaction.atomic():
        row = Term.objects.select_for_update(of=("self",)).filter(pk=term).first()
        if row is None:
            raise NotFound
        if by.person != row.person_id:
            require(by, Permission.POST_EDIT, row.post.place_code)
        elif row.ends is not None and ends > row.ends:
            raise Changed(_("Your term ends on %(day)s already.") % {"day": row.ends.isoformat()})
        if ends < row.starts:
            raise Invalid(fields={"ends": _("The term ends before it starts.")})
        row.ends = ends
        row.changed_by, row.changed_why, row.changed_at = by.name, "end term", clock.now()
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            if "one_holder_a_seat" in str(error):
                raise Invalid(
                    fields={"ends": _("This post is held by somebody in that time.")}
                ) from error
            raise
        _cut_absences(row, by)
    return row


def _cut_absences(term: Term, by: Actor) -> None:
    """Nobody is away from a post they no longer hold."""
    for absence in term.absences.filter(ends__gt=term.ends):
        absence.changed_by, absence.changed_why = by.name, "the term ended"
        absence.changed_at = clock.now()
        assert term.ends is not None
        if absence.starts > term.ends:
            absence.save()
            absence.delete()
        else:
            absence.ends = term.ends
            absence.save()


def be_away(
    *, by: Actor, term: UUID, starts: date, ends: date, cover: UUID | None = None
) -> Absence:
    """Say that one is away from a day to a day; no reason is asked.

    New needs go to the cover meanwhile, or upward where there is none. Refuses days in the past,
    more than ``AWAY_MAX_DAYS``, overlapping absences, a cover that is the post itself, lies in
    another community or may not handle what the post handles (``Invalid``), and speaking for
    somebody else (``NotAllowed``) without ``post.edit``.
    """
    with transaction.atomic():
        row = (
            Term.objects.select_for_update(of=("self",))
            .select_related("post__type")
            .filter(holding(), pk=term)
            .first()
        )
        if row is None:
            raise NotFound
        if by.person != row.person_id and not by.may(Permission.POST_EDIT, row.post.place_code):
            raise NotAllowed
        if row.ends is not None and ends > row.ends:
            raise Invalid(
                fields={"ends": _("The term ends on %(day)s.") % {"day": row.ends.isoformat()}}
            )
        if ends < starts:
            raise Invalid(fields={"ends": _("The last day lies before the first.")})
        if ends < clock.today():
            raise Invalid(fields={"ends": _("These days are over already.")})
        if (ends - starts).days > AWAY_MAX_DAYS:
            raise Invalid(
                fields={"ends": _("For more than 90 days, please hand the post over instead.")}
            )
        if row.absences.filter(starts__lte=ends, ends__gte=starts).exists():
            raise Invalid(fields={"starts": _("You are away in these days already.")})
        stand_in = None
        if cover is not None:
            stand_in = (
                Post.objects.filter(pk=cover, closed_on__isnull=True).select_related("type").first()
            )
            if (
                stand_in is None
                or stand_in.pk == row.post_id
                or stand_in.community != row.community
                or not can_stand_in(row.post.type, stand_in.type)
            ):
                raise Invalid(fields={"cover": _("Please choose another post here.")})
        return Absence.objects.create(
            community=row.community,
            term=row,
            starts=starts,
            ends=ends,
            cover=stand_in,
            changed_by=by.name,
            changed_why="away",
        )


def be_back(*, by: Actor, absence: UUID) -> None:
    """End an absence early, from today on."""
    with transaction.atomic():
        row = (
            Absence.objects.select_for_update(of=("self",))
            .select_related("term__post")
            .filter(pk=absence)
            .first()
        )
        if row is None:
            raise NotFound
        if by.person != row.term.person_id:
            require(by, Permission.POST_EDIT, row.term.post.place_code)
        row.changed_by, row.changed_why, row.changed_at = by.name, "back", clock.now()
        row.save()
        row.delete()


def hand_over(
    *, by: Actor, term: UUID, person: UUID, on: date, ends: date | None = None, note: str = ""
) -> Term:
    """Give a post over: the old term ends the day before, the new one begins on the day.

    Matters are the post's, so none moves; how many are open is written into the record of the
    hand-over (``HandOver``), beside what the one who leaves wrote down. ``note``, the office's
    word for the one who follows, stays with the new term. Refuses what ``begin_term`` refuses,
    handing over to oneself, and (``Changed``) a term that has ended meanwhile.
    """
    with transaction.atomic():
        # The post before the term, as everywhere: two who change both wait for one another.
        post = (
            Post.objects.select_for_update(of=("self",)).filter(terms=term, closed_on=None).first()
        )
        if post is None:
            raise NotFound
        require(by, Permission.POST_EDIT, post.place_code)
        row = Term.objects.select_for_update(of=("self",)).filter(pk=term).first()
        if row is None:
            raise NotFound
        if row.ends is not None and row.ends < clock.today():
            raise Changed(_("This term has ended meanwhile. Please look again who holds the post."))
        if row.person_id == person:
            raise Invalid(fields={"person": _("They hold this post already.")})
        if on <= row.starts:
            raise Invalid(fields={"on": _("The term ends before it starts.")})
        # Whoever said they leave earlier leaves earlier.
        last = on - timedelta(days=1)
        end_term(by=by, term=row.pk, ends=min(last, row.ends or last))
        following = begin_term(
            by=by, post=row.post_id, person=person, starts=on, ends=ends, seat=row.seat
        )
        if said := clean_line(note, 200, empty_ok=True):
            following.note = said
            following.changed_by, following.changed_why = by.name, "hand over"
            following.save()
        HandOver.objects.update_or_create(
            outgoing=row,
            defaults={
                "community": row.community,
                "post": post,
                "incoming": following,
                "carried": hooks.open_work_count(by, post.pk),
                **_track(by, "hand over"),
            },
        )
    return following


def write_hand_over(*, by: Actor, term: UUID, note: str) -> HandOver:
    """Write down what the next holder should know; may be changed until they have read it.

    For the holder themself, while the term runs. Refuses somebody else (``NotAllowed``), more
    than 1,000 characters, and (``Changed``) a note that was read.
    """
    said = clean_text(note, NOTE_MAX)
    with transaction.atomic():
        row = Term.objects.select_for_update(of=("self",)).filter(holding(), pk=term).first()
        if row is None:
            raise NotFound
        if by.person != row.person_id:
            raise NotAllowed
        found = HandOver.objects.select_for_update(of=("self",)).filter(outgoing=row).first()
        if found is not None and found.read_at is not None:
            raise Changed(_("Your successor has read it already."))
        if found is None:
            found = HandOver(community=row.community, post_id=row.post_id, outgoing=row)
        found.note, found.written_at = said, clock.now()
        for name, value in _track(by, "note for the next holder").items():
            setattr(found, name, value)
        found.save()
    return found


def read_first_day(*, by: Actor, term: UUID) -> Term:
    """Note that the holder has read the page of their first day, and the hand-over on it."""
    with transaction.atomic():
        row = Term.objects.select_for_update(of=("self",)).filter(holding(), pk=term).first()
        if row is None or by.person != row.person_id:
            raise NotFound
        if row.welcomed_at is None:
            row.welcomed_at = clock.now()
            row.changed_by, row.changed_why, row.changed_at = by.name, "first day", clock.now()
            row.save()
        HandOver.objects.filter(incoming=row, read_at=None).update(
            read_at=clock.now(), **_track(by, "read")
        )
    return row


def _track(by: Actor, why: str) -> dict[str, object]:
    return {"changed_by": by.name, "changed_why": why, "changed_at": clock.now()}
