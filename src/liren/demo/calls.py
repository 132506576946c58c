"""Two calls: snow to shovel, running and half answered; water that was off, closed in numbers."""

from datetime import timedelta
from uuid import UUID

from liren.access.actor import Actor
from liren.base import clock
from liren.calls import actions
from liren.calls.actions import Draft
from liren.calls.models import Asked, Call
from liren.calls.rules import Role
from liren.organisation.queries import actor_for, persons_of
from liren.people.models import Person

from .community import COMMUNITY, Demo

LEADERS = ("post:unit_leader", "post:building_leader", "post:grid_leader")
# One neighbour in so many wants to be called.
EVERY = 4


def fill(demo: Demo) -> None:
    """Let some neighbours join, make both calls, and let people answer."""
    now = clock.now().replace(second=0, microsecond=0)
    resident = demo.accounts["resident"].person_id
    assert resident is not None
    neighbours = Person.objects.filter(
        community=COMMUNITY, place_code__gt=COMMUNITY, account__isnull=True, left_on=None
    ).order_by("place_code", "pk")[:160]
    wanting = [resident, *(p.pk for n, p in enumerate(neighbours) if n % EVERY == 0)]
    with clock.freeze(now - timedelta(days=40)):
        for person in wanting:
            actions.opt_in(by=actor_for(person, home=COMMUNITY))
    with clock.freeze(now - timedelta(days=3)) as frozen:
        water = actions.make(
            by=_holder(demo, "worker"),
            draft=Draft(
                kind="water_off",
                place=COMMUNITY,
                audiences=[*LEADERS, "opted_in"],
                title="今天 13:00—18:00 停水，请存点水，也告诉邻居",
                text="二次供水水箱清洗。家里有老人、小孩的邻居请敲门告诉一声，需要送水的跟楼栋长说。",
                where="全社区",
                closes_at=frozen.at + timedelta(hours=8),
                roles=(Role("帮忙送水", 6),),
            ),
        )
        _answer(water, ("already", "already", "coming", "already", "cannot"), share=3)
        frozen.advance(hours=8)
        actions.close(by=_holder(demo, "worker"), call=water.pk)
    with clock.freeze(now - timedelta(minutes=35)) as frozen:
        snow = actions.make(
            by=_holder(demo, "grid"),
            draft=Draft(
                kind="snow",
                place=demo.posts["grid"].place_code,
                audiences=[*LEADERS[:2], "opted_in"],
                title="扫雪，能来的来搭把手",
                text="单元门口和坡道结了冰，老人出门不好走。有铁锹的带上，干半小时也好。",
                where="长山花园南门",
                closes_at=now + timedelta(hours=6),
                roles=(Role("推雪", 6), Role("送热水", 2)),
            ),
        )
        frozen.advance(minutes=20)
        _answer(snow, ("coming", "coming", "cannot", "coming"), share=5, leave=resident)


def _holder(demo: Demo, role: str) -> Actor:
    post = demo.posts[role].pk
    return actor_for(persons_of([post])[post][0], home=COMMUNITY)


def _answer(call: Call, said: tuple[str, ...], *, share: int, leave: UUID | None = None) -> None:
    """Let one in ``share`` of those asked say something, in turn."""
    asked = Asked.objects.filter(call=call).exclude(person=leave).order_by("place_code", "person")
    for n, person in enumerate(asked.values_list("person", flat=True)):
        if n % share:
            continue
        what = said[n // share % len(said)]
        role = 1 + n // share % len(call.roles) if what == "coming" and call.roles else 0
        by = actor_for(person, home=COMMUNITY)
        actions.answer(by=by, call=call.pk, said=what, role=role)
