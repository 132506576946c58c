"""What every change of partners shares."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotFound
from liren.base.text import clean_line
from liren.notifications.actions import Message, notify
from liren.organisation.queries import persons_of
from liren.territory.models import Place

M = TypeVar("M", bound=Model)
WHY_MAX = 300


def locked(model: type[M], pk: UUID) -> M:
    """Return a row locked for a change; raise ``NotFound``."""
    found = (
        model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    )
    if found is None:
        raise NotFound
    return found


def office(by: Actor, code: str) -> None:
    """Let pass who looks after partners at a place; nothing is there for who does not see it."""
    require(by, Permission.PARTNER_EDIT, code)


def same(row: Any, seen: int | None) -> None:
    """Refuse (``Changed``) when somebody changed the row since it was looked at."""
    if seen is not None and row.version != seen:
        raise Changed


def keep(row: Any, by: Actor, why: str) -> None:
    """Save a changed row, with who and why, as its next version."""
    row.changed_by, row.changed_why, row.changed_at = by.name, why[:200], clock.now()
    if hasattr(row, "version"):
        row.version += 1
    row.save()


def track(by: Actor, why: str) -> dict[str, Any]:
    """Return who and why for a new row."""
    return {"changed_by": by.name, "changed_why": why[:200], "changed_at": clock.now()}


def said(words: str, field: str, most: int = WHY_MAX) -> str:
    """Return a reason in words; refuse (``Invalid``) its absence beside the field."""
    try:
        found = clean_line(words, most, empty_ok=True)
    except Invalid as refused:
        raise Invalid(fields={field: str(refused)}) from refused
    if not found:
        raise Invalid(fields={field: _("Please say why, in a few words.")})
    return found


def place_in(place: UUID, community: str = "") -> Place:
    """Return an open place, of the community when one is named."""
    found = Place.objects.filter(pk=place, closed_on__isnull=True).first()
    if found is None or (community and found.community != community):
        raise Invalid(fields={"place": _("Please choose a place in the community.")})
    return found


def days(starts: date, ends: date, field: str) -> None:
    """Refuse (``Invalid``) a last day before the first."""
    if ends < starts:
        raise Invalid(fields={field: _("The last day lies before the first.")})


def tell(
    community: str,
    *,
    persons: Iterable[UUID | None] = (),
    posts: Iterable[UUID | None] = (),
    kind: str,
    title: str,
    key: str,
    body: str = "",
    link: str = "",
) -> None:
    """Put a message into the inboxes of persons and of whoever holds the posts today."""
    whom = {one for one in persons if one is not None}
    for holders in persons_of([one for one in posts if one is not None]).values():
        whom.update(holders)
    notify(
        Message(
            person=one,
            kind=f"partners.{kind}",
            title=title,
            body=body,
            link=link,
            key=f"{key}:{one}"[:120],
            community=community,
        )
        for one in sorted(whom)
    )
