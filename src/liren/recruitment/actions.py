"""Writes of recruitment: calls, nominations, support, appointment; resigning; thanks.

Nothing of a nominee who is not appointed outlives the call (G3, G4), and nobody is put in an
order (G2): the desk reads who stands, in the order of entry, and appoints.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.crypto import key_hash
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.identifiers import normalise_phone
from liren.base.text import clean_line, clean_text
from liren.notifications.actions import Message, notify
from liren.organisation import actions as organisation
from liren.organisation.models import Post, PostType, Term
from liren.organisation.queries import holding, persons_of
from liren.people import rights
from liren.people.actions.core import own
from liren.people.models import Account, Person, Residence
from liren.territory.codes import COMMUNITY_LENGTH, prefixes
from liren.territory.models import Place

from . import queries
from .enums import OpeningState
from .models import Nomination, Opening, Support, Thanks

OPEN_MAX_DAYS = 90
NOMINEES_MAX = 20


# -- the call ----------------------------------------------------------------------------------


def open_call(
    *, by: Actor, place: UUID, type: str, until: date, text: str = "", synthetic: bool = False
) -> Opening:
    """Call publicly for somebody to take a post at a place; who lives there is told.

    Refuses (``Invalid``) a kind of another level, a day in the past or more than 90 days away, a
    second call for the same post; ``NotAllowed`` without ``post.edit`` there.
    """
    with transaction.atomic():
        where = Place.objects.filter(pk=place, closed_on__isnull=True).first()
        if where is None or len(where.code) < COMMUNITY_LENGTH:
            raise NotFound
        require(by, Permission.POST_EDIT, where.code)
        kind = PostType.objects.filter(pk=type, community__in=("", where.community)).first()
        if kind is None or kind.level != where.level:
            raise Invalid(_("This kind of post does not belong to this place."))
        _day(until)
        row = Opening(
            community=where.community,
            place=where,
            place_code=where.code,
            type=kind,
            text=clean_text(text, 500, empty_ok=True),
            until=until,
            synthetic=synthetic,
            changed_by=by.name,
            changed_why="open call",
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if "one_opening_a_place" in str(error):
                raise Invalid(_("There is a call for this already.")) from error
            raise
        title = _("Wanted: %(what)s") % {"what": row}
        _tell(
            row,
            _accounts_at(where.code),
            title,
            _("Offer yourself or support a neighbour, until %(day)s.") % {"day": until.isoformat()},
            "called",
        )
    return row


def _day(until: date) -> None:
    today = clock.today()
    if until < today:
        raise Invalid(fields={"until": _("This day is over already.")})
    if until > today + timedelta(days=OPEN_MAX_DAYS):
        raise Invalid(fields={"until": _("At most ninety days, please.")})


def close_call(*, by: Actor, opening: UUID, words: str = "") -> Opening:
    """End a call without appointing; whoever stood is thanked, and their nominations deleted."""
    with transaction.atomic():
        row = _locked(by, opening)
        _end(row, by, OpeningState.CLOSED, clean_text(words, 300, empty_ok=True), but=None)
    return row


def appoint(
    *, by: Actor, nomination: UUID, starts: date, ends: date | None = None, words: str = ""
) -> Term:
    """Appoint one of those who stand: the term begins, the call ends, the others are thanked.

    Refuses what ``organisation.fill`` refuses, somebody who has not said yes (``Invalid``), and
    a call that has ended meanwhile (``Changed``).
    """
    with transaction.atomic():
        stands = Nomination.objects.filter(pk=nomination).first()
        if stands is None:
            # Appointing and withdrawing at the same moment: whoever withdrew is not appointed.
            raise Changed(_("They have withdrawn, or the call has ended."))
        row = _locked(by, stands.opening_id)
        stands = Nomination.objects.filter(pk=nomination).first()
        if stands is None:
            raise Changed(_("They have withdrawn, or the call has ended."))
        if stands.agreed_at is None:
            raise Invalid(fields={"nomination": _("They have not said yes yet.")})
        term = organisation.fill(
            by=by,
            place=row.place_id,
            type=row.type_id,
            person=stands.person_id,
            starts=starts,
            ends=ends,
        )
        said = clean_text(words, 300, empty_ok=True)
        _end(row, by, OpeningState.FILLED, said, but=stands.person_id)
        # The leaders' page opens from the first day on, and only to posts that handle matters.
        opens = starts <= clock.today() and Permission.MATTER_HANDLE in row.type.permissions
        notify(
            [
                Message(
                    person=term.person_id,
                    kind="recruitment.appointed",
                    title=_("You are %(post)s from %(day)s")
                    % {"post": term.post.title, "day": starts.isoformat()},
                    body=_("One page tells you what awaits you. Thank you for taking it on."),
                    link="/field/welcome/"
                    if opens
                    else f"/c/{row.community}/recruitment/{row.pk}/",
                    key=f"appointed:{term.pk.hex}",
                    community=row.community,
                )
            ]
        )
    return term


def _end(row: Opening, by: Actor, state: OpeningState, words: str, but: UUID | None) -> None:
    """Close a call, thank who stood, delete every nomination and support of it."""
    others = [
        person
        for person in row.nominations.filter(agreed_at__isnull=False).values_list(
            "person", flat=True
        )
        if person != but
    ]
    _tell(
        row,
        others,
        _("Thank you for offering yourself: %(what)s") % {"what": row},
        words or _("Somebody else takes it on this time. It is good to have neighbours like you."),
        "thanked",
    )
    rights.delete(Support.objects.filter(opening=row), by.name, "the call has ended")
    rights.delete(Nomination.objects.filter(opening=row), by.name, "the call has ended")
    row.state, row.closed_at = state, clock.now()
    row.changed_by, row.changed_why, row.changed_at = by.name, str(state), clock.now()
    row.save()


def _locked(by: Actor, opening: UUID) -> Opening:
    row = _any(opening)
    require(by, Permission.POST_EDIT, row.place_code)
    if row.state != OpeningState.OPEN:
        raise Changed(_("This call has ended already."))
    return row


def _any(opening: UUID) -> Opening:
    row = (
        Opening.objects.select_for_update(of=("self",))
        .select_related("place", "type")
        .filter(pk=opening)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def _running(opening: UUID) -> Opening:
    row = _any(opening)
    if row.state != OpeningState.OPEN or row.until < clock.today():
        raise Changed(_("This call has ended already."))
    return row


# -- who stands --------------------------------------------------------------------------------


def nominate(*, by: Actor, opening: UUID, words: str = "") -> Nomination:
    """Offer oneself. Only who lives at the place; doing it again changes the words.

    Whoever was named by a neighbour says yes by this. Refuses (``NotAllowed``) who lives
    elsewhere, (``Changed``) a call that has ended, (``Invalid``) more than twenty nominees.
    """
    person = own(by)
    said = clean_line(words, 200, empty_ok=True)
    with transaction.atomic():
        row = _running(opening)
        _resident(person, row)
        stands = row.nominations.filter(person=person).first()
        if stands is None:
            if row.nominations.count() >= NOMINEES_MAX:
                raise Invalid(_("There are twenty nominees already; please talk to the office."))
            stands = Nomination(
                community=row.community, opening=row, person_id=person, until=row.until
            )
        if stands.agreed_at is None:
            stands.agreed_at = stands.entered_at = clock.now()
        stands.words = said or stands.words
        stands.changed_by, stands.changed_why = by.name, "offers themself"
        stands.changed_at = clock.now()
        stands.save()
    return stands


def propose(*, by: Actor, opening: UUID, phone: str, words: str = "") -> None:
    """Name a neighbour by their telephone number; they are asked, and stand only if they agree.

    Answers the same whether somebody with this number lives here or not: who lives where is not
    told by the difference. Refuses a number that is none (``Invalid``), and who lives elsewhere.
    """
    person = own(by)
    try:
        number = normalise_phone(phone)
    except Invalid as refused:
        raise Invalid(fields={"phone": str(refused)}) from refused
    said = clean_line(words, 200, empty_ok=True)
    with transaction.atomic():
        row = _running(opening)
        _resident(person, row)
        found = Account.objects.filter(
            phone_hash=key_hash(number, "phone"), is_active=True, person__isnull=False
        ).first()
        if (
            found is None
            or found.person_id is None
            or not queries.lives_at(found.person_id, row.place_code)
            or row.nominations.filter(person=found.person_id).exists()
            or row.nominations.count() >= NOMINEES_MAX
        ):
            return
        Nomination.objects.create(
            community=row.community,
            opening=row,
            person_id=found.person_id,
            words=said,
            until=row.until,
            changed_by=by.name,
            changed_why="named by a neighbour",
        )
        _tell(
            row,
            [found.person_id],
            _("A neighbour thinks of you: %(what)s") % {"what": row},
            _("Say yes or no; without a yes nobody sees it."),
            "asked",
        )


def withdraw(*, by: Actor, opening: UUID) -> None:
    """Take one's own nomination back, or say no to a neighbour's; it is deleted at once."""
    person = own(by)
    with transaction.atomic():
        row = _any(opening)
        stands = Nomination.objects.filter(opening=row, person=person)
        rights.delete(Support.objects.filter(nomination__in=stands), by.name, "withdrawn")
        rights.delete(stands, by.name, "withdrawn")


def support(*, by: Actor, nomination: UUID) -> None:
    """Support one nominee of a call: one a neighbour, the last choice counts.

    Refuses (``NotAllowed``) who lives elsewhere and supporting oneself, (``Changed``) a nominee
    who has withdrawn and a call that has ended.
    """
    person = own(by)
    with transaction.atomic():
        stands = Nomination.objects.filter(pk=nomination, agreed_at__isnull=False).first()
        if stands is None:
            raise Changed(_("They have withdrawn, or the call has ended."))
        row = _running(stands.opening_id)
        if not Nomination.objects.filter(pk=nomination).exists():
            raise Changed(_("They have withdrawn, or the call has ended."))
        _resident(person, row)
        if stands.person_id == person:
            raise NotAllowed(_("You stand yourself; your neighbours support you."))
        Support.objects.update_or_create(
            opening=row,
            person_id=person,
            defaults={
                "community": row.community,
                "nomination": stands,
                "until": row.until,
                "changed_by": by.name,
                "changed_why": "supports",
                "changed_at": clock.now(),
            },
        )


def unsupport(*, by: Actor, opening: UUID) -> None:
    """Take one's support back; nothing of it stays. Twice is once."""
    person = own(by)
    with transaction.atomic():
        row = _any(opening)
        rights.delete(Support.objects.filter(opening=row, person=person), by.name, "taken back")


