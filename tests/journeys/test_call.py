"""A call from the grid leader: three taps, answered by ten, escalated, closed in numbers."""

import re

import pytest

from liren.calls import actions, links
from liren.calls.models import Answer, Asked, Call
from liren.demo.community import COMMUNITY, Builder
from liren.organisation.queries import actor_for
from liren.territory.models import Place

pytestmark = pytest.mark.django_db(transaction=True)


def neighbours(building: str, count: int) -> list:
    """Residents of a building who want to be called."""
    b = Builder()
    b.count = 700
    homes = list(Place.objects.filter(code__startswith=building, level="household"))
    found = [b.resident(homes[n % len(homes)]) for n in range(count)]
    for person in found:
        actions.opt_in(by=actor_for(person.pk, home=COMMUNITY))
    return found


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_call_answered_by_ten_and_escalated(reader, world, size):
    building = world.posts["building"].place
    people = neighbours(building.code, 9)

    resident = reader("resident", size)
    resident.go(f"/c/{COMMUNITY}/me/")
    resident.press("有事叫我")
    resident.look("call-opt-in")
    resident.press("同意，有事叫我")
    resident.says("以后别叫我了")
    resident.look("call-opted-in")

    grid = reader("grid", size)
    grid.go("/field/calls/")
    grid.look("call-none-yet")
    grid.go("/field/")
    grid.look("call-field-home")
    grid.press("一呼百应")
    grid.press("扫雪")
    grid.look("call-new")
    grid.page.locator("#id_place").select_option(building.code)
    # Two unit leaders, the building leader, nine neighbours and the resident.
    grid.page.get_by_text("会通知 13 人").wait_for()
    grid.press("内容、时间、地点、人数")
    grid.page.locator("#id_roles").fill("推雪 0")
    grid.send("main form")
    grid.says("请写需要多少人")
    grid.look("call-refused")
    grid.page.locator("#id_roles").fill("推雪 12\n送热水 4")
    grid.send("main form")
    grid.says("已通知 13 人")
    grid.look("call-running")
    call = Call.objects.get()

    resident.go(f"/c/{COMMUNITY}/")
    resident.press("扫雪，能来的来搭把手")
    resident.look("call-asked")
    resident.press("我来 · 送热水")
    resident.says("您的回复：我来 · 送热水")
    resident.look("call-answered")

    leader = reader("", size)
    leader.go(links.path_to(call.pk, people[0].pk))
    leader.look("call-link")
    leader.press("我来 · 推雪")
    leader.says("您的回复：我来 · 推雪")
    for person in people[1:]:
        actions.answer(by=actor_for(person.pk), call=call.pk, said="coming", role=1)

    # The page of whoever calls follows by itself.
    grid.page.get_by_text("10 / 16").wait_for(timeout=6000)
    grid.says("人还不够")
    assert re.search(r"\S\*\* · 推雪", grid.page.locator("main").inner_text())
    grid.look("call-ten-come")

    before = Asked.objects.filter(call=call).count()
    grid.press("扩大到")
    grid.look("call-widen")
    grid.page.locator("details[open] form button[type=submit]").click()
    grid.page.wait_for_load_state("networkidle")
    grid.says("又通知了")
    grid.look("call-widened")
    assert Asked.objects.filter(call=call).count() > before

    grid.press("结束，只留人数")
    grid.page.locator("details[open] form button[type=submit]").click()
    grid.page.wait_for_load_state("networkidle")
    grid.says("这个号召结束了")
    grid.look("call-closed")
    assert not Answer.objects.exists()
    assert not Asked.objects.exists()
    call.refresh_from_db()
    assert call.report["coming"] == 10

    assert leader.page.goto(links.path_to(call.pk, people[0].pk)).status == 410
    leader.look("call-link-over")
    resident.go(f"/c/{COMMUNITY}/calls/{call.pk}/")
    resident.says("这个号召结束了")
    resident.look("call-over")

    worker = reader("worker", size)
    worker.go("/office/calls/")
    worker.look("call-office-list")
    worker.go(f"/office/calls/{call.pk}/")
    worker.look("call-office")
    worker.go("/office/calls/new/?kind=fire_lane")
    worker.look("call-office-new")
    grid.go(f"/field/calls/{call.pk}/poster/")
    grid.look("call-poster")
