"""Reads for the resident's own pages: my matters, my home, one matter's timeline and photos."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.people import hooks
from liren.people.models import Person, Residence
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place
from liren.territory.queries import below

from . import queries, rules
from .enums import Status, Verb
from .models import Attachment, Entry, Follower, Matter, Whistle

SHOWN = 50
MAP_MAX = 2000
DEEDS_MAX = 100


def mine(actor: Actor, community: str) -> "QuerySet[Matter]":
    """Return what the actor (or whoever gave them a mandate) reported here.

    Without a sign-in: what this browser opened by receipt.
    """
    own = Q(pk__in=list(actor.matters))
    if actor.party:
        own |= Q(reporter=actor.party)
    return _listed(queries.visible(actor).filter(own, community=community))


def followed(actor: Actor, community: str) -> "QuerySet[Matter]":
    """Return what the actor follows here."""
    if actor.party is None:
        return Matter.objects.none()
    rows = Follower.objects.filter(person=actor.party).values("matter")
    return _listed(
        Matter.objects.filter(pk__in=rows, community=community, shielded=False).exclude(
            reporter=actor.party
        )
    )


def _listed(rows: "QuerySet[Matter]") -> "QuerySet[Matter]":
    """Order: what waits for the reader's answer, what is open, what has ended; newest first."""
    turn = Case(
        When(status=Status.ANSWERING, then=0), When(status=Status.CLOSED, then=2), default=1
    )
    return rows.select_related("place", "category", "holder").order_by(turn, "-reported_at")


def waiting(actor: Actor, community: str) -> int:
    """Return how many of the actor's own matters wait for their answer."""
    if actor.party is None and not actor.matters:
        return 0
    return mine(actor, community).filter(status=rules.S.ANSWERING).count()


def follows(actor: Actor, matter: Matter) -> bool:
    """Tell whether the actor follows this matter."""
    if actor.party is None:
        return False
    return Follower.objects.filter(matter=matter, person=actor.party).exists()


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives: the household, and the entrance most needs are about."""

    household: Place
    entrance: Place


def homes(person: UUID | None, community: str) -> list[Home]:
    """Return where a person lives in this community, with the unit (or building) above.

    Two statements, none for nobody.
    """
    if person is None:
        return []
    rows = Residence.objects.filter(
        person=person, community=community, until__isnull=True, place__closed_on__isnull=True
    ).select_related("place__parent")
    found: dict[UUID, Home] = {}
    for row in rows.order_by("since"):
        if row.place.level == Level.HOUSEHOLD and row.place.parent is not None:
            found.setdefault(row.place.pk, Home(row.place, row.place.parent))
        else:
            found.setdefault(row.place.pk, Home(row.place, row.place))
    return list(found.values())


def entries(matter: Matter) -> list[Entry]:
    """Return the public lines of a timeline, oldest first, with the posts they name."""
    rows = Entry.objects.filter(matter=matter, internal=False)
    return list(rows.select_related("by_post", "to_post").order_by("at", "id"))


def speakers(matter: Matter, rows: Iterable[Entry]) -> dict[str, str]:
    """Return who spoke for the reporter under a mandate: the entry's name → the person's name.

    No statement when nobody did.
    """
    own = f"person:{matter.reporter_id}"
    names = {
        row.by
        for row in rows
        if row.by_role == rules.R.REPORTER
        and row.by_post_id is None
        and row.by.startswith("person:")
        and row.by != own
    }
    if not names or matter.reporter_id is None:
        return {}
    found = Person.objects.filter(pk__in=[name.removeprefix("person:") for name in names])
    return {f"person:{one.pk}": one.name for one in found}


def deeds(grantor: UUID, agents: Sequence[UUID]) -> list[hooks.Deed]:
    """Return what agents did in a person's matters, newest first; one statement."""
    rows = (
        Entry.objects.filter(
            matter__reporter=grantor,
            by__in=[f"person:{one}" for one in agents],
            by_role=rules.R.REPORTER,
            by_post__isnull=True,
        )
        .select_related("matter")
        .order_by("-at", "-id")[:DEEDS_MAX]
    )
    return [
        hooks.Deed(
            at=row.at,
            agent=UUID(row.by.removeprefix("person:")),
            what=row.get_verb_display(),
            about=row.matter.text.strip().split("\n")[0][:40] or row.matter.number,
            link=f"/c/{row.matter.community}/matters/{row.matter.pk}/",
        )
        for row in rows
    ]


