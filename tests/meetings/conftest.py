from datetime import timedelta

import pytest

from liren.base import clock
from liren.demo.community import COMMUNITY, Builder
from liren.meetings import actions
from liren.organisation.enums import OrganisationKind, PostKind
from liren.organisation.models import Organisation
from liren.territory.models import Place


@pytest.fixture
def branch(demo):
    """A branch of the first grid with three held posts; the secretary of it can sign in as none."""
    builder = Builder()
    builder.count = 900
    grid = Place.objects.filter(community=COMMUNITY, level="grid").order_by("code").first()
    body = Organisation.objects.create(
        community=COMMUNITY,
        place=grid,
        kind=OrganisationKind.BRANCH,
        name="第1网格党支部",
        changed_by="system:test",
        changed_why="test",
    )
    buildings = list(Place.objects.filter(code__startswith=grid.code, level="building"))
    builder.post(grid, PostKind.PARTY_BRANCH, "第1网格党支部书记", builder.person(), body)
    for place in buildings[:2]:
        title = f"{place}党小组长"
        builder.post(place, PostKind.PARTY_BUILDING, title, builder.person(), body)
    return body


@pytest.fixture
def plan():
    def make(**changes):
        named = {
            "title": "十一月支部会",
            "starts": clock.now() + timedelta(days=7),
            "venue": "社区二楼会议室",
            "agenda": ["清雪分工", "楼道灯"],
            **changes,
        }
        return actions.Plan(**named)

    return make


@pytest.fixture
def meeting(demo, actor, branch, plan):
    def make(**changes):
        post = branch.posts.get(type=PostKind.PARTY_BRANCH)
        return actions.convene(
            by=actor("secretary"), post=post.pk, organisation=branch.pk, plan=plan(**changes)
        )

    return make


@pytest.fixture
def held(meeting):
    """A meeting that began an hour ago: called when there was time, the clock moved on."""

    def make(**changes):
        now = clock.now()
        with clock.freeze(now - timedelta(days=8)):
            return meeting(starts=now - timedelta(hours=1), **changes)

    return make
