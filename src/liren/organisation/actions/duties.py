"""Writes of duties: what a kind of post is there for, as a community words it."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_line

from ..models import Duty, PostType
from ..queries import duties_of, holding

MOST_DUTIES = 20


def edit_duties(
    *, by: Actor, community: str, type: str, texts: Sequence[str], source: str = "", seen: int = 0
) -> list[Duty]:
    """Put a community's own list of duties of a kind of post into force from today on.

    Promises: what was in force until yesterday stays on record; a list of the same day is
    replaced. ``seen`` is how many duties the editor was shown with. Refuses (``Invalid``) a list
    of nothing, more than twenty, one given twice; ``NotFound`` for an unknown kind; ``NotAllowed``
    without ``post.edit``; ``Changed`` when somebody edited the list meanwhile.
    """
    require(by, Permission.POST_EDIT, community)
    lines = [line for text in texts if (line := clean_line(text, 200, empty_ok=True))]
    if not lines:
        raise Invalid(fields={"texts": _("Please write at least one duty.")})
    if len(lines) > MOST_DUTIES:
        raise Invalid(fields={"texts": _("Twenty duties at most: nobody can keep more in mind.")})
    if len(set(lines)) < len(lines):
        raise Invalid(fields={"texts": _("One of the duties is there twice.")})
    with transaction.atomic():
        # The kind's row stands for its list: two editors come one after the other.
        kind = (
            PostType.objects.select_for_update()
            .filter(pk=type, community__in=("", community))
            .first()
        )
        if kind is None:
            raise NotFound
        before = duties_of(community, kind.pk)
        if seen and seen != version_of(before):
            raise Changed
        today = clock.today()
        own = Duty.objects.filter(community=community, type=kind)
        track = {"changed_by": by.name, "changed_why": "edit duties", "changed_at": clock.now()}
        own.filter(starts=today).update(**track)
        own.filter(starts=today).delete()
        own.filter(holding()).update(ends=today - timedelta(days=1), **track)
        said = clean_line(source, 200, empty_ok=True)
        return Duty.objects.bulk_create(
            Duty(
                community=community,
                type=kind,
                order=order,
                text=text,
                source=said,
                starts=today,
                **track,
            )
            for order, text in enumerate(lines)
        )


def version_of(duties: Sequence[Duty]) -> int:
    """Return a number that differs when the list was edited."""
    return sum(one.pk.int for one in duties) % 2_147_483_647 or 1
