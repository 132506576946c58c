"""Writes of posts: opened and closed, and what holds where nobody holds them."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.text import clean_line
from liren.territory.models import Place

from ..enums import ArrangementKind
from ..models import Arrangement, Organisation, Post, PostType, Term
from ..queries import can_stand_in, holding
from .terms import begin_term

STAND_IN_MAX_DAYS = 366
SEATS_MAX = 9


def open_post(
    *,
    by: Actor,
    place: UUID,
    type: str,
    title: str = "",
    seats: int = 1,
    organisation: UUID | None = None,
) -> Post:
    """Open a post at a place; without a title it is called after the place and its kind.

    Refuses (``Invalid``) a kind of another level, a second open post of the kind at the place
    (more seats are what is meant then), an organisation of another community.
    """
    with transaction.atomic():
        where = Place.objects.select_for_update(of=("self",), no_key=True).filter(pk=place).first()
        if where is None or where.closed_on is not None:
            raise NotFound
        require(by, Permission.POST_EDIT, where.code)
        kind = PostType.objects.filter(pk=type, community__in=("", where.community)).first()
        if kind is None or kind.level != where.level:
            raise Invalid(fields={"type": _("This kind of post does not belong to this place.")})
        if not 1 <= seats <= SEATS_MAX:
            raise Invalid(fields={"seats": _("Between one and nine, please.")})
        if Post.objects.filter(place=where, type=kind, closed_on__isnull=True).exists():
            raise Invalid(
                fields={"type": _("There is such a post here already; give it more seats.")}
            )
        body = None
        if organisation is not None:
            body = Organisation.objects.filter(
                pk=organisation, community=where.community, closed_on__isnull=True
            ).first()
            if body is None:
                raise Invalid(fields={"organisation": _("This organisation is not known here.")})
        return Post.objects.create(
            community=where.community,
            place=where,
            place_code=where.code,
            type=kind,
            organisation=body,
            title=clean_line(title, 80, empty_ok=True) or f"{where}{kind.name}",
            seats=seats,
            changed_by=by.name,
            changed_why="open post",
        )


def fill(
    *, by: Actor, place: UUID, type: str, person: UUID, starts: date, ends: date | None = None
) -> Term:
    """Close a gap: open the post if there is none and give a free seat of it to a person.

    Refuses what ``open_post`` and ``begin_term`` refuse; an arrangement made for the gap ends.
    """
    with transaction.atomic():
        where, kind = _gap(by, place, type)
        post = Post.objects.filter(place=where, type=kind, closed_on__isnull=True).first()
        if post is None:
            post = open_post(by=by, place=where.pk, type=kind.pk)
        taken = set(
            post.terms.filter(holding(max(starts, clock.today()))).values_list("seat", flat=True)
        )
        free = next((n for n in range(1, post.seats + 1) if n not in taken), 1)
        term = begin_term(by=by, post=post.pk, person=person, starts=starts, ends=ends, seat=free)
        for arranged in Arrangement.objects.filter(place=where, type=kind):
            unarrange(by=by, arrangement=arranged.pk)
    return term


def close_post(*, by: Actor, post: UUID) -> Post:
    """Close a post from today on: nobody answers for it any more.

    Its running terms end yesterday, or today when they began today. Whoever keeps work on posts
    hands it on: work falls to whoever answers next on the line.
    """
    with transaction.atomic():
        row = Post.objects.select_for_update(of=("self",)).filter(pk=post).first()
        if row is None or row.closed_on is not None:
            raise NotFound
        require(by, Permission.POST_EDIT, row.place_code)
        shut(row, by)
    return row


def shut(row: Post, by: Actor) -> None:
    """Close a locked post whose closing has been allowed: the terms that run end."""
    today = clock.today()
    for term in row.terms.filter(holding()):
        term.ends = max(term.starts, today - timedelta(days=1))
        term.changed_by, term.changed_why, term.changed_at = by.name, "close", clock.now()
        term.save()
    row.closed_on = today
    row.changed_by, row.changed_why, row.changed_at = by.name, "close post", clock.now()
    row.save()


def stand_in(
    *, by: Actor, place: UUID, type: str, post: UUID, until: date, reason: str
) -> Arrangement:
    """Have a post stand in where a kind has no holder: a neighbour, or the community 社区兜底.

    Refuses (``Invalid``) a day in the past or more than a year away, a post nobody holds, a post
    of another community or one that may not handle what the kind handles, a missing reason.
    """
    with transaction.atomic():
        where, kind = _gap(by, place, type)
        today = clock.today()
        if until < today:
            raise Invalid(fields={"until": _("This day is over already.")})
        if until > today + timedelta(days=STAND_IN_MAX_DAYS):
            raise Invalid(fields={"until": _("A year at most; then somebody looks again.")})
        other = (
            Post.objects.filter(pk=post, community=where.community, closed_on__isnull=True)
            .select_related("type")
            .first()
        )
        if other is None or not other.terms.filter(holding()).exists():
            raise Invalid(fields={"post": _("Please choose a post that somebody holds.")})
        same = other.place_id == where.pk and other.type_id == kind.pk
        if same or not can_stand_in(kind, other.type):
            raise Invalid(fields={"post": _("Please choose another post here.")})
        return _arrange(by, where, kind, ArrangementKind.STAND_IN, other, until, reason)


def not_needed(
    *, by: Actor, place: UUID, type: str, reason: str, until: date | None = None
) -> Arrangement:
    """Say that a place needs no holder of a kind, with the reason; until a day or for good."""
    with transaction.atomic():
        where, kind = _gap(by, place, type)
        if until is not None and until < clock.today():
            raise Invalid(fields={"until": _("This day is over already.")})
        return _arrange(by, where, kind, ArrangementKind.NOT_NEEDED, None, until, reason)


def unarrange(*, by: Actor, arrangement: UUID) -> None:
    """Take an arrangement back; the place is a gap again unless somebody holds the post."""
    with transaction.atomic():
        row = Arrangement.objects.select_for_update(of=("self",)).filter(pk=arrangement).first()
        if row is None:
            raise NotFound
        require(by, Permission.POST_EDIT, row.place_code)
        row.changed_by, row.changed_why, row.changed_at = by.name, "taken back", clock.now()
        row.save()
        row.delete()


def _gap(by: Actor, place: UUID, type: str) -> tuple[Place, PostType]:
    where = Place.objects.select_for_update(of=("self",), no_key=True).filter(pk=place).first()
    if where is None or where.closed_on is not None:
        raise NotFound
    require(by, Permission.POST_EDIT, where.code)
    kind = PostType.objects.filter(pk=type, community__in=("", where.community)).first()
    if kind is None or kind.level != where.level:
        raise NotFound
    return where, kind


def _arrange(
    by: Actor,
    where: Place,
    kind: PostType,
    how: ArrangementKind,
    post: Post | None,
    until: date | None,
    reason: str,
) -> Arrangement:
    said = clean_line(reason, 200, empty_ok=True)
    if not said:
        raise Invalid(fields={"reason": _("Please say why, in a few words.")})
    row, _made = Arrangement.objects.update_or_create(
        place=where,
        type=kind,
        defaults={
            "community": where.community,
            "place_code": where.code,
            "kind": how,
            "post": post,
            "until": until,
            "reason": said,
            "changed_by": by.name,
            "changed_why": f"{how}: {said}"[:200],
            "changed_at": clock.now(),
        },
    )
    return row
