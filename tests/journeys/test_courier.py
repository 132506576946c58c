"""A courier scans an entrance's code, taps twice, is thanked, hears what came of it, and leaves."""

import pytest

from liren.matters import actions
from liren.matters.models import Matter
from liren.mobileposts.models import MobilePost
from liren.organisation.queries import actor_for
from liren.territory.models import Place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_couriers_two_taps(reader, world, size):
    tagged = Place.objects.filter(tag__isnull=False).order_by("code").first()
    somebody = reader("", size)
    somebody.go(f"/c/{world.community.code}/mobile/join/")
    somebody.look("courier-poster-page")
    somebody.says("不积分")

    courier = reader("resident", size)
    courier.go(f"/c/{world.community.code}/mobile/join/")
    courier.page.get_by_label("快递员").check()
    courier.page.get_by_label("我同意").check()
    courier.look("courier-join")
    courier.send("#join")
    courier.look("courier-joined")
    courier.says("您是流动哨".replace("您是", "起是"))
    assert MobilePost.objects.get().trade == "courier"

    # The code at the entrance, then one tap on what it is and one to send.
    courier.go(f"/q/{tagged.tag}/")
    courier.look("courier-two-taps")
    courier.page.locator("#tell").get_by_text("路面坏了").click()
    courier.send("#tell")
    courier.look("courier-thanks")
    courier.says("谢谢您")
    matter = Matter.objects.get()
    assert (matter.place, matter.text) == (tagged, "路面坏了")

    worker = actor_for(world.accounts["worker"].person_id)
    actions.accept(by=worker, matter=matter.pk)
    actions.handle(by=worker, matter=matter.pk, words="坑已填平")
    actions.verify(by=worker, matter=matter.pk, done=True)
    courier.go(f"/c/{world.community.code}/")
    courier.look("courier-told")
    courier.says("路面坏了")

    # Leaving is as easy as joining.
    courier.go(f"/c/{world.community.code}/mobile/join/")
    courier.page.get_by_text("退出", exact=True).first.click()
    courier.press("现在退出")
    courier.look("courier-left")
    assert not MobilePost.objects.exists()

    desk = reader("worker", size)
    desk.go("/office/mobile/")
    desk.look("mobile-posts-desk")
    desk.says("还没有人加入")