def _resident(person: UUID, row: Opening) -> None:
    if not queries.lives_at(person, row.place_code):
        raise NotAllowed(_("This is for the neighbours who live there."))


def _accounts_at(code: str) -> list[UUID]:
    """Return who lives at a place and has an account."""
    return list(
        Person.objects.filter(
            account__is_active=True,
            residences__in=Residence.objects.filter(
                Q(until__isnull=True) | Q(until__gte=clock.today()),
                place_code__gte=code,
                place_code__lt=code + ":",
            ),
        )
        .distinct()
        .values_list("pk", flat=True)
    )


def _tell(row: Opening, persons: list[UUID], title: str, body: str, what: str) -> None:
    notify(
        Message(
            person=person,
            kind=f"recruitment.{what}",
            title=title,
            body=body,
            link=f"/c/{row.community}/recruitment/{row.pk}/",
            key=f"opening:{row.pk.hex}:{what}:{person.hex}",
            community=row.community,
        )
        for person in persons
    )


# -- leaving and thanks ------------------------------------------------------------------------


def resign(*, by: Actor, term: UUID, ends: date, words: str = "") -> Term:
    """Leave one's own post on a day (included); whoever gives posts there is told.

    No reason is asked; words are for the office only. Refuses a day in the past (``Invalid``) and
    what ``organisation.end_term`` refuses.
    """
    said = clean_line(words, 200, empty_ok=True)
    if ends < clock.today():
        raise Invalid(fields={"ends": _("This day is over already.")})
    with transaction.atomic():
        row = Term.objects.filter(pk=term, person=by.person).select_related("post__place").first()
        if row is None or by.person is None:
            raise NotFound
        ended = organisation.end_term(by=by, term=term, ends=ends)
        post = row.post
        receivers = {p for held in persons_of(_giving(post)).values() for p in held}
        notify(
            Message(
                person=person,
                kind="post.resigned",
                title=_("%(post)s: resigned for %(day)s")
                % {"post": post.title, "day": ends.isoformat()},
                body=said or _("Open matters stay with the post. Please look for who follows."),
                link=f"/office/network/post/{post.pk}/",
                key=f"resigned:{term.hex}:{ends:%Y%m%d}:{person.hex}",
                community=post.community,
            )
            for person in receivers - {by.person}
        )
    return ended


