"""What messages offer on a person's own page (``base.next_steps``, "people.me")."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.base import next_steps

from . import queries


def offer(actor: Any, mine: Any) -> Iterable[next_steps.NextStep]:
    """Yield the inbox, with how many messages are new, and the ways to be reached."""
    n = queries.unread(mine.person)
    yield next_steps.NextStep(
        label=_("My messages"),
        url=reverse("notifications:inbox", args=[mine.community]),
        icon="bell",
        hint=ngettext("%(n)d new", "%(n)d new", n) % {"n": n} if n else "",
        order=10,
    )
    yield next_steps.NextStep(
        label=_("How I am reached"),
        url=reverse("notifications:reach", args=[mine.community]),
        icon="phone",
        hint=_("text message, e-mail, quiet hours"),
        order=20,
    )


def register() -> None:
    """Take part; called as the app starts."""
    next_steps.register("people.me", offer)
