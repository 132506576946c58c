"""Where mobile posts are met: the poster of an entrance, one's own page."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.base import next_steps

from . import queries


def scanned(actor: Any, poster: Any) -> Iterable[next_steps.NextStep]:
    """Lead whoever joined straight to two taps (order 0); offer it to everybody else."""
    place = poster.place
    joined = queries.mine(actor.person, place.community) is not None and not actor.acting_for
    yield next_steps.NextStep(
        label=_("I pass by with my work: two taps"),
        url=reverse("mobileposts:tell", args=[place.community]) + f"?place={place.code}",
        icon="send",
        order=0 if joined else 100,
    )


def offer(actor: Any, mine: Any) -> Iterable[next_steps.NextStep]:
    """Let whoever joined find the page where they leave again."""
    if queries.mine(mine.person, mine.community) is not None:
        yield next_steps.NextStep(
            label=_("Mobile post"),
            url=reverse("mobileposts:join", args=[mine.community]),
            icon="flag",
            hint=_("what is kept; leave with one tap"),
            order=60,
        )


def register() -> None:
    """Take part; called as the app starts."""
    next_steps.register("matters.poster", scanned)
    next_steps.register("people.me", offer)