def _giving(post: Post) -> list[UUID]:
    """Return the posts nearest above that give posts."""
    rows = list(
        Post.objects.filter(
            place_code__in=prefixes(post.place_code),
            type__permissions__contains=[str(Permission.POST_EDIT)],
            closed_on__isnull=True,
            terms__in=Term.objects.filter(holding()),
        ).order_by("-place_code")
    )
    return [row.pk for row in rows if len(row.place_code) == len(rows[0].place_code)]


def thank(*, by: Actor, term: UUID, words: str) -> Thanks:
    """Thank somebody for their time in a post; they read it and can print it.

    Writing again changes the words. Refuses an empty text and who does not give posts there.
    """
    said = clean_text(words, 600)
    with transaction.atomic():
        row = (
            Term.objects.select_for_update(of=("self",))
            .select_related("post")
            .filter(pk=term)
            .first()
        )
        if row is None:
            raise NotFound
        require(by, Permission.POST_EDIT, row.post.place_code)
        signed = Post.objects.filter(
            pk__in=list(by.posts), type__permissions__contains=[str(Permission.POST_EDIT)]
        ).first()
        thanks, made = Thanks.objects.update_or_create(
            term=row,
            defaults={
                "community": row.community,
                "words": said,
                "signed": signed.title if signed else "",
                "at": clock.now(),
                "changed_by": by.name,
                "changed_why": "thanks",
                "changed_at": clock.now(),
            },
        )
        if made:
            notify(
                [
                    Message(
                        person=row.person_id,
                        kind="post.thanks",
                        title=_("A thank-you for your time as %(post)s") % {"post": row.post.title},
                        body=said[:200],
                        link=f"/c/{row.community}/recruitment/thanks/{thanks.pk}/",
                        key=f"thanks:{row.pk.hex}",
                        community=row.community,
                    )
                ]
            )
    return thanks
