"""The three lists, their kinds, and an institution that leaves."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Invalid, NotAllowed, NotFound
from liren.base.ids import new_code
from liren.base.text import clean_line
from liren.organisation import actions as organisations
from liren.organisation.models import Organisation, Post

from .. import queries, rules
from ..enums import Listed
from ..models import Item, Kind
from .core import CAPACITY_MAX, locked, place_in, stamp

YEARS_MOST = 5
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of one of the lists as somebody fills it in. ``place`` is a code, "" the community.

    ``weekdays``: 1 Monday … 7 Sunday. ``post``: who answers for it, None the liaison.
    """

    title: str
    kind: str
    starts: date
    ends: date | None = None
    details: str = ""
    place: str = ""
    capacity: int = 1
    weekdays: tuple[int, ...] = ()
    opens: time | None = None
    closes: time | None = None
    post: UUID | None = None


def add_item(*, by: Actor, organisation: UUID, listed: str, line: Line) -> Item:
    """Put a line on one of an organisation's three lists.

    The organisation's liaison does it, or the office for them. Refuses (``Invalid``, by field)
    an unknown list, kind or place, a capacity below one, days or hours that end before they
    begin, days that are over, and the same line twice for overlapping days; ``NotAllowed`` for
    anybody else.
    """
    if listed not in Listed.values:
        raise Invalid(fields={"listed": _("Please choose one of the three lists.")})
    with transaction.atomic():
        (body,) = locked("", organisation)
        _may(by, body)
        row = Item(
            community=body.community,
            organisation=body,
            listed=listed,
            synthetic=body.synthetic,
        )
        _fill(row, line, body)
        stamp(row, by, f"put on the list of {listed}s")
        row.save(force_insert=True)
    return row


def change_item(*, by: Actor, item: UUID, line: Line) -> Item:
    """Change a line; refuses what ``add_item`` refuses. Promises made on it stay as they are."""
    with transaction.atomic():
        row, body = _item(by, item)
        _fill(row, line, body)
        stamp(row, by, "changed")
        row.save()
    return row


def close_item(*, by: Actor, item: UUID) -> Item:
    """Take a line off its list; what was promised on it stays promised."""
    with transaction.atomic():
        row, _body = _item(by, item)
        row.closed_on = clock.today()
        stamp(row, by, "taken off the list")
        row.save()
    return row


def keep_kind(
    *,
    by: Actor,
    community: str,
    name: str,
    unit: str = "",
    code: str = "",
    active: bool = True,
) -> Kind:
    """Add a kind for a community, or rename, retire or bring back the one with ``code``.

    Lines keep the kind they have. Refuses (``Invalid``) a name another kind bears.
    """
    require(by, Permission.PARTNER_EDIT, community)
    called = clean_line(name, 40)
    with transaction.atomic():
        known = {kind.code: kind for kind in queries.kinds(community, also_retired=True)}
        if code and code not in known:
            raise NotFound
        if any(kind.name == called and kind.code != code for kind in known.values()):
            raise Invalid(fields={"name": _("There is a kind of this name already.")})
        shipped = known.get(code)
        row, _made = Kind.objects.update_or_create(
            community=community,
            code=code or f"own-{new_code(8).lower()}",
            defaults={
                "name": called,
                "name_en": shipped.name_en if shipped and shipped.name == called else "",
                "unit": clean_line(unit, 10, empty_ok=True),
                "unit_en": shipped.unit_en if shipped and shipped.unit == unit.strip() else "",
                "order": shipped.order if shipped else 50,
                "active": active,
                "changed_by": by.name,
                "changed_why": "kind kept",
                "changed_at": clock.now(),
            },
        )
    return row


