"""Writes of demands and supervision orders."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from liren.access.actor import Actor, Permission
from liren.access.gate import require
from liren.base import clock
from liren.base.errors import Changed, Invalid, NotAllowed, NotFound
from liren.base.money import MAX_FEN
from liren.base.text import clean_line, clean_text
from liren.matters import actions as matters
from liren.matters import queries as matters_read
from liren.notifications.actions import Message, notify
from liren.organisation.models import Post
from liren.organisation.queries import seats_of
from liren.territory.enums import Level
from liren.territory.models import Place

from . import queries, rules
from .enums import Came, DemandState, Often, OrderState, What
from .models import Arrival, Demand, DemandStep, Order

MINUTES_MAX = 60 * 24 * 31
PEOPLE_MAX = 1000
ORDER_DAYS = 366


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the community. ``money`` in fen, ``minutes`` of work each time."""

    asked_by: str
    title: str
    since: date
    what: str = What.FORM
    basis: str = ""
    article: str = ""
    often: str = Often.ONCE
    minutes: int = 0
    replaces: str = ""
    money: int = 0
    people: int = 0
    powers: str = ""
    promised_by: date | None = None
    form_key: UUID | None = None


def enter(*, by: Actor, community: str, asked: Asked, synthetic: bool = False) -> Demand:
    """Put a new demand on the register; whoever decides is told.

    Refuses (``Invalid``) a missing asker or title, negative or unbelievable figures;
    ``NotAllowed`` for whoever does not work at that community's desk.
    """
    require(by, Permission.MATTER_DISPATCH, community)
    with transaction.atomic():
        where = Place.objects.filter(
            code=community, level=Level.COMMUNITY, closed_on__isnull=True
        ).first()
        if where is None:
            raise NotFound
        if asked.what not in What.values:
            raise Invalid(fields={"what": _("Please choose what is asked.")})
        if asked.often not in Often.values:
            raise Invalid(fields={"often": _("Please choose how often.")})
        _between("minutes", asked.minutes, MINUTES_MAX)
        _between("people", asked.people, PEOPLE_MAX)
        _between("money", asked.money, MAX_FEN)
        row = Demand.objects.create(
            community=where.community,
            place=where,
            place_code=where.code,
            asked_by=_line(asked.asked_by, 120, "asked_by"),
            what=asked.what,
            title=_line(asked.title, 120, "title"),
            basis=_line(asked.basis, 200, "basis", empty_ok=True),
            article=_line(asked.article, 120, "article", empty_ok=True),
            since=asked.since,
            often=asked.often,
            minutes=asked.minutes,
            replaces=_line(asked.replaces, 200, "replaces", empty_ok=True),
            money=asked.money,
            people=asked.people,
            powers=_line(asked.powers, 200, "powers", empty_ok=True),
            promised_by=asked.promised_by,
            form_key=asked.form_key,
            synthetic=synthetic,
            changed_by=by.name,
            changed_why="enter",
        )
        _step(by, row, "enter", "")
        deciders = Post.objects.filter(
            place_code=where.code,
            closed_on__isnull=True,
            type__permissions__contains=[str(Permission.DEMAND_DECIDE)],
        ).values_list("pk", flat=True)
        _tell(by, row, list(deciders), _("To be decided: %(what)s"))
    return row


def accept(
    *,
    by: Actor,
    demand: UUID,
    words: str,
    seen: int,
    on_duty_list: bool | None = None,
    duty_article: str = "",
) -> Demand:
    """Accept a demand as a named person: from now on it is the community's.

    Refuses what ``decline`` refuses, and (``Invalid``) one that is not on the duty list without
    the article that says so: then it is a favour, and is written down as one.
    """
    return _decide(by, demand, "accept", words, seen, on_duty_list, duty_article)


def decline(
    *,
    by: Actor,
    demand: UUID,
    words: str,
    seen: int,
    on_duty_list: bool | None = None,
    duty_article: str = "",
) -> Demand:
    """Decline a demand as a named person, with the reason.

    Refuses (``Invalid``) without a reason, or "not on the duty list" without its article;
    ``Changed`` when somebody was faster; ``NotAllowed`` without a post of one's own that decides.
    """
    return _decide(by, demand, "decline", words, seen, on_duty_list, duty_article)


def ask_back(*, by: Actor, demand: UUID, words: str, seen: int) -> Demand:
    """Ask the asker for what is missing: the ground, the money, the people, the powers."""
    with _moving(by, demand, seen, "ask_back", words, Permission.DEMAND_DECIDE) as row:
        _tell(by, row, _desk(row), _("Asked back: %(what)s"))
    return row


