"""What calls mean for one's own data: the consent to be called, links sent outside, one's page."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.access import rls
from liren.base import next_steps
from liren.notifications import outside
from liren.notifications.models import Notice
from liren.people import consents, rights

from . import links, queries, spreading
from .audiences import CONSENT


def one_tap(notice: Notice) -> str:
    """Return the one-tap link of a message about a call: call and person are in its key."""
    return links.path_to(UUID(notice.key.split(":")[1]), notice.person_id)


def offer(_actor: Any, mine: Any) -> Iterable[next_steps.NextStep]:
    """Yield, for one's own page, where being called is switched on and off."""
    on = queries.opted_in(mine.person) is not None
    yield next_steps.NextStep(
        label=_("Being called to help"),
        url=reverse("calls:opt", args=[mine.community]),
        icon="megaphone",
        hint=_("switched on") if on else _("switched off"),
        order=30,
    )


def register() -> None:
    """Take part; called as the app starts."""
    consents.register(
        consents.Purpose(
            key=CONSENT,
            version="2026-11",
            title=gettext_lazy("being called when neighbours are needed"),
            wording=gettext_lazy(
                "When somebody responsible here calls for help (snow, a blocked fire lane, a blood "
                "drive), the call also comes to me. I answer or I do not; nobody sees who did not "
                "answer, and what I answered is deleted when the call closes."
            ),
            ends=gettext_lazy("No more calls come; what you answered in running calls is deleted."),
        )
    )
    outside.register(spreading.MADE, one_tap)
    outside.register(spreading.OFF, one_tap)
    next_steps.register("people.me", offer)
    rights.register(rights.Part("calls", stop=stop))


def stop(person: UUID, purpose: str, by: Any) -> None:
    """Let go of a resident's answers once they no longer want calls."""
    if purpose == CONSENT:
        with rls.everywhere():
            queries.answers_of(person).delete()
