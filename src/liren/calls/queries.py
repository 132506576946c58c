"""Reading calls: whose they are, whom they ask, who comes. Counts; never who did not answer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from liren.access import rls
from liren.access.actor import Actor, Permission, code_range
from liren.access.gate import visible_to
from liren.base import clock
from liren.base.errors import NotFound
from liren.base.suppress import publish
from liren.base.text import mask_name
from liren.notifications.models import Notice
from liren.people.models import Consent
from liren.territory.codes import LENGTHS
from liren.territory.enums import Level
from liren.territory.models import Place

from .audiences import CONSENT
from .enums import Said, State
from .models import Answer, Asked, Call, Ring
from .rules import Role

BUILDING = LENGTHS[Level.BUILDING]
NAMES = 100


def visible(actor: Actor) -> "QuerySet[Call]":
    """Return the calls made where the actor may call, newest first."""
    mine = Q(post__in=list(actor.posts)) if actor.posts else None
    found = visible_to(actor, Call.objects.all(), Permission.CALL_MAKE, party=mine)
    return found.select_related("post", "place").order_by("-made_at")


def get(actor: Actor, call: UUID) -> Call:
    """Return a call the actor may look after; raise ``NotFound``."""
    found = visible(actor).filter(pk=call).first()
    if found is None:
        raise NotFound
    return found


def is_caller(actor: Actor, call: Call) -> bool:
    """Tell whether the actor holds the post that made the call, or one that widened it."""
    return call.post_id in actor.posts or any(
        ring.post_id in actor.posts for ring in call.rings.all() if ring.post_id
    )


def rings_of(call: Call) -> list[Ring]:
    """Return how the call was spread, the first ring first."""
    return list(call.rings.order_by("number"))


def roles_of(call: Call) -> list[Role]:
    """Return what one can come for."""
    return [Role(one["name"], one["needed"]) for one in call.roles]


# -- who is asked ----------------------------------------------------------------------------------


def asking(person: UUID | None, *, most: int = 20) -> list[Call]:
    """Return the running calls that ask a person, urgent ones first. One statement."""
    if person is None:
        return []
    with rls.everywhere():
        return list(
            Call.objects.filter(
                pk__in=Asked.objects.filter(person=person).values("call"),
                state=State.RUNNING,
                closes_at__gt=clock.now(),
            )
            .select_related("post", "place")
            .order_by("-urgent", "-made_at")[:most]
        )


def asked(person: UUID | None, call: UUID) -> Call:
    """Return a call that asks, or asked, this person; raise ``NotFound`` for anybody else."""
    found = None
    if person is not None:
        with rls.everywhere():
            found = (
                Call.objects.filter(pk=call)
                .filter(
                    Q(pk__in=Asked.objects.filter(person=person, call=call).values("call"))
                    # Once it has ended nothing says any more whom it asked; the message does.
                    | Q(pk__in=_told(person, call))
                )
                .select_related("post", "place")
                .first()
            )
    if found is None:
        raise NotFound
    return found


def _told(person: UUID, call: UUID) -> list[UUID]:
    key = f"call.made:{call}:{person}"
    return [call] if Notice.objects.filter(key=key).exists() else []


def answer_of(person: UUID, call: UUID) -> Answer | None:
    """Return what a person has said to a call."""
    with rls.everywhere():
        return Answer.objects.filter(person=person, call=call).first()


def answers_of(person: UUID) -> "QuerySet[Answer]":
    """Return everything a person has said to running calls."""
    return Answer.objects.filter(person=person)


def opted_in(person: UUID) -> Consent | None:
    """Return the consent by which a resident is called; None when they are not."""
    with rls.everywhere():
        return Consent.objects.filter(
            person=person, purpose=CONSENT, withdrawn_at__isnull=True
        ).first()


# -- who comes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turnout:
    """The counts of a moment. ``places``: name and how many come, most first."""

    coming: int = 0
    cannot: int = 0
    already: int = 0
    roles: tuple[tuple[str, int, int], ...] = ()  # name, coming, needed
    places: tuple[tuple[str, int], ...] = ()
    elsewhere: int = 0  # from places too small to be told apart


_TURNOUT = """
SELECT said, role, place_code, count(*) FROM calls_answer WHERE call_id = %s
 GROUP BY GROUPING SETS ((said, role), (said, place_code))
"""


def turnout(call: Call, *, apart: bool) -> Turnout:
    """Return who comes, in numbers; after closing, as the report says it.

    ``apart``: whoever calls sees every building; anybody else only those with none or at least
    five who come (G10). One statement, and one for the names of the places.
    """
    if call.report is not None:
        return _reported(call)
    with rls.scope(*code_range(call.reach_code)), connection.cursor() as cursor:
        cursor.execute(_TURNOUT, [call.pk])
        rows = cursor.fetchall()
    said: Counter[str] = Counter()
    by_role: Counter[int] = Counter()
    by_place: Counter[str] = Counter()
    for what, role, code, n in rows:
        if code is None:
            said[what] += n
            if what == Said.COMING:
                by_role[role] += n
        elif what == Said.COMING:
            by_place[code] += n
    places, rest = _places(by_place, apart=apart)
    return Turnout(
        coming=said[Said.COMING],
        cannot=said[Said.CANNOT],
        already=said[Said.ALREADY],
        roles=tuple(
            (role.name, by_role[number], role.needed)
            for number, role in enumerate(roles_of(call), 1)
        ),
        places=places,
        elsewhere=rest,
    )


def _places(counts: Counter[str], *, apart: bool) -> tuple[tuple[tuple[str, int], ...], int]:
    listed = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    rest = 0
    if not apart and listed:
        told = publish([(n,) for _code, n in listed])
        if told is None:
            return (), sum(counts.values())
        rest = told.rest[0] if told.rest else 0
        listed = [one for one, shown in zip(listed, told.shown, strict=True) if shown]
    listed, more = listed[:60], listed[60:]
    names = names_of(code for code, _n in listed)
    return (
        tuple((names.get(code, code), n) for code, n in listed),
        rest + sum(n for _code, n in more),
    )


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Return what places are called, by code."""
    return {one.code: str(one) for one in Place.objects.filter(code__in=list(codes))}


def _reported(call: Call) -> Turnout:
    report: dict[str, Any] = call.report or {}
    return Turnout(
        coming=report.get("coming", 0),
        cannot=report.get("cannot", 0),
        already=report.get("already", 0),
        roles=tuple((r["name"], r["coming"], r["needed"]) for r in report.get("roles", [])),
        places=tuple((p["name"], p["coming"]) for p in report.get("places", [])),
        elsewhere=report.get("elsewhere", 0),
    )


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who comes: surname, from which building, for what."""

    name: str
    place: str
    role: str = field(default="")


def coming(actor: Actor, call: Call) -> list[Coming]:
    """Return whom the caller can expect, masked; nobody for anybody else. Two statements."""
    if not is_caller(actor, call):
        return []
    with rls.scope(*code_range(call.reach_code)):
        rows = list(
            Answer.objects.filter(call=call, said=Said.COMING)
            .order_by("role", "-at")
            .values_list("person__name", "place_code", "role")[:NAMES]
        )
    names = names_of({code for _name, code, _role in rows})
    roles = [role.name for role in roles_of(call)]
    return [
        Coming(
            mask_name(name),
            names.get(code, ""),
            roles[role - 1] if 0 < role <= len(roles) else "",
        )
        for name, code, role in rows
    ]
