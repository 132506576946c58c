"""Writes about who speaks for a partner or an institution: posts that allow little."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.base.text import clean_line
from liren.territory.queries import at_code

from ..models import Post, PostType, Term
from ..queries import holding
from .posts import shut
from .terms import seated

# More than this would be the desk's to give (``post.edit``).
LITTLE = {str(Permission.MATTER_HANDLE)}


def open_own_liaison(
    *, by: Actor, community: str, type: str, title: str, synthetic: bool = False
) -> Post:
    """Open the post of a person who is a partner without an organisation.

    Refuses (``Invalid``) a type that allows more than handling what it is called for;
    ``NotAllowed`` without ``partner.edit`` there.
    """
    require(by, Permission.PARTNER_EDIT, community)
    where = at_code(community)
    kind = PostType.objects.filter(pk=type, community__in=("", community)).first()
    if kind is None or kind.level != where.level or set(kind.permissions) - LITTLE:
        raise Invalid(fields={"type": _("This kind of post does not belong to this place.")})
    return Post.objects.create(
        community=where.community,
        place=where,
        place_code=where.code,
        type=kind,
        title=clean_line(title, 80),
        synthetic=synthetic,
        changed_by=by.name,
        changed_why="open post",
    )


def seat_liaison(*, by: Actor, post: UUID, person: UUID, starts: date | None = None) -> Term:
    """Let a person speak for a partner or an institution from a day on; who did before ends.

    The same person again changes nothing. Refuses what ``begin_term`` refuses, and posts that
    allow more than handling (``NotFound``).
    """
    day = starts or clock.today()
    with transaction.atomic():
        row = _liaison(by, post)
        for term in row.terms.filter(holding(day)):
            if term.person_id == person:
                return term
            if term.starts >= day:
                raise Invalid(fields={"starts": _("This post is held by somebody in that time.")})
            term.ends = day - timedelta(days=1)
            term.changed_by, term.changed_why, term.changed_at = by.name, "end term", clock.now()
            term.save()
        return seated(row, by, person, day, None)


def close_liaison(*, by: Actor, post: UUID) -> Post:
    """Close the post of who spoke for a partner or an institution; running terms end."""
    with transaction.atomic():
        row = _liaison(by, post)
        shut(row, by)
    return row


def _liaison(by: Actor, post: UUID) -> Post:
    row = (
        Post.objects.select_for_update(of=("self",))
        .select_related("type")
        .filter(pk=post, closed_on__isnull=True)
        .first()
    )
    if row is None or set(row.type.permissions) - LITTLE:
        raise NotFound
    require(by, Permission.PARTNER_EDIT, row.place_code)
    return row
