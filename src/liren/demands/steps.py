"""Links that lead here from other pages: from a form from above, from a matter."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liren.access.actor import Actor, Permission
from liren.base.next_steps import NextStep
from liren.matters import rules as matters


def from_form(actor: Actor, form: Any) -> Iterable[NextStep]:
    """Offer to enter a form from above as a demand."""
    if actor.may(Permission.MATTER_DISPATCH, form.community):
        query = urlencode({"form": form.key, "title": form.name})
        yield NextStep(
            label=_("Check whether we must do it"),
            url=f"{reverse('demands:new')}?{query}",
            icon="shield",
            hint=_("Who asks for it, on what ground, and what comes with it"),
        )


def from_matter(actor: Actor, matter: Any) -> Iterable[NextStep]:
    """Offer a supervision order for an open matter."""
    if matter.status in matters.OPEN and actor.may(Permission.MATTER_SUPERVISE, matter.place_code):
        yield NextStep(
            label=_("Supervision order"),
            url=f"{reverse('demands:order_new')}?matter={matter.pk}",
            icon="flag",
            hint=_("A numbered order with a day, to be answered in writing"),
        )