def leave(*, by: Actor, organisation: UUID, words: str) -> Organisation:
    """Let an organisation leave the council: its lists close, its posts end.

    Refused (``Invalid``, the words list them) while promises by or to it, claims or matters with
    its posts are open: these are finished, withdrawn or handed over first.
    """
    said = clean_line(words, 200, empty_ok=True)
    if not said:
        raise Invalid(fields={"words": _("Please say why, in a few words.")})
    with transaction.atomic():
        (body,) = locked("", organisation)
        require(by, Permission.PARTNER_EDIT, body.community)
        if body.kind not in queries.OUTSIDE:
            raise Invalid(_("This organisation does not leave the council."))
        left = queries.in_the_way(body)
        if left:
            listed = "；".join(left[:SHOWN])
            if len(left) > SHOWN:
                listed += _(" … and %(n)d more") % {"n": len(left) - SHOWN}
            raise Invalid(
                ngettext(
                    "%(n)d thing is still open with them. Finish, withdraw or hand it over"
                    " first: %(list)s",
                    "%(n)d things are still open with them. Finish, withdraw or hand them over"
                    " first: %(list)s",
                    len(left),
                )
                % {"n": len(left), "list": listed}
            )
        Item.objects.filter(organisation=body, closed_on__isnull=True).update(
            closed_on=clock.today(),
            changed_by=by.name,
            changed_why="organisation left",
            changed_at=clock.now(),
        )
        return organisations.close_organisation(by=by, organisation=body.pk)


def _may(by: Actor, body: Organisation) -> None:
    if not queries.may_edit(by, body):
        raise NotAllowed


def _item(by: Actor, pk: UUID) -> tuple[Item, Organisation]:
    found = Item.objects.filter(pk=pk).values_list("organisation", flat=True).first()
    if found is None:
        raise NotFound
    (body,) = locked("", found)
    row = Item.objects.select_for_update(of=("self",)).filter(pk=pk, closed_on__isnull=True).first()
    if row is None or not queries.may_edit(by, body):
        raise NotFound
    return row, body


def _fill(row: Item, line: Line, body: Organisation) -> None:
    wrong: dict[str, str] = {}
    today = clock.today()
    if line.kind not in {kind.code for kind in queries.kinds(body.community)}:
        wrong["kind"] = _("Please choose one of the kinds.")
    if not 1 <= line.capacity <= CAPACITY_MAX:
        wrong["capacity"] = _("At least one, please.")
    if line.ends is not None and line.ends < line.starts:
        wrong["ends"] = _("The last day lies before the first.")
    elif line.ends is not None and line.ends < today:
        wrong["ends"] = _("These days are over already.")
    elif line.starts.year > today.year + YEARS_MOST:
        wrong["starts"] = _("That is too far away to plan for.")
    if (line.opens is None) != (line.closes is None):
        wrong["closes"] = _("Please give both hours, or neither.")
    elif line.opens is not None and line.closes is not None and line.closes <= line.opens:
        wrong["closes"] = _("The hours end before they begin.")
    days = tuple(sorted(set(line.weekdays)))
    if any(not 1 <= day <= 7 for day in days):
        wrong["weekdays"] = _("Please choose days of the week.")
    try:
        row.place = place_in(body.community, line.place)
        row.place_code = row.place.code
    except Invalid as refused:
        wrong |= {name: str(texts[0]) for name, texts in refused.fields.items()}
    post = (
        Post.objects.filter(pk=line.post, organisation=body, closed_on__isnull=True).first()
        if line.post is not None
        else queries.liaison_of(body)
    )
    if post is None:
        wrong["post"] = _("Please say first who answers for this organisation: its liaison.")
    if wrong:
        raise Invalid(fields=wrong)
    assert post is not None
    row.title, row.kind, row.post = clean_line(line.title, 80), line.kind, post
    row.details = clean_line(line.details, 500, empty_ok=True)
    row.capacity, row.starts, row.ends = line.capacity, line.starts, line.ends
    row.weekdays, row.opens, row.closes = list(days), line.opens, line.closes
    _once(row)


def _once(row: Item) -> None:
    """Refuse the same line twice for days that overlap."""
    same = Item.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=row.starts),
        organisation_id=row.organisation_id,
        listed=row.listed,
        kind=row.kind,
        title=row.title,
        place_code=row.place_code,
        closed_on__isnull=True,
    ).exclude(pk=row.pk)
    for other in same:
        shared = rules.overlap((row.starts, row.ends), (other.starts, other.ends))
        days = not row.weekdays or not other.weekdays or set(row.weekdays) & set(other.weekdays)
        if shared is not None and days:
            raise Invalid(fields={"title": _("This line is on the list for these days already.")})
