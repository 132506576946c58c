"""What recruitment offers from a gap and from a post (``base.next_steps``)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.access.actor import Permission
from liren.base import next_steps
from liren.matters import queries, rules
from liren.organisation.queries import holding


def from_gap(actor: Any, gap: Any) -> Iterable[next_steps.NextStep]:
    """Call publicly where a post is missing."""
    if actor.may(Permission.POST_EDIT, gap.place.code):
        yield next_steps.NextStep(
            label=_("Call for volunteers"),
            url=reverse("recruitment:new", args=[gap.place.pk, gap.type.pk]),
            icon="megaphone",
            hint=_("Let the neighbours themselves say who would do it:"),
        )


def from_post(actor: Any, post: Any) -> Iterable[next_steps.NextStep]:
    """Thank who held the post last; look for the next one."""
    if not actor.may(Permission.POST_EDIT, post.place_code):
        return
    yield next_steps.NextStep(
        label=_("Duties"),
        url=reverse("recruitment:duties", args=[post.type_id]),
        icon="list",
    )
    last = post.terms.order_by("-starts").first()
    if last is not None:
        yield next_steps.NextStep(
            label=_("Write a thank-you"),
            url=reverse("recruitment:thank", args=[last.pk]),
            icon="heart",
        )
    if not post.terms.filter(holding(), ends__isnull=True).exists():
        yield next_steps.NextStep(
            label=_("Call for volunteers"),
            url=reverse("recruitment:new", args=[post.place_id, post.type_id]),
            icon="megaphone",
        )


SHARING = frozenset({rules.R.HOLDER, rules.R.OFFICE, rules.R.CALLED, rules.R.ABOVE})


def from_matter(actor: Any, matter: Any) -> Iterable[next_steps.NextStep]:
    """Share a matter along its line; not what is shielded."""
    if matter.shielded or matter.status == "closed" or not queries.roles(actor, matter) & SHARING:
        return
    yield next_steps.NextStep(
        label=_("Share along the line"),
        url=reverse("recruitment:share", args=[matter.pk]),
        icon="people",
        order=200,
    )


def register() -> None:
    """Take part; called as the app starts."""
    next_steps.register("network.gap", from_gap)
    next_steps.register("organisation.post", from_post)
    next_steps.register("matters.matter", from_matter)
