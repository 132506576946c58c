"""What the desk looks at: the board's columns, the list and its filters. Reads only.

Everything starts from ``mine``: by grant, minus what is about oneself. (``queries.visible`` also
knows reporters and followers; their OR would cost the desk its index.)
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Left
from django.utils import timezone

from liren.access.actor import Actor, Permission, common_prefix
from liren.access.gate import in_codes, visible_to
from liren.base import clock
from liren.base.text import clean_line
from liren.organisation.models import Post
from liren.territory.codes import COMMUNITY_LENGTH, LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from . import replies, search
from .enums import Ending, Status, WhistleState
from .models import Category, Extension, Matter, Whistle

MANY: Final = 1000
"""Above this a count reads "1,000+": nobody waits for an exact city count."""
PAGE: Final = 100

SORTS: Final[Mapping[str, tuple[str, bool]]] = {
    "-reported": ("reported_at", True),
    "reported": ("reported_at", False),
    "due": ("due", False),
    "-due": ("due", True),
}
DEFAULT_SORT: Final = "-reported"
NO_KIND: Final = "none"
"""As a kind: those nobody has said the kind of yet."""

COLUMNS: Final = (
    *("urgent", "inbox", "late_accept", "today", "overdue", "waiting", "checking", "deciding"),
)
"""The board's columns; each is also a filter of the list (``view=``)."""

REPLIES: Final = ("todo", "soon", "sent", "all")
"""States of a ticket's reply; also a filter of the hotline's list (``reply=``)."""

TICKET: Final = re.compile(r"[0-9A-Za-z-]{3,40}")

SHOWN: Final = (
    *("number", "text", "reported_at", "due", "status", "ending", "version", "shielded"),
    "urgent",
    *("followers", "holder__title", "category__name", "category__name_en"),
    *("place__name", "place__full_name"),
)
"""What a line of the list says; the rest of four tables' columns stays where it is."""

_RUNNING = (Status.SUBMITTED, Status.HANDLING, Status.WHISTLED, Status.CHECKING)
_WAITING = (Status.WHISTLED, Status.SUSPENDED, Status.ANSWERING)


def mine(actor: Actor, *, listed: bool = False) -> "QuerySet[Matter]":
    """Return the matters below the places of the actor's posts, shielded ones only where the
    actor may see shielded ones, never what is about the actor (G7).

    ``listed`` says the same of whole communities by their column, whose index is in the order of
    the list.
    """
    hidden = Q(shielded=True)
    opened = actor.codes(Permission.MATTER_VIEW_SHIELDED)
    if opened:
        viewed = actor.codes(Permission.MATTER_VIEW)
        hidden = Q(pk__in=[]) if opened == viewed else hidden & ~in_codes("place_code", opened)
    whole = all(len(code) <= COMMUNITY_LENGTH for code in actor.codes(Permission.MATTER_VIEW))
    found = visible_to(
        actor,
        Matter.objects.all(),
        Permission.MATTER_VIEW,
        code_field="community" if listed and whole else "place_code",
        hidden=hidden,
    )
    if actor.person:
        found = found.exclude(about_persons__contains=[actor.person])
    return found


def desk_posts(actor: Actor) -> list[UUID]:
    """Return the posts at the actor's desk: those that dispatch at the very places where the actor
    dispatches. A colleague's inbox is everybody's inbox.
    """
    codes = actor.codes(Permission.MATTER_DISPATCH)
    return list(
        Post.objects.filter(
            place_code__in=codes,
            type__permissions__contains=[str(Permission.MATTER_DISPATCH)],
            closed_on__isnull=True,
        ).values_list("pk", flat=True)
    )