def answer(*, by: Actor, demand: UUID, words: str, seen: int) -> Demand:
    """Write down what the asker answered; it waits to be decided again."""
    with _moving(by, demand, seen, "answer", words, Permission.MATTER_DISPATCH) as row:
        pass
    return row


def end(*, by: Actor, demand: UUID, words: str, seen: int) -> Demand:
    """End an accepted demand: it is done, or no longer asked."""
    with _moving(by, demand, seen, "end", words, Permission.DEMAND_DECIDE) as row:
        pass
    return row


def arrived(
    *,
    by: Actor,
    demand: UUID,
    kind: str,
    on: date,
    amount: int = 0,
    note: str = "",
) -> Arrival:
    """Write down what arrived: money in fen, people by number, powers in words.

    Refuses (``Invalid``) a day to come, nothing, and anything for a demand nobody accepted.
    """
    with transaction.atomic():
        row = _locked(by, demand)
        require(by, Permission.MATTER_DISPATCH, row.place_code)
        if row.state not in (DemandState.ACCEPTED, DemandState.ENDED):
            raise Invalid(_("Nothing arrives for a demand nobody has accepted."))
        if kind not in Came.values:
            raise Invalid(fields={"kind": _("Please choose what arrived.")})
        if on > clock.today():
            raise Invalid(fields={"on": _("This day is still to come.")})
        said = _line(note, 200, "note", empty_ok=True)
        if kind == Came.POWERS:
            amount = 0
            if not said:
                raise Invalid(fields={"note": _("Please say which powers, by which paper.")})
        elif not 0 < amount <= (MAX_FEN if kind == Came.MONEY else PEOPLE_MAX):
            raise Invalid(fields={"amount": _("Please say how much arrived.")})
        found = Arrival.objects.create(
            community=row.community,
            demand=row,
            kind=kind,
            amount=amount,
            on=on,
            note=said,
            changed_by=by.name,
            changed_why="arrived",
        )
        _step(by, row, "arrived", said)
    return found


def not_arrived(*, by: Actor, arrival: UUID) -> None:
    """Take an arrival back that was written down by mistake; the audit keeps it."""
    with transaction.atomic():
        found = Arrival.objects.select_for_update().filter(pk=arrival).first()
        if found is None:
            raise NotFound
        row = _locked(by, found.demand_id)
        require(by, Permission.MATTER_DISPATCH, row.place_code)
        found.changed_by, found.changed_why, found.changed_at = by.name, "taken back", clock.now()
        found.save()
        found.delete()
        _step(by, row, "not_arrived", "")


# -- supervision orders ------------------------------------------------------------------------


def give_order(
    *,
    by: Actor,
    to_post: UUID,
    text: str,
    due: date,
    matter: UUID | None = None,
    community: str = "",
    seen: int | None = None,
    synthetic: bool = False,
) -> Order:
    """Give a numbered order with a day, about a matter (then it stands on its timeline) or not.

    Promises: numbers run from 1 each year in each community, none twice, none left out. Refuses
    (``Invalid``) a day gone by or more than a year ahead, a post that does not have the matter or
    is complained of in it (G7); ``NotAllowed`` without a post that supervises there.
    """
    with transaction.atomic():
        what = None
        if matter is not None:
            what = matters_read.visible(by).select_related("place").filter(pk=matter).first()
            if what is None:
                raise NotFound
            place = what.place
        else:
            found = Place.objects.filter(code=community, level=Level.COMMUNITY).first()
            if found is None:
                raise NotFound
            place = found
        require(by, Permission.MATTER_SUPERVISE, place.code)
        own = queries.giving_post(by, place.code)
        if own is None:
            raise NotAllowed
        _due(due)
        said = _line(text, 500, "text")
        able = (
            queries.receivers(what)
            if what is not None
            else Post.objects.filter(community=place.community, closed_on__isnull=True)
        )
        to = able.exclude(pk__in=list(by.posts)).filter(pk=to_post).first()
        if to is None:
            raise Invalid(fields={"to_post": _("Please choose the post that has it in hand.")})
        if what is not None:
            matters.supervise(by=by, matter=what.pk, words=said, seen=seen)
        year, number = _next_number(place)
        row = Order.objects.create(
            community=place.community,
            place=place,
            place_code=place.code,
            year=year,
            number=number,
            matter=what,
            from_post_id=own,
            to_post=to,
            text=said,
            given_on=clock.today(),
            due=due,
            synthetic=synthetic,
            changed_by=by.name,
            changed_why="give order",
        )
        _tell_order(by, row, [to.pk], _("Supervision order %(number)s, until %(day)s"), said)
    return row


