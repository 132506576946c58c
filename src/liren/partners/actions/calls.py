"""Writes of the scheme and of open calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liren.access.actor import Actor
from liren.base import clock
from liren.base.errors import Changed, Invalid
from liren.base.text import clean_line, clean_text

from .. import queries
from ..enums import Applicant, ApplicationState, CallState
from ..models import OpenCall, Scheme
from .core import days, keep, locked, office, place_in, said, same, track

CAPACITY_MAX = 50
LISTS = ("areas", "trades", "terms", "checks")
ENTRIES_MAX = 30


def edit_scheme(
    *,
    by: Actor,
    community: str,
    seen: int,
    name: str,
    source: str,
    lists: Mapping[str, Sequence[Mapping[str, Any]]],
) -> Scheme:
    """Write a community's scheme as a new version; agreements keep the one they were made under.

    ``lists`` holds "areas", "trades", "terms", "checks" as ``{"key", "name"}`` (a term also
    "months", 1 to 120). Refuses empty lists, an entry without a name, the same key twice
    (``Invalid``), and a scheme edited since version ``seen`` of the one in force (``Changed``).
    """
    office(by, community)
    with transaction.atomic():
        now = queries.scheme(community)
        # The shipped one's row is everybody's to lock: only whoever edits waits for it.
        Scheme.objects.select_for_update(no_key=True).get(pk=now.pk)
        latest = queries.scheme(community)
        if latest.pk != now.pk or latest.version != seen:
            raise Changed
        kept = {one: _entries(one, lists.get(one, ())) for one in LISTS}
        return Scheme.objects.create(
            community=community,
            # Never the number of the shipped one: whoever looked at that is told.
            version=latest.version + 1,
            name=clean_line(name, 60),
            source=clean_line(source, 300),
            starts=clock.today(),
            **kept,
            **track(by, "edit scheme"),
        )


def _entries(of: str, listed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in listed:
        called = clean_line(str(one.get("name", "")), 40, empty_ok=True)
        if not called:
            raise Invalid(fields={of: _("Each line needs a name.")})
        # Not given: the first free key, so that what an old agreement names keeps its meaning.
        key = str(one.get("key", "")) or _free_key(of, [*listed, *found])
        if any(other["key"] == key for other in found):
            raise Invalid(fields={of: _("The same entry is there twice.")})
        entry: dict[str, Any] = {"key": key[:20], "name": called}
        if of == "terms":
            months = one.get("months")
            if not isinstance(months, int) or not 1 <= months <= 120:
                raise Invalid(fields={of: _("A term lasts 1 to 120 months.")})
            entry["months"] = months
        found.append(entry)
    if not found or len(found) > ENTRIES_MAX:
        raise Invalid(fields={of: _("Between one and thirty entries, please.")})
    return found


def _free_key(of: str, taken: Sequence[Mapping[str, Any]]) -> str:
    known = {str(one.get("key", "")) for one in taken}
    return next(key for n in range(1, 200) if (key := f"{of[0]}{n}") not in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a call says."""

    place: UUID
    title: str
    wanted: str
    area: str
    trade: str
    term: str
    opens: date
    closes: date
    capacity: int
    who: Sequence[str] = field(default_factory=tuple)


def write_call(
    *,
    by: Actor,
    wanted: Wanted,
    call: UUID | None = None,
    seen: int | None = None,
    synthetic: bool = False,
) -> OpenCall:
    """Write a call, or change one that is still being written or open.

    Refuses (``Invalid``) a last day before the first, entries the scheme does not have, nobody
    who may apply, fewer partners than are accepted already; ``Changed`` when somebody was faster.
    """
    with transaction.atomic():
        where = place_in(wanted.place)
        office(by, where.code)
        row = OpenCall(community=where.community, synthetic=synthetic)
        if call is not None:
            row = locked(OpenCall, call)
            office(by, row.place_code)
            same(row, seen)
            if row.state == CallState.CLOSED:
                raise Invalid(_("This call is closed. Please write a new one."))
            place_in(wanted.place, row.community)
        scheme = queries.scheme(row.community) if call is None else row.scheme
        for of, name in (("areas", "area"), ("trades", "trade"), ("terms", "term")):
            if getattr(wanted, name) not in [one["key"] for one in getattr(scheme, of)]:
                raise Invalid(fields={name: _("Please choose one of the kinds.")})
        days(wanted.opens, wanted.closes, "closes")
        who = [one for one in Applicant.values if one in wanted.who]
        if not who:
            raise Invalid(fields={"who": _("Please say who may apply.")})
        accepted = row.applications.filter(state=ApplicationState.ACCEPTED).count() if call else 0
        if not max(1, accepted) <= wanted.capacity <= CAPACITY_MAX:
            raise Invalid(
                fields={
                    "capacity": _("Between %(least)d and %(most)d, please.")
                    % {"least": max(1, accepted), "most": CAPACITY_MAX}
                }
            )
        row.place, row.place_code, row.scheme = where, where.code, scheme
        row.title = _line(wanted.title, "title", 80)
        row.wanted = _text(wanted.wanted, "wanted")
        row.area, row.trade, row.term = wanted.area, wanted.trade, wanted.term
        row.opens, row.closes, row.capacity, row.who = (
            wanted.opens,
            wanted.closes,
            wanted.capacity,
            who,
        )
        if call is None:
            row.changed_by, row.changed_why, row.changed_at = by.name, "write call", clock.now()
            row.save(force_insert=True)
        else:
            keep(row, by, "change call")
    return row


def publish_call(*, by: Actor, call: UUID, seen: int | None = None) -> OpenCall:
    """Put a call on the community's page; refuses one whose last day has passed (``Invalid``)."""
    with transaction.atomic():
        row = locked(OpenCall, call)
        office(by, row.place_code)
        same(row, seen)
        if row.state != CallState.DRAFT:
            raise Changed
        if row.closes < clock.today():
            raise Invalid(_("Its last day has passed. Please choose a later one first."))
        row.state = CallState.OPEN
        keep(row, by, "publish")
    return row


def close_call(*, by: Actor, call: UUID, why: str) -> OpenCall:
    """Take no more applications; those that wait are still decided. Needs words all read."""
    with transaction.atomic():
        row = locked(OpenCall, call)
        office(by, row.place_code)
        if row.state == CallState.CLOSED:
            raise Changed
        row.closed_why = said(why, "why", 200)
        row.state = CallState.CLOSED
        keep(row, by, f"close: {row.closed_why}")
    return row


def _line(text: str, name: str, most: int) -> str:
    try:
        return clean_line(text, most)
    except Invalid as refused:
        raise Invalid(fields={name: str(refused)}) from refused


def _text(text: str, name: str, most: int = 2000) -> str:
    try:
        return clean_text(text, most)
    except Invalid as refused:
        raise Invalid(fields={name: str(refused)}) from refused
