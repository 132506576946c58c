"""What the forms of one matter need to know: read once, in a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from liren.access.actor import Actor, Permission
from liren.organisation.enums import OrganisationKind, PostKind
from liren.organisation.models import Post
from liren.organisation.queries import persons_of
from liren.territory.codes import prefixes

from ... import queries, rules
from ...actions.office import TRIES_NEEDED
from ...models import Attachment, Category, Entry, Extension, Link, Matter, Whistle

# Whoever is called from outside the line of leaders.
_CALLED_KINDS = (
    OrganisationKind.DEPARTMENT,
    OrganisationKind.PROPERTY,
    OrganisationKind.PARTNER,
    OrganisationKind.SOCIAL,
)
_CALLED_TYPES = (PostKind.DEPARTMENT, PostKind.PARTNER)


@dataclass(frozen=True, slots=True)
class Seat:
    """A post that answers for the matter's place, and whether somebody sits on it."""

    post: Post
    vacant: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """One matter and what surrounds it."""

    actor: Actor
    matter: Matter
    roles: frozenset[str]
    allowed: tuple[str, ...]
    own: list[Seat]
    called: list[Seat]
    whistle: Whistle | None
    extension: Extension | None
    tried: list[date]
    kinds: list[Category]
    links: list[Link]
    entries: list[Entry]
    photos: list[Attachment]
    answers_alone: bool

    @property
    def days_missing(self) -> int:
        """On how many more days somebody must try to reach the reporter before closing."""
        return max(0, TRIES_NEEDED - len(set(self.tried)))

    def can(self, permission: str) -> bool:
        """Tell whether the actor holds a permission at the matter's place."""
        return self.actor.may(permission, self.matter.place_code)


def read(actor: Actor, matter: Matter) -> Situation:
    """Return the situation of a matter the actor has been let to see."""
    roles = queries.roles(actor, matter)
    allowed = tuple(rules.verbs_for(matter.status, roles))
    own, called = _seats(matter) if {"assign", "whistle", "split"} & set(allowed) else ([], [])
    entries = list(
        matter.entries.select_related("by_post", "to_post").prefetch_related("attachments")
    )
    return Situation(
        actor=actor,
        matter=matter,
        roles=roles,
        allowed=allowed,
        own=own,
        called=called,
        whistle=matter.whistles.select_related("called", "blown_by")
        .filter(state__in=queries.OPEN_WHISTLE)
        .first(),
        extension=matter.extensions.select_related("asked_by_post")
        .filter(granted__isnull=True)
        .first(),
        tried=queries.tried_on(matter) if "close_unreachable" in allowed else [],
        kinds=list(queries.categories(matter.community))
        if {"categorise", "split"} & set(allowed)
        else [],
        links=_links(actor, matter),
        entries=entries,
        photos=list(matter.attachments.order_by("at")),
        answers_alone=queries.answers_alone(matter) if "heard_solved" in allowed else True,
    )


def _seats(matter: Matter) -> tuple[list[Seat], list[Seat]]:
    posts = list(
        Post.objects.filter(place_code__in=prefixes(matter.place_code), closed_on__isnull=True)
        .filter(type__permissions__contains=[str(Permission.MATTER_HANDLE)])
        .exclude(pk__in=matter.about_posts)
        .select_related("type", "organisation")
        .order_by("-place_code", "title")
    )
    below = _codes_of(matter.about_posts)
    posts = [p for p in posts if not any(p.place_code.startswith(code) for code in below)]
    held = persons_of(post.pk for post in posts)
    about = set(matter.about_persons)
    own: list[Seat] = []
    called: list[Seat] = []
    for post in posts:
        persons = held.get(post.pk, [])
        if persons and about.issuperset(persons):
            continue  # only those it is about sit there (G7)
        (called if _outside(post) else own).append(Seat(post, not persons))
    return own, called


def _outside(post: Post) -> bool:
    kind = post.organisation.kind if post.organisation else ""
    return kind in _CALLED_KINDS or post.type_id in _CALLED_TYPES


def _codes_of(posts: Iterable[UUID]) -> list[str]:
    listed = list(posts)
    if not listed:
        return []
    return list(Post.objects.filter(pk__in=listed).values_list("place_code", flat=True))


def _links(actor: Actor, matter: Matter) -> list[Link]:
    found = list(
        Link.objects.filter(Q(source=matter) | Q(target=matter), active=True)
        .select_related("source__holder", "target__holder")
        .order_by("pk")
    )
    others = {link.target_id if link.source_id == matter.pk else link.source_id for link in found}
    if not others:
        return []
    seen = set(queries.visible(actor).filter(pk__in=others).values_list("pk", flat=True))
    return [link for link in found if {link.source_id, link.target_id} & seen]
