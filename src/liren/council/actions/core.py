"""What all changes of the council share: locked organisations, places, and who is told."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.access.audit import Tracked
from liren.base import clock
from liren.base.errors import Invalid, NotFound
from liren.notifications.actions import Message, notify
from liren.organisation.enums import OrganisationKind
from liren.organisation.models import Organisation
from liren.organisation.queries import persons_of
from liren.territory.codes import LENGTHS, level_of
from liren.territory.enums import Level
from liren.territory.models import Place

from .. import queries

CAPACITY_MAX = 100_000


def locked(community: str, *ids: UUID) -> list[Organisation]:
    """Lock members of a council in one order, so that none leaves while it is being promised to.

    Raises ``NotFound`` for one that is no open organisation of the community.
    """
    rows = (
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("place")
        .filter(pk__in=ids, kind__in=queries.SEATED, closed_on__isnull=True)
        .order_by("pk")
    )
    found = {row.pk: row for row in rows if not community or row.community == community}
    if set(found) != set(ids):
        raise NotFound
    return [found[pk] for pk in ids]


def place_in(community: str, code: str) -> Place:
    """Return the place of a code in a community; "" is the community itself.

    Refuses (``Invalid``) an unknown or closed place, one of another community, and a household:
    what institutions do is told at the entrance at most.
    """
    said = {"place": _("Please choose a place of this community.")}
    wished = code.strip() or community
    try:
        level = level_of(wished)
    except ValueError as error:
        raise Invalid(fields=said) from error
    if not wished.startswith(community) or LENGTHS[level] > LENGTHS[Level.UNIT]:
        raise Invalid(fields=said)
    found = Place.objects.filter(code=wished, closed_on__isnull=True).first()
    if found is None:
        raise Invalid(fields=said)
    return found


def post_of(by: Actor, organisation: Organisation | None) -> UUID | None:
    """Return the post in whose name the actor speaks: of the organisation if they have one."""
    if organisation is not None:
        for post in queries.posts_of(organisation):
            if post in by.posts:
                return post
    return next(iter(sorted(by.posts)), None)


def tell(
    by: Actor,
    organisations: Iterable[Organisation],
    *,
    kind: str,
    title: str,
    body: str,
    path: str,
    key: str,
) -> None:
    """Tell whoever speaks for these organisations today, except the actor.

    ``path`` is below /office/council/ for the committee's desk, below /field/council/ else.
    """
    messages = []
    for body_of in organisations:
        desk = body_of.kind == OrganisationKind.COMMITTEE
        face = "office" if desk else "field"
        for persons in persons_of(queries.posts_of(body_of)).values():
            for person in persons:
                if person == by.person:
                    continue
                messages.append(
                    Message(
                        person=person,
                        kind=f"council.{kind}",
                        title=title,
                        body=body,
                        link=f"/{face}/council/{path}",
                        key=f"council:{key}:{person.hex}",
                        community=body_of.community,
                    )
                )
    notify(messages)


def stamp(row: Tracked, by: Actor, why: str) -> None:
    """Say on a row who changes it and why."""
    row.changed_by = by.name
    row.changed_why = why[:200]
    row.changed_at = clock.now()
