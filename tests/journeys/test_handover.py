"""A leader hands over with open matters: the note, the day, the new leader's first page."""

import pytest

from liren.demo import community as demo_community
from liren.matters import actions
from liren.matters.actions import Report
from liren.organisation.models import HandOver, Term
from liren.organisation.queries import actor_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_hand_over_with_open_matters(reader, world, size):
    resident = actor_for(world.accounts["resident"].person_id, home=demo_community.COMMUNITY)
    matters = [
        actions.report(
            by=resident, need=Report(place=world.unit, text=text, reporter=resident.person)
        ).matter
        for text in ("三楼楼道灯不亮", "单元门关不上")
    ]
    term = Term.objects.get(post=world.posts["unit"])

    old = reader("unit", size)
    old.go("/field/")
    old.press("我的岗位")
    old.look("handover-my-post")
    old.says("2 件未办结的事")
    old.page.locator("#note textarea").fill("五楼王奶奶周三要送药（演示）")
    old.send("#note")
    old.says("已保存")

    secretary = reader("secretary", size)
    new = world.accounts["resident"].person
    secretary.go(f"/office/network/post/{term.post_id}/?q={new.name}")
    secretary.look("handover-post")
    secretary.says("2 件未办结的事留在岗位上")
    secretary.says("五楼王奶奶")
    secretary.page.get_by_label(new.name).check()
    secretary.send("#hand-over")
    secretary.look("handover-done")
    secretary.says("交接记录")
    secretary.says("还没看")

    # The one who left: the same browser, the next tap.
    old.go("/field/")
    old.look("handover-ended")
    old.says("任期")

    fresh = reader("resident", size)
    fresh.go("/field/")
    fresh.look("handover-new-home")
    fresh.says("第一天")
    fresh.go("/field/welcome/")
    fresh.look("handover-welcome")
    fresh.says("五楼王奶奶")
    fresh.says("2 件未办结的事")
    fresh.send("#read")
    fresh.says("三楼楼道灯不亮")
    fresh.go(f"/field/matters/{matters[0].pk}/")
    fresh.look("handover-matter")
    record = HandOver.objects.get()
    assert record.read_at is not None
    assert record.carried == 2
    secretary.go(f"/office/network/post/{term.post_id}/")
    secretary.says("接任者已看")