def answer_order(*, by: Actor, order: UUID, words: str, seen: int) -> Order:
    """Answer an order as the post it went to; whoever gave it is told."""
    with _ordering(by, order, seen, "answer") as row:
        row.answer = _text(words, 1000)
        row.answered_on = clock.today()
        _tell_order(
            by, row, [row.from_post_id], _("Order %(number)s is answered"), row.answer[:200]
        )
    return row


def close_order(*, by: Actor, order: UUID, words: str = "", seen: int) -> Order:
    """Close an answered order."""
    with _ordering(by, order, seen, "close") as row:
        row.closing = _line(words, 300, "words", empty_ok=True)
        row.closed_on = clock.today()
        _tell_order(by, row, [row.to_post_id], _("Order %(number)s is closed"), row.closing)
    return row


def send_order_back(*, by: Actor, order: UUID, words: str, due: date, seen: int) -> Order:
    """Say that the answer is not enough, with the reason and another day."""
    with _ordering(by, order, seen, "send_back") as row:
        _due(due)
        row.closing = _line(words, 300, "words")
        row.due, row.reminded_on = due, None
        _tell_order(
            by,
            row,
            [row.to_post_id],
            _("Order %(number)s goes on, until %(day)s"),
            row.closing,
        )
    return row


def withdraw_order(*, by: Actor, order: UUID, words: str, seen: int) -> Order:
    """Withdraw an order, with the reason. Its number is not used again."""
    with _ordering(by, order, seen, "withdraw") as row:
        row.closing = _line(words, 300, "words")
        row.closed_on = clock.today()
        _tell_order(by, row, [row.to_post_id], _("Order %(number)s is withdrawn"), row.closing)
    return row


def remind_order(*, order: UUID) -> int:
    """Remind once before the day, and once after it (then above as well); a job calls it."""
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",)).get(pk=order)
        today = clock.today()
        stage = row.due if today <= row.due else row.due + timedelta(days=1)
        if row.state != OrderState.OPEN or row.reminded_on == stage:
            return 0
        row.reminded_on = stage
        row.changed_by, row.changed_why, row.changed_at = "system:orders", "remind", clock.now()
        row.save()
        if today <= row.due:
            return _tell_order(
                None, row, [row.to_post_id], _("Order %(number)s is due on %(day)s"), row.text
            )
        return _tell_order(
            None,
            row,
            [row.to_post_id, row.from_post_id],
            _("Order %(number)s was due on %(day)s"),
            row.text,
        )


# -- shared ------------------------------------------------------------------------------------


def _line(text: str, most: int, field: str, *, empty_ok: bool = False) -> str:
    try:
        return clean_line(text, most, empty_ok=empty_ok)
    except Invalid as error:
        raise Invalid(fields={field: str(error)}) from error


def _text(text: str, most: int) -> str:
    try:
        return clean_text(text, most)
    except Invalid as error:
        raise Invalid(fields={"words": str(error)}) from error