def photos(matter: Matter, *, withheld: bool) -> dict[UUID | None, list[Attachment]]:
    """Return the photos by the timeline entry they belong to."""
    rows = Attachment.objects.filter(matter=matter)
    if not withheld:
        rows = rows.filter(withheld=False)
    found: dict[UUID | None, list[Attachment]] = {}
    for row in rows.order_by("at", "id"):
        found.setdefault(row.entry_id, []).append(row)
    return found


def called(matters: Iterable[Matter]) -> dict[UUID, str]:
    """Return, for matters somebody is whistled for, the title of the called post."""
    ids = [m.pk for m in matters if m.status == rules.S.WHISTLED]
    if not ids:
        return {}
    rows = Whistle.objects.filter(matter__in=ids, state__in=queries.OPEN_WHISTLE)
    return dict(rows.values_list("matter", "called__title"))


def done_by(matter: Matter) -> str:
    """Return the title of the post that last said it is done, or explained it, while that is
    looked at or answered; "" otherwise. A department may have done what a leader has.
    """
    if matter.status not in (rules.S.CHECKING, rules.S.ANSWERING):
        return ""
    said = matter.entries.filter(verb__in=[Verb.HANDLE, Verb.EXPLAIN])
    title = said.order_by("at", "pk").values_list("by_post__title", flat=True).last()
    return title or _("The community office")


def is_reporter(actor: Actor, matter: Matter) -> bool:
    """Tell whether the matter is the actor's own (or their grantor's, or opened by receipt)."""
    return rules.R.REPORTER in queries.roles(actor, matter)


def may_see_withheld(actor: Actor, matter: Matter) -> bool:
    """Tell whether photos of a complaint that nobody has looked at yet are shown (G7).

    The reporter sees their own; the office sees them to look whether they tell who took them.
    """
    if actor.person and actor.person in matter.about_persons:
        return False
    return is_reporter(actor, matter) or actor.may(
        Permission.MATTER_VIEW_SHIELDED, matter.place_code
    )


def building_name(place: Place) -> str:
    """Return a place's name down to the building: what neighbours may read of a matter."""
    if len(place.code) <= LENGTHS[Level.BUILDING]:
        return str(place)
    # "长山花园 1号楼 1单元 101室": the building is what stands before unit and door.
    extra = 2 if place.level == Level.HOUSEHOLD else 1
    parts = str(place).split(" ")
    return " ".join(parts[:-extra]) if len(parts) > extra else parts[0]


def mapped(community: str) -> bool:
    """Tell whether any place of the community has geometry to tap on."""
    return _drawn(community).exists()


def map_places(community: str) -> list[dict[str, object]]:
    """Return buildings with their shapes, as the map draws them (WGS84, at most 2,000)."""
    return [
        {
            "code": place.code,
            "name": place.name,
            "full": str(place),
            # "长山花园 1号楼" lies in 长山花园: what the map says from far away.
            "group": str(place).removesuffix(place.name).strip(),
            "at": [float(place.latitude), float(place.longitude)]
            if place.latitude is not None and place.longitude is not None
            else None,
            "outline": place.outline,
        }
        for place in _drawn(community)[:MAP_MAX]
    ]


def _drawn(community: str) -> "QuerySet[Place]":
    shaped = Q(outline__isnull=False) | Q(longitude__isnull=False, latitude__isnull=False)
    return (
        below(community, Level.BUILDING)
        .filter(shaped)
        .only("code", "name", "full_name", "longitude", "latitude", "outline")
    )
