"""What branches have taken on at a place, for the page that gathers everybody's promises (D1)."""

from collections.abc import Iterable

from django.urls import reverse

from liren.access.actor import Actor, code_range
from liren.base.commitments import Commitment, State

from . import queries
from .enums import TaskState

STATES = {
    TaskState.CLAIMED: State.UNDER_WAY,
    TaskState.DONE: State.DELIVERED,
    TaskState.CONFIRMED: State.CONFIRMED,
}


def promises(actor: Actor, code: str, most: int) -> Iterable[Commitment]:
    """Yield the tasks branches took on at a place and below it, as far as the actor may see."""
    low, high = code_range(code)
    rows = (
        queries.tasks(actor)
        .filter(place_code__gte=low, place_code__lt=high, state__in=list(STATES))
        .select_related("branch__organisation")
        .order_by("due", "pk")
    )
    for row in rows[:most]:
        assert row.branch is not None  # the database says so
        yield Commitment(
            who=row.branch.organisation.name,
            what=row.title,
            state=STATES[TaskState(row.state)],
            place_code=row.place_code,
            due=row.due,
            since=row.claimed_on,
            url=reverse("branches:task", args=[row.pk]),
        )
