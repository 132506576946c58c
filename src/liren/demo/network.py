"""Places of work and arrangements of the demonstration; every name is invented."""

from datetime import timedelta

from liren.base import clock
from liren.organisation import actions, coverage
from liren.organisation.enums import Standing, WorkplaceKind
from liren.organisation.models import Post
from liren.organisation.queries import actor_for, line_for
from liren.territory.enums import Level
from liren.territory.models import Place

from .community import COMMUNITY, Demo

K = WorkplaceKind
# What, called how, at which grid, who answers for it: "grid", "building" or nobody yet.
WORKPLACES = (
    (K.SHOP, "邻里便利店（演示）", 1, "grid"),
    (K.SHOP, "阿明早餐（演示）", 1, "grid"),
    (K.ENTERPRISE, "北湖软件工作室（演示）", 1, ""),
    (K.COURIER, "长山快递驿站（演示）", 2, "grid"),
    (K.DELIVERY, "团山外卖骑手站（演示）", 2, ""),
    (K.SHOP, "小林理发（演示）", 2, "grid"),
    (K.SOCIAL, "暖阳社工服务中心（演示）", 3, "grid"),
    (K.TRANSPORT, "网约车司机休息点（演示）", 3, ""),
    (K.ENTERPRISE, "松竹印务（演示）", 3, "grid"),
)


def fill(demo: Demo) -> None:
    """Put places of work on the register and let somebody stand in for a few gaps."""
    secretary = demo.accounts["secretary"].person_id
    assert secretary is not None
    by = actor_for(secretary, home=COMMUNITY)
    grids = list(Place.objects.filter(community=COMMUNITY, level=Level.GRID).order_by("code"))
    leaders = {
        post.place_id: post for post in Post.objects.filter(community=COMMUNITY, type="grid_leader")
    }
    for kind, name, number, who in WORKPLACES:
        grid = grids[(number - 1) % len(grids)]
        actions.register_workplace(
            by=by,
            place=grid.pk,
            kind=kind,
            name=name,
            post=leaders[grid.pk].pk if who else None,
        )
    line = line_for(COMMUNITY, "three_leaders")
    assert line is not None
    gaps = coverage.gaps(by=by, line=line, code=COMMUNITY, standings=(Standing.VACANT,))
    units = [gap for gap in gaps if gap.level == Level.UNIT and gap.up is not None]
    for gap in units[:2]:
        assert gap.up is not None
        actions.stand_in(
            by=by,
            place=gap.place,
            type=gap.type,
            post=gap.up,
            until=clock.today() + timedelta(days=60),
            reason="正在物色人选，先由上一级照看",
        )
    for gap in units[2:3]:
        actions.not_needed(
            by=by, place=gap.place, type=gap.type, reason="整个单元在装修，暂时没有人住"
        )
