"""A call for a leader with two nominees, a leader whose first page is unread, thanks."""

from datetime import date, timedelta

from liren.access.actor import Actor
from liren.base import clock
from liren.organisation import actions as organisation
from liren.organisation.enums import PostKind
from liren.organisation.models import Post, Term
from liren.organisation.queries import actor_for, holding
from liren.people.models import Person
from liren.recruitment import actions

from .community import COMMUNITY, Builder, Demo

NOMINEES, SUPPORTERS = 2, 3


def fill(demo: Demo) -> None:
    """Play it through the actions; all persons are made up."""
    day = clock.today()
    secretary = demo.accounts["secretary"].person_id
    assert secretary is not None
    by = actor_for(secretary)
    _call(by, day)
    _first_day(by, demo, day)
    _thanks(by, demo)


def _call(by: Actor, day: date) -> None:
    """Call for the leader of the first building that has none and enough neighbours."""
    vacant = (
        Post.objects.filter(community=COMMUNITY, type=PostKind.BUILDING_LEADER, closed_on=None)
        .exclude(pk__in=Term.objects.filter(holding()).values("post"))
        .order_by("place_code")
    )
    for post in vacant:
        neighbours = list(
            Person.objects.filter(
                residences__place_code__gte=post.place_code,
                residences__place_code__lt=post.place_code + ":",
            ).order_by("pk")[: NOMINEES + SUPPORTERS]
        )
        if len(neighbours) < NOMINEES + 1:
            continue
        opening = actions.open_call(
            by=by,
            place=post.place_id,
            type=PostKind.BUILDING_LEADER,
            until=day + timedelta(days=12),
            text="这栋楼的楼栋长空缺了。谁熟悉邻居、愿意搭把手，都可以报名。（演示）",
            synthetic=True,
        )
        actors = [actor_for(one.pk, home=COMMUNITY) for one in neighbours]
        first = actions.nominate(
            by=actors[0], opening=opening.pk, words="退休在家，楼里走动多，愿意跑腿。"
        )
        actions.nominate(by=actors[1], opening=opening.pk, words="白天上班，晚上和周末都在。")
        for actor in actors[NOMINEES:]:
            actions.support(by=actor, nomination=first.pk)
        return


def _first_day(by: Actor, demo: Demo, day: date) -> None:
    """Let the demonstration's building leader begin today, with a note of who was there before."""
    term = Term.objects.get(post=demo.posts["building"])
    new = term.person_id
    b = Builder()
    b.count = 900
    # Ground rows: who held it until now is written as the builder would have written it.
    term.person = b.person(term.post.place_code)
    term.save()
    organisation.write_hand_over(
        by=actor_for(term.person_id),
        term=term.pk,
        note="顶楼老人耳背，敲门要重一点；电动车充电的事已和物业说过两次，还没定。（演示）",
    )
    organisation.hand_over(by=by, term=term.pk, person=new, on=day)


def _thanks(by: Actor, demo: Demo) -> None:
    ended = Term.objects.filter(post=demo.posts["building"], ends__isnull=False).first()
    if ended is not None:
        actions.thank(
            by=by,
            term=ended.pk,
            words="楼里大事小情您都放在心上。谢谢您的辛苦和耐心，有空常回来坐坐。（演示）",
        )