def condition(column: str, *, posts: Iterable[UUID], decides: Q | None = None) -> Q:
    """Return what a column of the board holds. Raises ``KeyError`` for an unknown column."""
    now = clock.now()
    tonight = timezone.make_aware(
        datetime.combine(clock.today() + timedelta(days=1), time()), clock.SHANGHAI
    )
    at_desk = Q(holder__in=list(posts))
    return {
        "urgent": Q(status__in=_RUNNING, category__isnull=True, urgent__gt=""),
        "inbox": Q(status=Status.SUBMITTED) & at_desk,
        "late_accept": Q(status=Status.SUBMITTED, accept_by__lt=now) & ~at_desk,
        "today": Q(status__in=_RUNNING, due__gte=now, due__lt=tonight),
        "overdue": Q(status__in=_RUNNING, due__lt=now),
        "waiting": Q(status__in=_WAITING),
        "checking": Q(status=Status.CHECKING),
        "deciding": Q(status__in=(Status.HANDLING, Status.WHISTLED))
        & (decides if decides is not None else Q(pk__in=[])),
    }[column]


def decisions(actor: Actor) -> Q | None:
    """Return which matters wait for a decision of the actor: a dispute, or more time. None when
    there is nothing the actor could decide.
    """
    found: Q | None = None
    if codes := actor.codes(Permission.MATTER_DECIDE):
        disputed = Whistle.objects.filter(
            in_codes("place_code", codes), state=WhistleState.DISPUTED
        )
        found = Q(pk__in=disputed.values("matter"))
    codes = sorted({*actor.codes(Permission.MATTER_SUPERVISE), *actor.codes("matter.decide")})
    if codes:
        asked = Extension.objects.filter(
            in_codes("place_code", codes), granted__isnull=True
        ).exclude(asked_by=actor.name)
        time_asked = Q(pk__in=asked.values("matter"))
        found = time_asked if found is None else found | time_asked
    return found


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the board: how many (at most ``MANY`` + 1) and the most urgent few."""

    key: str
    count: int
    rows: list[Matter]


def board(actor: Actor, *, each: int = 6) -> list[Column]:
    """Return the columns of the board. Four statements, however many matters there are."""
    posts = desk_posts(actor)
    decides = decisions(actor)
    keys = [key for key in COLUMNS if key != "deciding" or decides is not None]
    base = mine(actor)
    named = {key: base.filter(condition(key, posts=posts, decides=decides)) for key in keys}
    counts = capped_counts(named)
    first, *others = [
        rows.annotate(column=Value(key)).order_by("due", "pk").values_list("column", "pk")[:each]
        for key, rows in named.items()
    ]
    found = list(first.union(*others, all=True))
    shown = {
        matter.pk: matter
        for matter in base.filter(pk__in={pk for _key, pk in found}).select_related(
            "place", "holder", "category"
        )
    }
    return [
        Column(
            key,
            counts[key],
            sorted(
                (shown[pk] for column, pk in found if column == key and pk in shown),
                key=lambda matter: (matter.due or clock.now(), matter.pk),
            ),
        )
        for key in keys
        if key != "urgent" or counts[key]
    ]


def capped_counts(named: "Mapping[str, QuerySet[Any]]", *, cap: int = MANY) -> dict[str, int]:
    """Count each queryset up to ``cap`` + 1, all in one statement."""
    counts = dict.fromkeys(named, 0)
    parts: dict[str, str] = {}
    params: list[Any] = []
    for key, rows in named.items():
        try:
            sql, values = rows.order_by().values_list(Value(1))[: cap + 1].query.sql_with_params()
        except EmptyResultSet:
            continue  # Django knows without asking that nothing can fit
        parts[key] = f"(SELECT count(*) FROM ({sql}) few)"  # noqa: S608 -- Django's own SQL, its values beside it
        params += values
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts.values()), params)
            counts |= dict(zip(parts, cursor.fetchone(), strict=True))
    return counts


# -- the list ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What the list is narrowed to; empty means everything. ``codes`` are places (and below)."""

    words: str = ""
    view: str = ""
    status: str = ""
    ending: str = ""
    category: str = ""
    codes: tuple[str, ...] = ()
    holder: UUID | None = None
    origin: str = ""
    overdue: bool = False
    shielded: bool = False
    since: date | None = None
    until: date | None = None
    reopened: bool = False
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list. ``count`` stops at ``MANY`` + 1; the marks lead to the neighbours."""

    rows: list[Matter]
    count: int
    newer: str = ""
    older: str = ""
    notes: list[str] = field(default_factory=list)


def narrowed(actor: Actor, criteria: Criteria) -> "QuerySet[Matter]":
    """Return the matters of the desk that fit, unsorted."""
    return _narrowed(actor, criteria).rows


def _narrowed(actor: Actor, criteria: Criteria) -> search.Found:
    """Return what ``narrowed`` does, and whether it surely is more than ``MANY``.

    It is where only words were asked for and the index knows ``search.FREQUENT`` matters with
    them: to count these one by one would take longer than the page.
    """
    rows = mine(actor, listed=True)
    c = criteria
    if c.view in COLUMNS:
        posts = desk_posts(actor) if c.view in ("inbox", "late_accept") else []
        decides = decisions(actor) if c.view == "deciding" else None
        rows = rows.filter(condition(c.view, posts=posts, decides=decides))
    if c.status == "open":
        rows = rows.exclude(status=Status.CLOSED)
    elif c.status:
        rows = rows.filter(status=c.status)
    if c.ending:
        rows = rows.filter(status=Status.CLOSED, ending=Ending(c.ending))
    if c.category == NO_KIND:
        rows = rows.filter(category__isnull=True)
    elif c.category:
        # All versions of the kind; a group stands for everything in it.
        kinds = Category.objects.filter(Q(key=c.category) | Q(parent_key=c.category))
        rows = rows.filter(category__in=kinds.values("pk"))
    if c.codes:
        rows = rows.filter(in_codes("place_code", c.codes))
    if c.holder:
        rows = rows.filter(holder=c.holder)
    if c.origin:
        rows = rows.filter(origin=c.origin)
    if c.overdue:
        rows = rows.filter(status__in=_RUNNING, due__lt=clock.now())
    if c.shielded:
        rows = rows.filter(shielded=True)
    if c.reopened:
        rows = rows.filter(reopened__gt=0)
    if c.reply in REPLIES:
        rows = rows.exclude(external_number="").filter(answered(c.reply))
    if c.since:
        rows = rows.filter(reported_at__gte=midnight(c.since))
    if c.until:
        rows = rows.filter(reported_at__lt=midnight(c.until + timedelta(days=1)))
    if c.reply and TICKET.fullmatch(c.words):
        ticket = Q(external_number__istartswith=c.words) | Q(number__startswith=c.words)
        return search.Found(rows.filter(ticket), many=False)
    if not c.words:
        return search.Found(rows, many=False)
    code = common_prefix(actor.codes(Permission.MATTER_VIEW)) or ""
    found = with_words(rows, c.words, code=code)
    return search.Found(found.rows, many=found.many and c == Criteria(words=c.words))


def answered(reply: str) -> Q:
    """Return which tickets of other systems a state of the reply holds."""
    soon = clock.now() + timedelta(hours=replies.SOON_HOURS)
    # Asked by the reply's own identity: its absence is a state, too.
    sent = Q(pk__in=Matter.objects.filter(replies.SENT).values("pk"))
    return {
        "all": Q(),
        "todo": ~sent,
        "soon": ~sent & (Q(external_due__lt=soon) | Q(external_due__isnull=True, due__lt=soon)),
        "sent": sent,
    }[reply]


def midnight(day: date) -> datetime:
    """Return when a day begins here."""
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI)


def with_words(rows: "QuerySet[Matter]", words: str, *, code: str = "") -> search.Found:
    """Keep the matters whose number is, or whose text holds, what was typed (below ``code``)."""
    typed = clean_line(words, 60, empty_ok=True)
    if typed.isdecimal() and len(typed) >= 6:
        numbered = rows.filter(Q(number__startswith=typed) | Q(external_number=typed))
        return search.Found(numbered, many=False)
    if TICKET.fullmatch(typed) and any(map(str.isdecimal, typed)):
        # A ticket's number may hold letters; such words may also stand in a text.
        same = {typed, typed.upper(), typed.lower()}
        # Said to be a ticket, so that the index of tickets alone answers.
        tickets = rows.exclude(external_number="").filter(external_number__in=same)
        if tickets.exists():
            return search.Found(tickets, many=False)
    return search.find(rows, typed, code=code)


def page(
    actor: Actor,
    criteria: Criteria,
    *,
    sort: str = DEFAULT_SORT,
    after: str = "",
    before: str = "",
    narrow: "Callable[[QuerySet[Matter]], QuerySet[Matter]] | None" = None,
) -> Page:
    """Return a page of ``PAGE`` matters, by keyset: equally fast at the thousandth page.

    ``after`` and ``before`` are marks of an earlier answer; a mark that cannot be read is ignored.
    ``narrow`` narrows further (the matters behind a figure).
    """
    column, descending = SORTS.get(sort, SORTS[DEFAULT_SORT])
    rows, many = _narrowed(actor, criteria)
    if narrow is not None:
        rows, many = narrow(rows), False
    if column == "due" and not criteria.status and not criteria.reply:
        rows, many = rows.exclude(status=Status.CLOSED), False
    count = MANY + 1 if many else capped_counts({"all": rows})["all"]
    backwards = bool(before)
    mark = _read_mark(before or after)
    falling = descending != backwards
    if mark is not None:
        at, pk = mark
        side = "lt" if falling else "gt"
        rows = rows.filter(Q(**{f"{column}__{side}": at}) | Q(**{column: at, f"pk__{side}": pk}))
    sign = "-" if falling else ""
    order = (f"{sign}{column}", f"{sign}pk")
    # First which rows, from an index where one will do; then what is shown of these few.
    few = rows.order_by(*order).values("pk")[: PAGE + 1]
    whole = Matter.objects.filter(pk__in=few).select_related("place", "category", "holder")
    # The hotline's list also says what is answered.
    shown = whole if criteria.reply else whole.only(*SHOWN)
    found = list(shown.order_by(*order))
    more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
    has_newer = more if backwards else mark is not None
    has_older = True if backwards and mark is not None else more
    return Page(
        rows=found,
        count=count,
        newer=_mark(found[0], column) if found and has_newer else "",
        older=_mark(found[-1], column) if found and has_older else "",
    )


def _mark(matter: Matter, column: str) -> str:
    at: datetime = getattr(matter, column)
    return f"{at.timestamp():.6f}_{matter.pk.hex}"


def _read_mark(mark: str) -> tuple[datetime, UUID] | None:
    moment, _, pk = mark.partition("_")
    try:
        return datetime.fromtimestamp(float(moment), tz=clock.SHANGHAI), UUID(hex=pk)
    except (ValueError, OverflowError, OSError):
        return None


# -- by place ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """Open matters at one place and below it. ``place`` is None where the code names none."""

    code: str
    place: Place | None
    count: int
    late: int


def spots(actor: Actor, code: str, view: str = "") -> list[Spot]:
    """Return where below ``code`` matters are open, by building; by community above communities.

    ``view`` is "" for all open ones, "today" or "overdue". Two statements.
    """
    size = LENGTHS[Level.BUILDING if len(code) >= COMMUNITY_LENGTH else Level.COMMUNITY]
    rows = mine(actor).exclude(status=Status.CLOSED).filter(in_codes("place_code", [code]))
    if view in ("today", "overdue"):
        rows = rows.filter(condition(view, posts=()))
    late = Q(status__in=_RUNNING, due__lt=clock.now())
    counted = list(
        rows.annotate(spot=Left("place_code", size))
        .values("spot")
        .order_by("spot")
        .annotate(count=Count("pk"), late=Count("pk", filter=late))
    )
    places = {p.code: p for p in Place.objects.filter(code__in=[one["spot"] for one in counted])}
    return [
        Spot(one["spot"], places.get(one["spot"]), one["count"], one["late"]) for one in counted
    ]
