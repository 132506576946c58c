"""Two mobile posts who told what they saw, one of them with the outcome."""

from liren.matters import actions as matters
from liren.mobileposts import actions
from liren.organisation.queries import actor_for
from liren.territory.enums import Level
from liren.territory.models import Place

from .community import COMMUNITY, Builder, Demo


def fill(demo: Demo) -> None:
    """Play it through the actions; the persons are made up."""
    b = Builder()
    b.count = 950
    units = list(Place.objects.filter(community=COMMUNITY, level=Level.UNIT).order_by("code")[:8])
    told = []
    for trade, place, what, words in (
        ("courier", units[3], "road", "门口地砖翘起来了"),
        ("cleaner", units[-1], "blocked", ""),
    ):
        by = actor_for(b.person().pk, home=COMMUNITY)
        actions.join(by=by, community=COMMUNITY, trade=trade, agreed=True, synthetic=True)
        told.append(actions.tell(by=by, place=place, what=what, words=words).matter)
    worker = demo.accounts["worker"].person_id
    assert worker is not None
    office = actor_for(worker)
    matters.accept(by=office, matter=told[0].pk)
    matters.handle(by=office, matter=told[0].pk, words="物业已重新铺平，踩着不晃了。")
