"""The loop: a need reaches the nearest leader and comes back solved."""

import pytest

from liren.matters import actions, queries
from liren.matters.actions import Report
from liren.matters.enums import Ending, Status
from liren.matters.models import Entry

pytestmark = pytest.mark.django_db


def test_a_need_reaches_the_nearest_leader_and_comes_back_solved(demo, actor):
    resident = actor("resident")
    light = queries.categories(demo.community.code).get(key="upkeep.light")
    receipt = actions.report(
        by=resident,
        need=Report(
            place=demo.unit, text="三楼楼道灯不亮", category=light, reporter=resident.person
        ),
    )
    matter = receipt.matter
    assert matter.holder_id == demo.posts["unit"].pk
    assert queries.by_code(matter.community, matter.number, receipt.code.lower()).pk == matter.pk

    actions.accept(by=actor("unit"), matter=matter.pk, seen=1)
    actions.pass_up(by=actor("unit"), matter=matter.pk, words="要换线路，我换不了")
    matter.refresh_from_db()
    assert matter.status == Status.SUBMITTED
    assert matter.holder_id == demo.posts["building"].pk
    due = matter.due

    actions.accept(by=actor("building"), matter=matter.pk)
    actions.handle(by=actor("building"), matter=matter.pk, words="换好了")
    matter.refresh_from_db()
    assert matter.status == Status.ANSWERING
    assert matter.due == due

    actions.answer(by=resident, matter=matter.pk, solved=False, words="还是不亮")
    actions.handle(by=actor("building"), matter=matter.pk, words="又换了灯座")
    actions.answer(by=resident, matter=matter.pk, solved=True, satisfied="yes")
    matter.refresh_from_db()
    assert (matter.status, matter.ending) == (Status.CLOSED, Ending.SOLVED)
    verbs = list(Entry.objects.filter(matter=matter).values_list("verb", flat=True))
    assert verbs == [
        "report",
        "accept",
        "pass_up",
        "accept",
        "handle",
        "answer_not_solved",
        "handle",
        "answer_solved",
    ]
