"""Writes about seconded staff 双报到: all of it voluntary, days but never hours, no check (G2)."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_line, clean_text
from liren.people.actions.core import own
from liren.territory import queries as territory

from ..enums import Half, LetterState
from ..models import FreeHalf, Letter, Secondment, Taken, Task
from .core import keep, locked, office, place_in, said, tell, track

AHEAD_DAYS = 60
FREE_MAX = 30


def report_in(*, by: Actor, community: str, home: str, skills: str = "") -> Secondment:
    """Offer one's help to a community beside one's job; ended at any time, without a reason.

    Refuses (``Invalid``) a second time while the first runs; ``NotAllowed`` when not signed in.
    """
    person = own(by)
    territory.community(community)
    with transaction.atomic():
        row = Secondment(
            community=community,
            person_id=person,
            home=_line(home, "home", 120),
            skills=clean_line(skills, 300, empty_ok=True),
            **track(by, "reported in"),
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "seconded_once" in str(error):
                raise Invalid(_("You are on the list here already.")) from error
            raise
    return row


def stop(*, by: Actor, community: str) -> Secondment:
    """End one's help today; half days and tasks still ahead are given back."""
    with transaction.atomic():
        row = _mine(by, community)
        row.ends = clock.today()
        keep(row, by, "stopped")
        row.free.all().delete()
        _give_back(by, row.taken.filter(day__gte=clock.today()))
    return row


def offer_halves(
    *, by: Actor, community: str, halves: Iterable[tuple[date, str]]
) -> list[FreeHalf]:
    """Say which half days suit; what was offered before for days ahead is replaced.

    Refuses (``Invalid``) days gone by or more than sixty ahead, and more than thirty.
    """
    wished = sorted(set(halves))
    today = clock.today()
    if len(wished) > FREE_MAX:
        raise Invalid(fields={"day": _("Thirty half days at most.")})
    for day, half in wished:
        if half not in Half:
            raise Invalid(fields={"half": _("Please choose one of the kinds.")})
        if not today <= day <= today + timedelta(days=AHEAD_DAYS):
            raise Invalid(fields={"day": _("From today on, sixty days ahead at most.")})
    with transaction.atomic():
        row = _mine(by, community)
        row.free.all().delete()
        return FreeHalf.objects.bulk_create(
            FreeHalf(community=community, secondment=row, day=day, half=half)
            for day, half in wished
        )


def offer_task(
    *,
    by: Actor,
    place: UUID,
    title: str,
    day: date,
    half: str,
    needed: int,
    what: str = "",
    synthetic: bool = False,
) -> Task:
    """Offer a task: when, where, how many. Refuses (``Invalid``) a day gone by, nobody needed."""
    with transaction.atomic():
        where = place_in(place)
        office(by, where.code)
        if day < clock.today():
            raise Invalid(fields={"day": _("This day is over already.")})
        if half not in Half:
            raise Invalid(fields={"half": _("Please choose one of the kinds.")})
        if not 1 <= needed <= 200:
            raise Invalid(fields={"needed": _("Between 1 and 200, please.")})
        return Task.objects.create(
            community=where.community,
            place=where,
            place_code=where.code,
            title=_line(title, "title", 80),
            what=clean_line(what, 500, empty_ok=True),
            day=day,
            half=half,
            needed=needed,
            synthetic=synthetic,
            **track(by, "task offered"),
        )


def cancel_task(*, by: Actor, task: UUID, why: str) -> Task:
    """Cancel a task; who took it is told why."""
    with transaction.atomic():
        row = locked(Task, task)
        office(by, row.place_code)
        if row.cancelled:
            raise Changed
        row.cancelled = said(why, "why", 200)
        keep(row, by, f"cancelled: {row.cancelled}")
        tell(
            row.community,
            persons=row.taken.values_list("secondment__person", flat=True),
            kind="task",
            title=_("Cancelled: %(title)s") % {"title": row.title},
            body=row.cancelled,
            link=f"/c/{row.community}/partners/seconded/",
            key=f"seconded-cancelled:{row.pk}",
        )
    return row


def take(*, by: Actor, task: UUID) -> Taken:
    """Take a task. Refuses (``Invalid``) one with enough people, cancelled, or gone by."""
    with transaction.atomic():
        row = locked(Task, task)  # counts and takings in order: never more than needed
        me = _mine(by, row.community)
        if row.cancelled or row.day < clock.today():
            raise Invalid(_("This task is over or cancelled."))
        known = row.taken.filter(secondment=me).first()
        if known is not None:
            return known
        if row.taken.count() >= row.needed:
            raise Invalid(_("Enough people have taken this task already. Thank you."))
        return Taken.objects.create(
            community=row.community,
            task=row,
            secondment=me,
            day=row.day,
            **track(by, "taken"),
        )


def give_back(*, by: Actor, task: UUID) -> None:
    """Give a task back, without a reason."""
    with transaction.atomic():
        row = locked(Task, task)
        me = _mine(by, row.community)
        _give_back(by, row.taken.filter(secondment=me))


def _give_back(by: Actor, rows: "Iterable[Taken]") -> None:
    for one in rows:
        one.changed_by, one.changed_why, one.changed_at = by.name, "given back", clock.now()
        one.save()
        one.delete()


def ask_letter(*, by: Actor, community: str, words: str) -> Letter:
    """Ask for a letter to one's home organisation that says what one wants it to say."""
    with transaction.atomic():
        row = _mine(by, community)
        if row.letters.filter(state=LetterState.ASKED).exists():
            raise Invalid(fields={"words": _("A letter is being written already.")})
        return Letter.objects.create(
            community=community,
            secondment=row,
            words=_text(words, "words"),
            **track(by, "letter asked for"),
        )


def answer_letter(*, by: Actor, letter: UUID, issue: bool, words: str = "") -> Letter:
    """Issue a letter as it was worded, or decline it with words. It is sent nowhere."""
    with transaction.atomic():
        row = locked(Letter, letter)
        office(by, row.community)
        if row.state != LetterState.ASKED:
            raise Changed
        if row.secondment.person_id == by.person:
            raise Invalid(_("This is your own letter; somebody else answers it."))
        row.answer = clean_line(words, 300, empty_ok=True) if issue else said(words, "words")
        row.state = LetterState.ISSUED if issue else LetterState.DECLINED
        row.answered_on = clock.today()
        keep(row, by, "letter answered")
        tell(
            row.community,
            persons=[row.secondment.person_id],
            kind="letter",
            title=_("Your letter is ready") if issue else _("Your letter was not written"),
            body=row.answer,
            link=f"/c/{row.community}/partners/seconded/",
            key=f"seconded-letter:{row.pk}",
        )
    return row


def _mine(by: Actor, community: str) -> Secondment:
    person = own(by)
    row = (
        Secondment.objects.select_for_update(of=("self",), no_key=True)
        .filter(community=community, person=person, ends__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def _line(text: str, name: str, most: int) -> str:
    try:
        return clean_line(text, most)
    except Invalid as refused:
        raise Invalid(fields={name: str(refused)}) from refused


def _text(text: str, name: str) -> str:
    try:
        return clean_text(text, 600)
    except Invalid as refused:
        raise Invalid(fields={name: str(refused)}) from refused
