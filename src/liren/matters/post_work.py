"""The open matters of a post, for the pages of posts, which lie below this app."""

from uuid import UUID

from django.db.models import F, QuerySet

from liren.access.actor import Actor, Permission
from liren.base import clock
from liren.organisation.hooks import Work, connect_work

from . import queries, words
from .enums import Status
from .models import Matter


def of_post(actor: Actor, post: UUID) -> "QuerySet[Matter]":
    """Return the open matters a post answers for, as far as the actor may see them."""
    return (
        queries.visible(actor)
        .filter(holder=post)
        .exclude(status=Status.CLOSED)
        .select_related("place", "category", "holder")
        .order_by(F("due").asc(nulls_last=True), "pk")
    )


def listed(actor: Actor, post: UUID, most: int) -> list[Work]:
    """Return them as lines; where a line leads depends on who asks."""
    now = clock.now()
    face = "office" if actor.has(Permission.MATTER_DISPATCH) else "field"
    return [
        Work(
            title=words.title_of(matter, own=not matter.shielded),
            where=str(matter.place),
            url=f"/{face}/matters/{matter.pk}/",
            due=matter.due,
            late=matter.due is not None and matter.due < now,
        )
        for matter in of_post(actor, post)[:most]
    ]


def counted(actor: Actor, post: UUID) -> int:
    """Return how many there are."""
    return of_post(actor, post).count()


def register() -> None:
    """Fill in the hook; called as the app starts."""
    connect_work(listed=listed, counted=counted)
