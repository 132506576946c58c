"""Reading meetings: by post, by duty, or because they are public."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liren.access.actor import Actor, Permission
from liren.access.gate import visible_to
from liren.base.errors import NotFound
from liren.organisation.enums import OrganisationKind
from liren.organisation.models import Organisation, Post, Term
from liren.organisation.queries import holding

from . import rules
from .enums import MinutesKind, Presence
from .models import Meeting, Member, Minutes

MEMBERS_MOST = 200
CHOICES = 120


def visible(actor: Actor) -> "QuerySet[Meeting]":
    """Return the meetings an actor may read: where they keep them, where they belong, public."""
    posts = list(actor.posts)
    mine = Q(public=True)
    if posts:
        mine |= Q(convened_by__in=posts)
        mine |= Q(pk__in=Member.objects.filter(post__in=posts).values("meeting"))
    return visible_to(actor, Meeting.objects.all(), Permission.BRANCH_EDIT, party=mine)


def get(actor: Actor, pk: UUID) -> Meeting:
    """Return one meeting; raise ``NotFound``."""
    found = (
        visible(actor).select_related("place", "organisation", "convened_by").filter(pk=pk).first()
    )
    if found is None:
        raise NotFound
    return found


def keeps(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor looks after a meeting: by duty, or because their post called it."""
    return meeting.convened_by_id in actor.posts or actor.may(
        Permission.BRANCH_EDIT, meeting.place_code
    )


def latest(meeting: Meeting) -> Minutes | None:
    """Return the newest version of the minutes."""
    return meeting.minutes.order_by("-number").first()


def confirmed(meeting: Meeting) -> Minutes | None:
    """Return the version that counts for everybody: the last one after a confirmation."""
    return meeting.minutes.exclude(kind=MinutesKind.DRAFT).order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many belong to a meeting, were there, excused themselves; and whether that is enough."""

    members: int
    present: int
    excused: int
    needed: int | None

    @property
    def noted(self) -> bool:
        """Tell whether anybody was noted as present."""
        return self.present > 0

    @property
    def enough(self) -> bool:
        """Tell whether the meeting could decide."""
        return self.needed is None or self.present >= self.needed


def quorum_of(meeting: Meeting) -> rules.Quorum | None:
    """Return the meeting's quorum; None where none is asked."""
    if meeting.quorum_in is None:
        return None
    return rules.quorum(meeting.quorum_of, meeting.quorum_in, more_than=meeting.quorum_more)


def attendance(meeting: Meeting) -> Attendance:
    """Return the figures of a meeting. One statement."""
    found = meeting.members.aggregate(
        members=Count("pk"),
        present=Count("pk", filter=Q(presence=Presence.PRESENT)),
        excused=Count("pk", filter=Q(presence=Presence.EXCUSED)),
    )
    asked = quorum_of(meeting)
    return Attendance(
        members=found["members"],
        present=found["present"],
        excused=found["excused"],
        needed=None if asked is None else asked.needed(found["members"]),
    )


def conveners(actor: Actor, community: str) -> "QuerySet[Post]":
    """Return the posts an actor may call a meeting for: their own, and those they write for."""
    held = Post.objects.filter(closed_on__isnull=True, community=community)
    own = held.filter(pk__in=list(actor.posts))
    if actor.may(Permission.BRANCH_EDIT, community):
        able = Term.objects.filter(holding(), community=community).values("post")
        own |= held.filter(pk__in=able, type__permissions__contains=[str(Permission.BRANCH_EDIT)])
    return own.select_related("type").order_by("place_code", "title").distinct()


def bodies(actor: Actor, community: str) -> "QuerySet[Organisation]":
    """Return the organisations of a community a meeting may be called for."""
    kinds = [OrganisationKind.BRANCH, OrganisationKind.COMMITTEE]
    rows = Organisation.objects.filter(
        community=community, kind__in=kinds, closed_on__isnull=True
    ).order_by("kind", "name")
    return visible_to(actor, rows, Permission.BRANCH_EDIT, code_field="place__code")


def invitable(community: str) -> "QuerySet[Post]":
    """Return the posts of a community that can be asked to a meeting beside the body's own."""
    return Post.objects.filter(
        community=community, closed_on__isnull=True, type__level__in=("community", "grid")
    ).order_by("place_code", "title")[:CHOICES]