def _between(field: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise Invalid(fields={field: _("This figure cannot be right; please check it.")})


def _due(due: date) -> None:
    if due < clock.today():
        raise Invalid(fields={"due": _("This day is over already.")})
    if due > clock.today() + timedelta(days=ORDER_DAYS):
        raise Invalid(fields={"due": _("A year ahead at most.")})


def _locked(by: Actor, demand: UUID) -> Demand:
    row = (
        Demand.objects.select_for_update(of=("self",))
        .select_related("place")
        .filter(pk=demand)
        .first()
    )
    if row is None or not queries.visible(by).filter(pk=demand).exists():
        raise NotFound
    return row


@contextmanager
def _moving(
    by: Actor, demand: UUID, seen: int, verb: str, words: str, permission: Permission
) -> Iterator[Demand]:
    with transaction.atomic():
        row = _locked(by, demand)
        require(by, permission, row.place_code)
        start, after = rules.DEMAND_MOVES[verb]
        if row.version != seen or row.state not in start:
            raise Changed(
                mine={_("Your words"): words},
                theirs={_("State"): row.get_state_display(), _("Reason"): row.reason},
            )
        said = _line(words, 300, "words")
        row.state = DemandState(after)
        yield row
        row.version += 1
        row.changed_by, row.changed_why, row.changed_at = by.name, verb, clock.now()
        row.save()
        _step(by, row, verb, said)


def _decide(
    by: Actor,
    demand: UUID,
    verb: str,
    words: str,
    seen: int,
    on_duty_list: bool | None,
    duty_article: str,
) -> Demand:
    with _moving(by, demand, seen, verb, words, Permission.DEMAND_DECIDE) as row:
        own = queries.deciding_post(by, row.place_code)
        if own is None:
            raise NotAllowed
        named = _line(duty_article, 120, "duty_article", empty_ok=True)
        if on_duty_list is False and not named:
            raise Invalid(fields={"duty_article": _("Please name the article of the duty list.")})
        row.on_duty_list, row.duty_article = on_duty_list, named
        row.decided_by_id, row.decided_on = own, clock.today()
        row.reason = _line(words, 300, "words")
        said = _("Accepted: %(what)s") if verb == "accept" else _("Declined: %(what)s")
        _tell(by, row, [*_desk(row), *_above(row)], said)
    return row


def _desk(row: Demand) -> list[UUID]:
    return matters_read.desk_at(row.place_code)


def _above(row: Demand) -> list[UUID]:
    """Return the subdistrict's posts, who see what is asked of their communities."""
    return list(
        Post.objects.filter(
            place_code=row.place_code[:9],
            closed_on__isnull=True,
            type__permissions__contains=[str(Permission.MATTER_DISPATCH)],
        ).values_list("pk", flat=True)
    )


def _step(by: Actor, row: Demand, verb: str, words: str) -> None:
    own = next(
        (grant.post for grant in by.grants if grant.post and row.place_code.startswith(grant.code)),
        None,
    )
    DemandStep.objects.create(
        community=row.community,
        demand=row,
        verb=verb,
        text=words,
        at=clock.now(),
        by=by.name,
        by_post_id=own,
    )


def _tell(by: Actor, row: Demand, posts: list[UUID], said: str) -> None:
    persons = dict.fromkeys(seat.person for seat in seats_of(posts) if seat.person != by.person)
    notify(
        Message(
            person=person,
            kind="demand",
            title=(said % {"what": row.title})[:120],
            body=" · ".join(part for part in (row.asked_by, row.reason) if part)[:500],
            link=f"/office/demands/{row.pk}/",
            key=f"demand:{row.pk.hex}:{row.version}:{row.state}:{person.hex}",
            community=row.community,
        )
        for person in persons
    )


def _next_number(place: Place) -> tuple[int, int]:
    # The place's row stands for the sequence: two at once get two numbers, none is left out.
    community = Place.objects.select_for_update(no_key=True).get(code=place.community)
    year = clock.today().year
    last = Order.objects.filter(community=community.code, year=year).aggregate(n=Max("number"))["n"]
    return year, (last or 0) + 1


def number_of(row: Order) -> str:
    """Return an order's number as it is written: 督〔2026〕3号."""
    return _("Order %(year)d-%(number)d") % {"year": row.year, "number": row.number}


@contextmanager
def _ordering(by: Actor, order: UUID, seen: int, verb: str) -> Iterator[Order]:
    with transaction.atomic():
        row = (
            Order.objects.select_for_update(of=("self",))
            .select_related("from_post", "to_post", "matter")
            .filter(pk=order)
            .first()
        )
        if row is None or not queries.orders(by).filter(pk=order).exists():
            raise NotFound
        start, after = rules.ORDER_MOVES[verb]
        if row.version != seen or row.state not in start:
            raise Changed(theirs={_("State"): row.get_state_display()})
        if verb not in queries.order_verbs(by, row):
            raise NotAllowed
        row.state = OrderState(after)
        yield row
        row.version += 1
        row.changed_by, row.changed_why, row.changed_at = by.name, verb, clock.now()
        row.save()


def _tell_order(by: Actor | None, row: Order, posts: list[UUID], said: str, words: str) -> int:
    named: dict[str, Any] = {"number": f"{row.year}-{row.number}", "day": row.due.isoformat()}
    persons = dict.fromkeys(
        seat.person for seat in seats_of(posts) if by is None or seat.person != by.person
    )
    return notify(
        Message(
            person=person,
            kind="order",
            title=(said % named)[:120],
            body=words[:500],
            link=f"/field/orders/{row.pk}/",
            key=f"order:{row.pk.hex}:{row.version}:{row.state}:{row.reminded_on}:{person.hex}",
            community=row.community,
        )
        for person in persons
    )
