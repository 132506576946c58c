"""Tickets from other systems: taken in once, answered, marked as sent back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.text import clean_line, clean_text
from liren.territory.models import Place

from .. import queries, rules
from ..enums import External, Origin, Verb
from ..models import Category, Matter, Reply
from .core import changing
from .reporting import Report, report

REPLY_MAX = 2000
NUMBER_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as a person confirmed it: its place chosen, its category chosen or left open."""

    number: str
    text: str
    place: Place
    place_note: str = ""
    category: Category | None = None
    reporter: UUID | None = None
    contact_name: str = ""
    contact_phone: str = ""
    shielded: bool = False
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the tickets: new matters, and those that were here already."""

    new: list[Matter] = field(default_factory=list)
    known: list[Matter] = field(default_factory=list)


def take_tickets(
    *, by: Actor, community: str, system: str, tickets: Sequence[Ticket], synthetic: bool = False
) -> Taken:
    """Take tickets of another system in as matters, each exactly once.

    Promises: all are written or none; a ticket whose number is here already, also when somebody
    sends the same sheet at this moment, is returned as known and not written again. The ticket's
    own limit is kept beside our clock; the earlier one is the promise. Refuses who may not take
    sheets in there (``NotAllowed``), a number or text that is missing or too long, a place of
    another community (``Invalid``).
    """
    require(by, Permission.SHEET_IMPORT, community)
    if system not in External.values:
        raise Invalid(fields={"system": _("Please choose where the tickets come from.")})
    taken = Taken()
    with transaction.atomic():
        # By number: two who send the same sheet at once meet in the same order.
        for ticket in sorted(tickets, key=lambda one: one.number):
            if not ticket.place.code.startswith(community):
                raise Invalid(
                    _("This place belongs to another community."),
                    fields={"place": _("This place belongs to another community.")},
                )
            number = clean_line(ticket.number, NUMBER_MAX)
            existing = Matter.objects.filter(
                community=community, external_system=system, external_number=number
            )
            known = existing.first()
            if known is None:
                try:
                    with transaction.atomic():
                        taken.new.append(_take(by, system, number, ticket, synthetic))
                except IntegrityError:
                    known = existing.first()
                    if known is None:
                        raise
            if known is not None:
                taken.known.append(known)
    return taken


def _take(by: Actor, system: str, number: str, ticket: Ticket, synthetic: bool) -> Matter:
    return report(
        by=by,
        need=Report(
            place=ticket.place,
            text=ticket.text,
            category=ticket.category,
            place_note=ticket.place_note,
            origin=Origin.HOTLINE,
            reporter=ticket.reporter,
            contact_name=ticket.contact_name,
            contact_phone=ticket.contact_phone,
            shielded=ticket.shielded,
            external_system=system,
            external_number=number,
            external_due=ticket.due,
            synthetic=synthetic,
        ),
    ).matter


def write_reply(*, by: Actor, matter: UUID, text: str, seen: datetime | None = None) -> Reply:
    """Keep what somebody made of the generated reply; "" goes back to the generated text.

    Raises ``NotFound`` for a matter that is no ticket or not the actor's to see, ``NotAllowed``
    for who is not the office, ``Changed`` when somebody wrote another text since ``seen``.
    """
    words = clean_text(text, REPLY_MAX, empty_ok=True)
    with transaction.atomic():
        row = _ticket(by, matter)
        reply = Reply.objects.filter(matter=row).first()
        if reply is not None and reply.text != words and seen != reply.changed_at:
            raise Changed(mine={"text": words}, theirs={"text": reply.text})
        reply = reply or _blank(row)
        reply.text = words
        _save(reply, by, "reply written")
    return reply


def _ticket(by: Actor, matter: UUID) -> Matter:
    row = Matter.objects.select_for_update(no_key=True).filter(pk=matter).first()
    if row is None or not row.external_number:
        raise NotFound
    found = queries.roles(by, row)
    if not found:
        raise NotFound
    if rules.R.OFFICE not in found:
        raise NotAllowed
    return row


def _blank(matter: Matter) -> Reply:
    return Reply(matter=matter, community=matter.community, place_code=matter.place_code)


def _save(reply: Reply, by: Actor, why: str) -> None:
    reply.changed_by, reply.changed_why, reply.changed_at = by.name, why, clock.now()
    reply.save()


def send_back(*, by: Actor, matters: Iterable[UUID]) -> int:
    """Mark tickets as answered to the system they came from; return how many were marked.

    All or none. Already marked ones stay as they are. Refuses matters without an answer yet
    (``Changed``) and matters that are no tickets (``NotFound``).
    """
    count = 0
    with transaction.atomic():
        for pk in sorted(set(matters)):
            row = _ticket(by, pk)  # locked: the mark is read and written by one at a time
            reply = Reply.objects.filter(matter=row).first()
            if reply and reply.sent_at and not (row.handled_at and row.handled_at > reply.sent_at):
                continue
            with changing(pk, by=by, verb=Verb.SEND_BACK) as change:
                change.internal = True
                reply = reply or _blank(change.matter)
                reply.sent_at, reply.sent_by_post_id = clock.now(), change.by_post
                _save(reply, by, Verb.SEND_BACK)
            count += 1
    return count


def unsend(*, by: Actor, matter: UUID) -> None:
    """Take the mark "sent back" away again; nothing happens when there is none."""
    with transaction.atomic():
        reply = Reply.objects.filter(matter=_ticket(by, matter)).first()
        if reply is None or reply.sent_at is None:
            return
        with changing(matter, by=by, verb=Verb.UNSEND) as change:
            change.internal = True
            reply.sent_at = reply.sent_by_post_id = None
            _save(reply, by, Verb.UNSEND)
